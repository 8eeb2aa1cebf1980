"""The stored forecast as a scope and its viewer see it, with what people changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

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

    def bands(self, levels: Sequence[int] = (80, 95)) -> dict[str, Array]:
        """lo-/hi-<level> by month; what stands lies inside."""
        out = {}
        for level in levels:
            low, high = np.quantile(self.paths, [0.5 - level / 200, 0.5 + level / 200], axis=0)
            out[f"lo-{level}"], out[f"hi-{level}"] = np.minimum(low, self.final), np.maximum(high, self.final)
        return out


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
    whole = _group(stored(company, chosen.level), chosen.keys, cells[inside], months, chosen.partial)
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
    key_of = seen.set_index("dealer_id")[by] if by != nodes.DEALER else pd.Series(
        seen["dealer_id"].to_numpy(), index=seen["dealer_id"])  # fmt: skip
    keys = cells["dealer_id"].map(key_of).fillna("")
    sizes = belongs[by].value_counts() if by != nodes.DEALER else None
    frame, dealers, out = stored(company, by), None, {}
    for key, part in cells.groupby(keys, sort=False):
        if not key:
            continue
        mine = tuple(key_of.index[key_of == key])
        whole = by == nodes.DEALER or (sizes is not None and len(mine) == sizes[key])
        partial = bool(forecast.chosen.categories) or level == nodes.CATEGORY
        if not whole and dealers is None:
            dealers = stored(company, nodes.DEALER)
        found = _group(frame, (str(key),), part, forecast.months, partial) if whole else _group(
            dealers, mine, part, forecast.months, partial)  # fmt: skip
        if found is not None:
            out[str(key)] = found
    return out


def _by_category(company: Company, forecast: Forecast) -> dict[str, Group]:
    chosen, out = forecast.chosen, {}
    of_all, of_regions = chosen.level in (nodes.COMPANY, nodes.CATEGORY), chosen.level in ("region1", nodes.BY_CATEGORY)
    frame = stored(company, nodes.CATEGORY if of_all else nodes.BY_CATEGORY if of_regions else chosen.level)
    for category, part in forecast.cells.groupby("category", sort=False):
        if of_all:
            found = _group(frame, (str(category),), part, forecast.months)
        elif of_regions:
            regions = dict.fromkeys(key.partition(nodes.JOINT)[0] for key in chosen.keys)
            keys = tuple(f"{region}{nodes.JOINT}{category}" for region in regions)
            found = _group(frame, keys, part, forecast.months)
        else:
            found = _group(frame, chosen.keys, part, forecast.months, partial=True)
        if found is not None:
            out[str(category)] = found
    return out


def _group(
    level: pd.DataFrame, keys: Sequence[str], cells: pd.DataFrame, months: tuple[dt.date, ...], partial: bool = False
) -> Group | None:
    """Stored nodes of a level added up; partial: they hold more than the cells, and only these count."""
    frame = level[level["key"].isin(keys)]
    if frame.empty:
        return None
    h = len(months)
    order = frame.sort_values(["key", "ds"], kind="stable")
    paths = np.stack([np.frombuffer(row, dtype=np.float32) for row in order["paths"]]).astype(np.float64)
    paths = paths.reshape(-1, h, paths.shape[1]).sum(axis=0).T
    mean = order["mean"].to_numpy(np.float64).reshape(-1, h).sum(axis=0)
    sums = cells.groupby("ds")[["model", "amount"]].sum().reindex(pd.DatetimeIndex(months)).fillna(0.0)
    model, final = np.rint(sums["model"].to_numpy() * 100) / 100, np.rint(sums["amount"].to_numpy() * 100) / 100
    first = order.groupby("key").head(1)
    to_date, recent = float(cells["to_date"].sum()), float(first["recent"].sum())
    if partial:
        share = np.divide(model, mean, out=np.zeros_like(model), where=mean > 0)
        paths, mean, recent = paths * share, mean * share, recent * float(share.mean())
    return Group(model, final, np.maximum(paths + (final - mean), min(0.0, float(paths.min()))), to_date, recent,
                 tuple(first["model"]))  # fmt: skip


def stored(company: Company, level: str) -> pd.DataFrame:
    """The stored rows of a level."""
    frame = company.result(job.DEALERS if level == nodes.DEALER else job.NODES)
    assert frame is not None
    return frame[frame["level"] == level]
