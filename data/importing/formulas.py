"""Expressions of a mapping compiled to SQL, each in a context that wants a text, a number, a date or a condition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from data.importing.errors import ImportRefused
from data.importing.expressions import SIGNATURES, Call, Name, Node, Number, Text
from data.importing.values import NUMBER, literal

Want = Literal["text", "number", "date", "condition"]
# How a column is read in SQL: (header, wanted kind) -> SQL of its text, number or date.
Read = Callable[[str, str], str]
# How a looked-up value is found: (lookup, SQL of the key) -> SQL of the value.
Find = Callable[[str, str], str]

_TYPES = {"text": "VARCHAR", "number": NUMBER, "date": "DATE", "condition": "BOOLEAN"}
_OPERATORS = {"+", "-", "*", "/", "neg"}
_CONDITIONS = {"=", "<>", "<", "<=", ">", ">=", "and", "or", "not", "in"}


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
    result = SIGNATURES[node.function][3]
    if result != "=":
        return result
    kinds = [kind_of(a) for a, k in zip(node.arguments, _kinds(node), strict=True) if k == "="]
    return next((k for k in kinds if k), "")


def _kinds(node: Call) -> list[str]:
    kinds = SIGNATURES[node.function][2]
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
        return f"TRY_CAST({literal(node.value)} AS {_TYPES[want]})"
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
    result = SIGNATURES[name][3]
    if result == "condition":
        return _FUNCTION_SQL[name]([sql(0, "text")], find, arguments)
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
    "empty": lambda g, f, a: f"({g[0]} IS NULL)",
    "month_start": lambda g, f, a: f"date_trunc('month', {g[0]})::DATE",
    "month_end": lambda g, f, a: f"last_day({g[0]})",
    "year": lambda g, f, a: f"year({g[0]})::{NUMBER}",
    "month": lambda g, f, a: f"month({g[0]})::{NUMBER}",
    "day": lambda g, f, a: f"day({g[0]})::{NUMBER}",
}
