"""Readings of numbers and dates, each against what a person would read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.importing import values


def read(sql: str, text: str) -> object:
    with duckdb.connect() as con:
        return con.execute(f"SELECT {sql} FROM (SELECT $t AS t)", {"t": text}).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12"),
        ("-5", "-5"),
        ("+5", "5"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567"),
        ("(1,234)", "-1234"),
        ("1234-", "-1234"),
        ("¥1,200.00", "1200"),
        ("$ 5", "5"),
        ("CNY 12.00", "12"),
        ("12元", "12"),
        ("8%", "0.08"),
        ("(5%)", "-0.05"),
        ("１２３．５", "123.5"),
        ("1.5万", "15000"),
        ("1 234.5", "1234.5"),
        ("1'234.50", "1234.5"),
        ("12x", None),
        ("1,23", None),
        ("1.2.3", None),
        ("--5", None),
        ("5-3", None),
        ("元", None),
        (".", None),
        ("nan", None),
        ("1,2345", None),
        ("=1+1", None),
    ],
)
def test_number_with_decimal_point(text: str, expected: str | None) -> None:
    assert read(values.number("t"), text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("261,96", "261.96"),
        ("22,368", "22.368"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("-5,715", "-5.715"),
        ("9,5E-05", "0.000095"),
        ("12,5 %", "0.125"),
        ("1 234,50", "1234.5"),
        ("1.5", None),
        ("1,234,567", None),
    ],
)
def test_number_with_decimal_comma(text: str, expected: str | None) -> None:
    assert read(values.number("t", ","), text) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("text", ["3.5", "1e40", "x"])
def test_whole_number_refuses_fractions(text: str) -> None:
    assert read(values.whole("t"), text) is None
    assert read(values.whole("t"), "3.0") == 3


@settings(deadline=None, max_examples=60)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4), st.sampled_from([".", ","]), st.booleans())
def test_written_numbers_are_read_back(number: Decimal, decimal: str, grouped: bool) -> None:
    text = f"{number:,.4f}" if grouped else f"{number:.4f}"
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    assert read(values.number("t", decimal), text) == number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-31", (2020, 1, 31)),
        ("2020/1/3", (2020, 1, 3)),
        ("2020.01.31", (2020, 1, 31)),
        ("20200131", (2020, 1, 31)),
        ("31/12/2020", (2020, 12, 31)),
        ("05/06/2020", (2020, 6, 5)),
        ("31.12.20", (2020, 12, 31)),
        ("5-6-2020", (2020, 6, 5)),
        ("2020年1月5日", (2020, 1, 5)),
        ("2020年1月", (2020, 1, 1)),
        ("2020-01", (2020, 1, 1)),
        ("202001", (2020, 1, 1)),
        ("43831", (2020, 1, 1)),
        ("43831.9", (2020, 1, 1)),
        ("31-Jan-2020", (2020, 1, 31)),
        ("Jan 31, 2020", (2020, 1, 31)),
        ("1996-07-04 00:00:00.000", (1996, 7, 4)),
        ("2020-01-01T10:00:00Z", (2020, 1, 1)),
        ("31/12/2020 10:20", (2020, 12, 31)),
        ("5/6/20 3:04 PM", (2020, 6, 5)),
        ("２０２０－０１－３１", (2020, 1, 31)),
        ("9999-12-31", (9999, 12, 31)),
        ("1-2-3", None),
        ("2020-02-30", None),
        ("3020-01-01", None),
        ("abc", None),
        ("0001-01-01", None),
        ("31/13/2020", None),
    ],
)
def test_date_with_the_day_first(text: str, expected: tuple[int, int, int] | None) -> None:
    assert read(values.date("t", True), text) == (dt.date(*expected) if expected else None)


def test_date_with_the_month_first() -> None:
    assert read(values.date("t", False), "05/06/2020") == dt.date(2020, 5, 6)
    assert read(values.date("t", False), "12/31/20") == dt.date(2020, 12, 31)
    assert read(values.date("t", False), "31/12/2020") is None


def test_null_texts_and_spaces() -> None:
    for text in ("", "NULL", "N/A", r"\N", "-", " ", "\u3000", "\u00a0NULL "):
        assert read(values.clean("t"), text) is None
    assert read(values.clean("t"), "\u3000北京\u00a0") == "北京"
    assert read(values.clean("t", ["?"]), "?") is None


def test_guesses() -> None:
    assert values.guess_decimal(["261,96", "2", "22,368"], ";") == ","
    assert values.guess_decimal(["1,234.50", "1,234"], ",") == "."
    assert values.guess_dayfirst(["05/06/2020", "13/06/2020"]) is True
    assert values.guess_dayfirst(["05/06/2020", "06/13/2020"]) is False
    assert values.guess_dayfirst(["05/06/2020"]) is None
