"""What `kernel run` asks before it runs anything: the parameters of notebooks, and the runs that values ask for.

It reads a request as JSON from standard input and writes the answer as JSON:

    {"notebooks": ["a.ipynb"], "parameters": ["workers=1,2,4"]}

    {"notebooks": [{"declared": [{"name", "type", "default", "limits", "comment"}], "runs": [{"values": [...], "yaml": "..."}]}]}
    {"error": "parameter workers: want 1 to 64, got 0"}

The yaml of a run is for papermill's --parameters_file. So that there is one set of rules, the kernel command has none
of its own: the names, types and limits are checked here and, by the same functions, in papermill.
"""

import itertools
import json
import math
import sys
from pathlib import Path
from typing import NamedTuple

import yaml

from . import assignment, value
from .declaration import Declaration, declared_in
from .value import Refused


NO_JSON = """begins as JSON does and is none; put such text in quotes, as '"[a, b]"'"""
JSON_BEGINS = ('"', "[", "{")


class Given(NamedTuple):
    """A value on the command line."""

    text: str  # as it was written
    json: bool
    value: object = None  # of JSON


def main():
    request = json.load(sys.stdin)
    try:
        answer = plan(request["notebooks"], request["parameters"])
    except Refused as refusal:
        answer = {"error": str(refusal)}
    json.dump(answer, sys.stdout)


def plan(paths: list[str], parameters: list[str]) -> dict:
    declared = [declared_in(cells(path)) for path in paths]
    given = arguments(parameters)
    for name in given:
        assignment.lookup(name, list(itertools.chain(*declared)))
    return {"notebooks": [notebook(names, given) for names in declared]}


def cells(path: str) -> list:
    return json.loads(Path(path).read_text(encoding="utf-8")).get("cells", [])


def arguments(parameters: list[str]) -> dict[str, list[Given]]:
    found = {}
    for parameter in parameters:
        name, equals, text = parameter.partition("=")
        if not equals:
            raise Refused(f"parameter {value.shown(parameter)}: want name=value")
        if name in found:
            raise Refused(f"parameter {value.shown(name)}: given twice; several values are one: {name}=1,2,4")
        found[name] = split(name, text)
    return found


def split(name: str, text: str) -> list[Given]:
    """The values of a list with commas between them. One that begins with a quote or a bracket is JSON."""
    values = []
    while True:
        is_json = text.startswith(JSON_BEGINS)
        found, end = read_json(name, text) if is_json else (None, len(text.partition(",")[0]))
        if text[end : end + 1] not in ("", ","):
            raise Refused(f"parameter {value.shown(name)}: {value.shown(text)} {NO_JSON}")
        values.append(Given(text[:end], is_json, found))
        if end == len(text):
            return values
        text = text[end + 1 :]


def read_json(name: str, text: str) -> tuple[object, int]:
    """The JSON value that text begins with, and where it ends; at the beginning if it is none."""
    try:
        return json.JSONDecoder(parse_int=whole_number, parse_float=finite, object_pairs_hook=each_once).raw_decode(text)
    except Refused as refusal:
        raise Refused(f"parameter {value.shown(name)}: {refusal}") from None
    except (json.JSONDecodeError, RecursionError):
        return None, 0


def each_once(pairs: list[tuple[str, object]]) -> dict:
    found = {}
    for key, item in pairs:
        if key in found:
            raise Refused(f"want each key once, got {value.shown(key)} twice")
        found[key] = item
    return found


def whole_number(digits: str) -> int:
    if len(digits) > value.LONGEST:
        raise Refused(f"want numbers of at most {value.LONGEST} digits, got {value.shown(digits)}")
    return int(digits)


def finite(digits: str) -> float:
    if not math.isfinite(found := float(digits)):  # JSON's 1e999 would silently be infinite
        raise Refused(f"want numbers that a float64 holds, got {value.shown(digits)}")
    return found


def notebook(declared: list[Declaration], given: dict[str, list[Given]]) -> dict:
    columns = [column(found, given[found.name]) for found in declared if found.name in given]
    return {
        "declared": [listed(found) for found in declared],
        "runs": [run(combination) for combination in itertools.product(*columns)],
    }


def listed(found: Declaration) -> dict:
    limits = found.limits.text if found.limits else ""
    return {"name": found.name, "type": found.type.text, "default": found.default, "limits": limits, "comment": found.comment}


def column(declared: Declaration, values: list[Given]) -> list[tuple[str, str, object]]:
    """The values of one parameter, as the runs have them. Two runs with the same could not be told apart."""
    found, texts = [], {}
    for given in values:
        one = resolved(declared, given)
        source = assignment.line(declared.name, one[2], declared)
        if source in texts:
            raise Refused(f"parameter {declared.name}: want different values, got {texts[source]} and {value.shown(given.text)}")
        texts[source] = value.shown(given.text)
        found.append(one)
    return found


def resolved(declared: Declaration, given: Given) -> tuple[str, str, object]:
    """The name, the value as text and the value itself, as it was given."""
    try:
        found = given.value if given.json else value.from_text(declared.type, given.text)
    except Refused as refusal:
        raise Refused(f"parameter {declared.name}: {refusal}") from None
    plain = declared.type.kind in ("string", "duration")  # for an any, "5" and 5 are two values
    return declared.name, found if plain and isinstance(found, str) else given.text, found


def run(combination) -> dict:
    values = [{"name": name, "text": text} for name, text, _ in combination]
    return {"values": values, "yaml": yaml.safe_dump({name: found for name, _, found in combination})}


if __name__ == "__main__":
    main()
