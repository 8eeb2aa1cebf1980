"""KPI cards: name, value, neutral sparkline, two lines that say the variance in words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.components.text import plain
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import language

# Streamlit's colour words for (better, worse), by company setting.
_WORDS = {"standard": ("green", "red"), "colour-blind": ("blue", "orange"), "red-up": ("red", "green")}


def card(label: str, value: str, spark: list[float], lines: list[Line], help: str) -> None:
    """Draw one card."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        # a value in Latin letters sits higher than one with 万: an ideographic space levels them
        ending = "\u3000" if language() == "zh" else ""
        points = [v for v in spark if known(v)]
        st.metric(label, value + ending, chart_data=points if len(points) > 1 else None, chart_type="line", help=help)
        st.markdown("  \n".join(f":small[{_markdown(line)}]" for line in lines))


def _markdown(line: Line) -> str:
    words = f":gray[{plain(line.words)}]"
    if not line.value:
        return words
    better, worse = _WORDS[session.settings().variance_colours]
    flat = line.mark == "■" or not line.direction
    colour = "gray" if flat else better if line.change * line.direction > 0 else worse
    return f":{colour}[{line.mark} {plain(line.value)}] {words}"


def row(items: Sequence[Kpi]) -> None:
    """Draw the cards in one row, two by two on a phone."""
    with st.grid(len(items), min_column_width=150, gap="small"):
        for item in items:
            with st.container(height="stretch"):
                card(item.label, item.value, list(item.spark), item.lines, item.help)
