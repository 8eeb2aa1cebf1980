"""Every debtor of the form, with the collection action beside it; the invoices and the actions of one."""

from __future__ import annotations

import zlib
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import address, formats, session
from dashboard.components import cards, links, records
from dashboard.components.panel import panel as card
from dashboard.components.panel import table_height
from dashboard.components.text import muted, plain
from dashboard.findings import Finding, aging_form
from dashboard.findings.names import labels
from dashboard.findings.receivables import heads
from dashboard.i18n import _, language, ngettext
from data.company import NotEntitled
from data.records import RecordError
from data.scope import Scope

KIND = "collection_action"
FIELDS = ("next_step", "owner", "due", "result")
LATE = ("d1_30", "d31_60", "d61_90", "d91_120", "d121")
SHOWN = ("name", "receivables", "in_term", *LATE, "credit_limit", "payment_term_days", "headroom", "credit",
         "unapplied", *FIELDS)  # fmt: skip
MOST = 200  # debtors in the editor, the most overdue money first; all of them stand behind the card's icon
_UNSAVED, _FAULTS = "collection_unsaved", "collection_faults"  # by dealer: what was typed and not kept; why


def figures(finding: Finding, full: bool) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The table of a finding, and how its columns read: money in thousands has no decimals."""
    frame = finding.frame[[column.name for column in finding.columns]].head(MOST).copy()
    config: dict[str, Any] = {}
    for column in finding.columns:
        number = {"money": "%,.2f" if full else "%,.0f", "rate": "percent"}.get(column.kind or "", "%,.0f")
        config[column.name] = (
            st.column_config.NumberColumn(column.label, format=number, width=110 if full else 56, disabled=True)
            if column.kind else st.column_config.TextColumn(column.label, disabled=True)
        )  # fmt: skip
    return frame, config


def editor(scope: Scope, finding: Finding, *, full: bool) -> None:
    """The form by dealer. What is typed into the last columns is kept at once; what cannot be kept stays, with the
    reason below the table."""
    frame = finding.frame.head(MOST)
    if frame.empty:
        muted(_("There are no rows for these filters."))
        return
    ids = [str(id) for id in frame["dealer_id"]]
    unsaved: dict[str, dict[str, Any]] = st.session_state.setdefault(_UNSAVED, {})
    standing = dict(zip(ids, _standing(frame), strict=True))
    shown, config = figures(finding, full)
    shown = shown[list(SHOWN)]
    for field in FIELDS:
        shown[field] = [unsaved.get(id, {}).get(field, standing[id][field]) for id in ids]
    money = "{:,.2f}" if full else "{:,.0f}"
    shown["credit_limit"] = [_("no limit") if pd.isna(v) else money.format(v) for v in shown["credit_limit"]]
    shown["due"] = pd.to_datetime(shown["due"]).dt.date
    # with other rows it is another editor: an edit belongs to a row number
    key = f"actions_{zlib.crc32('|'.join([*ids, str(full), language()]).encode())}"

    def keep() -> None:
        _keep(st.session_state[key]["edited_rows"], ids, standing, st.session_state.setdefault(f"{key}_seen", {}))

    st.data_editor(_marked(shown), hide_index=True, key=key, on_change=keep, placeholder="–",
                   height=table_height(len(shown), 10), alt=f"{finding.title}. {finding.subtitle}",
                   column_config=config | _columns(shown, full, ids))  # fmt: skip
    faults: dict[str, str] = st.session_state.get(_FAULTS, {})
    for id in [id for id in ids if id in faults]:
        words = _("Not saved yet: {name}.", name=frame["name"].iloc[ids.index(id)])
        st.markdown(f":small[:red[:material/error: {plain(words)} {plain(faults[id])}]]")
    muted(_scale(shown, finding, full))


def _standing(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The actions as they stand; before there is one, the dealer's owner answers."""
    given = frame[[*FIELDS]].assign(owner=frame["answers_id"]).to_dict("records")
    return [{field: row[field] if isinstance(row[field], str) and row[field] else None for field in FIELDS}
            for row in given]  # fmt: skip


def _keep(edited: dict[int, dict[str, Any]], ids: list[str], standing: dict[str, dict[str, Any]],
          seen: dict[int, dict[str, Any]]) -> None:  # fmt: skip
    """Write what is new in the editor's edits; `seen` holds those of the reruns before."""
    unsaved = st.session_state[_UNSAVED]
    faults = st.session_state.setdefault(_FAULTS, {})
    touched = []
    for place, cells in edited.items():
        fresh = {field: value for field, value in cells.items() if seen.get(place, {}).get(field, ...) != value}
        if fresh:
            seen.setdefault(place, {}).update(fresh)
            unsaved.setdefault(ids[place], {}).update(fresh)
            touched.append(ids[place])
    for id in touched:
        subject = f"dealer:{id}"
        entries = session.ledger().history(KIND, subject)  # what a colleague wrote since the table was drawn stays
        before = entries[-1].body if entries else standing[id]
        try:
            session.record(KIND, subject, before | unsaved[id])
        except RecordError as error:
            faults[id] = records.fault(error)
        except NotEntitled:
            faults[id] = _("You may not write about this dealer.")
        else:
            unsaved.pop(id)
            faults.pop(id, None)


