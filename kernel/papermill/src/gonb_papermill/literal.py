"""Writes an accepted value in Go, on one line.

Text becomes an interpreted string literal, never a raw one: GoNB takes a line that begins with % or ! for a command and
drops one that begins with "package", also inside of a raw string.
"""

import math

from .gotype import FLOATS, INTEGERS, Type
from .value import natural

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write(expected: Type, value) -> str:
    """value, as value.accept returned it for the type expected."""
    kind = expected.kind
    if value is None:
        return "nil"
    if kind in ("any", "open"):
        return write(natural(value), value)
    if kind in INTEGERS or kind == "duration":
        return str(value)
    if kind in FLOATS:
        return number(kind, value)
    if kind == "bool":
        return "true" if value else "false"
    if kind == "string":
        return quote(value)
    if kind == "map":
        pairs = (f"{write(expected.key, key)}: {write(expected.element, item)}" for key, item in value.items())
        return f"{expected.text}{{{', '.join(pairs)}}}"
    return f"{expected.text}{{{', '.join(write(expected.element, item) for item in value)}}}"


def number(kind: str, value: float) -> str:
    """A float. Go has no constants for NaN, the infinities and -0; GoNB adds the import of math by itself."""
    if math.isnan(value):
        source = "math.NaN()"
    elif math.isinf(value):
        source = f"math.Inf({1 if value > 0 else -1})"
    elif value == 0 and math.copysign(1, value) < 0:
        source = "math.Copysign(0, -1)"
    else:
        return repr(value)
    return f"float32({source})" if kind == "float32" else source


def quote(value: str) -> str:
    return '"' + "".join(map(escaped, value)) + '"'


def escaped(char: str) -> str:
    if char in ESCAPES:
        return ESCAPES[char]
    point = ord(char)
    if char.isprintable():
        return char
    if point < 0x80:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
