"""Job: the forecast of every level, what it would have said before, and the chances that it would have given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd

from analytics.forecasting import cells as joining
from analytics.forecasting import outlook
from analytics.forecasting.hierarchy import bottom_up
from analytics.forecasting.levels import with_levels
from analytics.forecasting.outlook import Outlook
from analytics.forecasting.tracking import track
from analytics.questions import forecast_nodes as nodes
from analytics.questions.forecast_chances import COLUMNS, chances
from analytics.questions.forecast_running import Table, late_shares, with_running, with_to_date
from data.company import Company
from data.scope import Scope, add_months

NODES, DEALERS, CELLS, MEMBERS = "forecast_nodes", "forecast_dealers", "forecast_cells", "forecast_members"
TRACK, CHANCES = "forecast_track", "forecast_chances"
RESULTS = (NODES, DEALERS, CELLS, MEMBERS, TRACK, CHANCES)
VINTAGE = "forecast"  # name under which what was said is kept

HORIZON = 15  # months: the rest of a year, and the quarter after it
FEWEST_MONTHS = 6  # of history, below which nothing is forecast
PATHS = {"upper": 500, "dealer": 200}
SMALL = 3  # depth of regions from which on their bands are calibrated apart from those of the larger nodes
WIDEST = 2.0  # times as wide that bands become when the levels are made to add up
WHOLE = 0.002  # of the company's sales may be missing from a level that is to forecast them all
LOOK_BACK = 3  # months back to which "what has moved since" reaches without a kept forecast
ACTIVE = 12  # months without a sale after which a dealer is expected to buy nothing
BANDS = ("lo-80", "hi-80", "lo-95", "hi-95")
_NODE = ["level", "key", "ds", "mean", *BANDS, "model", "recent", "to_date", "paths"]
_TRACK = ["level", "key", "cutoff", "ds", "horizon", "y", "mean", "naive", "scale", *BANDS]

Frames = dict[str, pd.DataFrame]
Report = Callable[[int, int], None]


def compute(company: Company, scope: Scope, report: Report) -> Frames:
    """The stored results.

    `forecast_nodes`, `forecast_dealers`: level, key (see forecast_nodes), ds (first day of the month), mean, bands,
    model (the route that it took), recent (net sales of the last twelve whole months), to_date (of the month that is
    running, in its mean already), paths (float32 as bytes: PATHS of them).
    `forecast_cells`: dealer_id, category, ds, amount, to_date; every mean is a sum of these, to the cent.
    `forecast_members`: forecast_nodes.members. `forecast_track`: level, key, and the columns of Track.frame.
    `forecast_chances`: for past origins (cutoff: the last month known) and a period (kind: month, quarter, year) the
    probability of reaching its target, and what came.
    """
    history, belongs = nodes.history(company, scope), nodes.members(company, scope)
    if len(history.months) < FEWEST_MONTHS or not history.dealers.iloc[:, -ACTIVE:].to_numpy().any():
        return {NODES: pd.DataFrame(columns=_NODE), DEALERS: pd.DataFrame(columns=_NODE), MEMBERS: belongs,
                CELLS: pd.DataFrame(columns=["dealer_id", "category", "ds", "amount", "to_date"]),
                TRACK: pd.DataFrame(columns=_TRACK), CHANCES: pd.DataFrame(columns=COLUMNS)}  # fmt: skip
    groups = _groups(history, belongs)
    by_category = history.by_category.rename(_named(nodes.BY_CATEGORY)) if "region1" in belongs else None
    upper_history = pd.concat([*groups.values(), history.category.rename(_named(nodes.CATEGORY)), by_category])
    upper_history = upper_history[upper_history.abs().sum(axis=1) > 0]
    active = history.dealers[history.dealers.iloc[:, -ACTIVE:].abs().sum(axis=1) > 0]
    first = belongs.set_index("dealer_id").reindex(active.index)
    whole = first["region1"].map(_named("region1")) if "region1" in first else pd.Series("company|", index=first.index)
    parents = {f"{nodes.DEALER}|{id}": above for id, above in whole.items()}
    over = pd.concat([active.rename(_named(nodes.DEALER)), groups["company"], groups.get("region1")])
    months = [add_months(history.months[0], step) for step in range(len(history.months) + HORIZON)]
    known_causes, of = nodes.regressors(company, months), len(upper_history) + len(over)
    depths = upper_history.index.str.extract(r"^region(\d+)\|", expand=False).fillna("1").astype(int)
    together = {name: "small" for name, depth in zip(upper_history.index, depths, strict=True) if depth >= SMALL}
    upper = outlook(_long(upper_history), HORIZON, freq="MS", regressors=known_causes, groups=together,
                    progress=lambda done, _of: report(done, of))  # fmt: skip
    upper = with_levels(upper, "company|", _whole_levels(upper_history))
    lower = outlook(_long(over), HORIZON, freq="MS", parents=parents,
                    progress=lambda done, _of: report(len(upper_history) + done, of))  # fmt: skip
    report(of, of)
    table = _cells(history, belongs, upper, lower, list(active.index))
    late = late_shares(company, scope, history)
    table, to_date = with_running(table, history, late)
    ahead = [add_months(history.months[-1], step) for step in range(1, HORIZON + 1)]
    result = {
        NODES: _nodes(upper, table, belongs, to_date, late, ahead),
        DEALERS: _dealers(lower, table, to_date, late, ahead),
        CELLS: with_to_date(joining.long(*table, pd.DatetimeIndex(ahead)), to_date, ahead[0]), MEMBERS: belongs,
    }  # fmt: skip
    tracked = track(upper)
    result[TRACK] = _split(pd.concat([tracked.frame(), _only_dealers(track(lower).frame())], ignore_index=True))
    result[CHANCES] = chances(company, scope, tracked, upper_history)
    kept = pd.concat([result[NODES], result[DEALERS]])[["level", "key", "ds", "mean", "lo-80", "hi-80"]]
    company.vintages.keep(VINTAGE, kept)
    return result


# ------------------------------------------------------------------ histories


def _groups(history: nodes.History, belongs: pd.DataFrame) -> Frames:
    """Histories of the levels that partition the dealers: level -> nodes × months, index `level|key`."""
    groups = {"company": history.dealers.sum().to_frame("company|").T}
    where = belongs.set_index("dealer_id")
    for level in where.columns:
        key = where[level].reindex(history.dealers.index).fillna("")
        table = history.dealers[key != ""].groupby(key[key != ""]).sum()
        groups[level] = table.rename(_named(level))
    return groups


def _whole_levels(upper: pd.DataFrame) -> list[list[str]]:
    """The nodes of each level that holds all sales of the last year: dealers without a region are in no region."""
    recent = upper.iloc[:, -ACTIVE:].sum(axis=1)
    level = upper.index.str.partition("|").get_level_values(0)
    sums = recent.groupby(level).sum()
    whole = sums[(sums - sums[nodes.COMPANY]).abs() <= WHOLE * abs(sums[nodes.COMPANY])].index
    return [list(upper.index[level == name]) for name in whole if name != nodes.COMPANY]


def _named(level: str) -> Callable[[object], str]:
    return lambda key: f"{level}|{key}"


def _long(wide: pd.DataFrame) -> pd.DataFrame:
    """`unique_id, ds, y` from each series' first month with a value on."""
    values = wide.to_numpy(np.float64)
    begun = np.cumsum(np.abs(values), axis=1) > 0
    begun[~begun.any(axis=1), -1] = True
    row, column = np.nonzero(begun)
    return pd.DataFrame({"unique_id": wide.index.to_numpy()[row], "ds": pd.DatetimeIndex(wide.columns)[column],
                         "y": values[row, column]})  # fmt: skip


