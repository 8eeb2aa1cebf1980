"""Where month, quarter and year land: what is booked plus paths of the rest, against the target."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analytics.forecasting import landing as land
from analytics.forecasting import reliability
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.forecast import added, booked, inside, monthly
from analytics.questions.forecast_accuracy import quality, visible
from analytics.questions.forecast_names import named
from data.company import Company
from data.scope import Period, Scope, ScopeError, add_months, fiscal_year_start, month_end
from data.words import N_

KINDS = ("month", "quarter", "next_quarter", "year")
BY = ("region", "channel", "employee", "category", "dealer")
BANDS = ("lo-80", "hi-80", "lo-95", "hi-95")
BINS = 5  # of the reliability chart
FEW_MONTHS = 12  # tested months below which the reliability says little
_LANDED = ["actual", "rest", "expected", "median", *BANDS, "target", "probability", "required", "required_rate"]
_PERIODS = ["kind", "start", "end", *_LANDED, "last_year", "days_left", "required_a_day", "made_a_day"]
_BY = ["level", "key", "name", "name_en", *_LANDED, "gap", "last_year"]
_SAID = ["said", "happened", "count", "lo", "hi"]


def periods(company: Company, found: reading.Forecast) -> dict[str, Period]:
    """The month, quarter and fiscal year that hold the first month ahead, and the quarter after that one."""
    first = found.months[0]
    year = fiscal_year_start(first, company.settings.fiscal_year_start)
    quarter = add_months(year, ((first.year - year.year) * 12 + first.month - year.month) // 3 * 3)
    starts = {"month": (first, 1), "quarter": (quarter, 3), "next_quarter": (add_months(quarter, 3), 3),
              "year": (year, 12)}  # fmt: skip
    spans = {kind: Period(day, month_end(add_months(day, n - 1))) for kind, (day, n) in starts.items()}
    return {kind: span for kind, span in spans.items() if span.end <= month_end(found.months[-1])}


@question("forecast.landing", reads=reading.READS)
def landing(company: Company, scope: Scope, by: str = "region", over: str = "quarter") -> Answer:
    """Expected landing of month, quarter and year with band, chance to hit the target and the run rate that it takes.

    over: month, quarter, next_quarter or year: the period that the groups are about. by: region, channel, employee,
    category or dealer.
    Frame `periods`, in that order: kind, start, end, actual (booked so far), rest (expected), expected, median, lo-80,
    hi-80, lo-95, hi-95, target, probability (of reaching it), required (still missing), required_rate (required / rest:
    1.2 asks for 20 % more than is expected), last_year, days_left (selling days), required_a_day, made_a_day (net sales
    a selling day in the last twelve whole months). Frame `by`: level, key and names, the same columns, gap (expected −
    target), largest shortfall first. Frame `reliability`: said, happened, count, lo, hi (90 % Wilson limits): past
    chances of the nodes in scope by what came of them.
    Values: over, start, end, level; of `over`: expected, target, probability, gap, required_rate; chance_months and
    tested_chances (behind the reliability); wape, bias, coverage_80, tested and tested_months as in forecast.outlook,
    and in quality_by the same of the groups' level.
    """
    if over not in KINDS:
        raise ScopeError(f"over: {over!r} is not one of {', '.join(KINDS)}")
    if by not in BY:
        raise ScopeError(f"by: {by!r} is not one of {', '.join(BY)}")
    found, notes = reading.read(company, scope)
    definitions = ("landing", "hit_probability", "required_run_rate", "target")
    if found is None:
        empty = {"periods": pd.DataFrame(columns=_PERIODS), "by": pd.DataFrame(columns=_BY),
                 "reliability": pd.DataFrame(columns=_SAID)}  # fmt: skip
        return answer("forecast.landing", company, scope, empty, definitions=definitions, notes=notes,
                      values={"over": over, "by": by}, verdict="insufficient_evidence")  # fmt: skip
    spans = periods(company, found)
    over = over if over in spans else "quarter" if "quarter" in spans else "month"
    actual, target = monthly(company, scope)
    first = min(actual, default=found.months[0])
    frame = _landed(found, [(found.whole, span, booked(found, actual, span), added(target, span))
                            for span in spans.values()])  # fmt: skip
    frame = frame.assign(
        kind=list(spans), start=[span.start for span in spans.values()], end=[span.end for span in spans.values()],
        last_year=[added(actual, span, -12, first=first) for span in spans.values()],
    )  # fmt: skip
    frame = frame.assign(**_a_day(company, scope, found, frame, actual))[_PERIODS]
    by_frame = _groups(company, scope, found, by, spans[over])
    said, tested = _reliability(company, found)
    one = frame[frame["kind"] == over].iloc[0]
    values: dict[str, Any] = {
        "over": over, "by": by, "start": one["start"], "end": one["end"], "level": found.chosen.level,
        "gap": one["expected"] - one["target"], "changed": found.changed,
    } | tested  # fmt: skip
    level = level_of(company, scope, by)
    if by == nodes.CATEGORY and found.chosen.level not in (nodes.COMPANY, nodes.CATEGORY):
        level = nodes.BY_CATEGORY
    values |= quality(company, found) | {"quality_by": quality(company, found, level)}
    values |= {name: one[name] for name in ("expected", "lo-80", "hi-80", "target", "probability", "required_rate",
                                            "actual", "rest")}  # fmt: skip
    if 0 < tested["chance_months"] < FEW_MONTHS:
        notes += (Note(N_("The chances were tested in {n} months only, in which all nodes shared the same luck."),
                       {"n": tested["chance_months"]}),)  # fmt: skip
    frames = {"periods": frame, "by": by_frame, "reliability": said}
    return answer("forecast.landing", company, scope, frames, definitions=definitions, values=values, notes=notes)


Item = tuple[reading.Group, Period, float, float]  # what lands when; booked in whole months before; target


def _landed(found: reading.Forecast, items: Sequence[Item]) -> pd.DataFrame:
    """Landings in the order of the items: what is booked, paths of the rest, target."""
    by_size: dict[int, list[int]] = {}
    for at, (group, *_rest) in enumerate(items):
        by_size.setdefault(len(group.paths), []).append(at)
    parts = []
    for count, places in by_size.items():
        ahead = {span: inside(found, span) for _group, span, *_rest in (items[at] for at in places)}
        to_date = [items[at][0].to_date if ahead[items[at][1]][0] else 0.0 for at in places]
        draws = [items[at][0].paths[:, ahead[items[at][1]]].sum(axis=1) for at in places]
        ids = [f"{at:09d}" for at in places]
        paths = pd.DataFrame({"unique_id": np.repeat(ids, count), "path": np.tile(np.arange(count), len(ids)),
                              "y": np.concatenate(draws) - np.repeat(to_date, count)})  # fmt: skip
        booked_ = [items[at][2] + so_far for at, so_far in zip(places, to_date, strict=True)]
        rows = land(dict(zip(ids, booked_, strict=True)), paths, {id: items[at][3] for id, at in
                                                                  zip(ids, places, strict=True)})  # fmt: skip
        rows["rest"] = [float(items[at][0].final[ahead[items[at][1]]].sum()) for at in places] - np.array(to_date)
        parts.append(rows)
    out = pd.concat(parts).sort_values("unique_id", ignore_index=True)
    out["expected"] = out["actual"] + out["rest"]
    for level in (80, 95):
        out[f"lo-{level}"] = np.minimum(out[f"lo-{level}"], out["expected"])
        out[f"hi-{level}"] = np.maximum(out[f"hi-{level}"], out["expected"])
    for name in ("probability", "required"):
        out[name] = out[name].where(out["target"].notna())
    out["required_rate"] = out["required"] / out["rest"].where(out["rest"] > 0)
    return out[_LANDED]


def _a_day(
    company: Company, scope: Scope, found: reading.Forecast, frame: pd.DataFrame, actual: dict[dt.date, float]
) -> dict[str, Any]:  # fmt: skip
    """Selling days left, what each must bring, and what a selling day brought in the last twelve whole months."""
    calendar = company.store.calendar
    days = calendar.loc[calendar["is_selling_day"], "date"].dt.date
    left = [int(((days > scope.as_of) & (days >= start) & (days <= end)).sum())
            for start, end in zip(frame["start"], frame["end"], strict=True)]  # fmt: skip
    start, end = add_months(found.months[0], -12), found.months[0] - dt.timedelta(days=1)
    worked = int(((days >= start) & (days <= end)).sum())
    sold = sum(value for day, value in actual.items() if start <= day <= end)
    required = [need / n if n else float("nan") for need, n in zip(frame["required"], left, strict=True)]
    made = sold / worked if worked else float("nan")
    return {"days_left": left, "required_a_day": required, "made_a_day": [made] * len(frame)}


def level_of(company: Company, scope: Scope, by: str) -> str:
    """The level that a grouping means within the scope."""
    return f"region{company.store.default_depth(scope)}" if by == "region" else by


def _groups(company: Company, scope: Scope, found: reading.Forecast, by: str, span: Period) -> pd.DataFrame:
    level = level_of(company, scope, by)
    groups = reading.groups(company, found, level)
    depth = int(level.removeprefix("region")) if by == "region" else None
    keys = (by, "month")
    store, reach = company.store, Period(add_months(span.start, -12), span.end)
    sold = store.measure(scope, ("net_sales",), keys, period=reach, depth=depth)
    goals = store.measure(scope, ("target",), keys, period=span, depth=depth)
    column = "category" if by == "category" else f"{by}_id"
    actuals, targets = _by_month(sold, column, "net_sales"), _by_month(goals, column, "target")
    if not groups:
        return pd.DataFrame(columns=_BY)
    frame = _landed(found, [(group, span, booked(found, actuals.get(key, {}), span), added(targets.get(key, {}), span))
                            for key, group in groups.items()])  # fmt: skip
    first = store.sales_span.start.replace(day=1)
    frame = frame.assign(
        level=level, key=list(groups), gap=frame["expected"] - frame["target"],
        last_year=[added(actuals.get(key, {}), span, -12, first=first) for key in groups],
    )  # fmt: skip
    frame = named(company, frame)
    order = "gap" if frame["gap"].notna().any() else "expected"
    return frame.sort_values(order, ascending=order == "gap", ignore_index=True)[_BY]


def _by_month(rows: pd.DataFrame, column: str, measure: str) -> dict[str, dict[dt.date, float]]:
    """A measure of each group by month; the key of what has none, such as products without a category, is empty."""
    out: dict[str, dict[dt.date, float]] = {}
    known = rows.dropna(subset=measure)
    months = pd.to_datetime(known["month"]).dt.date
    for key, month, value in zip(nodes.joined_key(known, [column]), months, known[measure], strict=True):
        out.setdefault(key, {})[month] = float(value)
    return out


def _reliability(company: Company, found: reading.Forecast) -> tuple[pd.DataFrame, dict[str, int]]:
    rows = company.result(job.CHANCES)
    assert rows is not None
    keep = pd.Series(False, index=rows.index)
    for level, keys in visible(found).items():
        keep |= (rows["level"] == level) & rows["key"].isin(keys)
    rows = rows[keep]
    tested = {"tested_chances": len(rows), "chance_months": int(rows["cutoff"].nunique())}
    if rows.empty:
        return pd.DataFrame(columns=_SAID), tested
    return reliability(rows["probability"], rows["actual"] >= rows["target"], bins=BINS)[_SAID], tested
