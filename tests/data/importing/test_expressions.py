"""The expression language against Python's own arithmetic, and its refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pytest

from data.importing import ImportRefused
from data.importing.expressions import Name, headers, parse, parse_template
from data.importing.formulas import compile_sql

ROW = {
    "price": "19.90",
    "quantity": "3",
    "discount": "0.15",
    "Ship Mode": "Return",
    "code": "AB-123-x",
    "day": "2024-01-31",
    "none": None,
}
TYPES = {"text": "VARCHAR", "number": "DECIMAL(38,8)", "date": "DATE"}


def evaluate(text: str, want: str = "number") -> Any:
    def read(header: str, kind: str) -> str:
        return f'TRY_CAST("{header}" AS {TYPES[kind]})'

    sql = compile_sql(parse(text), want, read, lambda name, key: f"upper({key})")  # type: ignore[arg-type]
    columns = ", ".join(f'?::VARCHAR AS "{name}"' for name in ROW)
    with duckdb.connect() as con:
        return con.execute(f"SELECT {sql} FROM (SELECT {columns})", list(ROW.values())).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price * quantity * (1 - discount)", Decimal("19.90") * 3 * Decimal("0.85")),
        ("-price + 2 * quantity", Decimal("-13.90")),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("price / none", None),
        ("price / (quantity - 3)", None),
        ("if([Ship Mode] = 'Return', -price, price)", Decimal("-19.90")),
        ("negative_if(price, [Ship Mode] in ('Return', 'Refund'))", Decimal("-19.90")),
        ("if(empty(none) and not price < 10, 1, 2)", 1),
        ("coalesce(none, quantity)", 3),
        ("round(price, 0)", 20),
        ("abs(-price) * sign(-2)", Decimal("-19.90")),
        ("year(day) * 100 + month(day)", 202401),
    ],
)
def test_numbers(text: str, expected: Any) -> None:
    assert evaluate(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("concat(left(code, 2), '/', right(code, 1))", "AB/x"),
        ("split(code, '-', 2)", "123"),
        ("path(none, code, 'x')", "AB-123-x/x"),
        ("upper(replace(code, '-', ''))", "AB123X"),
        ("quantity * 2", "6"),
        ("price", "19.90"),
        ("add_days(day, 1)", "2024-02-01"),
        ("lookup(code, 'any')", "AB-123-X"),
        ("'it''s'", "it's"),
    ],
)
def test_texts(text: str, expected: str) -> None:
    assert evaluate(text, "text") == expected


def test_dates() -> None:
    assert str(evaluate("day + 30", "date")) == "2024-03-01"
    assert str(evaluate("month_end(add_days(day, 1))", "date")) == "2024-02-29"
    assert str(evaluate("month_start(day)", "date")) == "2024-01-01"


def test_overflow_is_null() -> None:
    assert evaluate("99999999999999999999 * 99999999999999999999 * price") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "price *",
        "price price",
        "(price",
        "nosuch(price)",
        "if(price)",
        "'open",
        "price; drop table x",
        "price ~ 2",
        "[open",
        "if(price, 1, 2)",
        "left(code)",
        "(" * 200 + "1" + ")" * 200,
        "-" * 5000 + "1",
        "upper(code) and 1",
    ],
)
def test_refusals(text: str) -> None:
    with pytest.raises(ImportRefused, match="mapping"):
        evaluate(text)


def test_headers_and_templates() -> None:
    assert headers(parse("if([Ship Mode] = 'x', price, price * discount)")) == ("Ship Mode", "price", "discount")
    assert headers(parse_template("{code}-{Ship Mode}")) == ("code", "Ship Mode")
    assert parse_template("{code}") == Name("code")
    with pytest.raises(ImportRefused):
        parse_template("{code")


def test_texts_cannot_leave_their_quotes() -> None:
    assert evaluate("concat('''; DROP TABLE x; --', code)", "text") == "'; DROP TABLE x; --AB-123-x"
