"""The metric glossary on the page, from the registry."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.text import muted, plain
from dashboard.findings.names import unit_words
from dashboard.i18n import _
from data.measures import HEADQUARTERS, MEASURES, Measure, aggregates


def groups() -> dict[str, tuple[Measure, ...]]:
    """Measures by what they are about, in the order of the registry; those of headquarters' rules for who sees them."""
    titles = {"sales": _("Sales"), "targets": _("Targets"), "visits": _("Visits")}
    found: dict[str, tuple[Measure, ...]] = {}
    for measure in MEASURES:
        if measure.id in HEADQUARTERS and not session.viewer().headquarters:
            continue
        sources = {str(part.source) for part in aggregates((measure.id,))}
        about = "targets" if "targets" in sources else sorted(sources)[0]
        title = titles.get(about, _("Receivables"))
        found[title] = (*found.get(title, ()), measure)
    return found


def matching(found: dict[str, tuple[Measure, ...]], text: str) -> dict[str, tuple[Measure, ...]]:
    """The measures whose name, formula or id holds the text."""
    wanted = text.strip().casefold()
    kept = {
        title: tuple(m for m in measures if wanted in f"{_(m.label)} {m.label} {_(m.formula)} {m.id}".casefold())
        for title, measures in found.items()
    }
    return {title: measures for title, measures in kept.items() if measures}


def entry(measure: Measure) -> None:
    """One measure: name, unit, which way is good, formula, source, and its name for `qudao ask`."""
    good = {1: _("more is good"), -1: _("less is good"), 0: ""}[measure.direction]
    with st.container(border=True, height="stretch", gap="xsmall"):
        unit = " · ".join(filter(None, [unit_words(measure), good]))
        st.markdown(f"**{plain(_(measure.label))}**  :small[:gray[{plain(unit)}]]")
        st.markdown(plain(_(measure.formula)))
        if measure.note:
            st.markdown(plain(_(measure.note)))
        muted(f"{_(measure.origin)} · {measure.id}")
