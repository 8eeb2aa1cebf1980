"""What people write on a page: a form for a kind of record, and its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.components.text import muted, plain
from dashboard.findings import records as findings
from dashboard.findings.names import labels
from dashboard.i18n import _
from data.records import BY_ID, Field, RecordError


def form(kind: str, subject: str, *, current: Mapping[str, Any] | None = None,
         fixed: Mapping[str, Any] | None = None) -> bool:  # fmt: skip
    """The fields of a record with a Save button. True when it was kept; faults are said in place.

    current: what the fields hold at first, and again once something was kept, so that a second click on Save does not
    write the same twice; fixed: fields that are not asked for, with their values. What a colleague changed since the
    form was drawn stays, in the fields that the reader left as they were.
    """
    current, fixed = current or {}, fixed or {}
    turn = st.session_state.get(_turn(kind, subject), 0)
    asked = [field for field in BY_ID[kind].fields if field.name not in fixed]
    drawn = f"drawn_{kind}_{subject}_{turn}"
    if drawn not in st.session_state or f"field_{kind}_{subject}_{turn}_{asked[0].name}" not in st.session_state:
        st.session_state[drawn] = dict(current)
    with st.form(f"record_{kind}_{subject}", border=False):
        given = dict(fixed) | {
            field.name: _input(field, current.get(field.name), f"{kind}_{subject}_{turn}") for field in asked
        }
        if not st.form_submit_button(_("Save"), icon=":material/save:"):
            return False
    first = st.session_state[drawn]
    newer = {
        field.name: current.get(field.name)
        for field in asked
        if first.get(field.name) != current.get(field.name) and _same(given[field.name], first.get(field.name))
    }
    try:
        session.record(kind, subject, given | newer)
    except RecordError as error:
        st.markdown(f":red[:material/error: {plain(fault(error))}]")
        return False
    st.session_state[_turn(kind, subject)] = turn + 1
    return True


def _same(given: Any, first: Any) -> bool:
    """The field was left as it was drawn."""
    return ("" if given is None else str(given).strip()) == ("" if first is None else str(first))


def withdraw(kind: str, subject: str) -> None:
    """Take back what stands about a subject; its history keeps it."""
    session.record(kind, subject, {})
    st.session_state[_turn(kind, subject)] = st.session_state.get(_turn(kind, subject), 0) + 1


def _turn(kind: str, subject: str) -> str:
    """Session key of how often the form was kept: its fields begin anew each time."""
    return f"kept_{kind}_{subject}"


def fault(error: RecordError) -> str:
    """Why a record cannot be kept, in the reader's language."""
    return _(error.message, **{key: _(value) for key, value in error.values.items()})


def _input(field: Field, value: Any, key: str) -> Any:
    label, key = _(field.label), f"field_{key}_{field.name}"
    match field.kind:
        case "date":
            return st.date_input(label, dt.date.fromisoformat(value) if value else None, format="YYYY-MM-DD", key=key)
        case "money":
            return st.number_input(label, value=value, key=key, step=1000.0, format="%0.0f", placeholder=_("Amount"))
        case "long":
            return st.text_area(label, value or "", key=key, height=90)
        case "choice":
            words = dict(field.choices)
            return st.segmented_control(label, list(words), default=value, format_func=lambda id: _(words[id]), key=key)
        case "person" | "region" | "dealer" | "product":
            return _among(field, value, label, key)
    return st.text_input(label, value or "", key=key)


def _among(field: Field, value: Any, label: str, key: str) -> Any:
    """One of the dimension; a person may also be somebody whom the data do not know."""
    company, kind = session.company(), findings.REFERS[field.kind]
    names = labels(company, kind)
    options = list(company.seen(kind, session.viewer()))
    if value and value not in options:
        options.append(value)
    return st.selectbox(label, options, index=options.index(value) if value else None, key=key,
                        format_func=lambda id: names.get(id, str(id)), accept_new_options=field.kind == "person",
                        placeholder=_("Choose"))  # fmt: skip


def said(field: Field, value: Any) -> str:
    """The value of a field as a reader sees it."""
    return findings.said(session.company(), field, value)


def history(kind: str, subject: str, *, most: int = 0, longest: int = 0) -> None:
    """Every entry about a subject (the newest `most`, at most `longest` characters, where given), newest first: when,
    who, what."""
    entries = list(reversed(session.ledger().history(kind, subject)))
    for written in entries[:most] if most else entries:
        muted(findings.entry(session.company(), kind, written, longest=longest, zone=st.context.timezone))
