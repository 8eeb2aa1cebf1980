"""How good the forecast was in past months: by level, by months ahead, and who is always on one side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.forecasting import accuracy
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.forecast_names import named
from data.company import Company
from data.scope import Scope
from data.words import N_

NEAR = 3  # months ahead that the accuracy beside a chart is about
ALARM_MONTHS = 6  # last months, all of which missed to the same side ...
ALARM_BIAS = 0.05  # ... and by this share of what was sold
_LEVELS = ["level", "nodes", "count", "wape", "naive_wape", "added", "bias", "mase", "coverage_80", "coverage_95"]
_SAID = ["ds", "actual", "said", "low", "high", "said_before"]
_ALARMS = ["level", "key", "name", "name_en", "months", "bias", "money"]


def visible(found: reading.Forecast) -> dict[str, set[str]]:
    """The nodes of each level that lie whole within what the scope holds: level -> keys."""
    belongs, seen = found.belongs, found.chosen.dealers
    inside = belongs["dealer_id"].isin(seen)
    whole = {nodes.DEALER: set(belongs.loc[inside, "dealer_id"])}
    for level in belongs.columns.drop("dealer_id"):
        share = inside.groupby(belongs[level]).mean()
        whole[level] = set(share.index[share == 1.0]) - {""}
    if inside.all():
        whole[nodes.COMPANY] = {""}
    if found.chosen.categories:
        picked = set(found.chosen.categories)
        return {
            nodes.CATEGORY: picked if inside.all() else set(),
            nodes.BY_CATEGORY: {
                f"{key}{nodes.JOINT}{category}" for key in whole.get("region1", ()) for category in picked
            },
        }
    return whole


def tracked(company: Company, found: reading.Forecast, level: str = "") -> pd.DataFrame:
    """What would have been said of the nodes (of one level) that the scope holds whole, and what came."""
    frame = company.result(job.TRACK, where=("level", level) if level else None)
    assert frame is not None
    keep = pd.Series(False, index=frame.index)
    inside = visible(found)
    for name, keys in inside.items():
        keep |= (frame["level"] == name) & frame["key"].isin(keys)
    if not found.chosen.categories:
        region = frame["key"].str.partition(nodes.JOINT)[0] if len(frame) else frame["key"]
        keep |= (frame["level"] == nodes.BY_CATEGORY) & region.isin(inside.get("region1", ()))
    if found.chosen.level in (nodes.COMPANY, nodes.CATEGORY) and not found.chosen.categories:
        keep |= frame["level"].isin((nodes.CATEGORY, nodes.BY_CATEGORY))
    return frame[keep].reset_index(drop=True)


def of_chosen(found: reading.Forecast, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the nodes that answer the scope."""
    return rows[(rows["level"] == found.chosen.level) & rows["key"].isin(found.chosen.keys)]


def quality(company: Company, found: reading.Forecast, level: str = "") -> dict[str, Any]:
    """Accuracy of the level that answers the scope (or of another one within it), one to NEAR months ahead; NaN where
    nothing was tested."""
    rows = tracked(company, found, level or found.chosen.level)
    rows = rows if level else of_chosen(found, rows)
    rows = rows[rows["y"].notna() & (rows["horizon"] <= NEAR)]
    values = dict.fromkeys(("wape", "bias", "coverage_80", "coverage_95", "naive_wape"), float("nan"))
    values |= {"tested_months": int(rows["ds"].nunique()), "tested": len(rows)}
    if len(rows):
        summed = _summary(rows.assign(all=""), "all").iloc[0]
        values |= {name: float(summed[name]) for name in ("wape", "bias", "coverage_80", "coverage_95", "naive_wape")}
    return values


