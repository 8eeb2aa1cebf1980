"""The stored forecast as a scope and its viewer see it, with what people changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecasting.history import Array
from analytics.questions import forecast_job as job
from analytics.questions import forecast_nodes as nodes
from analytics.questions import forecast_overrides as overrides
from analytics.questions.answer import Note
from data.company import Company
from data.scope import Scope
from data.words import N_

KIND = overrides.KIND
READS = (KIND,)


@dataclass(frozen=True)
class Group:
    """The forecast of one thing: by month of the horizon what the model says and what stands after people's changes
    (money), paths around what stands (paths, months), net sales of the running month so far and of the last twelve
    whole months, and the routes that its series took."""

    model: Array
    final: Array
    paths: Array
    to_date: float
    recent: float
    routes: tuple[str, ...]


@dataclass(frozen=True)
class Forecast:
    """What a scope sees of the stored forecast: the months ahead, the level that answers it, the whole."""

    months: tuple[dt.date, ...]
    chosen: nodes.Chosen
    whole: Group
    belongs: pd.DataFrame
    cells: pd.DataFrame
    running: bool

    @property
    def changed(self) -> bool:
        """People have changed something in it."""
        return bool(np.abs(self.whole.final - self.whole.model).max() >= 0.005)


def read(company: Company, scope: Scope) -> tuple[Forecast | None, tuple[Note, ...]]:
    """The forecast of the scope; None, with the reason, where there is none."""
    if scope.as_of != company.snapshot.as_of:
        message = N_("What is to come is computed for the last day of the data only, {day}.")
        return None, (Note(message, {"day": company.snapshot.as_of}),)
    belongs, cells = company.result(job.MEMBERS), company.result(job.CELLS)
    if belongs is None or cells is None or not company.has_results(job.RESULTS):
        return None, (Note(N_("The forecast is being computed; look again in a minute.")),)
    if cells.empty and len(nodes.whole_months(company, scope.as_of)[0]) < job.FEWEST_MONTHS:
        message = N_("No forecast: at least {n} whole months of sales are needed.")
        return None, (Note(message, {"n": job.FEWEST_MONTHS}),)
    chosen = nodes.chosen(company, scope, belongs)
    if chosen is None:
        return None, (Note(N_("Forecasts are made by dealer and by category, not by product.")),)
    if cells.empty:
        return None, (_nobody(),)
    cells = overrides.applied(company, cells)
    inside = cells["dealer_id"].isin(chosen.dealers)
    if scope.category:
        inside &= cells["category"].isin(scope.category)
    months = tuple(pd.Timestamp(day).date() for day in sorted(cells["ds"].unique()))
    whole_sum = _sums(cells[inside], pd.Series("", index=cells.index[inside]), months).get("")
    if whole_sum is None:
        return None, (_nobody(),)
    whole = _group(stored(company, chosen.level), chosen.keys, whole_sum, chosen.partial)
    if whole is None:
        return None, (_nobody(),)
    running = months[0] == company.snapshot.as_of.replace(day=1)
    return Forecast(months, chosen, whole, belongs, cells[inside], running), _notes(company, chosen, months)


def _nobody() -> Note:
    return Note(N_("Nothing is expected here: no dealer of this view bought in the last year."))


def _notes(company: Company, chosen: nodes.Chosen, months: tuple[dt.date, ...]) -> tuple[Note, ...]:
    notes: list[Note] = []
    calendar = company.store.calendar
    ahead = calendar[calendar["month_start"].isin(pd.DatetimeIndex(months)) & calendar["is_provisional"]]
    if len(ahead) and company.settings.country in nodes.FESTIVAL_COUNTRIES:
        years = ", ".join(str(year) for year in sorted(ahead["year"].unique()))
        notes.append(Note(N_("The holidays and adjusted workdays of {years} are provisional until they are announced."),
                          {"years": years}))  # fmt: skip
    if chosen.partial:
        notes.append(Note(N_("For this view the dealers' forecasts are divided by what each bought by category in the "
                             "last year; the band is theirs.")))  # fmt: skip
    return tuple(notes)


def groups(company: Company, forecast: Forecast, by: str) -> dict[str, Group]:
    """The forecast by a level (region<depth>, channel, employee, category, dealer): key -> Group; empty where the
    stored levels cannot be split that way within the scope."""
    cells, belongs, level = forecast.cells, forecast.belongs, forecast.chosen.level
    if by == nodes.CATEGORY:
        return _by_category(company, forecast)
    if by != nodes.DEALER and by not in belongs.columns:
        return {}
    seen = belongs[belongs["dealer_id"].isin(forecast.chosen.dealers)]
    key_of = seen["dealer_id"] if by == nodes.DEALER else seen[by]
    members = seen["dealer_id"].groupby(key_of.to_numpy()).agg(tuple)
    sizes = belongs[by].value_counts() if by != nodes.DEALER else None
    sums = _sums(cells, cells["dealer_id"].map(key_of.set_axis(seen["dealer_id"])), forecast.months)
    partial = bool(forecast.chosen.categories) or level == nodes.CATEGORY
    frame, out = stored(company, by), {}
    split = {key for key in sums if key and sizes is not None and len(members[key]) < sizes[key]}
    dealers = stored(company, nodes.DEALER) if split else frame
    for key, sum_ in sums.items():
        nodes_of = members[key] if key in split else (key,)
        found = _group(dealers if key in split else frame, nodes_of, sum_, partial) if key else None
        if found is not None:
            out[key] = found
    return out


def _by_category(company: Company, forecast: Forecast) -> dict[str, Group]:
    chosen, out = forecast.chosen, {}
    of_all, of_regions = chosen.level in (nodes.COMPANY, nodes.CATEGORY), chosen.level in ("region1", nodes.BY_CATEGORY)
    frame = stored(company, nodes.CATEGORY if of_all else nodes.BY_CATEGORY if of_regions else chosen.level)
    for category, sum_ in _sums(forecast.cells, forecast.cells["category"], forecast.months).items():
        keys: Sequence[str] = chosen.keys
        if of_all:
            keys = (category,)
        elif of_regions:
            regions = dict.fromkeys(key.partition(nodes.JOINT)[0] for key in chosen.keys)
            keys = tuple(f"{region}{nodes.JOINT}{category}" for region in regions)
        found = _group(frame, keys, sum_, partial=not (of_all or of_regions))
        if found is not None:
            out[category] = found
    return out


Sum = tuple[Array, Array, float]  # by month what the model says and what stands; booked of the running month


def _sums(cells: pd.DataFrame, keys: pd.Series, months: tuple[dt.date, ...]) -> dict[str, Sum]:
    """Cells added up by key."""
    codes, found = pd.factorize(keys.fillna("").to_numpy())
    month = pd.DatetimeIndex(months).get_indexer(pd.DatetimeIndex(cells["ds"]))

    def added(name: str) -> Array:
        table = np.zeros((len(found), len(months)))
        np.add.at(table, (codes, month), cells[name].to_numpy(np.float64))
        return np.asarray(np.rint(table * 100) / 100)

    model, final, booked = added("model"), added("amount"), added("to_date").sum(axis=1)
    return {str(key): (model[at], final[at], float(booked[at])) for at, key in enumerate(found)}


def _group(level: Stored, keys: Sequence[str], sum_: Sum, partial: bool = False) -> Group | None:
    """Stored nodes of a level added up; partial: they hold more than the cells, and only these count."""
    rows = [level.place[key] for key in keys if key in level.place]
    if not rows:
        return None
    model, final, to_date = sum_
    paths = level.paths[rows].sum(axis=0, dtype=np.float64).T
    mean, recent = level.mean[rows].sum(axis=0), float(level.recent[rows].sum())
    if partial:
        share = np.divide(model, mean, out=np.zeros_like(model), where=mean > 0)
        paths, mean, recent = paths * share, mean * share, recent * float(share.mean())
    return Group(model, final, np.maximum(paths + (final - mean), min(0.0, float(paths.min()))), to_date, recent,
                 tuple(level.routes[rows]))  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """The stored nodes of a level: place of each key; means (nodes, months), paths (nodes, months, paths), net sales of
    the last twelve whole months and route of each."""

    place: dict[str, int]
    mean: Array
    paths: NDArray[np.float32]
    recent: Array
    routes: NDArray[np.str_]


def stored(company: Company, level: str) -> Stored:
    """The stored nodes of a level."""
    frame = company.result(job.DEALERS if level == nodes.DEALER else job.NODES, where=("level", level))
    assert frame is not None
    frame = frame.sort_values(["key", "ds"], kind="stable")
    h = max(frame["ds"].nunique(), 1)
    drawn = np.frombuffer(b"".join(frame["paths"]), dtype=np.float32)
    first = frame.iloc[::h]
    return Stored({str(key): at for at, key in enumerate(first["key"])},
                  frame["mean"].to_numpy(np.float64).reshape(-1, h),
                  drawn.reshape(len(first), h, -1) if len(first) else np.empty((0, h, 1), dtype=np.float32),
                  first["recent"].to_numpy(np.float64), first["model"].to_numpy(str))  # fmt: skip
