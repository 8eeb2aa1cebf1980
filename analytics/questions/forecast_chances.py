"""What chances of reaching their targets the nodes would have had at past origins, and the targets of each node."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecasting.tracking import Track
from analytics.questions import forecast_nodes as nodes
from data.company import Company
from data.scope import Period, Scope, add_months, month_end

COLUMNS = ["level", "key", "cutoff", "kind", "start", "end", "probability", "target", "actual"]
REACH = 24  # months after the as-of day of which targets are read
_KEYS = ("region_id", "channel_id", "employee_id", "category")


def chances(company: Company, scope: Scope, tracked: Track, history: pd.DataFrame) -> pd.DataFrame:
    """Chances of month, quarter and year at the late origins, where targets are given and the outcome is known."""
    targets = targets_by_month(company, scope)
    calendar, first = tracked.panel.calendar, company.settings.fiscal_year_start
    months = calendar.numbers(pd.Series(pd.DatetimeIndex(history.columns)))
    end = int(months[-1])
    actual = {name: dict(zip(months.tolist(), row, strict=True)) for name, row in
              zip(history.index, history.to_numpy(), strict=True)}  # fmt: skip
    rows = []
    for name, cutoff, paths in tracked.paths():
        if not (goals := targets.get(name)):
            continue
        for kind, length in (("month", 1), ("quarter", 3), ("year", 12)):
            start = (cutoff + 1 - (first - 1)) // length * length + first - 1
            span = range(start, start + length)
            booked = [actual[name].get(month, 0.0) for month in span if month <= cutoff]
            ahead = span.stop - 1 - cutoff
            if span.stop - 1 > end or start < months[0] or not all(month in goals for month in span):
                continue
            target = sum(goals[month] for month in span)
            if target <= 0 or ahead > paths.shape[1]:
                continue
            hit = (sum(booked) + paths[:, :ahead].sum(axis=1) >= target).mean()
            rows.append((name, cutoff, kind, start, span.stop - 1, hit, target, sum(actual[name][m] for m in span)))
    frame = pd.DataFrame(rows, columns=["unique_id", *COLUMNS[2:]])
    parts = frame["unique_id"].astype(str).str.partition("|")
    frame = frame.assign(level=parts[0] if len(frame) else "", key=parts[2] if len(frame) else "")
    for column in ("cutoff", "start", "end"):
        frame[column] = calendar.dates(frame[column].to_numpy(np.int64))
    return frame[COLUMNS]


def targets_by_month(company: Company, scope: Scope) -> dict[str, dict[int, float]]:
    """Targets of each node: unique_id (level|key) -> number of the month -> money."""
    store, span = company.store, company.store.sales_span
    period = Period(span.start.replace(day=1), month_end(add_months(scope.as_of.replace(day=1), REACH)))
    depths = [f"region{depth}" for depth in sorted(set(store.region_path["depth"]))]
    out: dict[str, dict[int, float]] = {}
    for level in (nodes.COMPANY, *depths, nodes.CHANNEL, nodes.EMPLOYEE, nodes.CATEGORY, nodes.BY_CATEGORY):
        depth = int(level.removeprefix("region")) if level in depths else 1
        by = {nodes.COMPANY: (), nodes.BY_CATEGORY: ("region", "category")}.get(
            level, ("region",) if level in depths else (level,)
        )
        rows = store.measure(scope, ("target",), (*by, "month"), period=period, depth=depth).dropna(subset="target")
        columns = [column for column in rows.columns if column in _KEYS]
        keys = nodes.joined_key(rows, columns)
        numbers = pd.PeriodIndex(pd.to_datetime(rows["month"]), freq="M").asi8
        for key, number, value in zip(keys, numbers, rows["target"], strict=True):
            out.setdefault(f"{level}|{key}", {})[int(number)] = float(value)
    return out