# ------------------------------------------------------------------ one table of which all levels are sums


def _cells(history: nodes.History, belongs: pd.DataFrame, upper: Outlook, lower: Outlook, active: list[str]) -> Table:
    """Every level's forecast in one table, each moved as little as its own uncertainty allows; the company's stays."""
    at, own = {name: i for i, name in enumerate(upper.panel.ids)}, {n: i for i, n in enumerate(lower.panel.ids)}
    rows = [own[f"{nodes.DEALER}|{id}"] for id in active]
    where = belongs.set_index("dealer_id").reindex(active)
    names, sums = ["company|"], [np.ones(len(active))]
    for level in where.columns:
        for key in sorted(set(where[level].dropna()) - {""}):
            names.append(f"{level}|{key}")
            sums.append((where[level] == key).to_numpy(float))
    place = [at[name] for name in names]
    bought = np.maximum(lower.means[rows], 0)  # a history with returns may forecast less than nothing
    dealers = bottom_up(upper.means[place], bought, np.array(sums), _sizes(upper)[place], _sizes(lower)[rows])
    categories = sorted(key for key in history.category.index if f"{nodes.CATEGORY}|{key}" in at)
    both = [name.partition("|")[2].partition(nodes.JOINT) for name in at if name.startswith(f"{nodes.BY_CATEGORY}|")]
    regions = sorted({region for region, _, _ in both})
    total = np.maximum(upper.means[[at[f"{nodes.CATEGORY}|{category}"] for category in categories]], 0)
    regional = np.zeros((len(regions), len(categories), HORIZON)) if regions else total[None]
    for i, region in enumerate(regions):
        for j, category in enumerate(categories):
            if (name := f"{nodes.BY_CATEGORY}|{region}{nodes.JOINT}{category}") in at:
                regional[i, j] = np.maximum(upper.means[at[name]], 0)
    home = where["region1"].fillna("") if "region1" in where else pd.Series("", index=where.index)
    home_place = np.array([regions.index(key) if key in regions else 0 for key in home], dtype=np.int64)
    mix = history.mix.reindex(index=active, columns=categories).fillna(0.0).to_numpy(np.float64)
    table = joining.joined(dealers, mix, home_place, regional, total)
    return joining.rounded(table), active, categories


