"""The findings of the plan itself: where a target is not the sum of its parts."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.parts import parts as parts_chart
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of
from dashboard.findings.shortened import MOST_ROWS, shortened
from dashboard.i18n import _, language, ngettext

BETWEEN = ">"  # of the two levels of a pair, in the address


def level(name: str) -> str:
    """A level of targets in words: region2+category -> Regions (level 2) × categories."""
    return " × ".join(_part(part) for part in name.split("+"))


def _part(name: str) -> str:
    if name.startswith("region"):
        depth = name.removeprefix("region")
        return _("Regions") if depth == "1" else _("Regions, level {n}", n=depth)
    return {"company": _("Company"), "dealer": _("Dealers"), "employee": _("Sales people"), "channel": _("Channels"),
            "category": _("Categories"), "product": _("Products")}[name]  # fmt: skip


def levels(names: str) -> str:
    """Several levels, joined by ", ", in words."""
    return ("、" if language() == "zh" else ", ").join(level(name) for name in names.split(", "))


def pairs(answer: Answer) -> dict[str, str]:
    """The pairs of levels that can be shown, with the words for them; those that lie next to each other first."""
    return {
        f"{row['parent_level']}{BETWEEN}{row['parts_level']}":
            f"{level(row['parent_level'])} → {level(row['parts_level'])}"
        for _, row in answer.frames["pairs"].iterrows()
    }  # fmt: skip


def whose(row: pd.Series) -> str:
    """The name of a parent: region, dealer ...; several columns joined."""
    keys = [part.rstrip("0123456789") for part in row["parent_level"].split("+")]
    if keys == ["company"]:
        return _("Company")
    return " · ".join(name_of(row, key) for key in keys)


def _states() -> dict[str, str]:
    return {"not_handed_down": _("not handed down in full"), "above_target": _("parts above the target"),
            "no_parts": _("not handed down at all"), "no_target": _("parts without a target above"),
            "adds_up": _("adds up")}  # fmt: skip


def parts(answer: Answer, pair: str, currency: str) -> Finding:
    """The target of each parent around the sum of its parts at the level below."""
    parent, _sep, below = pair.partition(BETWEEN)
    frame = answer.frame("parts")
    frame = frame[(frame["parent_level"] == parent) & (frame["parts_level"] == below)].reset_index(drop=True)
    frame["name"] = [whose(row) for _, row in frame.iterrows()]
    frame["id"] = frame["region_id"] if parent.startswith("region") and "+" not in parent else None
    frame["verdict"] = frame["state"].map(_states())
    shown = shortened(frame, ("target", "parts", "difference"), ("difference", "target"))
    if len(frame) > MOST_ROWS:
        shown["state"] = shown["state"].where(shown["state"].notna(), "adds_up")
    shown = shown.rename(columns={"name": "label"})
    unit = formats.choose_unit([*shown["target"], *shown["parts"]], "money")

    draw = partial(parts_chart, shown, unit=unit)

    return Finding(
        "_".join(["parts", parent, below, *answer.scope.region]).replace("+", "_"), _parts_title(frame, below),
        subtitle(who(answer), f"{level(parent)} → {level(below)}",
                 _("Target, {unit}", unit=formats.unit_name(unit, currency=currency)), period_words(answer)),
        frame, columns(("name", level(parent)), ("target", _("Target"), "money"),
                        ("parts", _("Sum of its parts"), "money"), ("difference", _("Difference"), "money"),
                        ("share", _("Of the parts"), "rate"),
                        ("verdict", _("State"))),
        answer, draw, lambda style: _("Outline: target · grey: sum of its parts"), ("target",),
    )  # fmt: skip


def _parts_title(frame: pd.DataFrame, below: str) -> str:
    off = frame[frame["state"] != "adds_up"]
    if off.empty:
        return ngettext("The target adds up over the {level}", "All {n} targets add up over the {level}", len(frame),
                        level=level(below).lower())  # fmt: skip
    return titled(_gap(off.iloc[0]), ngettext("{n} of {all} does not add up", "{n} of {all} do not add up", len(off),
                                              all=len(frame)))  # fmt: skip


def _gap(row: pd.Series) -> str:
    """One open difference in a sentence."""
    words = {"name": whose(row), "amount": formats.compact(abs(row["difference"])),
             "share": formats.rate(abs(row["share"])) if pd.notna(row["share"]) else ""}  # fmt: skip
    match row["state"]:
        case "no_parts":
            return _("{name}: the target of {amount} is not handed down", **words)
        case "no_target":
            return _("{name}: parts of {amount} without a target above", **words)
        case "above_target":
            return _("{name}: the parts are {amount} ({share}) above the target", **words)
    return _("{name}: the target is {amount} ({share}) above the sum of its parts", **words)


def unsolved(answer: Answer, currency: str) -> Finding:
    """Every target that does not add up to a level directly below it."""
    frame = answer.frame("open")
    frame["name"] = [whose(row) for _, row in frame.iterrows()]
    frame["from"] = [level(name) for name in frame["parent_level"]]
    frame["to"] = [levels(names) for names in frame["parts_level"]]
    frame["verdict"] = frame["state"].map(_states())
    n = len(frame)
    if not n and len(answer.frames["pairs"]):
        title = _("The plan adds up at every level")
    elif not n:
        title = _("Does the plan add up")
    else:
        title = titled(ngettext("{n} target does not add up", "{n} targets do not add up", n), _gap(frame.iloc[0]))
    return Finding(
        "unsolved", title, subtitle(who(answer), _("Target less the sum of its parts, {currency}",
                                                 currency=formats.currency_name(currency)), period_words(answer)),
        frame, columns(("name", _("Target of")), ("difference", _("Difference"), "money"),
                        ("share", _("Of the parts"), "rate"), ("to", _("Handed down to")),
                        ("target", _("Target"), "money"), ("parts", _("Sum of its parts"), "money"),
                        ("from", _("Level")), ("verdict", _("State"))),
        answer, definitions=("target",),
    )  # fmt: skip


def ladder(answer: Answer, currency: str) -> Finding:
    """All pairs of levels: what the one says beside what the other says."""
    frame = answer.frame("pairs")
    frame["from"], frame["to"] = frame["parent_level"].map(level), frame["parts_level"].map(level)
    off = int((frame["differing"] > 0).sum())
    title = _("Levels of the plan")
    if len(frame):
        title = ngettext("{off} of {n} pair of levels differs", "{off} of {n} pairs of levels differ", len(frame),
                         off=off)  # fmt: skip
        if not off:
            title = _("All levels say the same")
    return Finding(
        "ladder", title, subtitle(who(answer), _("Targets of the period, {currency}",
                                               currency=formats.currency_name(currency)), period_words(answer)),
        frame, columns(("from", _("Level")), ("to", _("Handed down to")), ("target", _("Target"), "money"),
                        ("parts", _("Sum of its parts"), "money"), ("difference", _("Difference"), "money"),
                        ("differing", _("Targets that differ"), "count"), ("parents", _("Of targets"), "count")),
        answer, definitions=("target",),
    )  # fmt: skip
