"""The expression language under anything that may be written in a mapping: its own refusal, or a value."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal, localcontext
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from data.importing import ImportRefused
from data.importing.expressions import SIGNATURES, headers, parse, parse_template
from data.importing.formulas import compile_sql

TYPES = {"text": "VARCHAR", "number": "DECIMAL(38,8)", "date": "DATE"}
NAMES = ("price", "quantity", "Ship Mode", "day", "none")
CELLS = ("19.90", "3", "Return", "2024-01-31", None)
WORDS = [*SIGNATURES, *NAMES, "and", "or", "not", "in", "[Ship Mode]", "'x'", "''", "'it''s'", "0", "1", "2.5",
         "99999999999999999999", "(", ")", "(", ")", ",", "+", "-", "*", "/", "=", "<>", "<=", "read_csv", "select",
         "getenv", "pragma", ";", "--", "/*", '"', "'", "[", "]", "$1", "{", "}", "\\", "\0", "::",
         "/etc/passwd"]  # fmt: skip

sealed = duckdb.connect(config={"enable_external_access": "false", "lock_configuration": "true"})


def value(text: str, want: str) -> Any:
    """What the expression gives over one row. Raises ImportRefused."""

    def read(header: str, kind: str) -> str:
        if header not in NAMES:
            raise ImportRefused(f"no column {header!r}")
        return f'TRY_CAST("{header}" AS {TYPES[kind]})'

    sql = compile_sql(parse(text), want, read, lambda name, key: f"upper({key})")  # type: ignore[arg-type]
    columns = ", ".join(f'?::VARCHAR AS "{name}"' for name in NAMES)
    result = f"TRY({sql})" if want != "condition" else sql
    return sealed.execute(f"SELECT {result} FROM (SELECT {columns})", list(CELLS)).fetchall()[0][0]


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)),
       st.sampled_from(("text", "number", "date", "condition")))  # fmt: skip
def test_anything_is_refused_or_computed(text: str, want: str) -> None:
    """Never another exception: not the parser's, not DuckDB's; so nothing of it was read as SQL."""
    said: list[str] = []
    try:
        value(text, want)
    except ImportRefused as refusal:
        said.append(str(refusal))
    assert all(refusal.startswith(("mapping: ", "no column ")) for refusal in said)
    with suppress(ImportRefused):
        headers(parse_template(text))


_numbers = st.decimals(min_value=0, max_value=9999, places=2, allow_nan=False).map(lambda d: f"{d:f}")
_trees = st.recursive(
    st.one_of(_numbers, st.sampled_from(("price", "quantity"))),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"abs({t})"),
    ),
    max_leaves=6,
)


@settings(max_examples=80)
@given(_trees)
def test_arithmetic_equals_pythons(text: str) -> None:
    with localcontext() as context:
        context.prec = 60
        # numbers become Decimals; the operators are Python's own
        words = text.replace("(", " ( ").replace(")", " ) ").replace("-", " - ").split()
        known = {"price": "Decimal('19.90')", "quantity": "Decimal('3')"}
        python = " ".join(known.get(w, f"Decimal('{w}')" if w[0].isdigit() else w) for w in words)
        expected = eval(python, {"Decimal": Decimal, "abs": abs})
    found = value(text, "number")
    if abs(expected) < Decimal(10) ** 20:
        assert found is not None
        assert abs(found - expected) <= max(abs(expected) * Decimal("1e-8"), Decimal("1e-6"))


@settings(max_examples=80)
@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40))
def test_a_text_means_itself(text: str) -> None:
    assert value("'" + text.replace("'", "''") + "'", "text") == text
