"""The finding of variance notes: what is written about shortfalls, beside what the data say now."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, language, ngettext


def name(row: pd.Series) -> str:
    """The region or dealer of a note."""
    english = row["name_en"]
    return str(english if language() == "en" and isinstance(english, str) and english else row["name"])


def choices(answer: Answer) -> dict[str, str]:
    """What one may write about: subject -> name and gap."""
    return {
        row["subject"]: f"{'✎ ' if row['written'] else ''}{name(row)} · {formats.compact(row['gap'], signed=True)}"
        for _, row in answer.frames["subjects"].iterrows()
    }


def notes(answer: Answer, currency: str) -> Finding:
    """The notes whose period touches the one in view."""
    frame, values = answer.frame("notes"), answer.values
    frame["about"] = [name(row) for _, row in frame.iterrows()]
    spans = zip(frame["period_start"], frame["period_end"], strict=True)
    frame["period"] = [formats.period(start, end, short=True) for start, end in spans]
    frame["owner"] = names_of(frame, "owner") if len(frame) else []
    frame["due_day"] = [_due(row) for _, row in frame.iterrows()]
    frame["written"] = [formats.date(dt.date.fromisoformat(at[:10])) for at in frame["at"]]
    title = _("No variance note is written yet")
    if len(frame):
        late = int(frame["late"].sum())
        n = len(frame)
        title = ngettext("{n} variance note", "{n} variance notes", n)
        if known(values["cost"]):
            cost = formats.compact(values["cost"])
            title = ngettext("{n} variance note, cost {cost}", "{n} variance notes, cost {cost}", n, cost=cost)
        title = titled(
            title,
            ngettext("{n} is past its due day", "{n} are past their due day", late) if late else "",
        )
    return Finding(
        "notes", title, subtitle(who(answer), _("Latest first, {currency}", currency=formats.currency_name(currency)),
                                 period_words(answer)),
        frame, columns(("about", _("About")), ("period", _("Period")), ("size", _("Size as written"), "money"),
                        ("gap", _("Gap now"), "money"), ("way", _("Way to close it")), ("cost", _("Cost"), "money"),
                        ("owner", _("Owner")), ("due_day", _("Due")), ("written", _("Written"))),
        answer, definitions=("net_sales", "target_to_date"),
    )  # fmt: skip


def _due(row: pd.Series) -> str:
    if not isinstance(row["due"], str):
        return "–"
    day = formats.date(dt.date.fromisoformat(row["due"]))
    return _("{day}, past", day=day) if row["late"] else day
