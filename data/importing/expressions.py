"""The small language in which a mapping computes a column, compiled to SQL. Nothing of it is ever evaluated as Python
or passed to the database as written.

    unitPrice * quantity * (1 - discount)
    if([Ship Mode] = 'Return', -Sales, Sales)
    path(country, city)

Columns are written bare or, with spaces, in [brackets]; texts in 'single quotes'. Functions: see `FUNCTIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from data.importing.errors import ImportRefused
from data.importing.values import NUMBER, literal

Want = Literal["text", "number", "date", "condition"]


@dataclass(frozen=True)
class Name:
    """A column of the file."""

    header: str


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class Number:
    value: str


@dataclass(frozen=True)
class Call:
    """A function or an operator with its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Name | Text | Number | Call
# How a column is read in SQL: (header, wanted kind) -> SQL of its text, number or date.
Read = Callable[[str, str], str]
# How a looked-up value is found: (lookup, SQL of the key) -> SQL of the value.
Find = Callable[[str, str], str]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|\[(?P<column>[^\]]+)\]|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign><=|>=|<>|!=|[-+*/(),=<>]))"
)

# name -> (least, most arguments, kind of each argument (the last repeats), kind of the result)
_SIGNATURES: dict[str, tuple[int, int, tuple[str, ...], str]] = {
    "if": (3, 3, ("condition", "=", "="), "="),
    "coalesce": (1, 20, ("=",), "="),
    "concat": (1, 20, ("text",), "text"),
    "path": (1, 20, ("text",), "text"),
    "upper": (1, 1, ("text",), "text"),
    "lower": (1, 1, ("text",), "text"),
    "trim": (1, 1, ("text",), "text"),
    "left": (2, 2, ("text", "number"), "text"),
    "right": (2, 2, ("text", "number"), "text"),
    "split": (3, 3, ("text", "text", "number"), "text"),
    "replace": (3, 3, ("text", "text", "text"), "text"),
    "lookup": (2, 2, ("text", "text"), "text"),
    "abs": (1, 1, ("number",), "number"),
    "sign": (1, 1, ("number",), "number"),
    "round": (2, 2, ("number", "number"), "number"),
    "negative_if": (2, 2, ("number", "condition"), "number"),
    "number": (1, 1, ("number",), "number"),
    "date": (1, 1, ("date",), "date"),
    "add_days": (2, 2, ("date", "number"), "date"),
    "month_start": (1, 1, ("date",), "date"),
    "month_end": (1, 1, ("date",), "date"),
    "year": (1, 1, ("date",), "number"),
    "month": (1, 1, ("date",), "number"),
    "day": (1, 1, ("date",), "number"),
    "empty": (1, 1, ("text",), "condition"),
}
FUNCTIONS = tuple(_SIGNATURES)
_OPERATORS = {"+": "number", "-": "number", "*": "number", "/": "number", "neg": "number"}
_CONDITIONS = {"=", "<>", "<", "<=", ">", ">=", "and", "or", "not", "in"}


def parse(text: str) -> Node:
    """The tree of an expression. Raises ImportRefused, naming what was not understood."""
    try:
        return _Parser(text).whole()
    except RecursionError:
        raise ImportRefused(f"mapping: expression {text[:60]!r}... is nested too deeply") from None


