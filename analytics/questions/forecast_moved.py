"""Where the forecast moved since an earlier day, and why: what came in, what was revised, what people changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.forecast import booked, inside, monthly
from analytics.questions.forecast_accuracy import visible
from analytics.questions.forecast_landing import KINDS, level_of, periods
from analytics.questions.forecast_names import named
from data.company import Company
from data.scope import Period, Scope, ScopeError, add_months, month_end
from data.words import N_

NAMED = 5  # parts named, the others together
_STEPS = ["kind", "key", "name", "name_en", "month", "value"]


@question("forecast.moved", reads=reading.READS)
def moved(company: Company, scope: Scope, back: int = 1, over: str = "year") -> Answer:
    """What the forecast of a period said some months ago, what it says now, and what lies between.

    back: months (1 to 3 without kept forecasts). over: month, quarter, next_quarter or year. What was said is what was
    kept on that day, where a forecast was (values: made = `kept`), else what the same method says from the data up to
    the end of that month (`recomputed`: the parts in proportion to what is said anew of the whole).
    Frame `steps`, in order: kind (`came_in`: a month that is over, actual less what was said of it; `revised`: the
    months ahead, by region; `others`: the rest of these; `people`: what people changed), key and names,
    month, value (money). Frame `said`: ds, then (said then), now (actual, or expected now), known (the month is over).
    Values: then, now, change, back, day (last day of the data then), made, start, end. Cannot tell when nothing was
    kept and the history is too short.
    """
    if over not in KINDS:
        raise ScopeError(f"over: {over!r} is not one of {', '.join(KINDS)}")
    if back < 1:
        raise ScopeError(f"back: {back} is not a number of months of 1 or more")
    found, notes = reading.read(company, scope)
    empty = {"steps": pd.DataFrame(columns=_STEPS), "said": pd.DataFrame(columns=["ds", "then", "now", "known"])}
    if found is None:
        return answer("forecast.moved", company, scope, empty, definitions=("landing",), notes=notes,
                      values={"over": over, "back": back}, verdict="insufficient_evidence")  # fmt: skip
    span = periods(company, found).get(over) or periods(company, found)["month"]
    day = month_end(add_months(found.months[0], -1 - back))
    then, made = _said(company, found, day)
    kept, whole = then, _one(then, found.chosen)
    ahead = [month for month in found.months if span.start <= month <= span.end]
    over_since = [month for month in _months(span) if day < month < found.months[0]]
    if whole is None or not set(over_since + ahead) <= set(whole):
        note = Note(N_("What was said {back} months ago is not known: nothing was kept, and the history is too short "
                       "to say it again."), {"back": back})  # fmt: skip
        return answer("forecast.moved", company, scope, empty, definitions=("landing",), notes=(*notes, note),
                      values={"over": over, "back": back}, verdict="insufficient_evidence")  # fmt: skip
    actual, _ = monthly(company, scope)
    steps: list[dict[str, Any]] = [
        {"kind": "came_in", "month": month, "value": actual.get(month, 0.0) - whole[month]} for month in over_since
    ]
    model = dict(zip(found.months, found.whole.model, strict=True))
    revised = sum(model[month] - whole[month] for month in ahead)
    parts = _parts(company, scope, found, kept, ahead, {month: whole[month] for month in ahead})
    rest = revised - sum(part["value"] for part in parts)
    steps += [*parts, {"kind": "others", "value": rest}] if not parts or abs(rest) >= 0.01 else parts
    people = float((found.whole.final - found.whole.model)[inside(found, span)].sum())
    steps += [{"kind": "people", "value": people}] if found.changed else []
    frame = pd.DataFrame(steps, columns=["kind", "level", "key", "month", "value"])
    frame = _with_names(company, frame)[_STEPS]
    before = booked(found, actual, span)
    now = before + float(found.whole.final[inside(found, span)].sum())
    said = before - sum(actual.get(month, 0.0) for month in over_since) + sum(whole[m] for m in over_since + ahead)
    final = dict(zip(found.months, found.whole.final, strict=True))
    shown = pd.DataFrame([
        {"ds": pd.Timestamp(month), "then": whole[month], "now": final.get(month, actual.get(month, 0.0)),
         "known": month < found.months[0]} for month in over_since + ahead
    ])  # fmt: skip
    values = {"then": said, "now": now, "change": now - said, "back": back, "day": day, "made": made, "over": over,
              "start": span.start, "end": span.end}  # fmt: skip
    return answer("forecast.moved", company, scope, {"steps": frame, "said": shown}, definitions=("landing",),
                  values=values, notes=notes)  # fmt: skip


def _months(span: Period) -> list[dt.date]:
    months, day = [], span.start
    while day <= span.end:
        months.append(day)
        day = add_months(day, 1)
    return months


def _said(company: Company, found: reading.Forecast, day: dt.date) -> tuple[pd.DataFrame, str]:
    """What was said on that day: level, key, ds, mean; kept then, or recomputed."""
    for kept in reversed(company.vintages.days(job.VINTAGE)):
        if kept.replace(day=1) == day.replace(day=1) and not company.store.selling_days_left(kept):
            return company.vintages.read(job.VINTAGE, kept), "kept"
    rows = company.result(job.TRACK)
    assert rows is not None
    return rows[pd.DatetimeIndex(rows["cutoff"]) == pd.Timestamp(day.replace(day=1))], "recomputed"


def _one(said: pd.DataFrame, chosen: nodes.Chosen) -> dict[dt.date, float] | None:
    """By month what was said of the nodes of the scope; None where some are missing."""
    if chosen.partial:
        return None
    rows = said[(said["level"] == chosen.level) & said["key"].isin(chosen.keys)]
    if rows.empty or (chosen.level != nodes.DEALER and rows["key"].nunique() < len(chosen.keys)):
        return None
    sums = rows.groupby("ds")["mean"].sum()
    return {pd.Timestamp(day).date(): float(value) for day, value in sums.items()}


def _parts(
    company: Company, scope: Scope, found: reading.Forecast, said: pd.DataFrame, ahead: list[dt.date],
    of: dict[dt.date, float],
) -> list[dict[str, Any]]:  # fmt: skip
    """The parts that the scope holds whole whose months ahead were revised most.

    What is said now adds up; what is said anew of an earlier day is each part's own. So that no difference between the
    levels is taken for a revision, parts that make up the scope are set to add up, in proportion, to what was said of
    it (`of`, by month).
    """
    level = level_of(company, scope, "region")
    if level not in found.belongs.columns or found.chosen.categories:
        return []
    days, whole = pd.DatetimeIndex(ahead), visible(found)[level]
    mine = said[(said["level"] == level) & said["key"].isin(whole) & said["ds"].isin(days)]
    where = found.belongs.set_index("dealer_id")[level]
    if set(where.reindex(list(found.chosen.dealers)).fillna("")) <= set(mine["key"]):
        sums = mine.groupby("ds")["mean"].transform("sum")
        share = mine["ds"].map({pd.Timestamp(month): value for month, value in of.items()}) / sums.where(sums > 0)
        mine = mine.assign(mean=mine["mean"] * share.fillna(1.0))
    then = mine.groupby("key")["mean"].sum()
    cells = found.cells[found.cells["ds"].isin(days)]
    now = cells.groupby(cells["dealer_id"].map(where).fillna(""))["model"].sum()
    off = (now - then).dropna()
    off = off[off.index != ""].sort_values(key=lambda value: -value.abs()).head(NAMED)
    return [{"kind": "revised", "level": level, "key": key, "value": float(value)} for key, value in off.items()]


def _with_names(company: Company, frame: pd.DataFrame) -> pd.DataFrame:
    known = frame["key"].notna()
    names = named(company, frame[known].assign(level=frame["level"])) if known.any() else frame[known].assign(
        name=None, name_en=None)  # fmt: skip
    out = frame.assign(name=None, name_en=None).astype({"name": "object", "name_en": "object"})
    out.loc[known, ["name", "name_en"]] = names[["name", "name_en"]]
    return out
