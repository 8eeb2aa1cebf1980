"""Words on a page: escaped, in the sizes and colours of the house."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from dashboard.findings.model import note as note
from dashboard.i18n import language

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|>~$:<-])")


def plain(text: object) -> str:
    """Text that markdown shows as it is: names from data may hold any character."""
    return _SPECIAL.sub(r"\\\1", str(text))


def muted(text: str) -> None:
    """Small muted text. `text` is shown as it is, in one paragraph."""
    st.markdown(f":small[:gray[{plain(' '.join(text.split()))}]]")


def named(row: pd.Series | dict[str, object], part: str) -> str:
    """The name of a dealer, region ... of a row: the English name for English readers where there is one."""
    english = row.get(f"{part}_name_en")
    if language() == "en" and isinstance(english, str) and english:
        return english
    name = row.get(f"{part}_name")
    return name if isinstance(name, str) and name else str(row.get(f"{part}_id") or "–")