def parse_template(text: str) -> Node:
    """The tree of a text with {columns} in it."""
    parts = re.split(r"\{([^{}]+)\}", text)
    nodes: list[Node] = [Name(p) if i % 2 else Text(p) for i, p in enumerate(parts) if p]
    if "{" in "".join(parts[::2]) or "}" in "".join(parts[::2]):
        raise ImportRefused(f"mapping: template {text!r} has an unmatched brace")
    return nodes[0] if len(nodes) == 1 else Call("template", tuple(nodes))


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self.text, self.position, self.depth = text, 0, 0
        self.kind, self.value = "", ""
        self.advance()

    def refuse(self, what: str) -> ImportRefused:
        return ImportRefused(f"mapping: expression {self.text!r}: {what}")

    def advance(self) -> None:
        if not self.text[self.position :].strip():
            self.kind, self.value = "end", "the end"
            return
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            raise self.refuse(f"cannot be read from {self.text[self.position :].strip()[:20]!r} on")
        self.position = match.end()
        self.kind = str(match.lastgroup)
        self.value = match.group(self.kind)

    def accept(self, *values: str) -> str:
        """The sign or word at hand when it is one of the values, else ''."""
        word = self.value.lower() if self.kind == "name" else self.value
        if self.kind in ("sign", "name") and word in values:
            self.advance()
            return word
        return ""

    def expect(self, value: str) -> None:
        if not self.accept(value):
            raise self.refuse(f"{value!r} expected instead of {self.value!r}")

    def whole(self) -> Node:
        node = self.either()
        if self.kind != "end":
            raise self.refuse(f"{self.value!r} was not expected")
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > 50:
            raise self.refuse("nested too deeply")
        node = self.both()
        while self.accept("or"):
            node = Call("or", (node, self.both()))
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negation()
        while self.accept("and"):
            node = Call("and", (node, self.negation()))
        return node

    def negation(self) -> Node:
        return Call("not", (self.comparison(),)) if self.accept("not") else self.comparison()

    def comparison(self) -> Node:
        node = self.addition()
        if sign := self.accept("=", "<>", "!=", "<", "<=", ">", ">="):
            return Call("<>" if sign == "!=" else sign, (node, self.addition()))
        if self.accept("in"):
            self.expect("(")
            return Call("in", (node, *self.arguments()))
        return node

    def addition(self) -> Node:
        node = self.product()
        while sign := self.accept("+", "-"):
            node = Call(sign, (node, self.product()))
        return node

    def product(self) -> Node:
        node = self.factor()
        while sign := self.accept("*", "/"):
            node = Call(sign, (node, self.factor()))
        return node

    def factor(self) -> Node:
        if self.accept("-"):
            return Call("neg", (self.factor(),))
        if self.accept("("):
            node = self.either()
            self.expect(")")
            return node
        kind, value = self.kind, self.value
        if kind in ("end", "sign"):
            raise self.refuse(f"a column, a number or a text expected instead of {value!r}")
        self.advance()
        if kind == "number":
            return Number(value)
        if kind == "text":
            return Text(value[1:-1].replace("''", "'"))
        if kind == "name" and self.accept("("):
            return self.call(value.lower())
        return Name(value)

    def call(self, function: str) -> Node:
        if function not in _SIGNATURES:
            raise self.refuse(f"there is no function {function!r}; there are {', '.join(FUNCTIONS)}")
        arguments = self.arguments()
        least, most, *_ = _SIGNATURES[function]
        if not least <= len(arguments) <= most:
            raise self.refuse(f"{function} takes {least if least == most else f'{least} to {most}'} arguments")
        return Call(function, arguments)

    def arguments(self) -> tuple[Node, ...]:
        found = [self.either()]
        while self.accept(","):
            found.append(self.either())
        self.expect(")")
        return tuple(found)


def headers(node: Node) -> tuple[str, ...]:
    """Every column that an expression names, once."""
    if isinstance(node, Name):
        return (node.header,)
    if isinstance(node, Call):
        return tuple(dict.fromkeys(h for a in node.arguments for h in headers(a)))
    return ()


def kind_of(node: Node) -> str:
    """What an expression yields by itself: text, number, date, condition, or '' where the context decides."""
    if isinstance(node, Text):
        return "text"
    if isinstance(node, Number):
        return "number"
    if isinstance(node, Name):
        return ""
    if node.function in _OPERATORS:
        return "date" if any(kind_of(a) == "date" for a in node.arguments) else "number"
    if node.function in _CONDITIONS:
        return "condition"
    if node.function == "template":
        return "text"
    result = _SIGNATURES[node.function][3]
    if result != "=":
        return result
    kinds = [kind_of(a) for a, k in zip(node.arguments, _kinds(node), strict=True) if k == "="]
    return next((k for k in kinds if k), "")


def _kinds(node: Call) -> list[str]:
    kinds = _SIGNATURES[node.function][2]
    return [kinds[min(i, len(kinds) - 1)] for i in range(len(node.arguments))]


def compile_sql(node: Node, want: Want, read: Read, find: Find) -> str:
    """SQL of an expression in a context that wants a text, a number, a date or a condition.

    A value that cannot be computed (division by zero, overflow) is NULL.
    """
    if isinstance(node, Name):
        if want == "condition":
            raise ImportRefused(f"mapping: the column {node.header!r} stands where a condition belongs; compare it")
        return read(node.header, want)
    if isinstance(node, Text):
        return f"TRY_CAST({literal(node.value)} AS {NUMBER if want == 'number' else 'DATE' if want == 'date' else 'VARCHAR'})"
    if isinstance(node, Number):
        return literal(node.value) if want == "text" else f"{node.value}::{NUMBER}"
    return _compile_call(node, want, read, find)