def _marked(shown: pd.DataFrame) -> Any:
    """Colour on the one cell that matters: over the limit."""
    word = session.style().palette.bad_word
    return shown.style.map(lambda value: f"color: {word}; font-weight: 600" if value < 0 else "", subset=["headroom"])


def _columns(shown: pd.DataFrame, full: bool, ids: list[str]) -> dict[str, Any]:
    column, people = st.column_config, labels(session.company(), "employee")
    most = _most(shown)
    ramp = session.style().palette.aging
    own = session.company().seen("employee", session.viewer())
    named = [*own, *sorted({o for o in shown["owner"].dropna() if o not in own})]
    bars = {
        id: column.ProgressColumn(heads()[id], format="%,.2f" if full else "%,.0f", min_value=0,
                                  max_value=most, width=130 if full else 72, color=colour)
        for id, colour in zip(LATE, ramp[1:], strict=True)
    }  # fmt: skip

    def opened() -> None:
        if click := st.session_state.get("debtor_open"):
            address.put({"item": ids[click.row]})

    return bars | {
        "credit_limit": column.TextColumn(_("Limit"), width=100 if full else 58, alignment="right", disabled=True),
        "payment_term_days": column.NumberColumn(_("Term"), format="%d", width=44, disabled=True,
                                                 help=_("Days from invoice to due date")),
        "headroom": column.NumberColumn(_("Headroom"), format="%,.2f" if full else "%,.0f", width=110 if full else 68,
                                        disabled=True, help=_("Limit less open balance and open orders")),
        "name": column.ButtonColumn(_("Dealer"), type="tertiary", width=150, alignment="left", on_click=opened,
                                    key="debtor_open", help=_("Open the invoices")),
        "next_step": column.TextColumn(_("Next step"), width=120, max_chars=200),
        "owner": column.SelectboxColumn(_("Owner"), width=96, options=named,
                                        format_func=lambda id: people.get(str(id), str(id))),
        "due": column.DateColumn(_("Due"), width=84, format="YYYY-MM-DD"),
        "result": column.TextColumn(_("Result"), width=96, max_chars=200),
    }  # fmt: skip


def _most(shown: pd.DataFrame) -> float:
    return float(shown[list(LATE)].max().max()) or 1.0


def _scale(shown: pd.DataFrame, finding: Finding, full: bool) -> str:
    n = len(finding.frame)
    rows = ngettext("{n} dealer with a balance", "{n} dealers with a balance", n)
    if n > len(shown):
        rows = _("{most} of {n} dealers with a balance, most overdue money first; the icon above has all",
                 most=len(shown), n=formats.count(n))  # fmt: skip
    most = f"{_most(shown):,.0f}"
    apart = _("credit and unapplied cash are not netted")
    return " · ".join([rows, _("bars share one scale (full = {most})", most=most), apart,
                       _("click a name for its invoices"),
                       _("edit the last columns: saved with your name")])  # fmt: skip


# ------------------------------------------------------------------ one debtor


def panel(scope: Scope, dealer_id: str, currency: str, *, stacked: bool = False) -> None:
    """The open invoices of one dealer; beside them (below, when `stacked`) what was agreed, its history, and the way
    to the dealer's card."""
    if not session.company().sees(session.viewer(), dealer_id):
        muted(_("This dealer is not in the data."))
        return
    name = labels(session.company(), "dealer")[dealer_id]
    answer = session.ask("receivables.invoices", scope.but(dealer=(dealer_id,)))
    finding = aging_form.invoices(answer, name, currency)
    left, right = (st.container(), st.container()) if stacked else st.columns([3, 2], gap="small")
    with left:
        cards.table(finding, most=6 if stacked else 12)
    with right, card(_("Collection: {name}", name=name), _("Every entry stays; the newest stands"), height="stretch"):
        _action(scope, dealer_id)


def _action(scope: Scope, dealer_id: str) -> None:
    subject = f"dealer:{dealer_id}"
    entries = session.ledger().history(KIND, subject)
    debtor = session.ask("receivables.aging", scope.but(dealer=(dealer_id,))).frames["aging"].iloc[0]
    owner = debtor.get("owner_id")
    standing = entries[-1].body if entries else {"owner": owner if isinstance(owner, str) else None}
    if records.form(KIND, subject, current=standing):
        st.rerun()
    with st.container(gap="xxsmall"):
        records.history(KIND, subject)
    with st.container(horizontal=True):
        links.dealer(scope, dealer_id, _("Open the dealer's card"))
        if st.button(_("Close"), icon=":material/close:", type="tertiary", key="debtor_close"):
            address.put({"item": ""})
            st.rerun()
