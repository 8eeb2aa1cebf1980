"""The findings on groups of dealers: the map, the table of groups, the dealers of one, who is about to leave it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.segment_map import segment_map
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.segment_words import names
from dashboard.i18n import _, ngettext

NEAR = 3  # dealers of a group that are named as nearest to leaving it


def year_words(answer: Answer) -> str:
    return _("year to {day}", day=formats.date(answer.values["day"]))


def page_title(segments: Answer, stages: Answer) -> str:
    """Who carries the business, and who slips away. stages: the answer of the life cycle."""
    if segments.verdict != "ok":
        if not segments.values.get("pending"):
            return _("Too early to tell groups of dealers")
        return _("Dealers: the groups are being computed")
    cards = segments.frames["segments"].dropna(subset=["segment"])
    told = names(cards)
    largest = cards.sort_values("net_sales_share", ascending=False).iloc[0] if len(cards) else None
    if largest is None or not known(largest["net_sales_share"]):
        return _("No dealer bought within the year")
    first = _("{name}: {dealers} of dealers, {share} of sales", name=told[largest["segment"]],
              dealers=formats.rate(largest["dealers_share"], 0),
              share=formats.rate(largest["net_sales_share"], 0))  # fmt: skip
    by_stage = stages.frames["segments"].set_index("segment")["dealers"]
    falling = int(by_stage.get("declining", 0))
    return titled(first, ngettext("{n} dealer declines", "{n} dealers decline", falling) if falling else "", page=True)


def page_subtitle(answer: Answer, company: str, currency: str) -> str:
    if answer.verdict != "ok":
        return company
    return subtitle(company, who(answer), _("Net sales, {currency}", currency=formats.currency_name(currency)),
                    year_words(answer))  # fmt: skip


def chart(answer: Answer, currency: str, picked: str) -> Finding:
    """The map of groups: size of their dealers against growth. picked: the group that stands out."""
    frame = answer.frame("segments").dropna(subset=["segment"])
    frame = frame[frame["dealers"] > 0].reset_index(drop=True)
    told = names(answer.frames["segments"])
    frame["name"], frame["number"] = [told[code] for code in frame["segment"]], range(1, len(frame) + 1)
    groups = pd.DataFrame({
        "id": frame["segment"], "number": frame["number"], "label": frame["name"],
        "size": frame["net_sales"] / frame["dealers"], "growth": frame["growth"], "share": frame["net_sales_share"],
    })  # fmt: skip
    dealers = answer.frames["dealers"]
    dots = pd.DataFrame({"id": dealers["segment"].fillna(""), "label": names_of(dealers, "dealer"),
                         "size": dealers["net_sales"], "growth": dealers["growth"]})  # fmt: skip

    draw = partial(segment_map, groups, dots, picked=picked)

    return Finding(
        "segment_map", _map_title(frame),
        subtitle(who(answer), _("Net sales a dealer, {currency}, over growth on last year; disc: share of sales",
                                currency=formats.currency_name(currency)), year_words(answer)),
        frame, columns(*_group_columns()), answer, draw if groups["growth"].notna().any() else None,
        lambda style: _("The numbers are those of the groups beside; click one to see its dealers."),
        ("segment", "net_sales", "like_growth", "gross_margin_rate", "days_late", "promoted_share"),
    )  # fmt: skip


def _map_title(frame: pd.DataFrame) -> str:
    grown = frame.dropna(subset=["growth"])
    grown = grown[grown["net_sales_share"] > 0.02]
    if len(grown) < 2:
        return _("Groups of dealers by size and growth")
    best, worst = grown.loc[grown["growth"].idxmax()], grown.loc[grown["growth"].idxmin()]
    return titled(
        _("“{name}” grows most, {growth}", name=best["name"], growth=formats.rate(best["growth"], 0, signed=True)),
        _("“{name}” least, {growth}", name=worst["name"], growth=formats.rate(worst["growth"], 0, signed=True)),
    )  # fmt: skip


def _group_columns() -> list[tuple[Any, ...]]:
    return [("number", _("No.")), ("name", _("Group")), ("dealers", _("Dealers"), "count"),
            ("dealers_share", _("Share of dealers"), "rate"), ("net_sales", _("Net sales"), "money"),
            ("net_sales_share", _("Share of sales"), "rate"),
            ("growth", _("Growth"), "rate"), ("gross_margin_rate", _("Margin"), "rate"),
            ("days_late", _("Days late"), "days"), ("visits", _("Visits a dealer"), "count"),
            ("orders", _("Orders a dealer"), "count"), ("promoted_share", _("On promotion"), "rate")]  # fmt: skip


def listed(answer: Answer, currency: str, picked: str) -> Finding:
    """Table of dealers, of all or of one group, largest first."""
    frame = answer.frame("dealers")
    told = names(answer.frames["segments"])
    if picked:
        frame = frame[frame["segment"] == picked].reset_index(drop=True)
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    frame["group"] = [told.get(code, told.get("", "–")) if isinstance(code, str) else told.get("", "–")
                      for code in frame["segment"]]  # fmt: skip
    frame["towards"] = [told.get(code, "–") if isinstance(code, str) else "–" for code in frame["next"]]
    n, amount = len(frame), formats.compact(frame["net_sales"].sum())
    title = ngettext("{n} dealer, {amount}", "{n} dealers, {amount}", n, n=formats.count(n), amount=amount)
    if picked:
        title = ngettext("“{name}”: {n} dealer, {amount}", "“{name}”: {n} dealers, {amount}", n, n=formats.count(n),
                         name=told[picked], amount=amount)  # fmt: skip
    frame["surely"] = [formats.probability(value) for value in frame["probability"]]
    surely = [("surely", _("Sure by"))] if frame["probability"].notna().any() else []
    return Finding(
        "segment_dealers", title,
        subtitle(who(answer), _("Net sales, {currency}, by dealer, largest first",
                                currency=formats.currency_name(currency)), year_words(answer)),
        frame, columns(("dealer", _("Dealer")), ("dealer_id", _("Code")), ("group", _("Group")),
                       ("net_sales", _("Net sales"), "money"), ("growth", _("Growth"), "rate"),
                       ("gross_margin_rate", _("Margin"), "rate"), ("days_late", _("Days late"), "days"),
                       ("visits", _("Visits"), "count"), ("promoted_share", _("On promotion"), "rate"),
                       ("orders", _("Orders"), "count"), ("recency", _("Days since order"), "count"),
                       ("tenure_days", _("Days a customer"), "count"), ("towards", _("Nearest to")), *surely,
                       ("owner", _("Owner"))),
        answer, definitions=("segment", "net_sales", "like_growth", "days_late", "promoted_share"),
    )  # fmt: skip


def standing(segments: Answer, score: Answer | None, risk: Answer, dealer: str) -> str:
    """What one dealer is called, scores and risks, in a line for its card; empty where nothing is known of it."""
    parts = []
    for answer in filter(None, (segments, score, risk)):
        frame = answer.frames["dealers"]
        row = frame[frame["dealer_id"] == dealer] if len(frame) else frame
        if not len(row):
            continue
        row = row.iloc[0]
        if answer is segments and isinstance(row["segment"], str):
            parts.append(_("group “{name}”", name=names(segments.frames["segments"])[row["segment"]]))
        elif answer is score and known(row["score"]):
            parts.append(_("score {score}, rank {rank} of {n}", score=formats.number(row["score"], 0),
                           rank=formats.count(row["rank"]), n=formats.count(answer.values["scored"])))  # fmt: skip
        elif answer is risk:
            parts.append(_("chance of no order in 90 days {chance}", chance=formats.probability(row["probability"])))
    return " · ".join(parts)


def leaving(answer: Answer, segment: str, told: Mapping[str, str]) -> list[str]:
    """The dealers nearest to leaving a group, in words: name, and where to. told: the names of the groups."""
    frame = answer.frames["dealers"]
    own = frame[(frame["segment"] == segment) & frame["gap"].notna()].nsmallest(NEAR, "gap")
    return [f"{name} → {told.get(code, '–')}" for name, code in zip(names_of(own, "dealer"), own["next"], strict=True)]


def tried(answer: Answer) -> Finding:
    """How the number of groups was chosen."""
    frame = answer.frame("tried")
    words = {
        "": _("shipped"), "one_cloud": _("no better than one cloud"),
        "no_valley": _("no valley between two groups"), "tiny_group": _("a group below 2% of the dealers"),
        "better_one_found": _("a better one holds"), "unstable": _("resampled dealers give other groups"),
    }  # fmt: skip
    frame["why"] = [words.get(reason, reason) for reason in frame["reason"]]
    frame["method"] = frame["kind"].map({"kmeans": "KMeans", "tied": _("mixture, one shape"),
                                         "diag": _("mixture, upright"), "full": _("mixture, own shapes")})  # fmt: skip
    values = answer.values
    title = _("The data hold no stable groups")
    if values["verdict"] == "stable":
        n = int((frame[frame["reason"] == ""]["groups"]).iloc[0])
        title = ngettext("{n} group holds: {share} agreement between resampled dealers",
                         "{n} groups hold: {share} agreement between resampled dealers", n,
                         share=formats.number(values["stability"], 2))  # fmt: skip
    return Finding(
        "segment_tried", title, subtitle(_("Candidates, best description of the data first"),
                                         _("shipped from an agreement of 0.90 (adjusted Rand index)")),
        frame, columns(("method", _("Method")), ("groups", _("Groups"), "count"), ("bic", "BIC", "count"),
                       ("valley", _("Valley"), "price"), ("smallest", _("Smallest group"), "rate"),
                       ("stability", _("Agreement"), "price"), ("why", _("Outcome"))),
        answer, definitions=("segment",),
    )  # fmt: skip