def _compile_call(node: Call, want: Want, read: Read, find: Find) -> str:
    name, arguments = node.function, node.arguments
    if (name in _CONDITIONS or name == "empty") != (want == "condition"):
        raise ImportRefused(f"mapping: {name!r} stands where a {want} belongs")

    def sql(index: int, kind: str) -> str:
        return compile_sql(arguments[index], kind, read, find)  # type: ignore[arg-type]

    if name in ("and", "or"):
        return f"({sql(0, 'condition')} {name.upper()} {sql(1, 'condition')})"
    if name == "not":
        return f"(NOT coalesce({sql(0, 'condition')}, false))"
    if name in _CONDITIONS:
        kind = next((k for k in map(kind_of, arguments) if k), "text")
        if name == "in":
            return f"({sql(0, kind)} IN ({', '.join(sql(i, kind) for i in range(1, len(arguments)))}))"
        return f"({sql(0, kind)} {name} {sql(1, kind)})"
    if name in _OPERATORS:
        return _converted(_arithmetic(node, want, sql), "date" if want == "date" else "number", want)
    if name == "template":
        return "(" + " || ".join(sql(i, "text") for i in range(len(arguments))) + ")"
    result = _SIGNATURES[name][3]
    inner = want if result == "=" else result
    given = [sql(i, inner if kind == "=" else kind) for i, kind in enumerate(_kinds(node))]
    return _converted(_FUNCTION_SQL[name](given, find, arguments), inner, want)


def _arithmetic(node: Call, want: str, sql: Callable[[int, str], str]) -> str:
    name = node.function
    if want == "date":
        if name not in "+-":
            raise ImportRefused(f"mapping: {name!r} cannot be applied to dates; days are added with + or -")
        return f"({sql(0, 'date')} {name} round({sql(1, 'number')})::INTEGER)"
    if name == "neg":
        return f"(-{sql(0, 'number')})"
    if name == "-" and all(kind_of(a) == "date" for a in node.arguments):
        return f"({sql(0, 'date')} - {sql(1, 'date')})::{NUMBER}"
    right = f"nullif({sql(1, 'number')}, 0)" if name == "/" else sql(1, "number")
    return f"TRY(({sql(0, 'number')} {name} {right})::{NUMBER})"


def _converted(sql: str, kind: str, want: str) -> str:
    if kind == want:
        return sql
    if want == "text":  # numbers without the zeros of their type: 12, not 12.00000000
        return f"regexp_replace(({sql})::VARCHAR, '\\.?0*$', '')" if kind == "number" else f"({sql})::VARCHAR"
    if want == "number":
        return f"TRY_CAST({sql} AS {NUMBER})"
    return f"TRY_CAST({sql} AS DATE)"


def _split(given: list[str]) -> str:
    return f"nullif(split_part({given[0]}, {given[1]}, {given[2]}::INTEGER), '')"


def _lookup(given: list[str], find: Find, arguments: tuple[Node, ...]) -> str:
    if not isinstance(arguments[1], Text):
        raise ImportRefused("mapping: lookup(column, 'name') takes the lookup's name as a text in single quotes")
    return find(arguments[1].value, given[0])


_FUNCTION_SQL: dict[str, Callable[[list[str], Find, tuple[Node, ...]], str]] = {
    "if": lambda g, f, a: f"CASE WHEN {g[0]} THEN {g[1]} ELSE {g[2]} END",
    "coalesce": lambda g, f, a: f"coalesce({', '.join(g)})",
    "concat": lambda g, f, a: f"nullif(concat({', '.join(g)}), '')",
    "path": lambda g, f, a: f"nullif(concat_ws('/', {', '.join(g)}), '')",
    "upper": lambda g, f, a: f"upper({g[0]})",
    "lower": lambda g, f, a: f"lower({g[0]})",
    "trim": lambda g, f, a: f"trim({g[0]})",
    "left": lambda g, f, a: f"nullif(left({g[0]}, {g[1]}::INTEGER), '')",
    "right": lambda g, f, a: f"nullif(right({g[0]}, {g[1]}::INTEGER), '')",
    "split": lambda g, f, a: _split(g),
    "replace": lambda g, f, a: f"nullif(replace({g[0]}, {g[1]}, {g[2]}), '')",
    "lookup": _lookup,
    "abs": lambda g, f, a: f"abs({g[0]})",
    "sign": lambda g, f, a: f"sign({g[0]})::{NUMBER}",
    "round": lambda g, f, a: f"round({g[0]}, {g[1]}::INTEGER)::{NUMBER}",
    "negative_if": lambda g, f, a: f"CASE WHEN {g[1]} THEN -abs({g[0]}) ELSE {g[0]} END",
    "number": lambda g, f, a: g[0],
    "date": lambda g, f, a: g[0],
    "add_days": lambda g, f, a: f"({g[0]} + round({g[1]})::INTEGER)",
    "month_start": lambda g, f, a: f"date_trunc('month', {g[0]})::DATE",
    "month_end": lambda g, f, a: f"last_day({g[0]})",
    "year": lambda g, f, a: f"year({g[0]})::{NUMBER}",
    "month": lambda g, f, a: f"month({g[0]})::{NUMBER}",
    "day": lambda g, f, a: f"day({g[0]})::{NUMBER}",
}
