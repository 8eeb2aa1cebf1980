"""The findings of concentration: how few hold how much."""

from __future__ import annotations

from functools import partial
from typing import Any

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.pareto import pareto
from dashboard.findings.briefing import known
from dashboard.findings.groups import by_words, group_names, head_of, key_of
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, titled, who
from dashboard.i18n import _, ngettext

GROUPINGS = ("dealer", "product")  # to choose from, the first opens
SHOWN = 15  # bars on the card; the table has all


def largest(answer: Answer, by: str, currency: str) -> Finding:
    """Bars of the largest with the cumulative share beside them."""
    frame = answer.frame("ranked")
    frame["label"] = group_names(frame, by)
    shown = frame.head(SHOWN).rename(columns={"net_sales": "value"})
    shown["id"] = shown[key_of(frame, by)]
    unit = formats.choose_unit(list(shown["value"]), "money")
    more = len(frame) - len(shown)
    rest = ngettext("and {n} more", "and {n} more", more) if more > 0 else ""

    draw = partial(pareto, shown, unit=unit, rest=rest)

    return Finding(
        "pareto", _title(answer, by),
        subtitle(who(answer), _("Net sales, {unit}, {by}, largest first",
                                unit=formats.unit_name(unit, currency=currency), by=by_words(by)),
                 period_words(answer)),
        frame, columns(*_columns(by)), answer, draw, None, ("top_share", "net_sales"),
    )  # fmt: skip


def _columns(by: str) -> list[tuple[Any, ...]]:
    return [("rank", _("Rank"), "count"), ("label", head_of(by)), ("class", _("Class")),
            ("net_sales", _("Net sales"), "money"), ("share", _("Share of sales"), "rate"),
            ("cumulative", _("Share so far"), "rate"), ("net_sales_compared", _("Compared"), "money"),
            ("class_compared", _("Class before"))]  # fmt: skip


def _title(answer: Answer, by: str) -> str:
    values = answer.values
    n = int(values["top"])
    if not n:
        return _("How few hold how much")
    share = formats.rate(values["top_share"])
    first = {
        "dealer": ngettext("The largest dealer holds {share} of sales", "The {n} largest dealers hold {share} of sales",
                           n, share=share),
        "product": ngettext("The largest product is {share} of sales", "The {n} largest products are {share} of sales",
                            n, share=share),
    }[by]  # fmt: skip
    before = values["top_share_compared"]
    if not known(before):
        return first
    change = formats.points(values["top_share"] - before)
    return titled(first, _("{change} on {against}", change=change, against=against_words(answer)))


def classes(answer: Answer, by: str, currency: str) -> Finding:
    """Table of all with their class, and in its title what the index says."""
    frame = answer.frame("ranked")
    frame["label"] = group_names(frame, by)
    return Finding(
        "abc", _classes_title(answer, by),
        subtitle(who(answer), _("Net sales, {currency}, {by}, largest first",
                                currency=formats.currency_name(currency), by=by_words(by)), period_words(answer)),
        frame, columns(*_columns(by)), answer, definitions=("abc_class", "hhi", "net_sales"),
    )  # fmt: skip


def _classes_title(answer: Answer, by: str) -> str:
    summed = answer.frames["classes"].set_index("class")
    if not answer.values["members"]:
        return _("ABC classes")
    n, share = int(summed.loc["A", "members"]), formats.rate(summed.loc["A", "share"], 0)
    whole = formats.count(len(answer.frames["ranked"]))
    return {
        "dealer": ngettext("{n} of {whole} dealer is class A, {share} of sales",
                           "{n} of {whole} dealers are class A, {share} of sales", n, whole=whole, share=share),
        "product": ngettext("{n} of {whole} product is class A, {share} of sales",
                            "{n} of {whole} products are class A, {share} of sales", n, whole=whole, share=share),
    }[by]  # fmt: skip


def index_words(answer: Answer, by: str) -> str:
    """What the Herfindahl-Hirschman index says, in a sentence."""
    values = answer.values
    if not known(values["hhi"]):
        return ""
    summed = answer.frames["classes"].set_index("class")
    others = [f"{name} {formats.count(row['members'])} ({formats.rate(row['share'], 0)})"
              for name, row in summed.loc[["B", "C"]].iterrows()]  # fmt: skip
    words = {"hhi": formats.number(values["hhi"], 4), "n": formats.count(values["equal"])}
    said = {
        "dealer": _("HHI {hhi}: as concentrated as {n} dealers of equal size", **words),
        "product": _("HHI {hhi}: as concentrated as {n} products of equal size", **words),
    }[by]
    if known(values["hhi_compared"]):
        said += _(" ({before} before)", before=formats.number(values["hhi_compared"], 4))
    return " · ".join([*others, said])
