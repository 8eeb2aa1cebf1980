"""The action list: items with evidence, that a reader takes, settles or dismisses, and what was settled."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import address, formats, session
from dashboard.components import cards, links, notices, records, tabular
from dashboard.components.panel import table_height
from dashboard.components.text import muted, plain
from dashboard.findings import actions as findings
from dashboard.findings.names import name_of
from dashboard.i18n import _, language
from data.scope import Scope

KIND = "action"
MOST = 8  # dealers named as evidence


def card(answer: Answer) -> None:
    """The list on a page. An item opens by its key in the address."""
    cards.ranked(findings.actions(answer), on_open=_open, below=lambda: _below(answer))
    _opened(answer, answer.frames["all"])


def about(answer: Answer, *, most: int = 0) -> None:
    """What stands out about one dealer (frame `exceptions` of dealers.card); the first `most`, where given."""
    cards.ranked(findings.about(answer, most), on_open=_open)
    _opened(answer, answer.frames["exceptions"])


def _opened(answer: Answer, items: pd.DataFrame) -> None:
    """The item that the address names, in a dialog."""
    chosen = items[items["key"] == address.item()]
    if len(chosen):
        _dialog(answer, findings.worded(answer, chosen).iloc[0])


def _open(key: str) -> None:
    address.put({"item": key})
    st.rerun()


def _close() -> None:
    address.put({"item": ""})


def _below(answer: Answer) -> None:
    """What the list leaves out, and the way to it."""
    if not answer.values["found"]:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        muted(findings.below(answer))
        if st.button(_("All items"), type="tertiary", icon=":material/list:", key="all_actions"):
            _all(answer)


def _all(answer: Answer) -> None:
    @st.dialog(_("All items"), width="large")
    @notices.instead_of_traceback()
    def show() -> None:
        values = answer.values
        groups = {"waiting": (_("To decide"), ("open", "taken"), values["waiting"]),
                  "done": (_("Done"), ("done",), values["done"]),
                  "dismissed": (_("Dismissed"), ("dismissed",), values["dismissed"])}  # fmt: skip
        chosen = st.segmented_control(
            _("State"), list(groups), default="waiting", required=True, label_visibility="collapsed",
            key=f"actions_group_{language()}",
            format_func=lambda id: f"{groups[id][0]} {formats.count(groups[id][2])}",
        )  # fmt: skip
        frame = findings.everything(answer, groups[chosen][1])
        shown = findings.listed_columns()
        table = frame[[column.name for column in shown]].set_axis([column.label for column in shown], axis=1)
        event: Any = st.dataframe(**tabular.arguments(table, shown), hide_index=True, placeholder="–",
                                  height=table_height(len(table), 14), on_select="rerun",
                                  selection_mode="single-cell", key=f"actions_{chosen}",
                                  alt=_("What to decide, ranked by money at stake"))  # fmt: skip
        muted(_("Click a row to open it."))
        muted(_("What is done or dismissed comes back with the data of a later month, or when a quarter more money is "
                "at stake in the same view."))  # fmt: skip
        if cells := event["selection"]["cells"]:
            _open(frame.iloc[cells[0][0]]["key"])

    show()


def _dialog(answer: Answer, row: pd.Series) -> None:
    title: str = row["sentence"]

    @st.dialog(title, width="medium", on_dismiss=_close)
    @notices.instead_of_traceback()
    def show() -> None:
        st.markdown(f"**{formats.compact(row['money'])}** {plain(findings.stake(row))}")
        st.markdown(f":gray-badge[{plain(row['chip'])}] :small[:gray[{plain(row['reason'])}]]")
        _evidence(answer.scope, row)
        _decide(answer, row)
        if session.ledger().history(KIND, row["key"]):
            title = _("History")
            st.markdown(f"**{title}**")
            records.history(KIND, row["key"])

    show()


def _evidence(scope: Scope, row: pd.Series) -> None:
    """Ways to the pages that show the item, and to the dealers behind it."""
    links.evidence(scope, row["kind"], row["subject"], row["subject_id"])
    amounts: dict[str, float] = row["facts"].get("dealers") or {}
    names = session.company().store.names("dealer")
    for dealer_id, money in list(amounts.items())[:MOST]:
        with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
            with st.container(width="stretch"):
                links.dealer(scope, dealer_id, name_of(names.loc[dealer_id], "dealer"))
            with st.container(width=110):
                st.markdown(formats.compact(money), text_alignment="right")
    if len(amounts) > MOST:
        muted(_("{n} more", n=formats.count(len(amounts) - MOST)))


def _decide(answer: Answer, row: pd.Series) -> None:
    """Take, done, dismiss: one form; what it keeps is written with the reader's name."""
    words = {"taken": _("Take it on"), "done": _("Done"), "dismissed": _("Dismiss")}
    state = st.segmented_control(_("Decide"), list(words), format_func=words.__getitem__, required=True,
                                 default=row["state"] if row["state"] in words else "taken",
                                 label_visibility="collapsed", key=f"decide_{row['key']}_{language()}")  # fmt: skip
    fixed = {"state": state, "money": float(row["money"]), "data_to": answer.as_of, "view": answer.values["view"]}
    if state != "taken":
        fixed |= {"owner": row["taken_id"] or row["owner_id"], "due": row["due"]}
    current = {"owner": row["taken_id"] or row["owner_id"], "due": row["due"], "reason": row["why"]}
    if records.form(KIND, row["key"], current=current, fixed=fixed):
        _close()
        st.rerun()
    if row["state"] != "open" and st.button(_("Open it again"), type="tertiary", icon=":material/undo:",
                                            key=f"reopen_{row['key']}"):  # fmt: skip
        records.withdraw(KIND, row["key"])
        _close()
        st.rerun()
