"""The finding of potential against sales: two orders side by side, and how far they agree."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranks import ranks as ranks_chart
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.shortened import MOST_ROWS
from dashboard.i18n import _, language


def frame_of(answer: Answer) -> pd.DataFrame:
    """The rows with their names, those with a rank as the chart needs them."""
    by = answer.values["by"]
    frame = answer.frame("ranks")
    frame["name"], frame["id"] = names_of(frame, by), frame[f"{by}_id"]
    return frame


def groupings() -> dict[str, str]:
    """What potential can be looked at by, with the words shown; the first opens."""
    return {"region": _("Region"), "employee": _("Sales person")}


def ranks(answer: Answer) -> Finding:
    """Ranks by potential and by sales, one row a region or person."""
    frame, by, values = frame_of(answer), answer.values["by"], answer.values
    shown = frame[frame["rank_potential"].notna()]
    if len(shown) > 2 * MOST_ROWS:  # those whose places differ most, in their order
        kept = shown["difference"].abs().sort_values(ascending=False, kind="stable").index[: 2 * MOST_ROWS]
        shown = shown.loc[sorted(kept)]
    shown = shown.rename(columns={"name": "label", "rank_potential": "rank_x", "rank_sales": "rank_y"})
    first = _("Potential") if values["base"] == "written" else _("Target")
    kind = "days" if _tied(answer) else "count"  # shared places are halves: one decimal
    signs = _("open circle: {first}, solid: net sales", first=first.lower())

    draw = partial(ranks_chart, shown, first=first, second=_("Net sales"))

    what = {"region": _("Ranks by region"), "employee": _("Ranks by sales person")}[by]
    return Finding(
        f"ranks_{by}", title(answer),
        subtitle(who(answer), what, signs, period_words(answer)),
        frame, columns(("name", {"region": _("Region"), "employee": _("Sales person")}[by]),
                        ("potential", first, "money"), ("net_sales", _("Net sales"), "money"),
                        ("rank_potential", _("Rank by {first}", first=first.lower()), kind),
                        ("rank_sales", _("Rank by sales"), kind), ("difference", _("Difference d"), kind),
                        ("squared", "d²", kind)),
        answer, draw if values["rho"] == values["rho"] and len(shown) else None,
        lambda style: _note(shown, frame), ("net_sales", "target"),
    )  # fmt: skip


def _tied(answer: Answer) -> bool:
    """Some rows share a place."""
    ranked = answer.frames["ranks"][["rank_potential", "rank_sales"]].dropna()
    return any(ranked[column].duplicated().any() for column in ranked)


def _note(shown: pd.DataFrame, frame: pd.DataFrame) -> str:
    if len(shown) < int(frame["rank_potential"].notna().sum()):
        return _("Shown: the {n} whose places differ most; the table has all", n=len(shown))
    return _("To the left, with +: sells more than its place by potential")


def title(answer: Answer) -> str:
    """How far the two orders agree, with the coefficient and whom it misses most."""
    values = answer.values
    if not known(values["rho"]):
        return _("Does potential agree with sales")
    words = {"rho": formats.number(values["rho"], 2), "n": values["n"]}
    target = values["base"] == "target"
    match values["words"]:
        case "close":
            first = _("Sales follow the targets closely: rank correlation {rho}", **words) if target else _(
                "Sales follow potential closely: rank correlation {rho}", **words)  # fmt: skip
        case "fair":
            first = _("Sales follow the targets by and large: rank correlation {rho}", **words) if target else _(
                "Sales follow potential by and large: rank correlation {rho}", **words)  # fmt: skip
        case "loose":
            first = _("Sales follow the targets only loosely: rank correlation {rho}", **words) if target else _(
                "Sales follow potential only loosely: rank correlation {rho}", **words)  # fmt: skip
        case "against":
            first = _("Sales run against the targets: rank correlation {rho}", **words) if target else _(
                "Sales run against potential: rank correlation {rho}", **words)  # fmt: skip
        case _:
            first = _("Sales do not follow the targets: rank correlation {rho}", **words) if target else _(
                "Sales do not follow potential: rank correlation {rho}", **words)  # fmt: skip
    return titled(first, "" if values["proven"] else _("with {n} that can be chance", **words))


def sheet(answer: Answer) -> Finding:
    """The rank sheet: both ranks, their difference and its square."""
    words = subtitle(who(answer), _("d: rank by potential less rank by sales"), period_words(answer))
    by = answer.values["by"]
    return replace(ranks(answer), key=f"sheet_{by}", figure=None, title=_("Rank sheet"), subtitle=words)


def evidence(answer: Answer) -> str:
    """The coefficient as it is computed, and what it is worth."""
    values = answer.values
    base = _("Potential is what was written down here.") if values["base"] == "written" else _(
        "No potential is written down for these rows: the target stands in for it.")  # fmt: skip
    lines, between = [base], "" if language() == "zh" else " "
    if values["base"] == "written" and values["lacking"]:
        lines.append(_("{n} of {all} have no potential yet and are left out.", n=values["lacking"],
                       all=values["lacking"] + values["n"]))  # fmt: skip
    if not known(values["rho"]):
        lines.append(_("At least five potentials that differ are needed: fewer agree or disagree by chance alone."))
        return between.join(lines)
    n, squares = values["n"], formats.number(values["squares"], 0)
    if _tied(answer):
        lines.append(_("{n} rows, sum of squared differences {squares}; some share a place: average ranks.", n=n,
                       squares=squares))  # fmt: skip
    else:
        lines.append(_("Rank correlation 1 − 6·Σd²/(n·(n²−1)) with n = {n} and Σd² = {squares}.", n=n, squares=squares))
    if known(values["critical"]):
        lines.append(_("With {n} rows it must reach {critical} to be more than chance in 19 of 20 cases.", n=n,
                       critical=formats.number(values["critical"], 3)))  # fmt: skip
    lines.append(_("Random orders agree or disagree as much in {share} of cases.",
                   share=formats.probability(values["p"])))  # fmt: skip
    return between.join(lines)