@question("forecast.accuracy", reads=reading.READS)
def forecast_accuracy(company: Company, scope: Scope) -> Answer:
    """How far the forecast missed in past months, by level and by months ahead, beside the seasonal naive forecast.

    Candidates and bands were chosen on earlier origins than those reported; before the levels were made to add up.
    Frame `levels`: level, nodes, count (node-months, one to three months ahead), wape (Σ|error| / Σ|actual|),
    naive_wape, added (naive_wape − wape: the value that the model adds), bias (positive: too high), mase, coverage_80,
    coverage_95 (shares of months inside the bands). Frame `steps`: the same by horizon (months ahead) for the level of
    the scope. Frame `said`: ds, actual, said (one month before), low, high (its 80 % band), said_before (three months
    before), for the level of the scope. Frame `alarms`: nodes that missed to one side in each of the last six months by
    more than 5 %: level, key (and names), months, bias, money (mean error a month, positive: forecast too high).
    Values: those of the scope's level one to three months ahead (wape, naive_wape, bias, coverage_80, coverage_95,
    tested_months, tested), level.
    """
    found, notes = reading.read(company, scope)
    columns = {"levels": _LEVELS, "steps": ["horizon", *_LEVELS[2:]], "said": _SAID, "alarms": _ALARMS}
    empty = {name: pd.DataFrame(columns=names) for name, names in columns.items()}
    if found is None:
        return answer("forecast.accuracy", company, scope, empty, definitions=("forecast_wape",), notes=notes,
                      verdict="insufficient_evidence")  # fmt: skip
    rows = tracked(company, found)
    rows = rows[rows["y"].notna()]
    mine = of_chosen(found, rows)
    values = quality(company, found) | {"level": found.chosen.level}
    if rows.empty or mine.empty:
        note = Note(N_("Too short a history to test the forecast: two years and some months are needed."))
        return answer("forecast.accuracy", company, scope, empty, definitions=("forecast_wape",), values=values,
                      notes=(*notes, note), verdict="insufficient_evidence")  # fmt: skip
    near = rows[rows["horizon"] <= NEAR]
    levels = _summary(near, "level")
    levels.insert(1, "nodes", levels["level"].map(near.groupby("level")["key"].nunique()))
    order = [nodes.COMPANY, *sorted(level for level in levels["level"] if level.startswith("region")
                                    and level != nodes.BY_CATEGORY), nodes.CHANNEL, nodes.CATEGORY, nodes.BY_CATEGORY,
             nodes.EMPLOYEE, nodes.DEALER]  # fmt: skip
    levels = levels.sort_values("level", key=lambda level: level.map(order.index), ignore_index=True)
    frames = {"levels": levels[_LEVELS], "steps": _summary(mine, "horizon")[["horizon", *_LEVELS[2:]]],
              "said": _said(mine), "alarms": _alarms(company, rows)}  # fmt: skip
    definitions = ("forecast_wape", "forecast_bias", "forecast_coverage", "forecast_value_added")
    return answer("forecast.accuracy", company, scope, frames, definitions=definitions, values=values, notes=notes)


def _summary(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Errors by a column, of the model and of the seasonal naive forecast."""
    frame = rows.assign(unique_id=rows["key"], model="model")
    for level in (80, 95):
        frame[f"covered-{level}"] = ((frame["y"] >= frame[f"lo-{level}"]) & (frame["y"] <= frame[f"hi-{level}"])) * 1.0
    out = accuracy.summary(frame, (by,))
    naive = accuracy.summary(frame.assign(mean=frame["naive"]), (by,))
    out["naive_wape"] = naive["wape"]
    out["added"] = out["naive_wape"] - out["wape"]
    return out.rename(columns={"coverage-80": "coverage_80", "coverage-95": "coverage_95"})


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    """What was said of each month one month and three months before, and what came."""

    def sums(ahead: int) -> pd.DataFrame:
        return rows[rows["horizon"] == ahead].groupby("ds")[["y", "mean", "lo-80", "hi-80"]].sum()

    one = sums(1).rename(columns={"y": "actual", "mean": "said", "lo-80": "low", "hi-80": "high"})
    one["said_before"] = sums(NEAR)["mean"]
    return one.reset_index()[_SAID]


def _alarms(company: Company, rows: pd.DataFrame) -> pd.DataFrame:
    first = rows[(rows["horizon"] == 1) & (rows["level"] != nodes.BY_CATEGORY)]
    off = first["mean"] - first["y"]
    first = first.assign(off=off, side=np.sign(off)).sort_values("ds")
    last = first.groupby(["level", "key"]).tail(ALARM_MONTHS)
    group = last.groupby(["level", "key"])
    table = pd.DataFrame(
        {
            "months": group.size(),
            "bias": group["off"].sum() / group["y"].sum().where(lambda y: y > 0),
            "money": group["off"].mean(),
            "sides": group["side"].sum().abs(),
        }
    )
    hit = table[(table["months"] >= ALARM_MONTHS) & (table["sides"] == table["months"])
                & (table["bias"].abs() > ALARM_BIAS)].reset_index()  # fmt: skip
    hit = hit.sort_values("money", key=lambda money: -money.abs(), ignore_index=True)
    return named(company, hit)[_ALARMS]
