"""The small language in which a mapping computes a column. `formulas` compiles it to SQL; nothing of it is ever
evaluated as Python or passed to the database as written.

    unitPrice * quantity * (1 - discount)
    if([Ship Mode] = 'Return', -Sales, Sales)
    path(country, city)

Columns are written bare or, with spaces, in [brackets]; texts in 'single quotes'. Functions: see `FUNCTIONS`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.importing.errors import ImportRefused


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

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|\[(?P<column>[^\]]+)\]|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign><=|>=|<>|!=|[-+*/(),=<>]))"
)

# name -> (least, most arguments, kind of each argument (the last repeats), kind of the result)
SIGNATURES: dict[str, tuple[int, int, tuple[str, ...], str]] = {
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
FUNCTIONS = tuple(SIGNATURES)


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
        if function not in SIGNATURES:
            raise self.refuse(f"there is no function {function!r}; there are {', '.join(FUNCTIONS)}")
        arguments = self.arguments()
        least, most, *_ = SIGNATURES[function]
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
