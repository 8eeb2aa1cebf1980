"""The register of permissions: what stands, recording one, withdrawing one, and everything that was ever written."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import streamlit as st

from dashboard import formats, session
from dashboard.components import cards, notices, records
from dashboard.components.panel import panel
from dashboard.components.text import muted
from dashboard.findings import Finding
from dashboard.findings.names import name_of
from dashboard.i18n import _
from data.company import NotEntitled
from data.ledger import Entry
from data.records import BY_ID


def register(kind: str, finding: Finding, *, dealers: Sequence[str], first: str | None) -> None:
    """The card with the permissions that stand, and below it the ways to change them.

    kind: of the record (`territory_exception`, `price_exception`), whose subject is `dealer:<id>|<number>`; dealers:
    whom one can be recorded for; first: the dealer proposed.
    """
    if finding.frame.empty:
        with panel(finding.title, finding.subtitle):
            muted(_("Record one, or import the register."))
    else:
        cards.table(finding, most=6)
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Record a permission"), icon=":material/add:", key=f"record_{kind}"):
            st.session_state[f"token_{kind}"] = secrets.token_hex(4)
            _record(kind, dealers, first)
        subjects = set(finding.frame["subject"])
        standing = [entry for entry in session.ledger().latest(kind) if entry.subject in subjects]
        if standing and st.button(_("Withdraw a permission"), icon=":material/undo:", key=f"withdraw_{kind}"):
            _withdraw(kind, standing)
        if st.button(_("Who wrote what"), icon=":material/history:", key=f"written_{kind}"):
            _written(kind)


def _record(kind: str, dealers: Sequence[str], first: str | None) -> None:
    @st.dialog(_("Record a permission"), width="medium")
    @notices.instead_of_traceback()
    def show() -> None:
        muted(_("Your name and the time are kept with it."))
        options = list(dealers)
        dealer = st.selectbox(_("Dealer"), options, index=options.index(first) if first in options else None,
                              format_func=_named, key=f"for_{kind}", placeholder=_("Choose"))  # fmt: skip
        if dealer is None:
            return
        subject = f"dealer:{dealer}|{st.session_state[f'token_{kind}']}"
        try:
            if records.form(kind, subject, fixed={"dealer_id": dealer}):
                st.rerun()
        except NotEntitled:
            muted(_("This dealer is not among those that you may see."))

    show()


def _withdraw(kind: str, standing: list[Entry]) -> None:
    @st.dialog(_("Withdraw a permission"), width="medium")
    @notices.instead_of_traceback()
    def show() -> None:
        muted(_("What it cleared is suspect again. It stays in the history. What was imported changes at its source."))
        entry = st.selectbox(_("Permission"), standing, index=None, format_func=lambda one: _words(kind, one),
                             key=f"withdrawn_{kind}", placeholder=_("Choose"))  # fmt: skip
        if (
            st.button(_("Withdraw"), icon=":material/undo:", disabled=entry is None, key=f"withdraw_now_{kind}")
            and entry
        ):
            session.record(kind, entry.subject, {})
            st.rerun()

    show()


def _written(kind: str) -> None:
    @st.dialog(_("Who wrote what"), width="large")
    @notices.instead_of_traceback()
    def show() -> None:
        written = session.ledger().entries(kind)
        seen = {id for id in map(_dealer, written) if session.company().sees(session.viewer(), id)}
        entries = [entry for entry in written if _dealer(entry) in seen]
        if not entries:
            muted(_("Nothing was recorded on this page yet."))
        for entry in reversed(entries):
            words = _words(kind, entry) if entry.body else " · ".join([_named(_dealer(entry)), _("withdrawn")])
            muted(f"{formats.moment(entry.at, st.context.timezone)} · {entry.who} · {words}")

    show()


def _dealer(entry: Entry) -> str:
    return entry.subject.partition(":")[2].partition("|")[0]


def _named(dealer_id: str) -> str:
    names = session.company().store.names("dealer")
    return name_of(names.loc[dealer_id], "dealer") if dealer_id in names.index else dealer_id


def _words(kind: str, entry: Entry) -> str:
    """A permission in one line."""
    shown = []
    for field in BY_ID[kind].fields:
        if field.name in entry.body:
            text = records.said(field, entry.body[field.name])
            shown.append(f"{_(field.label)} {text}" if field.kind == "date" else text)  # three days need their names
    return " · ".join(shown)
