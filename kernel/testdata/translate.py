"""Writes, as JSON, many cells that our translator makes of random values, each with the names and texts that are in it."""

import json
import math
import random
import sys

import papermill  # first: it loads the package, as its plug-in
from gonb_papermill import assignment, declaration
from gonb_papermill.translator import GoTranslator
from gonb_papermill.value import Refused

PIECES = [
    '"', "`", "\\", "\n", "\r", "\t", "\0", "%", "%%\n", "\n!rm x", "\npackage main", "//", "/*", "*/", "'", "${x}", "\\u0041",
    "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffd", "\ufffe", "é", "\U0001f600", "\U000e0001", "\\x", "); os.Exit(1); (", "a", " ",
]
DECLARED = [
    "int", "int8", "uint64", "float32", "float64", "bool", "string", "rune", "any", "time.Duration", "[]string", "[]float64",
    "[][]int", "[2]any", "map[string]string", "map[int][]any", "map[string]map[string]float32", "*int", "Level",
]
pick = random.Random(int(sys.argv[1]))


def text():
    if pick.random() < 0.2:
        return "".join(chr(pick.choice([pick.randrange(0x20), pick.randrange(0x3000), pick.randrange(0x110000)])) for _ in range(4))
    return "".join(pick.choice(PIECES) for _ in range(pick.randrange(6)))


def number():
    return pick.choice([0, 1, -1, 127, 2**31, 2**63 - 1, -(2**63), 2**64, 10**400, pick.randrange(-99, 99)])


def real():
    return pick.choice([0.0, -0.0, 1e-320, 1.7e308, math.nan, math.inf, -math.inf, 3.5e38, pick.uniform(-9, 9)])


def value(depth=0):
    kinds = [text, number, real, lambda: pick.random() < 0.5, lambda: None, lambda: f"{pick.randrange(99)}.5s"]
    if depth < 3:
        kinds += [lambda: [value(depth + 1) for _ in range(pick.randrange(4))]]
        kinds += [lambda: {pick.choice([text, number])(): value(depth + 1) for _ in range(pick.randrange(4))}]
        kinds += [lambda: [text() for _ in range(2)], lambda: {text(): text()}, lambda: [real(), number()]]
    return pick.choice(kinds)()


def texts(given, kind):
    """The texts in a value, in order; a duration is none."""
    if isinstance(given, str):
        return [] if kind == "time.Duration" else [given]
    if isinstance(given, dict):
        numbers = kind.startswith("map[int]")
        return [found for key, item in given.items() for found in (*([] if numbers else texts(key, "")), *texts(item, kind))]
    return [found for item in given for found in texts(item, kind)] if isinstance(given, list) else []


def case(name):
    given, kind = value(), pick.choice(DECLARED)
    if pick.random() < 0.4:
        return {"source": GoTranslator.codify({name: given}), "texts": texts(given, "")}
    (declared,) = declaration.read(f"var {name} {kind}")
    return {"source": assignment.line(name, given, declared) + "\n", "texts": texts(given, kind)}


assert papermill.__version__
cases, refused = [], 0
for i in range(int(sys.argv[2])):
    try:
        cases.append(case(f"x{i}"))
    except Refused:
        refused += 1
json.dump({"cases": cases, "refused": refused}, sys.stdout)
