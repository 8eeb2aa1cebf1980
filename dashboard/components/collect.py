"""Collect this week: whom to call first and why, who is over the limit, how much hangs on few."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import address, formats, session
from dashboard.components import cards, debtors, links, notices
from dashboard.components.text import muted, plain
from dashboard.findings import Finding
from dashboard.findings import collections as findings
from dashboard.i18n import _, ngettext
from data.scope import Scope


def view(scope: Scope, currency: str) -> None:
    """The list of the week; beside it the debtor chosen, else concentration and the limits that are passed."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        _worklist(findings.worklist(session.ask("receivables.worklist", scope), currency))
    with right:
        if dealer := address.item():
            debtors.panel(scope, dealer, currency, stacked=True)
            return
        cards.chart(findings.concentration(session.ask("receivables.concentration", scope), currency),
                    empty=_("No invoice was open on this day."), on_pick=_open)  # fmt: skip
        answer = session.ask("receivables.limits", scope)
        cards.table(findings.limits(answer, currency), note=findings.limits_note(answer),
                    empty=_("Nobody owes more than its limit on this day."),
                    on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip


def _open(dealer: str) -> None:
    address.put({"item": dealer})


def _worklist(finding: Finding) -> None:
    frame = finding.frame
    with st.container(border=True, height="stretch"):
        cards.head(finding)
        if frame.empty:
            notices.empty(_("Nothing to collect this week"), _("No money is overdue or falls due within a week."))
            return
        for _index, row in frame.head(findings.SHOWN).iterrows():
            _item(row)
        muted(ngettext("{n} debtor of {all}; the table behind the icon has all.",
                       "{n} debtors of {all}; the table behind the icon has all.", min(findings.SHOWN, len(frame)),
                       all=formats.count(len(frame))))  # fmt: skip


def _item(row: pd.Series) -> None:
    id = row["dealer_id"]
    with st.container(horizontal=True, wrap=False, gap="small"):
        with st.container(gap="xxsmall", width="stretch"):
            if st.button(f":gray[{row['rank']}] {plain(row['name'])}", type="tertiary", key=f"collect_{id}",
                         help=_("Invoices and action: {name}", name=row["name"])):  # fmt: skip
                address.put({"item": id})
                st.rerun()
            colour = "red" if row["headroom"] < 0 or isinstance(row["promise_passed"], str) else "gray"
            st.markdown(f":{colour}-badge[{plain(row['chip'])}] :small[{plain(row['sentence'])}] "
                        f":small[:gray[· {plain(row['reason'])}]]")  # fmt: skip
        with st.container(gap="xxsmall", width=120):
            money, until = formats.compact(row["at_risk"]), row["due"]
            st.markdown(f"**{money}**", text_alignment="right")
            day = f" · {formats.short_date(pd.Timestamp(until))}" if isinstance(until, str) else ""
            st.markdown(f":small[:gray[{plain(row['owner'] + day)}]]", text_alignment="right")
