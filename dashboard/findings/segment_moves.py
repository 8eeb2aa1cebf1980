"""The findings on moves between groups of dealers."""

from __future__ import annotations

from functools import partial
from typing import Any

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.sankey import sankey
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.segment_words import names
from dashboard.i18n import _, ngettext


def _told(groups: Answer) -> dict[str, str]:
    return names(groups.frames["segments"]) | {"absent": _("Not a customer yet")}


def _days(answer: Answer) -> str:
    values = answer.values
    return _("from {first} to {last}, both by the thresholds of today", first=formats.date(values["since"]),
             last=formats.date(values["day"]))  # fmt: skip


def flow(answer: Answer, groups: Answer) -> Finding:
    """The bands from group to group. groups: the answer of dealers.segments of the same kind, for the names."""
    frame, told = answer.frame("flows"), _told(groups)
    there = len(frame) > 0
    if there:
        frame["from_name"] = [told.get(code, code) for code in frame["before"]]
        frame["to_name"] = [told.get(code, code) for code in frame["after"]]
    bands = frame.drop(columns=["before", "after"], errors="ignore")
    bands = bands.rename(columns={"from_name": "before", "to_name": "after"})
    draw = partial(sankey, bands, [*told.values()])
    return Finding(
        "segment_flow", _title(answer) if there else _("Moves between groups"),
        subtitle(who(answer), _("Dealers by group"), _days(answer)) if there else "",
        frame, columns(("from_name", _("From")), ("to_name", _("To")), ("dealers", _("Dealers"), "count"),
                       ("net_sales", _("Net sales"), "money")) if there else (),
        answer, draw if there else None, lambda style: _("Dark bands moved, grey ones stayed."), ("segment",),
    )  # fmt: skip


def _title(answer: Answer) -> str:
    n, both = answer.values["moved"], answer.values["both"]
    if not n:
        return _("No dealer changed its group")
    return ngettext("{n} of {both} dealers changed its group", "{n} of {both} dealers changed their group", n,
                    n=formats.count(n), both=formats.count(both))  # fmt: skip


def listed(answer: Answer, groups: Answer, currency: str) -> Finding:
    """The dealers that moved, largest first."""
    frame, told = answer.frame("moves"), _told(groups)
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    frame["from_name"] = [told.get(code, code) for code in frame["before"]]
    frame["to_name"] = [told.get(code, code) for code in frame["after"]]
    n = len(frame)
    return Finding(
        "segment_moved",
        ngettext("{n} dealer moved or came, {amount} a year", "{n} dealers moved or came, {amount} a year", n,
                 n=formats.count(n), amount=formats.compact(frame["net_sales"].sum())),
        subtitle(who(answer), _("Net sales, {currency}, by dealer, largest first",
                                currency=formats.currency_name(currency)), _days(answer)),
        frame, columns(("dealer", _("Dealer")), ("from_name", _("From")), ("to_name", _("To")),
                       ("net_sales", _("Net sales"), "money"), ("growth", _("Growth"), "rate"), ("owner", _("Owner"))),
        answer, definitions=("segment", "net_sales", "like_growth"),
    )  # fmt: skip


def steady(answer: Answer) -> Finding:
    """How many dealers change their group from one day to the next, and whether the ruler holds still."""
    frame = answer.frame("steady").iloc[::-1].reset_index(drop=True)
    frame["on"] = [formats.date(day) for day in frame["day"]]
    learned = "agreement" in frame
    title = _("How steady the groups are")
    if known(frame["moved"].iloc[0] if len(frame) else float("nan")):
        share = formats.rate(frame["moved"].iloc[0])
        title = _("{share} of dealers changed their group since {day}", share=share, day=frame["on"].iloc[1])
        if learned and known(frame["agreement"].min()):
            title = titled(title, _("groups learned anew agree by {least} or more",
                                    least=formats.number(frame["agreement"].min(), 2)))  # fmt: skip
    extra: list[tuple[Any, ...]] = []
    if learned:
        frame["then"] = frame["kept"].map({True: _("as told then"), False: _("learned anew")})
        extra = [
            ("groups", _("Groups that day"), "count"),
            ("agreement", _("Agreement"), "price"),
            ("then", _("Source")),
        ]
    return Finding(
        "segment_steady", title,
        subtitle(who(answer), _("Share of dealers whose group changed since the day in the row below"),
                 _("agreement 1 = the same groups") if learned else ""),
        frame, columns(("on", _("Day")), ("moved", _("Changed"), "rate"), ("dealers", _("Dealers"), "count"), *extra),
        answer, definitions=("segment",),
    )  # fmt: skip
