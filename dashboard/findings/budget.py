"""The findings on the budget of promotions: plans compared, response curves, the table of types and regions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.plans import plans as plan_bars
from dashboard.charts.response import response
from dashboard.charts.style import Style
from dashboard.findings.briefing import known
from dashboard.findings.budget_words import (
    SLIGHT,
    chance,
    fitting,
    given_up,
    plan_names,
    plan_row,
    reasons,
    result,
    shift,
    year,
)
from dashboard.findings.model import LIMITS, Column, Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import band, roi, type_name
from dashboard.i18n import _, language

DEFINITIONS = ("promotion_roi", "promotion_net", "promotion_cost", "promotion_marginal")
PLANS = ("current", "mine", "recommended")


def page_title(answer: Answer) -> str:
    """What my plan moves and earns; with the current one untouched, what the recommended one would."""
    if answer.values.get("pending"):
        return _("Budget: where it earns most is being computed")
    if answer.values.get("missing"):
        return _("No promotions imported yet")
    if answer.verdict != "ok":
        return _("Promotion budget: nothing to decide from yet")
    if answer.values["touched"]:
        return _mine(answer)
    row = plan_row(answer, "recommended")
    moved, giver, taker = shift(answer, "recommended")
    if not known(row["p_gain"]) or row["expected_gain"] <= SLIGHT * answer.values["total_current"]:
        if answer.values["asked"]:
            return _("By this total and these floors no plan earns more than the current one")
        return _("The promotion budget is well placed: no better split can be told")
    saved = answer.values["total_current"] - answer.values["total_recommended"]
    if abs(saved) > SLIGHT * answer.values["total_current"]:
        about = {"saved": formats.compact(abs(saved)), "gain": formats.compact(row["expected_gain"]),
                 "chance": chance(row["p_gain"])}  # fmt: skip
        return (_("Spending {saved} less, and better, would earn about {gain} more a year, {chance} sure", **about)
                if saved > 0 else
                _("Spending {saved} more, and better, would earn about {gain} more a year, {chance} sure",
                  **about))  # fmt: skip
    gain = {"amount": formats.compact(moved), "gain": formats.compact(row["expected_gain"]),
            "chance": chance(row["p_gain"])}  # fmt: skip
    texts = [_("Moving {amount} would earn about {gain} more a year, {chance} sure", **gain)]
    if taker:
        texts.insert(0, _("Moving {amount}, mostly to {taker}, would earn about {gain} more, {chance} sure",
                          taker=taker, **gain))  # fmt: skip
    if giver and taker:
        texts.insert(0, _("Moving {amount}, mostly from {giver} to {taker}, would earn {gain} more, {chance} sure",
                          giver=giver, taker=taker, **gain))  # fmt: skip
    return fitting(*texts)


def _mine(answer: Answer) -> str:
    row = plan_row(answer, "mine")
    moved, giver, taker = shift(answer, "mine")
    told = result(row["expected_gain"], row["p_gain"]) if known(row["p_gain"]) else ""
    if giver and not taker:
        does = _("Your plan cuts {amount} from {type}", amount=formats.compact(given_up(answer, "mine")), type=giver)
    elif giver:
        does = _("Your plan moves {amount} out of {type}", amount=formats.compact(given_up(answer, "mine")),
                 type=giver)  # fmt: skip
    elif taker:
        does = _("Your plan adds {amount} to {type}", amount=formats.compact(moved), type=taker)
    else:
        does = _("Your plan moves {amount} between regions", amount=formats.compact(moved))
    space = "，" if language() == "zh" else " "
    return fitting(
        f"{does}{space}{told}", f"{_('Your plan moves {amount}', amount=formats.compact(moved))}{space}{told}"
    )


def page_subtitle(answer: Answer, company: str) -> str:
    if answer.verdict != "ok":
        return company
    return subtitle(company, who(answer), _("Promotion budget"), year(answer),
                    _("{total} now", total=formats.compact(answer.values["total_current"])))  # fmt: skip


def compared(answer: Answer, currency: str) -> Finding:
    """Profit of the plans, with the chance to beat the current one."""
    frame = answer.frame("plans").rename(columns={"profit": "value", "profit_lo_80": "low", "profit_hi_80": "high"})
    frame["label"] = [plan_names()[plan] for plan in frame["plan"]]
    shown = frame if answer.values["touched"] else frame[frame["plan"] != "mine"]
    unit = formats.choose_unit(pd.concat([frame["value"], frame["low"], frame["high"]]))
    mine, best = plan_row(answer, "mine"), plan_row(answer, "recommended")

    def draw(style: Style) -> Any:
        return plan_bars(shown, style, unit)

    if answer.values["touched"] and known(mine["p_gain"]):
        title = titled(_("Your plan beats the current one with {chance} probability", chance=chance(mine["p_gain"])),
                       _("the recommended one with {chance}", chance=chance(best["p_gain"]))
                       if known(best["p_gain"]) else "")  # fmt: skip
    elif known(best["p_gain"]):
        title = _("The recommended plan beats the current one with {chance} probability",
                  chance=chance(best["p_gain"]))  # fmt: skip
    else:
        title = _("No split is better than the current one")
    return Finding(
        "budget_plans", title,
        subtitle(who(answer), _("Profit after promotion cost, {unit} a year",
                                unit=formats.unit_name(unit, currency=currency)),
                 _("bar: expected, whisker: 80% band")),
        frame,
        columns(("label", _("Plan")), ("spend", _("Spend"), "money"), ("value", _("Profit"), "money"),
                ("low", _("80% from"), "money"), ("high", _("80% to"), "money"),
                ("expected_gain", _("Gain"), "money"), ("gain_lo_80", _("Gain from"), "money"),
                ("gain_hi_80", _("Gain to"), "money"), ("p_gain", _("Chance to beat current"), "rate")),
        answer, draw, None, DEFINITIONS,
    )  # fmt: skip


def figures(answer: Answer) -> Finding:
    """Spend, margin, revenue, return, its margin and the chance of a profit of the plans side by side."""
    plans = answer.frames["plans"].set_index("plan")

    def told(plan: str) -> list[str]:
        row = plans.loc[plan]
        money = formats.compact
        return [
            money(row["spend"]), money(row["margin"]), money(row["profit"], signed=True), money(row["revenue"]),
            roi(row["roi"]), band(row["roi_lo_80"], row["roi_hi_80"]), roi(row["marginal_roi"]),
            chance(row["p_profit"]), "" if plan == "current" else money(row["expected_gain"], signed=True),
        ]  # fmt: skip

    names = [_("Spend"), _("Extra margin, net"), _("Profit"), _("Extra revenue, net"), _("Return on spend"),
             _("80% band"),
             _("Return on the next unit"), _("Chance of a profit"), _("Against the current plan")]  # fmt: skip
    shown = PLANS if answer.values["touched"] else ("current", "recommended")
    frame = pd.DataFrame({"what": names} | {plan: told(plan) for plan in PLANS})
    row = plans.loc["mine" if answer.values["touched"] else "current"]
    title = _("{margin} extra margin for {spend}", margin=formats.compact(row["margin"]),
              spend=formats.compact(row["spend"]))  # fmt: skip
    next_unit = _("the next unit spent loses money") if row["marginal_roi"] < 0 else _("the next unit still pays")
    return Finding(
        "budget_figures", titled(title, next_unit),
        subtitle(plan_names()["mine" if answer.values["touched"] else "current"], year(answer)), frame,
        columns(("what", ""), *((plan, plan_names()[plan]) for plan in shown)), answer, definitions=DEFINITIONS,
    )  # fmt: skip


# ------------------------------------------------------------------ curves of a region


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

    def draw(style: Style) -> Any:
        return response(frame, points, style, unit, line=_("break-even"))

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
    rows = [
        {"type": type_name(code)} | {
            id: _cell(grid[plan].loc[code].get(id), grid["current"].loc[code].get(id), unit) +
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
    told.append(_("Fewest executions measured: {cells}.", cells=between.join(
        _("{cell} ({n})", cell=name, n=formats.count(n))
        for name, n in zip(thin["name"], thin["n_executions"], strict=True))))  # fmt: skip
    return told


def _few(names: list[str], most: int = 4) -> list[str]:
    return [*names[:most], *([f"+{len(names) - most}"] if len(names) > most else [])]
