"""Reconciliation adds up to the cent, agrees with hierarchicalforecast, and keeps what it is told to keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hierarchicalforecast.methods import MinTrace
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecasting import hierarchy, reconcile
from analytics.forecasting.hierarchy import bottom_up

KEYS = pd.DataFrame({"region": ["N", "N", "S", "S"], "product": ["x", "y", "x", "y"]})
LEVELS = ([], ["region"], ["product"], ["region", "product"])


@pytest.fixture(scope="module")
def summing():
    table, tags = hierarchy(KEYS, LEVELS)
    assert tags == {
        "total": ["total"], "region": ["N", "S"], "product": ["x", "y"],
        "region/product": ["N/x", "N/y", "S/x", "S/y"],
    }  # fmt: skip
    return table


def forecasts(summing: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    dates = pd.date_range("2025-01-31", periods=values.shape[1], freq="ME")
    return pd.DataFrame({
        "unique_id": np.repeat(summing.index, len(dates)), "ds": np.tile(dates, len(summing)), "mean": values.ravel()
    })  # fmt: skip


def wide(frame: pd.DataFrame, summing: pd.DataFrame, value: str = "mean") -> np.ndarray:
    return frame.pivot(index="unique_id", columns="ds", values=value).reindex(summing.index).to_numpy()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=9, max_size=9), st.booleans())
def test_everything_adds_up_to_the_cent(values, keep_total):
    table, _ = hierarchy(KEYS, LEVELS)
    whole = wide(reconcile(forecasts(table, np.array(values)[:, None]), table, keep_total=keep_total), table)
    cents = np.rint(whole * 100).astype(np.int64)
    assert np.abs(whole * 100 - cents).max() < 1e-3
    assert (cents == table.to_numpy().astype(np.int64) @ cents[-4:]).all()
    assert cents.min() >= 0


def test_coherent_forecasts_stay(summing):
    bottom = np.array([[10.25, 3.0], [4.5, 2.0], [7.75, 1.0], [1.5, 0.0]])
    values = summing.to_numpy() @ bottom
    assert wide(reconcile(forecasts(summing, values), summing), summing) == pytest.approx(values)


def test_weights_by_number_of_series_are_those_of_hierarchicalforecast(summing):
    rng = np.random.default_rng(1)
    values = summing.to_numpy() @ rng.uniform(50, 100, (4, 3)) + rng.normal(0, 5, (9, 3))
    ours = wide(reconcile(forecasts(summing, values), summing, keep_total=False, decimals=8), summing)
    theirs = MinTrace(method="wls_struct").fit_predict(S=summing.to_numpy(), y_hat=values)["mean"]
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_bottom_up_is_what_hierarchicalforecast_calls_weighted_least_squares(summing):
    """Weights by number of series again, on arrays this time."""
    rng = np.random.default_rng(4)
    table = summing.to_numpy()
    values = table @ rng.uniform(50, 100, (4, 3)) + rng.normal(0, 5, (9, 3))
    sizes = table.sum(axis=1)
    ours = bottom_up(values[:5], values[5:], table[:5], sizes[:5], sizes[5:], keep_total=False)
    theirs = MinTrace(method="wls_struct").fit_predict(S=table, y_hat=values)["mean"]
    assert table @ ours == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("keep_total", [True, False])
def test_bottom_up_moves_as_little_as_least_squares_allow(summing, keep_total):
    """The normal equations, solved as they stand: Σ(upper − sum)²/size + Σ(lower − bottom)²/size is least."""
    rng = np.random.default_rng(5)
    table = summing.to_numpy()
    values = table @ rng.uniform(50, 100, (4, 3)) + rng.normal(0, 5, (9, 3))
    sizes = rng.uniform(1, 20, 9)
    ours = bottom_up(values[:5], values[5:], table[:5], sizes[:5], sizes[5:], keep_total=keep_total)
    if keep_total:
        assert ours.sum(axis=0) == pytest.approx(values[0], abs=1e-3)
        sizes[0] = 1e-6 * sizes.min()
    weighted = table / np.sqrt(sizes)[:, None]
    theirs, *_ = np.linalg.lstsq(weighted, values / np.sqrt(sizes)[:, None], rcond=None)
    assert ours == pytest.approx(theirs, abs=1e-4)


def test_bottom_up_on_arrays_is_reconcile_on_frames(summing):
    rng = np.random.default_rng(6)
    table = summing.to_numpy()
    values = table @ rng.uniform(50, 100, (4, 3)) + rng.normal(0, 5, (9, 3))
    width = rng.uniform(1, 30, 9)
    frame = forecasts(summing, values)
    half = np.repeat(width, 3) / 2
    frame["lo-80"], frame["hi-80"] = frame["mean"] - half, frame["mean"] + half
    theirs = wide(reconcile(frame, summing, decimals=8), summing)
    ours = bottom_up(values[:5], values[5:], table[:5], width[:5], width[5:])
    assert table @ ours == pytest.approx(theirs, abs=1e-6)


def test_bottom_up_goes_below_zero_only_where_a_forecast_did():
    sums, sizes = np.ones((1, 2)), np.ones(2)
    assert bottom_up(np.array([[1.0]]), np.array([[1.0], [9.0]]), sums, sizes[:1], sizes)[0, 0] == 0.0
    assert bottom_up(np.array([[1.0]]), np.array([[-1.0], [9.0]]), sums, sizes[:1], sizes)[0, 0] < 0


def test_the_total_keeps_its_own_forecast(summing):
    rng = np.random.default_rng(2)
    values = summing.to_numpy() @ rng.uniform(50, 100, (4, 3)) + rng.normal(0, 5, (9, 3))
    whole = wide(reconcile(forecasts(summing, values), summing), summing)
    assert whole[0] == pytest.approx(values[0], abs=0.02)


def test_the_uncertain_give_way_and_bands_move_along(summing):
    values = summing.to_numpy() @ np.full((4, 1), 25.0)
    values[0] = 110.0  # the total sees ten more than its parts
    frame = forecasts(summing, values)
    width = np.where(frame["unique_id"] == "N/x", 50.0, 0.01)
    frame["lo-80"], frame["hi-80"] = frame["mean"] - width, frame["mean"] + width
    # crossed levels hold the parts: give the nodes above N/x room as well
    for node in ("N", "x"):
        frame.loc[frame["unique_id"] == node, ["lo-80", "hi-80"]] += [-50.0, 50.0]
    out = reconcile(frame, summing).set_index("unique_id")
    assert out.loc["N/x", "mean"] == pytest.approx(35.0, abs=0.1)
    assert out.loc["S/y", "mean"] == pytest.approx(25.0, abs=0.1)
    assert out.loc["N/x", "hi-80"] - out.loc["N/x", "mean"] == pytest.approx(50.0)


def test_paths_are_reconciled_one_by_one(summing):
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({
        "unique_id": np.repeat(summing.index, 5), "ds": pd.Timestamp("2025-01-31"), "path": np.tile(np.arange(5), 9),
        "y": rng.uniform(10, 20, 45),
    })  # fmt: skip
    out = reconcile(frame, summing)
    for _, path in out.groupby("path"):
        y = path.set_index("unique_id")["y"].reindex(summing.index).to_numpy()
        assert np.rint(y * 100).tolist() == np.rint(summing.to_numpy() @ y[-4:] * 100).tolist()


def test_a_missing_node_is_named_in_words(summing):
    frame = forecasts(summing, np.ones((9, 1)))
    with pytest.raises(ValueError, match="no forecast for a period"):
        reconcile(frame[frame["unique_id"] != "N"], summing)
    with pytest.raises(ValueError, match="does not tell the bottom series apart"):
        hierarchy(KEYS, ([], ["region"]))
