"""The dealer card: choosing a dealer, the parts of its card, and the sheet to print."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import actions, cards, kpis, records, tabular, views
from dashboard.components.panel import panel
from dashboard.components.text import muted
from dashboard.findings import Finding, briefing, dealer_kpis, segments
from dashboard.findings import dealer as findings
from dashboard.findings.briefing import known
from dashboard.findings.names import names_of
from dashboard.i18n import _, language, ngettext
from data.scope import Scope

ROWS = 5  # of a table on the card; the one behind its icon has all
ENTRIES, ENTRIES_HEIGHT = 3, 180  # of a history before it scrolls in a box, and the height of that
PRINTED_ROWS, PRINTED_ENTRIES, PRINTED_ITEMS = 3, 1, 3  # on paper
PRINTED_TREND = 255  # pixels
LONGEST = 170  # characters of an entry on paper


def chooser(scope: Scope) -> None:
    """A box to search another dealer by name or code."""
    frame = session.ask("dealers.list", scope.but(dealer=())).frames["dealers"]
    names = dict(zip(frame["dealer_id"], names_of(frame, "dealer"), strict=True))
    widget = f"choose_dealer_{language()}"
    st.session_state[widget] = scope.dealer[0] if len(scope.dealer) == 1 and scope.dealer[0] in names else None
    st.selectbox(_("Dealer"), list(names), format_func=lambda id: f"{names.get(id, id)} · {id}", key=widget, width=260,
                 label_visibility="collapsed", placeholder=_("Search a dealer by name or code"),
                 on_change=lambda: address.put({"dealer": st.session_state[widget] or "", "item": ""}))  # fmt: skip


def count(scope: Scope) -> int:
    """Dealers to choose from."""
    return len(session.ask("dealers.list", scope.but(dealer=())).frames["dealers"])


def choice(scope: Scope) -> None:
    """The dealers in scope as a table that opens the one clicked."""

    def picked(row: pd.Series) -> None:
        address.put({"dealer": row["dealer_id"]})
        st.rerun()

    finding = findings.dealers(session.ask("dealers.list", scope), session.settings().currency)
    cards.table(finding, most=20, on_pick=picked)


def standing(scope: Scope) -> None:
    """What the dealer is called, scores and risks, where that is computed."""
    whole = scope.but(**dict.fromkeys(scope.filters, ()))
    groups, risk = (session.ask(f"dealers.{name}", whole) for name in ("segments", "risk"))
    score = session.ask("dealers.scorecard", whole) if session.viewer().headquarters else None
    if words := segments.standing(groups, score, risk, scope.dealer[0]):
        muted(words)


def peers() -> str:
    """The peers that the reader chose."""
    return address.option("by", findings.PEERS)


def body(answer: Answer, currency: str, *, printed: bool = False) -> None:
    """All parts of the card; `printed`: so much of each as one sheet of paper holds."""
    rows = PRINTED_ROWS if printed else ROWS
    kpis.row(dealer_kpis.kpis(answer, sparks=not printed))
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(briefing.trend(answer, currency, height=PRINTED_TREND if printed else briefing.TREND_HEIGHT,
                                   ahead=session.ask("forecast.outlook", answer.scope)))  # fmt: skip
    with right:
        actions.about(answer, most=PRINTED_ITEMS if printed else 0)
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(
            findings.mix(answer), control=None if printed else _peers, empty=_("It bought nothing in this period.")
        )
    with right:
        _owed(answer, currency, printed)
        _notes(answer, printed)
    left, right = st.columns(2, gap="small")
    with left:
        _short(findings.products(answer, currency), _("It bought nothing in this period."), rows)
        imported = known(answer.values["promotion_cost"])
        _short(findings.promotions(answer, currency),
               _("It took part in none.") if imported else _("No promotions are imported."), rows)  # fmt: skip
    with right:
        _short(findings.visits(answer), _("No visit of the last twelve months is known."), rows)
        _short(findings.shelf(answer), _("No check of its outlets is known."), rows)


def _short(finding: Finding, empty: str, rows: int) -> None:
    """A small table; without rows one line."""
    if len(finding.frame):
        cards.table(finding, most=rows)
        return
    with st.container(border=True, height="stretch"):
        cards.head(finding)
        muted(empty)


def _peers() -> None:
    views.choose(_("Peers"), {"tier": _("Peers of its tier"), "region": _("of its region")}, option="by")


def _owed(answer: Answer, currency: str, printed: bool) -> None:
    """Aging, credit and what was agreed about collecting."""
    subject = f"dealer:{findings.profile(answer)['dealer_id']}"
    finding = findings.owed(answer, currency)
    with st.container(border=True, height="stretch"):
        cards.head(finding)
        if len(finding.frame):
            st.dataframe(**tabular.arguments(finding.table, finding.columns), hide_index=True, placeholder="–",
                         key="table_owed", alt=f"{finding.title}. {finding.subtitle}")  # fmt: skip
        muted(findings.credit(answer))
        written = session.ledger().history("collection_action", subject)
        title = _("Collection") if written else _("No step to collect is agreed yet")
        st.markdown(f"**{title}**")
        _history("collection_action", subject, len(written), printed)
        if printed:
            return
        with st.popover(_("Agree a step"), icon=":material/edit:"):
            standing = written[-1].body if written else {"owner": findings.profile(answer)["owner_id"]}
            if records.form("collection_action", subject, current=standing):
                st.rerun()


def _history(kind: str, subject: str, entries: int, printed: bool) -> None:
    """What was written: on paper the newest entry, on the screen all of them, in a box of their own when many."""
    if printed:
        records.history(kind, subject, most=PRINTED_ENTRIES, longest=LONGEST)
        return
    with st.container(gap="xsmall", border=False, height=ENTRIES_HEIGHT if entries > ENTRIES else "content"):
        records.history(kind, subject)


def _notes(answer: Answer, printed: bool) -> None:
    """What people wrote about the dealer."""
    subject = f"dealer:{findings.profile(answer)['dealer_id']}"
    n = len(answer.frames["notes"])
    title = ngettext("{n} note", "{n} notes", n, n=formats.count(n)) if n else _("No note yet")
    with panel(title, _("Newest first; what was written stays"), height="stretch"):
        _history("dealer_note", subject, n, printed)
        if printed:
            return
        with st.popover(_("Write a note"), icon=":material/edit:"):
            if records.form("dealer_note", subject):
                st.rerun()
