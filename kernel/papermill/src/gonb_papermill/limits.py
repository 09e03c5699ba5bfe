"""The range or the choices that a parameter's comment names, as in `// tasks in a row; 1 to 64`."""

import json
import re
from typing import NamedTuple

from . import value
from .gotype import Type

# A semicolon or comma within quotes belongs to a choice.
CLAUSE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^;"]|")+')
CHOICE = re.compile(r'"(?:[^"\\]|\\.)*"|[^,"\s][^,"]*')
RANGE = re.compile(r"(\S+) to (\S+?)\.?")


class Limits(NamedTuple):
    text: str  # as the comment has it
    low: object = None
    high: object = None
    choices: tuple = ()

    def hold(self, found) -> bool:
        """Whether found, a single value or one in lists and maps, is within the limits. NaN is in no range."""
        if isinstance(found, (list, tuple)):
            return all(map(self.hold, found))
        if isinstance(found, dict):
            return all(map(self.hold, found.values()))
        if self.choices:
            return found in self.choices
        return found is not None and self.low <= found <= self.high


def read(comment: str, declared: Type) -> Limits | None:
    """The limits in the last part of comment that names some."""
    for clause in reversed(CLAUSE.findall(comment)):
        try:
            found = read_clause(clause.strip(), declared.leaf())
        except (value.Refused, ValueError):
            continue
        if found:
            return found
    return None


def read_clause(clause: str, leaf: Type) -> Limits | None:
    if clause.startswith("one of "):
        words = CHOICE.findall(clause.removeprefix("one of ").replace(" or ", ", "))
        return Limits(clause, choices=tuple(single(leaf, word.strip()) for word in words))
    if (match := RANGE.fullmatch(clause)) and leaf.kind not in ("string", "bool", "any", "open", "closed"):
        return Limits(clause, single(leaf, match[1]), single(leaf, match[2]))
    return None


def single(leaf: Type, word: str):
    if len(word) > 1 and word[0] == word[-1] == '"':
        return value.accept(leaf, json.loads(word))
    return value.accept(leaf, value.from_text(leaf, word))
