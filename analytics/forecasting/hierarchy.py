"""Forecasts of every level of a hierarchy made to add up, to the cent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.forecasting.history import Array
from analytics.frames import require

TOTAL = "total"


def hierarchy(
    keys: pd.DataFrame, levels: Sequence[Sequence[str]], *, separator: str = "/"
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Summing frame and tags of a hierarchy, also with crossed levels.

    `keys` has one row a bottom series; each of `levels` is a list of its columns ([] is the total), the last one naming
    the bottom series. Summing frame: index unique_id (upper nodes first), one 0/1 column a bottom series. Tags: level
    ("region/dealer") -> its unique_ids. Raises ValueError when the last level does not tell the bottom series apart.
    """
    require(keys, [column for level in levels for column in level], what="forecasting: hierarchy")
    names = [_joined(keys, level, separator) for level in levels]
    bottom = names[-1]
    if bottom.duplicated().any():
        raise ValueError("forecasting: the last level of the hierarchy does not tell the bottom series apart")
    parts, tags = [], {}
    for level, name in zip(levels, names, strict=True):
        members = pd.unique(name.to_numpy(object))
        tags[separator.join(level) or TOTAL] = list(members)
        if level is not levels[-1]:
            parts.append(pd.DataFrame((name.to_numpy(object) == members[:, None]).astype(float), index=members))
    parts.append(pd.DataFrame(np.eye(len(bottom)), index=bottom.to_numpy()))
    summing = pd.concat(parts).set_axis(bottom.to_numpy(), axis=1)
    if summing.index.has_duplicates:
        raise ValueError("forecasting: two nodes of the hierarchy have the same name")
    return summing.rename_axis("unique_id"), tags


def reconcile(
    forecasts: pd.DataFrame, summing: pd.DataFrame, *, keep_total: bool = True, decimals: int = 2
) -> pd.DataFrame:
    """Forecasts (`unique_id, ds, mean`, perhaps bands) or paths (`unique_id, ds, path, y`) that add up over `summing`.

    `summing` has one row a node (index or column `unique_id`) and one 0/1 column a bottom series. The forecasts move as
    little as they must, each in proportion to its own uncertainty (width of its first band, spread of its paths;
    without both, the number of series below it): least squares with weights 1/size, where minimum trace reconciliation
    (Wickramasuriya et al., 2019) has variances; those let the many small series outvote the few large ones.
    `keep_total` leaves the node that sums everything at its own forecast. Bottom series are not negative unless one of
    them was, are rounded to `decimals`, and sums are sums of the rounded. Bands move with their mean: the band of a
    reconciled sum comes from reconciled paths. Raises ValueError when a node or period is missing.
    """
    value = "y" if "path" in forecasts.columns else "mean"
    require(forecasts, ("unique_id", "ds", value), what="forecasting: reconcile")
    table = summing.set_index("unique_id") if "unique_id" in summing.columns else summing
    nodes, bottom = table.index.astype(str), table.columns.astype(str)
    if missing := sorted(set(bottom) - set(nodes)):
        raise ValueError(f"forecasting: the summing frame lacks rows of {', '.join(missing[:3])}")
    columns = ["ds", "path"] if value == "y" else ["ds"]
    wide = forecasts.pivot(index="unique_id", columns=columns, values=value)
    wide.index = wide.index.astype(str)
    wide = wide.reindex(nodes)
    if wide.isna().to_numpy().any():
        raise ValueError("forecasting: a node of the hierarchy has no forecast for a period")
    is_bottom = np.asarray(nodes.isin(bottom)) & (table.to_numpy().sum(axis=1) == 1)
    upper, lower = np.flatnonzero(~is_bottom), nodes.get_indexer(bottom)
    sums = table.to_numpy(np.float64)[upper]
    sizes = _sizes(forecasts, nodes, table.to_numpy(np.float64).sum(axis=1))
    values = wide.to_numpy(np.float64)
    coherent = bottom_up(values[upper], values[lower], sums, sizes[upper], sizes[lower], keep_total=keep_total)
    units = np.rint(coherent * 10**decimals)
    out = np.empty_like(values)
    out[lower], out[upper] = units / 10**decimals, np.rint(sums @ units) / 10**decimals
    long = (
        pd.DataFrame(out, index=nodes, columns=wide.columns).rename_axis("unique_id").stack(columns, future_stack=True)
    )
    return _in_place(forecasts, long.rename("coherent"), columns, value)


