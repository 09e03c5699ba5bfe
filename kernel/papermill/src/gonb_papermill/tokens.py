"""Splits Go source into tokens and statements: as much of Go's grammar as reading variable declarations takes."""

import re
from typing import NamedTuple

PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r]+)
  | (?P<newline>\n)
  | (?P<comment>//[^\n]*|/\*[^\n]*?\*/)
  | (?P<lines>/\*.*?\*/)
  | (?P<raw>`[^`]*`)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<rune>'(?:[^'\\\n]|\\.)+')
  | (?P<number>0[xX][0-9a-fA-F_.]+(?:[pP][+-]?[0-9_]+)?i?
             | 0[bBoO][0-9_]+
             | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]+)?i?)
  | (?P<name>[^\W\d]\w*)
  | (?P<operator><<|>>|&\^|&&|\|\||[=!<>]=|\.\.\.|:=|.)
    """,
    re.VERBOSE | re.DOTALL,
)

OPENING, CLOSING = set("([{"), set(")]}")


class Token(NamedTuple):
    kind: str
    text: str
    spaced: bool = False  # whether space or a line break stands before it


class Statement(NamedTuple):
    tokens: list[Token]
    comment: str  # the one at its end


def tokenize(source: str) -> list[Token]:
    """The tokens of source without its spaces; line breaks are tokens, because statements end there."""
    tokens, spaced = [], False
    for match in PATTERN.finditer(source):
        kind = match.lastgroup
        if kind == "lines":  # a comment over several of them
            kind = "newline"
        if kind != "space":
            tokens.append(Token(kind, match[0], spaced))
        spaced = kind in ("space", "newline", "comment")
    return tokens


def statements(tokens: list[Token]) -> list[Statement]:
    """The statements at the outermost level; brackets and all that is in them belong to the statement around them."""
    found, current, comment, depth = [], [], "", 0
    for token in [*tokens, Token("newline", "\n")]:
        if depth == 0 and token.kind == "comment":
            comment = token.text[2:].removesuffix("*/").strip()
        elif depth == 0 and (token.text == ";" or token.kind == "newline"):
            if ends(current):
                found.append(Statement(current, comment))
                current = []
            comment = ""
        else:
            depth += (token.text in OPENING) - (token.text in CLOSING)
            current.append(token)
            comment = ""
    return found


def code(tokens: list[Token]) -> list[Token]:
    """The tokens without comments and line breaks."""
    return [token for token in tokens if token.kind not in ("comment", "newline")]


def ends(tokens: list[Token]) -> bool:
    """Whether a statement may end after tokens, by Go's rule for the semicolons that it puts at line breaks."""
    if not tokens:
        return False
    last = tokens[-1]
    return last.kind in ("name", "number", "string", "raw", "rune") or last.text in CLOSING


def group(tokens: list[Token]) -> int:
    """How many tokens the bracket takes that tokens begins with, up to its closing one."""
    depth = 0
    for i, token in enumerate(tokens):
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if depth == 0:
            return i + 1
    return len(tokens)


def text(tokens: list[Token]) -> str:
    """The tokens as source again, on one line."""
    return "".join(" " * token.spaced + token.text for token in tokens).strip()
