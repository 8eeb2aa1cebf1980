"""Response curves kept as frames, a part of them, and what they say of a year."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.promotions.evidence import SATURATION, Array
from analytics.promotions.response import GRID, ResponseCurves

CELLS, GRIDS, DRAWS = "cells", "grid", "draws"
EXPECTED = -1  # position of the expected curve among those of the values of K
MONEY = ("spend_measured", "net_margin", "net_revenue", "expected", "expected_lo_80", "expected_hi_80")


def to_frames(curves: ResponseCurves) -> dict[str, pd.DataFrame]:
    """Frames from which `from_frames` makes the same curves.

    cells: as in ResponseCurves, with revenue_rate. grid: cell (its row), k (position in SATURATION; EXPECTED: the
    expected curve), one column a point of GRID. draws: draw, cell, theta, k, level.
    """
    n, draws = len(curves.cells), len(curves.theta)
    grid = np.concatenate([curves.expected[:, None], curves.basis], axis=1).reshape(-1, len(GRID))
    frame = pd.DataFrame(grid, columns=[f"m{place}" for place in range(len(GRID))])
    frame.insert(0, "cell", np.repeat(np.arange(n), len(SATURATION) + 1))
    frame.insert(1, "k", np.tile(np.arange(EXPECTED, len(SATURATION)), n))
    return {
        CELLS: curves.cells.assign(revenue_rate=curves.revenue_rate), GRIDS: frame,
        DRAWS: pd.DataFrame({
            "draw": np.repeat(np.arange(draws), n), "cell": np.tile(np.arange(n), draws),
            "theta": curves.theta.ravel(), "k": curves.k.ravel(), "level": curves.level.ravel(),
        }),
    }  # fmt: skip


def from_frames(frames: Mapping[str, pd.DataFrame]) -> ResponseCurves:
    """The curves that `to_frames` took apart."""
    cells, draws = frames[CELLS], frames[DRAWS]
    shape = (-1, max(len(cells), 1))
    grid = frames[GRIDS].drop(columns=["cell", "k"]).to_numpy(float).reshape(len(cells), -1, len(GRID))
    theta, k, level = (draws[name].to_numpy().reshape(shape)[:, : len(cells)] for name in ("theta", "k", "level"))
    return ResponseCurves(cells.drop(columns="revenue_rate"), grid[:, 0], theta, k, grid[:, 1:], level,
                          cells["revenue_rate"].to_numpy(float))  # fmt: skip


def a_year(curves: ResponseCurves, years: float) -> ResponseCurves:
    """Money a year of curves that were measured over so many years; rates stay.

    Executions that could not be measured count like the measured ones of their cell where that has a curve, so that a
    plan is told of all its money.
    """
    share = np.where(curves.has_curve, curves.share, 1.0)
    factor = 1 / (years * share)
    money = {name: curves.cells[name] * factor for name in MONEY}
    return dataclasses.replace(
        curves, cells=curves.cells.assign(spend=curves.spend / years, **money),
        expected=curves.expected * factor[:, None], basis=curves.basis * factor[:, None, None],
        level=curves.level * factor,
    )  # fmt: skip


def only(curves: ResponseCurves, rows: Array) -> ResponseCurves:
    """The curves of some cells. rows: (cells,) bool."""
    return ResponseCurves(
        curves.cells[rows].reset_index(drop=True), curves.expected[rows], curves.theta[:, rows], curves.k[:, rows],
        curves.basis[rows], curves.level[:, rows], curves.revenue_rate[rows],
    )  # fmt: skip