def bottom_up(
    upper: Array, lower: Array, sums: Array, upper_sizes: Array, lower_sizes: Array, *, keep_total: bool = True
) -> Array:
    """What reconcile() does, on arrays: bottom values (bottom, periods) that move as little as they must.

    `upper` (nodes, periods) are the forecasts of the sums that the 0/1 rows of `sums` (nodes, bottom) name; sizes are
    uncertainties above zero. Small where the sums are few, however many series lie below them.
    """
    if keep_total:
        upper_sizes = np.where(sums.all(axis=1), 1e-6 * min(upper_sizes.min(), lower_sizes.min()), upper_sizes)
    coherent = lower + _moves(upper, lower, sums, upper_sizes, lower_sizes)
    return np.maximum(coherent, 0.0) if lower.min() >= 0 else coherent


def rake(seed: Array, rows: Array, columns: Array, *, rounds: int = 30) -> Array:
    """A table like `seed` (..., r, c; none below zero) with the sums `rows` (..., r) and about those of `columns`.

    Iterative proportional fitting (Deming and Stephan, 1940), rows last: their sums hold exactly, where the seed of a
    row is not all zero or its sum is none; those of the columns as well as the rounds bring them.
    """
    table = np.maximum(seed, 0.0)
    table = np.where(table.sum(axis=-1, keepdims=True) > 0, table, 1.0 / seed.shape[-1])
    for _ in range(rounds):
        below = table.sum(axis=-2)
        table = table * np.divide(columns, below, out=np.zeros_like(below), where=below > 0)[..., None, :]
        across = table.sum(axis=-1)
        empty = across <= 0
        table = np.where(empty[..., None], np.maximum(seed, 0.0), table)
        across = np.where(empty, np.maximum(seed, 0.0).sum(axis=-1), across)
        table = table * np.divide(rows, across, out=np.zeros_like(across), where=across > 0)[..., None]
    return table


def _joined(keys: pd.DataFrame, level: Sequence[str], separator: str) -> pd.Series:
    if not level:
        return pd.Series(TOTAL, index=keys.index)
    return keys[list(level)].astype(str).agg(separator.join, axis=1)


def _sizes(forecasts: pd.DataFrame, nodes: pd.Index, below: Array) -> Array:
    """Uncertainty of each node's forecast, in its own unit; never zero."""
    if "path" in forecasts.columns:
        spread = forecasts.groupby(["unique_id", "ds"], observed=True)["y"].std().groupby("unique_id").mean()
    elif lows := [name for name in forecasts.columns if name.startswith("lo-")]:
        width = forecasts["hi-" + lows[0].removeprefix("lo-")] - forecasts[lows[0]]
        spread = width.groupby(forecasts["unique_id"]).mean()
    else:
        return below
    spread.index = spread.index.astype(str)
    sizes = spread.reindex(nodes).fillna(0.0).to_numpy(np.float64)
    return np.maximum(sizes, 1e-6 * max(float(sizes.max()), 1e-6))


def _moves(upper: Array, lower: Array, sums: Array, upper_sizes: Array, lower_sizes: Array) -> Array:
    """What the bottom forecasts move by: the constraints' form of weighted least squares, small where nodes are few."""
    gap = upper - sums @ lower
    weighted = sums * lower_sizes
    system = weighted @ sums.T + np.diag(upper_sizes)
    return weighted.T @ np.linalg.solve(system, gap) if len(upper) else np.zeros_like(lower)


def _in_place(forecasts: pd.DataFrame, coherent: pd.Series, columns: list[str], value: str) -> pd.DataFrame:
    """The frame with its coherent values, bands moved with them, rows of nodes outside the hierarchy gone."""
    frame = forecasts.assign(unique_id=forecasts["unique_id"].astype(str))
    frame = frame.merge(coherent.reset_index(), on=["unique_id", *columns], how="inner")
    move = frame["coherent"] - frame[value]
    for name in frame.columns:
        if name.startswith(("lo-", "hi-")):
            frame[name] = frame[name] + move
    frame[value] = frame["coherent"]
    return frame.drop(columns="coherent")
