"""The type of a Go expression, as far as it can be told from the expression alone."""

from .gotype import DURATION, SCALARS, UNKNOWN, Type, scalar, take_type
from .tokens import Token, group

RANKS = {"untyped int": 0, "untyped rune": 1, "untyped float": 2}
DEFAULTS = {"untyped int": "int", "untyped rune": "rune", "untyped float": "float64"}
TRUTHS = ("==", "!=", "<", "<=", ">", ">=", "&&", "||")
BINARY = ("+", "-", "*", "/", "%", "&", "|", "^", "&^")

DURATIONS = ("Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour")
CONSTANTS = {f"time.{name}": DURATION for name in DURATIONS} | {"true": scalar("bool"), "false": scalar("bool")}
FLOAT_CONSTANTS = ("Pi", "E", "Phi", "Sqrt2", "SqrtE", "SqrtPi", "Ln2", "Ln10", "MaxFloat64", "MaxFloat32")
RESULTS = {"runtime.NumCPU": scalar("int"), "runtime.GOMAXPROCS": scalar("int"), "len": scalar("int")}
FLOAT_RESULTS = ("NaN", "Inf", "Sqrt", "Pow", "Exp", "Log", "Log2", "Log10", "Abs", "Floor", "Ceil", "Round")


def infer(tokens: list[Token]) -> Type:
    """The type that `var x = tokens` gives to x, or the unknown type."""
    found = of(tokens)
    return scalar(DEFAULTS[found.kind]) if found.kind in DEFAULTS else found


def of(tokens: list[Token]) -> Type:
    found, tokens = operand(tokens)
    while tokens:
        operator, tokens = tokens[0].text, tokens[1:]
        right, tokens = operand(tokens)
        if operator in TRUTHS:
            return scalar("bool")
        if operator in BINARY:
            found = combined(found, right)
        elif operator not in ("<<", ">>"):  # a shift has the type of what is shifted
            return UNKNOWN
    return found


def combined(left: Type, right: Type) -> Type:
    if left.kind in RANKS and right.kind in RANKS:
        return max(left, right, key=lambda side: RANKS[side.kind])
    if left == right or right.kind in RANKS:
        return left
    return right if left.kind in RANKS else UNKNOWN


def operand(tokens: list[Token]) -> tuple[Type, list[Token]]:
    """The type of the operand that tokens begins with, and what follows it. An unknown one takes all the rest."""
    if not tokens:
        return UNKNOWN, []
    first, rest = tokens[0], tokens[1:]
    if first.text in ("+", "-", "^", "!"):
        return operand(rest)
    if first.kind == "number":
        return number(first.text), rest
    if first.kind in ("string", "raw"):
        return scalar("string"), rest
    if first.kind == "rune":
        return Type("untyped rune", ""), rest
    if first.text == "(":
        end = group(tokens)
        return checked(of(tokens[1 : end - 1]), tokens[end:])
    if first.text in ("[", "map"):
        return converted(tokens)
    if first.kind == "name":
        return named(tokens)
    return UNKNOWN, []


def number(text: str) -> Type:
    hexadecimal = text[:2].lower() == "0x"
    if text.endswith("i"):
        return Type("closed", "complex128")
    if "." in text or not hexadecimal and "e" in text.lower() or hexadecimal and "p" in text.lower():
        return Type("untyped float", "")
    return Type("untyped int", "")


def converted(tokens: list[Token]) -> tuple[Type, list[Token]]:
    """A conversion T(x) or a composite literal T{...}, of a type that this package knows."""
    found, rest = take_type(tokens)
    if rest and rest[0].text in "({":
        return checked(found, rest[group(rest) :])
    return UNKNOWN, []


def named(tokens: list[Token]) -> tuple[Type, list[Token]]:
    parts = 1
    while len(tokens) > parts + 1 and tokens[parts].text == "." and tokens[parts + 1].kind == "name":
        parts += 2
    name, rest = "".join(token.text for token in tokens[:parts]), tokens[parts:]
    package, _, member = name.partition(".")
    if rest and rest[0].text == "(":
        if name in SCALARS or name == DURATION.text:
            return converted(tokens)
        known = scalar("float64") if package == "math" and member in FLOAT_RESULTS else RESULTS.get(name, UNKNOWN)
        return checked(known, rest[group(rest) :])
    if package == "math" and member in FLOAT_CONSTANTS:
        return Type("untyped float", ""), rest
    if package == "math" and member.startswith(("MaxInt", "MinInt", "MaxUint")):
        return Type("untyped int", ""), rest
    if rest and rest[0].text == "{":
        return Type("closed", name), rest[group(rest) :]
    return checked(CONSTANTS.get(name, UNKNOWN), rest)


def checked(found: Type, rest: list[Token]) -> tuple[Type, list[Token]]:
    """found, unless a call, an index or a member follows: then what they give is not known."""
    if found == UNKNOWN or rest and rest[0].text in ("(", "[", "{", "."):
        return UNKNOWN, []
    return found, rest
