"""The findings of the scorecard: the table of scores, the parts of one, and what would move it up."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.score_parts import score_parts
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, ngettext


def criteria() -> dict[str, str]:
    """Criterion -> its name."""
    return {"sales": _("Sales"), "growth": _("Growth"), "margin": _("Margin"), "payment": _("Payment"),
            "coverage": _("Range"), "price_discipline": _("Prices"), "promotion": _("Promotions")}  # fmt: skip


def value_words(criterion: str, value: Any) -> str:
    """The value of a criterion as a reader knows it."""
    if not known(value):
        return _("unknown")
    if criterion == "sales":
        return formats.compact(value)
    if criterion == "payment":
        return _("{days} late", days=formats.days(value, 1))
    return formats.rate(value, signed=criterion == "growth")


def _year(answer: Answer) -> str:
    return _("year to {day}", day=formats.date(answer.values["day"]))


def table(answer: Answer) -> Finding:
    """All dealers by score, with the tier that the score speaks for and the points of each part."""
    frame, words = answer.frame("dealers"), criteria()
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    arrows = {"up": "▲ ", "down": "▼ ", "new": "● ", "none": ""}
    frame["speaks"] = [f"{arrows[move]}{tier}" if move != "none" else "–" for move, tier in
                       zip(frame["move"], frame["proposed"], strict=True)]  # fmt: skip
    frame["why"] = [_(", ").join(words.get(reason, reason) for reason in reasons) if move != "none" else ""
                    for reasons, move in zip(frame["reasons"], frame["move"], strict=True)]  # fmt: skip
    states = {"open": _("open"), "accepted": _("accepted"), "refused": _("refused")}
    frame["objection"] = [states.get(state, "") if isinstance(state, str) else "" for state in frame["appeal_state"]]
    appeal = [("objection", _("Appeal"))] if (frame["objection"] != "").any() else []
    return Finding(
        "scorecard", _table_title(answer),
        subtitle(who(answer), _("Points of 100; parts add up to the score"), _year(answer)),
        frame, columns(("dealer", _("Dealer")), ("score", _("Score"), "days"), ("rank", _("Rank"), "count"),
                       ("tier", _("Tier")), ("speaks", _("Score fits tier")), ("why", _("Because of")),
                       *((f"{id}_share", word, "days") for id, word in words.items()), *appeal,
                       ("owner", _("Owner"))),
        answer, definitions=("dealer_score", "like_growth", "days_late", "range_coverage", "price_breach_share",
                             "promotion_execution"),
    )  # fmt: skip


def _table_title(answer: Answer) -> str:
    up, down = answer.values["up"], answer.values["down"]
    if not up and not down:
        return _("No score speaks for another tier")
    return titled(ngettext("{n} dealer scores for a higher tier", "{n} dealers score for a higher tier", up),
                  ngettext("{n} for a lower one", "{n} for a lower one", down))  # fmt: skip


def tiers_words(answer: Answer) -> str:
    """Where the tiers end; nothing for a company without tiers."""
    if not answer.values["cuts"]:
        return _("No dealer has a tier: import them with the dealers to see who scores for another one.")
    cuts = _(", ").join(_("{tier} from {cut}", tier=tier, cut=formats.number(cut, 0))
                        for tier, cut in answer.values["cuts"].items())  # fmt: skip
    return _("Tiers: {cuts}, else {last}. A move needs 3 points beyond the cut and the quarter before on that side.",
             cuts=cuts, last=answer.values["lowest"])  # fmt: skip


def parts(answer: Answer) -> Finding:
    """What makes up the score of one dealer."""
    row, words = answer.frames["dealers"].iloc[0], criteria()
    frame = pd.DataFrame([
        {"id": id, "label": word, "most": row[f"{id}_weight"] * 100 if known(row[f"{id}_weight"]) else float("nan"),
         "got": row[f"{id}_share"], "points": row[f"{id}_points"], "value": value_words(id, row[f"{id}_value"])}
        for id, word in words.items()
    ])  # fmt: skip
    shown = frame.dropna(subset=["most"])
    shown = shown[shown["most"] > 0].reset_index(drop=True)

    draw = partial(score_parts, shown)

    weakest = shown.loc[(shown["most"] - shown["got"]).idxmax()] if len(shown) else None
    title = _("{name}: no score, too little is known", name=name_of(row, "dealer"))
    if known(row["score"]) and weakest is not None:
        title = titled(_("{name}: {score} points, rank {rank}", name=name_of(row, "dealer"),
                         score=formats.number(row["score"], 0), rank=formats.count(row["rank"])),
                       _("most is lost on {part}", part=weakest["label"].lower()))  # fmt: skip
    return Finding(
        "score_parts", title,
        subtitle(_("Points of the score: got (solid) of the most possible (outline)"), _year(answer)),
        frame, columns(("label", _("Criterion")), ("value", _("Value")), ("points", _("Points of 100"), "count"),
                       ("most", _("Weight"), "count"), ("got", _("Part of the score"), "days")),
        answer, draw if len(shown) else None, definitions=("dealer_score",),
    )  # fmt: skip


def ways(answer: Answer) -> Finding:
    """What would bring one dealer to the next tier, by one criterion alone."""
    frame, words, values = answer.frame("ways"), criteria(), answer.values
    row = answer.frames["dealers"].iloc[0]
    name, goal = name_of(row, "dealer"), values["goal"]
    if len(frame):
        frame["label"] = [words[id] for id in frame["criterion"]]
        frame["now"] = [value_words(id, value) for id, value in zip(frame["criterion"], frame["value"], strict=True)]
        frame["to"] = [value_words(id, value) if known(value) else _("not by this alone")
                       for id, value in zip(frame["criterion"], frame["needed"], strict=True)]  # fmt: skip
    title = _("{name} is in the highest tier", name=name)
    if not values["cuts"]:
        title = _("No dealer has a tier")
    if known(goal) and known(row["score"]):
        missing = goal - row["score"]
        title = _("{name} has the {goal} points of tier {tier}", name=name, goal=formats.number(goal, 0),
                  tier=values["next_tier"])  # fmt: skip
        if missing > 0:
            title = _("{name} lacks {missing} points to tier {tier}", name=name, missing=formats.number(missing, 1),
                      tier=values["next_tier"])  # fmt: skip
    return Finding(
        "score_ways", title, subtitle(_("What would be enough by one criterion alone, the others as they are")),
        frame, columns(("label", _("Criterion")), ("now", _("Now")), ("to", _("Enough")),
                       ("gain", _("Points to win at best"), "days")) if len(frame) else (),
        answer, definitions=("dealer_score",),
    )  # fmt: skip
