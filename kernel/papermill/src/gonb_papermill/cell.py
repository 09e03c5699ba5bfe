"""Reads a cell as the kernel does (kernel/internal/cell): what in it is Go, and what are commands."""

import re
from typing import NamedTuple

SPECIAL = re.compile(r"(?://gonb:)?%%(bash|sh|script|writefile|gx)([ \t]|$)")
PACKAGE = re.compile(r"\s*package\s+\w+\s*;?\s*(//.*)?")
MAIN = re.compile(r"%(%|main|schedules)([ \t]|$)")
# The lines within a comment or a raw string are no lines of the cell. A string or rune ends with its line at the latest.
COMMENT = r"//[^\n]*|/\*.*?(?:\*/|\Z)"
TOKEN = re.compile(COMMENT + r"""|`[^`]*(?:`|\Z)|"(?:\\[^\n]|[^"\\\n])*(?:"|\\)?|'(?:\\[^\n]|[^'\\\n])*(?:'|\\)?|[^\n]""", re.DOTALL)
BLANK = re.compile(COMMENT + r"|[ \t\r]", re.DOTALL)


class Cell(NamedTuple):
    go: str  # outside of main, with an empty line for each command
    body: str | None  # of main, below %%
    commands: list[str]


def read(text: str) -> Cell:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    parts, commands, at, begun = [[]], [], 0, False
    if SPECIAL.match(line_at(text, 0)):
        return Cell("", None, [])
    while at < len(text):
        line = line_at(text, at)
        if line.removeprefix("//gonb:").startswith(("%", "!")):
            command, at = read_command(text, at)
            commands.append(command)
            parts[-1].append("\n")
            if MAIN.match(command) and len(parts) == 1:
                parts.append([])
        elif not begun and PACKAGE.fullmatch(line):
            at, begun = at + len(line) + 1, True
            parts[-1].append("\n")
        else:
            end = end_of_go(text, at)
            begun = begun or any(not BLANK.fullmatch(token[0]) for token in TOKEN.finditer(text, at, end))
            parts[-1].append(text[at:end] + "\n")
            at = end + 1
    return Cell("".join(parts[0]), "".join(parts[1]) if len(parts) > 1 else None, commands)


def line_at(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at:] if end < 0 else text[at:end]


def read_command(text: str, at: int) -> tuple[str, int]:
    """The command that begins there, with the lines that continue it, and where the next line begins."""
    command = ""
    while at < len(text):
        line = line_at(text, at)
        at += len(line) + 1
        line = line.removeprefix("//gonb:")
        if not line.endswith("\\"):
            return command + line, at
        command += line[:-1] + " "
    return command, at


def end_of_go(text: str, at: int) -> int:
    """Where the line ends that begins there, or the one in which a comment or raw string of several lines ends."""
    while match := TOKEN.match(text, at):
        at = match.end()
    return at