def _sizes(found: Outlook) -> np.ndarray:
    """Mean width of the 80 % band of each series."""
    frame = found.frame((80,))
    width = (frame["hi-80"] - frame["lo-80"]).to_numpy().reshape(found.means.shape).mean(axis=1)
    return np.asarray(np.maximum(width, 1e-6 * max(float(width.max()), 1e-6)))


# ------------------------------------------------------------------ the stored frames


def _nodes(
    upper: Outlook, table: Table, belongs: pd.DataFrame, to_date: pd.DataFrame, late: np.ndarray, ahead: list[dt.date]
) -> pd.DataFrame:
    cells, dealers, categories = table
    where = belongs.set_index("dealer_id").reindex(dealers).fillna("")
    means: dict[str, np.ndarray] = {}
    booked: dict[str, float] = {}
    for name in upper.panel.ids:
        level, _, key = name.partition("|")
        region, _, category = key.partition(nodes.JOINT) if level == nodes.BY_CATEGORY else ("", "", key)
        rows = np.ones(len(dealers), dtype=bool)
        if level == nodes.BY_CATEGORY and "region1" in where:
            rows = (where["region1"] == region).to_numpy()
        elif level in where.columns:
            rows = (where[level] == key).to_numpy()
        columns = [categories.index(category)] if level in (nodes.BY_CATEGORY, nodes.CATEGORY) else slice(None)
        means[name] = joining.rounded(cells[rows][:, columns].sum(axis=(0, 1)))
        booked[name] = float(to_date.to_numpy()[rows][:, columns].sum())
    return _stored(upper, upper.panel.ids, means, booked, late, ahead, PATHS["upper"])


def _dealers(
    lower: Outlook, table: Table, to_date: pd.DataFrame, late: np.ndarray, ahead: list[dt.date]
) -> pd.DataFrame:
    cells, dealers, _ = table
    named = {f"{nodes.DEALER}|{id}": at for at, id in enumerate(dealers)}
    means = {name: joining.rounded(cells[at].sum(axis=0)) for name, at in named.items()}
    booked = {name: float(to_date.iloc[at].sum()) for name, at in named.items()}
    known = [name for name in lower.panel.ids if name in named]
    frame = _stored(lower, known, means, booked, late, ahead, PATHS["dealer"])
    fresh = [name for name in named if name not in set(known)]  # first sale in the month that is running
    zeros = np.zeros(PATHS["dealer"], dtype=np.float32)
    rows = [
        {"level": nodes.DEALER, "key": name.partition("|")[2], "ds": pd.Timestamp(day), "mean": value,
         **dict.fromkeys(BANDS, value), "model": "to_date", "recent": 0.0, "to_date": booked[name] if not step else 0.0,
         "paths": (zeros + np.float32(value)).tobytes()}
        for name in fresh for step, (day, value) in enumerate(zip(ahead, means[name], strict=True))
    ]  # fmt: skip
    return pd.concat([frame, pd.DataFrame(rows, columns=_NODE)], ignore_index=True) if rows else frame


