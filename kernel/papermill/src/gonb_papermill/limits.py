"""The range or the choices that a parameter's comment names, as in `// tasks in a row; 1 to 64`."""

import json
import re
from typing import NamedTuple

from . import value
from .gotype import INTEGERS, Type, scalar

# A semicolon or comma within quotes belongs to a choice.
CLAUSE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^;"]|")+')
CHOICE = re.compile(r'"(?:[^"\\]|\\.)*"|[^,"\s][^,"]*')
OR = re.compile(r'("(?:[^"\\]|\\.)*")|\s+or\s+')
RANGE = re.compile(r"(?:from )?(\S+) to (\S+?)(?: ?%| [^\W\d]\w*)?")  # 1 to 64, from 1 to 64, 1 to 64 cores


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
            found = read_clause(clause.strip().removesuffix("."), declared.leaf())
        except (value.Refused, ValueError):
            continue
        if found:
            return found
    return None


def read_clause(clause: str, leaf: Type) -> Limits | None:
    if clause.startswith("one of "):
        words = CHOICE.findall(OR.sub(lambda found: found[1] or ", ", clause.removeprefix("one of ")))
        if len(words) > 1:  # "one of the best" is no choice
            return Limits(clause, choices=tuple(single(leaf, word.strip()) for word in words))
    if (match := RANGE.fullmatch(clause)) and leaf.kind not in ("string", "bool", "any", "open", "closed"):
        return Limits(clause, single(leaf, match[1]), single(leaf, match[2]))
    return None


def single(leaf: Type, word: str):
    if len(word) > 1 and word[0] == word[-1] == '"':
        return value.accept(leaf, json.loads(word))
    if leaf.kind in INTEGERS and not value.INTEGER.fullmatch(word):
        return value.accept(leaf, whole(word))
    return value.accept(leaf, value.from_text(leaf, word))


def whole(word: str) -> int:
    """The whole number that a number such as 1e6 is, as in Go."""
    number = value.from_text(scalar("float64"), word)
    if not number.is_integer():
        raise value.Refused(f"want a whole number, got {value.shown(word)}")
    return int(number)
