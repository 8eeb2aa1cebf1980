"""A table as a page shows it: numbers in the house's format, a true minus, one precision a column."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.findings import Column
from data.measures import Unit

_DECIMALS: dict[Unit, int] = {"money": 0, "rate": 1, "count": 0, "quantity": 0, "days": 1, "price": 2}
_MOST = 300  # rows written one by one; Streamlit formats longer tables itself, a little less well


def arguments(table: pd.DataFrame, columns: tuple[Column, ...]) -> dict[str, Any]:
    """`data` and `column_config` for st.dataframe. table: labels of `columns` as its columns."""
    numeric = {column.label: column.kind for column in columns if column.kind is not None}
    if not numeric:
        return {"data": table.reset_index(drop=True)}
    if len(table) <= _MOST:
        written = {label: partial(_number, kind) for label, kind in numeric.items()}
        return {"data": table.reset_index(drop=True).style.format(written, na_rep=formats.MISSING)}
    rates = [label for label, kind in numeric.items() if kind == "rate"]
    return {"data": table.assign(**{label: table[label] * 100 for label in rates}), "column_config": {
        label: st.column_config.NumberColumn(label, format="%.1f%%" if kind == "rate" else f"%,.{_DECIMALS[kind]}f")
        for label, kind in numeric.items()
    }}  # fmt: skip


def _number(kind: Unit, value: Any) -> str:
    return formats.rate(value, 1) if kind == "rate" else formats.number(value, _DECIMALS[kind])
