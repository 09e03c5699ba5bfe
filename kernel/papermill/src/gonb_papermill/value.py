"""Accepts a value for a Go type, or refuses it; nothing is converted that would change its meaning."""

import json
import math
import re
from fractions import Fraction

from .gotype import ANY, FLOATS, INTEGERS, Type, map_of, scalar, slice_of

INTEGER = re.compile(r"[-+]?(0|[1-9](_?[0-9])*|0[xX](_?[0-9a-fA-F])+|0[oO]?(_?[0-7])+|0[bB](_?[01])+)")
FLOAT = re.compile(r"[-+]?([0-9](_?[0-9])*\.?([0-9](_?[0-9])*)?|\.[0-9](_?[0-9])*)([eE][-+]?[0-9]+)?")
NOT_FINITE = re.compile(r"[-+]?(inf|infinity)|nan", re.IGNORECASE)

UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
DURATION = re.compile(r"[-+]?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+|[-+]?0")
LONGEST = 400  # characters of a number; what no float64 holds is shorter, and Python reads none of thousands of digits
LARGEST_FLOAT32 = 3.4028235677973366e38  # the first that rounds to infinity lies above
DEEPEST = 100

WORDS = {
    "bool": "true or false ({})", "string": "text ({})", "duration": 'a time such as "1.5s" ({})',
    "float64": "a number ({})", "float32": "a number ({})", "any": "any value", "open": "any value",
    "closed": "no value: a {} cannot be given from outside",
}
SAMPLES = {"bool": "true", "string": '"a"', "duration": '"1s"', "slice": "[...]", "array": "[...]", "map": "{...}"}


class Refused(ValueError):
    """A value or a name that the notebook's parameters do not take."""


def refused(expected: Type, value) -> Refused:
    return Refused(f"want {describe(expected)}, got {shown(value)}")


def describe(expected: Type) -> str:
    kind, sort = expected.kind, expected.text
    if kind in ("int", "int64"):
        return f"a whole number ({sort})"
    if kind in INTEGERS:
        low, high = INTEGERS[kind]
        return f"a whole number from {low} to {high} ({sort})"
    if kind in ("slice", "array"):
        count = "" if expected.length is None else f" of {expected.length}"
        return f"a list{count} such as [{sample(expected)}, {sample(expected)}] ({sort})"
    if kind == "map":
        return f"a map such as {{{key_sample(expected)}: {sample(expected)}}} ({sort})"
    return WORDS[kind].format(sort)


def sample(expected: Type) -> str:
    kind = expected.element.kind
    return SAMPLES.get(kind, "1.5" if kind in FLOATS else "1")


def key_sample(expected: Type) -> str:
    return '"a"' if expected.key.kind == "string" else '"1"'


def shown(value) -> str:
    """value as an error shows it: on one line, and not all of a long one."""
    try:
        source = json.dumps(value, ensure_ascii=True, default=lambda odd: f"a {type(odd).__name__}")
    except (RecursionError, TypeError, ValueError):
        source = f"a {type(value).__name__}"
    return source if len(source) <= 60 else source[:57] + "..."


def accept(expected: Type, value, depth: int = 0):
    """value as expected has it: numbers of the right kind, durations in nanoseconds, maps with keys of the right kind."""
    if depth > DEEPEST:
        raise Refused(f"want at most {DEEPEST} lists in each other, got more")
    kind = expected.kind
    if kind in ("any", "open"):
        return accept_any(value, depth)
    if value is None and kind in ("slice", "map"):
        return None
    if kind in INTEGERS and whole(value) and INTEGERS[kind][0] <= value <= INTEGERS[kind][1]:
        return value
    if kind in FLOATS and number(value):
        return accept_float(expected, value)
    if kind == "bool" and isinstance(value, bool) or kind == "string" and isinstance(value, str):
        return accept_text(value) if kind == "string" else value
    if kind == "duration" and isinstance(value, str):
        return accept_duration(expected, value)
    if kind in ("slice", "array") and isinstance(value, (list, tuple)):
        if expected.length is not None and expected.length != len(value):
            raise Refused(f"want {describe(expected)}, got {len(value)}")
        return [accept(expected.element, item, depth + 1) for item in value]
    if kind == "map" and isinstance(value, dict):
        return accept_map(expected, value, depth)
    raise refused(expected, value)


def whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def number(value) -> bool:
    return whole(value) or isinstance(value, float)


def accept_text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Refused(f"want text, got {shown(value)}, which holds half a character (a lone surrogate)") from None
    return value


def accept_float(expected: Type, value) -> float:
    try:
        found = float(value)
    except OverflowError:
        raise refused(expected, value) from None
    if expected.kind == "float32" and math.isfinite(found) and abs(found) >= LARGEST_FLOAT32:
        raise refused(expected, value)
    return found


def accept_duration(expected: Type, value: str) -> int:
    if len(value) > LONGEST or not DURATION.fullmatch(value):
        raise refused(expected, value)
    parts = re.findall(r"([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)", value)
    found = sum(int(Fraction(amount.rstrip(".")) * UNITS[unit]) for amount, unit in parts)
    found = -found if value.startswith("-") else found
    if not -(2**63) <= found < 2**63:
        raise Refused(f"want a time of at most 292 years, got {shown(value)}")
    return found


def accept_map(expected: Type, value: dict, depth: int) -> dict:
    found = {}
    for key, item in value.items():
        key = accept(expected.key, as_key(expected.key, key), depth + 1)
        if key in found:
            raise Refused(f"want each key once, got {shown(key)} twice")
        found[key] = accept(expected.element, item, depth + 1)
    return found


def as_key(expected: Type, key):
    """key, or the number in it: JSON has no keys but text."""
    if expected.kind in INTEGERS and isinstance(key, str) and INTEGER.fullmatch(key):
        return integer(expected, key)
    return key


def accept_any(value, depth: int):
    if value is None:
        return None
    return accept(natural(value, depth), value, depth)


def natural(value, depth: int = 0) -> Type:
    """The Go type of a value that nothing was declared for."""
    if depth > DEEPEST:
        raise Refused(f"want at most {DEEPEST} lists in each other, got more")
    if isinstance(value, bool):
        return scalar("bool")
    if isinstance(value, int):
        return scalar("int")
    if isinstance(value, float):
        return scalar("float64")
    if isinstance(value, str):
        return scalar("string")
    if isinstance(value, (list, tuple)):
        return slice_of(shared(value, depth))
    if isinstance(value, dict):
        keys = shared(value, depth) if value else scalar("string")
        if keys.kind not in ("int", "string"):
            raise Refused("want a map whose keys are all text or all whole numbers, got others")
        return map_of(keys, shared(value.values(), depth))
    if value is None:
        return ANY
    raise Refused(f"want text, a number, true, false, null, a list or a map, got a {type(value).__name__}")


def shared(values, depth: int) -> Type:
    """The one type of all the values, or any."""
    types = {natural(value, depth + 1) for value in values}
    if len(types) == 1:
        return types.pop()
    if types == {scalar("int"), scalar("float64")}:
        return scalar("float64")
    return ANY


def from_text(expected: Type, text: str):
    """The value that text stands for on a command line: its declared type says how it is read."""
    kind = expected.kind
    if kind == "string" or kind == "duration":
        return text
    if text in ("null", "nil") and kind in ("slice", "map", "any", "open"):
        return None
    if kind in ("any", "open"):
        return guessed(text)
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind in INTEGERS and INTEGER.fullmatch(text):
        return integer(expected, text)
    if kind in FLOATS and NOT_FINITE.fullmatch(text):
        return float(text)
    if kind in FLOATS and FLOAT.fullmatch(text) and math.isfinite(found := float(text.replace("_", ""))):
        return found
    raise refused(expected, text)


def guessed(text: str):
    if INTEGER.fullmatch(text):
        return integer(scalar("int"), text)  # one that is too large is refused, and does not become text
    for kind in ("bool", "float64"):
        try:
            return from_text(scalar(kind), text)
        except Refused:
            pass
    return text


def integer(expected: Type, text: str) -> int:
    if len(text) > LONGEST:
        raise refused(expected, text)
    digits = text.replace("_", "")
    # Go reads 010 as 8, as C does.
    old_octal = re.fullmatch(r"([-+]?)0([0-7]+)", digits)
    return int(f"{old_octal[1]}0o{old_octal[2]}" if old_octal else digits, 0)
