"""The action list: what to decide, who has taken it, what was settled."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.exceptions import chip, reason, sentence
from dashboard.findings.model import Column, Finding, columns, subtitle, who
from dashboard.findings.names import name_of
from dashboard.i18n import _, language, ngettext


def actions(answer: Answer) -> Finding:
    """What to decide now, ranked by money at stake."""
    frame = worded(answer, answer.frame("actions"))
    n, amount = len(frame), formats.compact(answer.values["money"])
    title = _("Nothing stands out")
    if n:
        title = ngettext(
            "{n} thing to decide, {amount} at stake", "{n} things to decide, {amount} at stake", n, amount=amount
        )
    return Finding(
        "actions", title, subtitle(who(answer), _("Ranked by money at stake"), _("owner and due day at the right")),
        frame, listed_columns(), answer, None, None, ("net_sales", "overdue"),
    )  # fmt: skip


def about(answer: Answer, most: int = 0) -> Finding:
    """What stands out about one dealer; settled items, too. most: rows shown; the title counts all."""
    frame = worded(answer, answer.frame("exceptions"))
    n, amount = len(frame), formats.compact(answer.values["exceptions_money"])
    frame = frame.head(most) if most else frame
    title = _("Nothing stands out about it")
    if n:
        title = ngettext(
            "{n} thing stands out, {amount} at stake", "{n} things stand out, {amount} at stake", n, amount=amount
        )
    return Finding(
        "about", title, subtitle(_("Ranked by money at stake"), _("owner and due day at the right")), frame,
        listed_columns(), answer, None, None, ("net_sales", "overdue"),
    )  # fmt: skip


def everything(answer: Answer, states: tuple[str, ...]) -> pd.DataFrame:
    """All items in one of the states, worded, most money first."""
    frame = answer.frame("all")
    return worded(answer, frame[frame["state"].isin(states)].reset_index(drop=True))


def worded(answer: Answer, frame: pd.DataFrame) -> pd.DataFrame:
    """Items with what a reader sees: sentence, chip, reason, owner (who took it, else who answers for it) and due."""
    frame = frame.copy()
    rows = [row for _index, row in frame.iterrows()]
    between = "，" if language() == "zh" else ", "
    frame["id"] = frame["key"]
    frame["sentence"] = [sentence(row, answer) for row in rows]
    frame["chip"] = [chip(row) for row in rows]
    frame["reason"] = [between.join(filter(None, [_state(row), reason(row)])) for row in rows]
    frame["owner"] = [owner(row) for row in rows]
    frame["state_word"] = [state_word(row["state"]) for row in rows]
    return frame


def listed_columns() -> tuple[Column, ...]:
    """The columns of the table behind the list."""
    return columns(
        ("sentence", _("What")), ("chip", _("Kind")), ("reason", _("Reason")), ("money", _("Money"), "money"),
        ("owner", _("Owner")), ("state_word", _("State")), ("why", _("Reason given")),
    )  # fmt: skip


def _state(row: pd.Series) -> str:
    return {"taken": _("taken"), "done": _("done"), "dismissed": _("dismissed")}.get(row["state"], "")


def state_word(state: str) -> str:
    return {"open": _("Open"), "taken": _("Taken on"), "done": _("Done"), "dismissed": _("Dismissed")}[state]


def owner(row: pd.Series) -> str:
    """Who has an item, and until when."""
    if row["state"] == "open":
        return name_of(row, "owner")
    name = name_of(row, "taken")
    if row["due"] and row["state"] == "taken":
        return f"{name} · {formats.short_date(dt.date.fromisoformat(row['due']))}"
    return name


def below(answer: Answer) -> str:
    """What the list leaves out."""
    values = answer.values
    words = []
    if values["waiting"] > len(answer.frames["actions"]):
        words.append(_("{n} found, {amount} in all", n=formats.count(values["waiting"]),
                       amount=formats.compact(values["waiting_money"])))  # fmt: skip
    for n, text in ((values["taken"], _("{n} taken")), (values["done"], _("{n} done")),
                    (values["dismissed"], _("{n} dismissed"))):  # fmt: skip
        if n:
            words.append(text.format(n=formats.count(n)))
    return subtitle(*words)


def stake(row: pd.Series) -> str:
    """What the money of an item is."""
    return {
        "drop": _("net sales missing against the compared period"),
        "silent": _("net sales missing against the compared period"),
        "overdue": _("at risk: what is overdue or due within a week, times the dealer's late rate"),
        "stock": _("value at list price of the stock above the usual"),
        "territory": _("net sales that went out of territory without a permission"),
        "price": _("gap of the prices to the band"),
        "overspend": _("spent above plan"),
    }[row["kind"]]
