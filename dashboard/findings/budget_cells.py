"""The findings on the cells of the budget of promotions: response curves of a region, the table of types and regions,
what it all rests on."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.response import response
from dashboard.findings.briefing import known
from dashboard.findings.budget_words import DEFINITIONS, PLANS, SLIGHT, fitting, plan_names, reasons
from dashboard.findings.model import LIMITS, Column, Finding, columns, subtitle
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import roi, type_name
from dashboard.i18n import _, language


def marks(answer: Answer, region: str) -> pd.DataFrame:
    """The types of a region (empty: all of them) that have a curve: key, label, spend and margin of each plan, and the
    return on the next unit of mine."""
    if region:
        cells = answer.frames["cells"]
        frame = cells[cells["has_curve"] & (cells["region_id"] == region)]
    else:
        frame = answer.frames["types"]
        frame = frame[frame["current"] > 0]
    frame = frame.assign(key=frame["type"], label=[type_name(code) for code in frame["type"]])
    order = answer.frames["types"].set_index("type")["current"]  # the same in every region
    return frame.sort_values("key", key=lambda keys: -keys.map(order), ignore_index=True)


def curves(answer: Answer, currency: str, region: str) -> Finding:
    """Response curves of the types of a region, on one scale."""
    points = marks(answer, region)
    frame = answer.frames["curves"]
    frame = frame[frame["region_id"] == region]
    frame = frame.assign(key=frame["type"], label=[type_name(code) for code in frame["type"]])
    unit = formats.choose_unit(pd.concat([frame["spend"], frame["hi_80"]]))

    draw = partial(response, frame, points, unit=unit, line=_("break-even"))

    return Finding(
        "budget_curves", _curves_title(points),
        subtitle(_("Extra margin against spend, {unit} a year", unit=formats.unit_name(unit, currency=currency)),
                 region_name(answer, region), _("same scale"), _("band 80%"), _("dashed: margin = spend")),
        frame,
        columns(("label", _("Type")), ("spend", _("Spend"), "money"), ("margin", _("Extra margin, net"), "money"),
                ("lo_80", _("80% from"), "money"), ("hi_80", _("80% to"), "money")),
        answer, draw, lambda style: _legend(points), DEFINITIONS,
    )  # fmt: skip


def _curves_title(points: pd.DataFrame) -> str:
    if points.empty:
        return _("No type has a curve here")
    ranked = points.sort_values("marginal_roi_mine", ascending=False)
    best, worst = ranked.iloc[0], ranked.iloc[-1]
    if len(ranked) == 1:
        return _("The next unit spent on {type} brings {rate}", type=best["label"],
                 rate=roi(best["marginal_roi_mine"]))  # fmt: skip
    paying = int((ranked["marginal_roi_mine"] > 0).sum())
    about = {"best": best["label"], "high": roi(best["marginal_roi_mine"]), "worst": worst["label"],
             "low": roi(worst["marginal_roi_mine"])}  # fmt: skip
    if paying == 0:
        return fitting(
            _("The next unit loses everywhere: least in {best} ({high}), most in {worst} ({low})", **about),
            _("The next unit spent loses money in every type"), limit=LIMITS[language()],
        )  # fmt: skip
    return fitting(
        _("The next unit earns most in {best} ({high}), least in {worst} ({low})", **about),
        _("The next unit earns most in {best} ({high})", **about), limit=LIMITS[language()],
    )  # fmt: skip


def _legend(points: pd.DataFrame) -> str:
    told = _("Grey dot: current, solid dot: mine, diamond: recommended. Thick: tried by single promotions, dotted: "
             "beyond.")  # fmt: skip
    if "tried_high" not in points:
        return told
    far = points[points["recommended"] > points["tried_high"]]
    if far.empty:
        return told
    row = far.iloc[0]
    return told + (" " if language() == "en" else "") + _(
        "{type} at {amount} lies beyond what was tried ({low} to {high}): try it in a few cities first.",
        type=row["label"], amount=formats.compact(row["recommended"]), low=formats.compact(row["tried_low"]),
        high=formats.compact(row["tried_high"]))  # fmt: skip


def region_name(answer: Answer, region: str) -> str:
    """The name of a region of the answer; all regions where it is empty."""
    return regions(answer).get(region, region)


def regions(answer: Answer) -> dict[str, str]:
    """Regions to choose from, by id; the empty id is all of them where there are several."""
    cells = answer.frames["cells"]
    named = dict(zip(cells["region_id"], names_of(cells, "region"), strict=True))
    spend = cells.groupby("region_id")["current"].sum().sort_values(ascending=False)
    listed = {id: named[id] for id in spend.index}
    return ({"": _("All regions")} if len(listed) > 1 else {}) | listed


# ------------------------------------------------------------------ the table of types and regions


def table(answer: Answer, currency: str) -> Finding:
    """My plan by type and region, with the change in brackets; totals of the plans."""
    plan = "mine" if answer.values["touched"] else "recommended"
    cells = answer.frames["cells"]
    unit = formats.choose_unit([cells.groupby("type")[plan].sum().max()])
    names = {id: name for id, name in regions(answer).items() if id}
    grid = cells.pivot_table(index="type", columns="region_id", values=[plan, "current"], aggfunc="sum")
    fixed = {(row.type, row.region_id) for row in cells[~cells["has_curve"]].itertuples()}
    order = cells.groupby("type")["current"].sum().sort_values(ascending=False).index
    planned, now = grid[plan].to_dict("index"), grid["current"].to_dict("index")
    rows = [
        {"type": type_name(code)} | {
            id: _cell(planned[code].get(id), now[code].get(id), unit) +
            (" *" if (code, id) in fixed else "") for id in names
        } for code in order
    ]  # fmt: skip
    rows.append({"type": _("Total")} | {
        id: _cell(grid[plan][id].sum(), grid["current"][id].sum(), unit) for id in names
    })  # fmt: skip
    frame = pd.DataFrame(rows)
    for name in PLANS:
        sums = cells.groupby("type")[name].sum()
        frame[f"sum_{name}"] = [unit.label(value) for value in [*sums.loc[order], sums.sum()]]
    shown = PLANS if answer.values["touched"] else ("current", "recommended")
    what = _("mine, the change in brackets") if plan == "mine" else _("recommended, the change in brackets")
    star = _("* keeps its spend: no evidence")
    return Finding(
        "budget_table", _table_title(answer, plan),
        subtitle(_("Budget by type and region, {unit} a year", unit=formats.unit_name(unit, currency=currency)), what,
                 star if fixed else ""),
        frame,
        (Column("type", _("Type")), *(Column(id, name) for id, name in names.items()),
         *(Column(f"sum_{name}", plan_names()[name]) for name in shown)),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip


def _cell(value: float | None, current: float | None, unit: formats.Unit) -> str:
    if value is None or not known(value):
        return formats.MISSING
    return f"{unit.label(value)} ({unit.label(value - (current or 0.0), signed=True)})"


def _table_title(answer: Answer, plan: str) -> str:
    frame = answer.frames["types"]
    change = pd.Series((frame[plan] - frame["current"]).to_numpy(), index=[type_name(c) for c in frame["type"]])
    slight = SLIGHT * answer.values["total_current"]
    change = change[change.abs() > slight].sort_values(ascending=False)
    if change.empty:
        return _("No type gains or gives up money")
    comma = "、" if language() == "zh" else ", "
    parts = [f"{name} {formats.compact(value, signed=True)}" for name, value in change.items()]
    lead = _("Your plan") if plan == "mine" else _("Recommended")
    colon = "：" if language() == "zh" else ": "
    return fitting(*(f"{lead}{colon}{comma.join(_ends(parts, n))}" for n in range(len(parts), 0, -1)),
                   limit=LIMITS[language()])  # fmt: skip


def _ends(parts: list[str], n: int) -> list[str]:
    """The n largest changes, from either end."""
    if n >= len(parts):
        return parts
    head = -(-n // 2)
    return [*parts[:head], *(parts[len(parts) - (n - head) :] if n > head else [])]


def rests_on(answer: Answer) -> list[str]:
    """What the curves know too little of, by name: cells that keep their spend and why, and thin ones."""
    cells = answer.frames["cells"]
    cells = cells.assign(name=[f"{type_name(code)} · {name}" for code, name in
                               zip(cells["type"], names_of(cells, "region"), strict=True)])  # fmt: skip
    between = "、" if language() == "zh" else ", "
    told = []
    for code, part in cells[~cells["has_curve"]].groupby("reason"):
        told.append(_("{cells} keep their spend: {reason}.", cells=between.join(_few(list(part["name"]))),
                      reason=reasons().get(str(code), str(code))))  # fmt: skip
    thin = cells[cells["has_curve"]].nsmallest(3, "n_executions")
    fewest = [_("{cell} ({n})", cell=name, n=formats.count(n))
              for name, n in zip(thin["name"], thin["n_executions"], strict=True)]  # fmt: skip
    told.append(_("Fewest executions measured: {cells}.", cells=between.join(fewest)))
    return told


def _few(names: list[str], most: int = 4) -> list[str]:
    return [*names[:most], *([f"+{len(names) - most}"] if len(names) > most else [])]
