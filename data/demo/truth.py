"""The truth file: everything that was planted, with ids and parameters. For tests, benchmarks and notebooks; no page
reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from data.company import Company
from data.demo import campaigns, diversion, orders, products, stories, targets
from data.demo.books import Books
from data.demo.dealers import SEGMENTS
from data.demo.demand import BASE_GROWTH, REGION_GROWTH, VISIT_EFFECT, VISIT_WEEKS
from data.demo.products import CATEGORIES
from data.demo.promotions import AFTER, BEFORE, COMPONENTS, MECHANICS
from data.demo.regions import REGION_IDS
from data.demo.timeline import FESTIVAL_DAYS, FESTIVAL_EFFECT

TRUTH_FILE = "demo-truth.json"


def write(home: Path, books: Books) -> None:
    """Write `demo-truth.json` into the home."""
    text = json.dumps(collect(books), ensure_ascii=False, default=_plain, separators=(",", ":"))
    (home / TRUTH_FILE).write_text(text, encoding="utf-8")


def read(company: Company) -> dict[str, Any] | None:
    """What was planted in a demo company (see `collect`); None for a real one."""
    path = company.home / TRUTH_FILE
    if company.snapshot.origin != "demo" or not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)


def collect(books: Books) -> dict[str, Any]:
    """Truths by subject. Dates are ISO texts, weeks are Mondays, shares are fractions."""
    world = books.world
    return {
        "seed": world.seed,
        "start": world.timeline.start,
        "end": world.timeline.end,
        "dealers": world.dealers.count,
        "growth": _growth(books),
        "season": _season(),
        "promotions": _promotions(books),
        "segments": _segments(books),
        "late_payers": _late(books),
        "diversion": _diversion(books),
        "prices": _prices(books),
        "loading": _loading(books),
        "gap": _gap(books),
        "targets": {
            "attainment": targets.ATTAINMENT,
            "gap_region": targets.GAP_REGION,
            "gap_share": targets.GAP,
            "from": world.timeline.half_start,
        },
        "lifecycle": _lifecycle(books),
        "visits": {
            "effect": VISIT_EFFECT,
            "weeks": VISIT_WEEKS,
            "meaning": "each visit multiplies orders of each of the following weeks by 1 + effect",
        },
    }


def _names(books: Books, positions: np.ndarray) -> list[str]:
    return [books.world.dealers.dealer_id[int(p)] for p in positions]


def _mondays(books: Books, weeks: np.ndarray) -> list[str]:
    return [str(books.world.timeline.monday[int(w)]) for w in weeks]


def _growth(books: Books) -> dict[str, Any]:
    """Parameters a year, and the growth that they make together over the last 52 complete weeks."""
    world = books.world
    last = world.timeline.weeks - 1
    now, before = slice(last - 52, last), slice(last - 104, last - 52)
    value = world.demand.plan

    def ratio(part: np.ndarray) -> float:
        return float(part[:, :, now].sum() / part[:, :, before].sum() - 1)

    result: dict[str, Any] = {
        "base": BASE_GROWTH, "category": {c.en: c.growth for c in CATEGORIES}, "region": REGION_GROWTH,
    }  # fmt: skip
    if last >= 104:
        result["expected_by_category"] = {c.en: ratio(value[:, [i], :]) for i, c in enumerate(CATEGORIES)}
        result["expected_by_region"] = {r: ratio(value[world.dealers.region == i]) for i, r in enumerate(REGION_IDS)}
    return result


def _season() -> dict[str, Any]:
    return {
        "by_category": {
            c.en: {"amplitude": c.amplitude, "peak_day_of_year": c.peak, "festival": c.festival} for c in CATEGORIES
        },
        "festival_days": FESTIVAL_DAYS, "festival_effect": FESTIVAL_EFFECT,
    }  # fmt: skip


def _promotions(books: Books) -> dict[str, Any]:
    """Columns over executions. Units and money are sums over complete weeks of the data, against the same world
    without the execution; revenue at list price, margin = revenue - units × unit cost (of the year)."""
    world = books.world
    actions = world.promotions
    _, spent = campaigns.spend(books)
    columns: dict[str, Any] = {
        "execution_id": campaigns.execution_ids(books),
        "promotion_id": actions.actions["promotion_id"].to_numpy()[actions.action],
        "type": actions.actions["promotion_type"].to_numpy()[actions.action],
        "region_id": [REGION_IDS[r] for r in world.dealers.region[actions.dealer]],
        "dealer_id": _names(books, actions.dealer), "lift": np.round(actions.lift, 4),
        "complete": actions.end + AFTER < world.timeline.weeks, "spend": spent,
    }  # fmt: skip
    for index, measure in enumerate(("units", "revenue", "margin")):
        for number, component in enumerate(COMPONENTS):
            columns[f"{component}_{measure}"] = np.round(books.truth[:, number, index], 2)
        columns[f"net_{measure}"] = np.round(books.truth[:, : len(COMPONENTS), index].sum(axis=1), 2)
        columns[f"baseline_promoted_{measure}"] = np.round(books.truth[:, len(COMPONENTS), index], 2)
        columns[f"baseline_category_{measure}"] = np.round(books.truth[:, len(COMPONENTS) :, index].sum(axis=1), 2)
    net, spend = columns["net_margin"], np.array(spent)
    columns["roi"] = np.round(net / spend - 1, 4)

    def roi(keys: list[str]) -> dict[str, dict[str, float]]:
        key = np.array(keys)
        result = {}
        for value in sorted(set(keys)):
            own = key == value
            earned, paid = float(net[own].sum()), float(spend[own].sum())
            result[value] = {"net_margin": round(earned, 2), "spend": round(paid, 2),
                             "roi": round(earned / paid - 1, 4), "executions": int(own.sum())}  # fmt: skip
        return result

    types, regions = list(columns["type"]), columns["region_id"]
    return {
        "window_weeks": [-BEFORE, AFTER], "mechanics": {name: vars(m) for name, m in MECHANICS.items()},
        "executions": columns, "overall": roi(["all"] * len(types))["all"], "by_type": roi(types),
        "by_cell": roi([f"{t}|{r}" for t, r in zip(types, regions, strict=True)]),
        "by_promo": roi(list(columns["promotion_id"])),
    }  # fmt: skip


def _segments(books: Books) -> dict[str, Any]:
    dealers = books.world.dealers
    return {
        "drivers": {s.name: vars(s) for s in SEGMENTS},
        "dealers": {d: SEGMENTS[s].name for d, s in zip(dealers.dealer_id, dealers.segment, strict=True)},
    }


def _late(books: Books) -> dict[str, Any]:
    who = books.world.who
    rows = zip(_names(books, who.late), who.late_from, who.late_days, strict=True)
    return {"ramp_days": stories.LATE_RAMP_DAYS,
            "dealers": {d: {"due_from": str(first), "extra_days": int(days)} for d, first, days in rows}}  # fmt: skip


def _diversion(books: Books) -> dict[str, Any]:
    world, who = books.world, books.world.who
    goals = [world.places.province_id[p] for p in diversion.target_provinces(world)]
    since = str(world.timeline.monday[max(world.timeline.weeks - diversion.DIVERSION_WEEKS, 0)])
    rows = zip(_names(books, who.diverters), who.diversion_share, goals, strict=False)
    return {
        "since": since, "noise": diversion.NOISE,
        "dealers": {d: {"share": float(share), "into": goal} for d, share, goal in rows},
        "cleared": dict(zip(_names(books, who.cleared), goals[len(who.diverters) :], strict=True)),
        "cleared_share": diversion.CLEARED_SHARE,
    }  # fmt: skip


def _prices(books: Books) -> dict[str, Any]:
    who = books.world.who
    return {
        "floor": products.FLOOR, "cap": products.CAP, "months": orders.BREACH_MONTHS,
        "share_of_lines": orders.BREACH_SHARE,
        "sold_below_floor": _names(books, who.undercutters), "sold_above_cap": _names(books, who.overpricers),
        "resold_below_floor": _names(books, who.resale_under), "resold_above_cap": _names(books, who.resale_over),
    }  # fmt: skip


def _loading(books: Books) -> dict[str, Any]:
    return {"region": stories.LOADING_REGION, "lift": stories.LOADING_LIFT, "payback": stories.LOADING_PAYBACK,
            "quarters": stories.LOADING_QUARTERS, "dealers": _names(books, books.world.who.loaders)}  # fmt: skip


def _gap(books: Books) -> dict[str, Any]:
    left = dict(zip(_names(books, books.world.who.gap), stories.GAP_LEFT, strict=False))
    return {"region": stories.GAP_REGION, "from": books.world.timeline.half_start, "still_buys": left}


def _lifecycle(books: Books) -> dict[str, Any]:
    who = books.world.who
    return {
        "stopped": dict(zip(_names(books, who.stopped), _mondays(books, who.stopped_from), strict=True)),
        "lost": dict(zip(_names(books, who.lost), _mondays(books, who.lost_from), strict=True)),
        "new": dict(zip(_names(books, who.new), _mondays(books, who.new_from), strict=True)),
        "returning": dict(zip(_names(books, who.returning), _mondays(books, who.away[:, 1]), strict=True)),
    }
