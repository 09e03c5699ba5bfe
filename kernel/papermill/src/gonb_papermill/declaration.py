"""Reads a parameters cell: its variables, with their types, defaults, comments and limits."""

from typing import NamedTuple

from . import cell, limits
from .expression import infer
from .gotype import Type, take_type
from .tokens import Statement, Token, code, statements, text, tokenize


class Declaration(NamedTuple):
    name: str
    type: Type
    default: str  # as the cell has it
    comment: str
    limits: limits.Limits | None


def declared_in(cells) -> list[Declaration]:
    """The parameters of a notebook: those of its first cell with that tag."""
    for candidate in cells:
        if "parameters" in (candidate.get("metadata", {}).get("tags") or []):
            source = candidate["source"]
            return read(source if isinstance(source, str) else "".join(source))
    return []


def read(source: str) -> list[Declaration]:
    """The variables that the cell declares, each on a `var` line of its own or in a `var (...)` group.

    Two names in one `var` are left out: GoNB replaces a variable by a later `var` of the same name alone.
    """
    found = {}
    for statement in statements(tokenize(cell.read(source).go)):
        if statement.tokens[0].text != "var":
            continue
        for spec in specs(Statement(statement.tokens[1:], statement.comment)):
            declared = declaration(code(spec.tokens), spec.comment)
            if declared and declared.name != "_":
                found[declared.name] = declared
    return list(found.values())


def specs(statement: Statement) -> list[Statement]:
    """The declarations that stand behind one `var`."""
    if statement.tokens and statement.tokens[0].text == "(":
        return statements(statement.tokens[1:-1])
    return [statement]


def declaration(tokens: list[Token], comment: str) -> Declaration | None:
    if not tokens or tokens[0].kind != "name" or text(tokens[1:2]) == ",":
        return None
    name, rest = tokens[0].text, tokens[1:]
    equals = next((i for i, token in enumerate(rest) if token.text == "="), len(rest))
    value = rest[equals + 1 :]
    declared = take_type(rest[:equals])[0] if equals else infer(value)
    return Declaration(name, declared, text(value), comment, limits.read(comment, declared))
