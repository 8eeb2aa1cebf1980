"""Alerts on a page: what fires, since when, each with the way to its page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import address, i18n, session
from dashboard.components import cards, links
from dashboard.components.text import muted, plain
from dashboard.findings import alerts as findings
from dashboard.i18n import _, ngettext
from data.measures import aggregates
from data.scope import Scope

MOST = 4  # lines on the card; the dialog behind it has all
_PAGES = {"receivables": "receivables", "invoices": "receivables", "unapplied": "receivables", "visits": "visits",
          "targets": "targets"}  # fmt: skip


def card(scope: Scope) -> None:
    """The alerts of the settings; nothing where there is no rule, or the reader is not shown them."""
    if not session.settings().alerts or not session.viewer().headquarters:
        return
    answer = session.ask("alerts.list", scope)
    finding = findings.alerts(answer, session.settings().currency)
    with st.container(border=True):
        cards.head(finding)
        for _index, row in finding.frame.head(MOST).iterrows():
            _line(scope, row)
        if (more := len(finding.frame) - MOST) > 0:
            muted(ngettext("{n} more behind the icon", "{n} more behind the icon", more))
        for note in findings.notes(answer):
            muted(note)


def _line(scope: Scope, row: pd.Series) -> None:
    keys = scope.to_keys() | {address.LANGUAGE: i18n.language()}
    if row["region_id"]:
        keys["region"] = str(row["region_id"])
    with st.container(gap="xxsmall"):
        links.page(_page(row), plain(row["sentence"]), query_params=keys, icon=":material/chevron_right:",
                   icon_position="right", help=_("Open the page"))  # fmt: skip
        muted(row["reason"])


def _page(row: pd.Series) -> str:
    """The page that shows the metric."""
    if row["band"]:
        return "forecast"
    sources = [part.source for part in aggregates((row["measure"],))]
    return next((_PAGES[source] for source in reversed(sources) if source in _PAGES), "sales")