def _stored(
    found: Outlook, names: list[str], means: dict[str, np.ndarray], booked: dict[str, float], late: np.ndarray,
    ahead: list[dt.date], count: int,
) -> pd.DataFrame:  # fmt: skip
    """Bands and paths of an outlook, moved in proportion to where its means went (up to WIDEST; further they are only
    shifted), with the running month's part."""
    place = {name: at for at, name in enumerate(found.panel.ids)}
    rows = [place[name] for name in names]
    bands = found.frame()
    draws = found.draws(count, seed=0)[:, rows]
    base, final = found.means[rows], np.array([means[name] for name in names])
    to_date = np.array([booked[name] for name in names])
    rest = final.copy()
    if len(late):
        rest[:, 0] = (final[:, 0] - to_date) / late.mean() if late.mean() > 0 else 0.0
    factor = np.minimum(np.divide(rest, base, out=np.ones_like(rest), where=base > 1e-9), WIDEST)
    floor = np.minimum(final, 0.0)  # returns exceeded sales in some month of the past; nobody expects them to
    most = np.maximum(found.largest()[rows][:, None], final)
    paths = np.clip(draws * factor + (rest - base * factor), floor, most)
    columns: dict[str, np.ndarray] = {}
    for name in BANDS:
        width = bands[name].to_numpy().reshape(found.means.shape)[rows] - base
        columns[name] = final + width * factor
    if len(late):
        drawn = np.random.default_rng(1).choice(late, count)
        paths[:, :, 0] = to_date + paths[:, :, 0] * drawn[:, None]
        for level in (80, 95):
            ends = np.quantile(paths[:, :, 0], [0.5 - level / 200, 0.5 + level / 200], axis=0)
            columns[f"lo-{level}"][:, 0] = np.minimum(ends[0], final[:, 0])
            columns[f"hi-{level}"][:, 0] = np.maximum(ends[1], final[:, 0])
    recent = np.array([found.panel.values[at][-12:].sum() for at in rows])
    n, h = final.shape
    frame = pd.DataFrame({"level": np.repeat([name.partition("|")[0] for name in names], h),
                          "key": np.repeat([name.partition("|")[2] for name in names], h),
                          "ds": np.tile(pd.DatetimeIndex(ahead), n), "mean": final.ravel()})  # fmt: skip
    for name in BANDS:
        frame[name] = np.clip(columns[name], floor, most).ravel()
    frame["model"] = np.repeat([found.models[at] for at in rows], h)
    frame["recent"] = np.repeat(recent, h)
    frame["to_date"] = np.where(np.tile(np.arange(h), n) == 0, np.repeat(to_date, h), 0.0)
    packed = np.ascontiguousarray(np.moveaxis(paths, 0, -1), dtype=np.float32).reshape(n * h, count)
    frame["paths"] = [row.tobytes() for row in packed]
    return frame


# ------------------------------------------------------------------ what would have been said


def _split(frame: pd.DataFrame) -> pd.DataFrame:
    """With level and key instead of unique_id; typed without any row too, so that it can be filtered when read."""
    parts = [str(name).partition("|") for name in frame["unique_id"]]
    out = frame.assign(level=[part[0] for part in parts], key=[part[2] for part in parts])[_TRACK]
    return out.astype({"level": "str", "key": "str", "horizon": "int64"} | dict.fromkeys(_TRACK[5:], "float64"))


def _only_dealers(frame: pd.DataFrame) -> pd.DataFrame:
    """Of dealers, what is not known yet is kept for the last LOOK_BACK origins only."""
    recent = frame["cutoff"] >= frame["cutoff"].max() - pd.DateOffset(months=LOOK_BACK - 1) if len(frame) else True
    return frame[frame["unique_id"].astype(str).str.startswith(f"{nodes.DEALER}|") & (frame["y"].notna() | recent)]
