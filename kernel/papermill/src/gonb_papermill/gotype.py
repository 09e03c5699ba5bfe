"""The Go types that a parameter may have."""

from dataclasses import dataclass

from .tokens import Token, group, text

INTEGERS = {
    "int": (-(2**63), 2**63 - 1), "int8": (-(2**7), 2**7 - 1), "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "rune": (-(2**31), 2**31 - 1),
    "uint": (0, 2**64 - 1), "uint8": (0, 2**8 - 1), "uint16": (0, 2**16 - 1), "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1), "uintptr": (0, 2**64 - 1), "byte": (0, 2**8 - 1),
}
FLOATS = ("float32", "float64")
SCALARS = {"bool", "string", *INTEGERS, *FLOATS}
COMPOSITES = ("slice", "array", "map")


@dataclass(frozen=True)
class Type:
    """A Go type. The kind is a scalar's name, "duration", "any", "slice", "array", "map", or one of these two:

    "open"    not known here, such as that of a function's result, or a type that the notebook names itself. It may
              be given any value, and whether that fits is left to the compiler.
    "closed"  known, and no value can be given to it from outside, such as a pointer.
    """

    kind: str
    text: str  # as Go writes it; empty where it is not known
    element: "Type | None" = None
    key: "Type | None" = None
    length: int | None = None  # of an array, where it says it

    def leaf(self) -> "Type":
        """The type of the single values in it."""
        return self.element.leaf() if self.element else self


UNKNOWN = Type("open", "")
ANY = Type("any", "any")
DURATION = Type("duration", "time.Duration")


def scalar(name: str) -> Type:
    return Type(name, name)


def slice_of(element: Type) -> Type:
    return Type("slice", f"[]{element.text}", element)


def map_of(key: Type, element: Type) -> Type:
    return Type("map", f"map[{key.text}]{element.text}", element, key)


def take_type(tokens: list[Token]) -> tuple[Type, list[Token]]:
    """The type that tokens begins with, and what follows it."""
    if not tokens:
        return UNKNOWN, []
    first, rest = tokens[0], tokens[1:]
    if first.text == "[":
        return take_list(tokens)
    if first.text == "map" and rest and rest[0].text == "[":
        end = group(rest)
        key, _ = take_type(rest[1 : end - 1])
        element, rest = take_type(rest[end:])
        return composite(map_of(key, element)), rest
    if first.text == "interface" and rest and rest[0].text == "{" and group(rest) == 2:
        return ANY, rest[2:]
    if first.kind == "name" and first.text not in ("struct", "func", "chan", "interface"):
        return take_named(first, rest)
    return Type("closed", text(tokens)), []


def take_list(tokens: list[Token]) -> tuple[Type, list[Token]]:
    end = group(tokens)
    inside = text(tokens[1 : end - 1])
    element, rest = take_type(tokens[end:])
    if not inside:
        return composite(slice_of(element)), rest
    if inside == "..." or inside.isdigit():
        length = int(inside) if inside.isdigit() else None
        return composite(Type("array", f"[{inside}]{element.text}", element, None, length)), rest
    return Type("closed", text(tokens)), []


def take_named(first: Token, rest: list[Token]) -> tuple[Type, list[Token]]:
    if len(rest) > 1 and rest[0].text == "." and rest[1].kind == "name":
        name, rest = f"{first.text}.{rest[1].text}", rest[2:]
        return (DURATION if name == DURATION.text else Type("open", name)), rest
    if first.text in SCALARS:
        return scalar(first.text), rest
    if first.text == "any":
        return ANY, rest
    if rest and rest[0].text == "[":  # a generic type's arguments
        return Type("closed", first.text + text(rest[: group(rest)])), rest[group(rest) :]
    return Type("open", first.text), rest


def composite(made: Type) -> Type:
    """made, or a closed type when one of its parts is not known well enough to write values of it."""
    known = all(part.kind not in ("open", "closed") for part in (made.element, made.key) if part)
    hashable = made.key is None or made.key.kind in SCALARS and made.key.kind not in ("bool", *FLOATS)
    return made if known and hashable else Type("closed", made.text)
