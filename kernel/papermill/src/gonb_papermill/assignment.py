"""One parameter of a notebook: its value is accepted, held against its limits, and written as a line of Go."""

import difflib

from . import literal, value
from .declaration import Declaration
from .gotype import UNKNOWN, Type
from .value import Refused

# Papermill's own, from --inject-paths: they need no declaration.
BUILT_IN = ("PAPERMILL_INPUT_PATH", "PAPERMILL_OUTPUT_PATH")

KEYWORDS = set(
    "break case chan const continue default defer else fallthrough for func go goto if import interface map package "
    "range return select struct switch type var".split()
)


def line(name: str, given, declared: Declaration | None) -> str:
    """`var name = given`, in the declared type where there is one."""
    kind, accepted = accepted_value(name, given, declared)
    source = literal.write(kind, accepted)
    return f"var {name}{annotation(kind, source)} = {source}"


def accepted_value(name: str, given, declared: Declaration | None) -> tuple[Type, object]:
    if not name.isidentifier() or name in KEYWORDS or name == "_":
        raise Refused(f"parameter {value.shown(name)}: want the name of a Go variable")
    kind = declared.type if declared else UNKNOWN
    try:
        accepted = value.accept(kind, given)
        if declared and declared.limits and not declared.limits.hold(accepted):
            raise Refused(f"want {declared.limits.text}, got {value.shown(given)}")
    except Refused as refusal:
        raise Refused(f"parameter {name}: {refusal}{hint(kind, given)}") from None
    return kind, accepted


def annotation(kind: Type, source: str) -> str:
    """The type that a declaration must name, because its value alone would have another."""
    if kind.kind == "open":
        named = kind.text or ("any" if source == "nil" else "")
    else:
        plain = kind.kind in ("bool", "string", "int", "float64", "slice", "array", "map") and source != "nil"
        named = "" if plain else kind.text
    return f" {named}" if named else ""


def hint(kind: Type, given) -> str:
    if kind.kind == "string" and isinstance(given, (bool, int, float)):
        return "; papermill's -r passes it as text"
    return ""


def lookup(name: str, declared: list[Declaration]) -> Declaration | None:
    """The declaration of name, which must be there but for papermill's own."""
    for declaration in declared:
        if declaration.name == name:
            return declaration
    if name in BUILT_IN:
        return None
    raise Refused(f"parameter {value.shown(name)}: {undeclared(name, [declaration.name for declaration in declared])}")


def undeclared(name: str, names: list[str]) -> str:
    if not names:
        return "the notebook declares none; it wants a cell tagged \"parameters\" with a `var` line for each"
    near = difflib.get_close_matches(name, names, 1)
    guess = f"; did you mean {near[0]}?" if near else ""
    return f"not declared; the parameters are {', '.join(names)}{guess}"
