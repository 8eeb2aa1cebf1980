"""Weeks of a forecast: known weights of days come back, weeks add up to their months, bands hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecasting.weeks import weeks

WEIGHT = np.array([1.0, 1.2, 1.0, 1.0, 1.4, 0.3, 0.0])  # Monday to Sunday
LAST = pd.Timestamp("2025-12-31")
MONTHS = [
    pd.Timestamp("2026-01-01"),
    pd.Timestamp("2026-02-01"),
    pd.Timestamp("2026-03-01"),
    pd.Timestamp("2026-04-01"),
]


def company(noise: float = 0.0, last: pd.Timestamp = LAST, seed: int = 3):
    """Two years of days that sell by their weekday, and the kinds of all days to April."""
    days = pd.date_range("2024-01-01", "2026-04-30")
    rng = np.random.default_rng(seed)
    y = 1000 * WEIGHT[days.day_of_week] * np.exp(rng.normal(0, noise, len(days)))
    daily = pd.DataFrame({"day": days, "y": y})
    kinds = pd.DataFrame({"day": days, "kind": days.day_of_week.astype(str), "unusual": False})
    return daily[daily["day"] <= last], kinds, daily


def months(daily: pd.DataFrame) -> np.ndarray:
    """What each month of MONTHS brings."""
    total = daily.groupby(daily["day"].dt.to_period("M").dt.start_time)["y"].sum()
    return np.tile(total.reindex(MONTHS).to_numpy(), (300, 1))


def test_without_noise_every_week_is_told_exactly():
    known, kinds, whole = company()
    frame = weeks(known, kinds, MONTHS, months(whole), count=13)
    truth = whole.groupby(whole["day"].dt.to_period("W").dt.start_time)["y"].sum()
    assert frame["week"].iloc[0] == pd.Timestamp("2025-12-29")
    assert frame["mean"].to_numpy() == pytest.approx(truth.reindex(frame["week"]).to_numpy())
    first = known[known["day"] >= "2025-12-29"]["y"].sum()
    assert frame["to_date"].tolist() == [pytest.approx(first), *[0.0] * 12]


def test_weeks_of_months_add_up_to_them():
    known, kinds, whole = company(noise=0.2)
    frame = weeks(known, kinds, MONTHS, 1.1 * months(whole), count=20)
    inside = frame[frame["end"] <= "2026-03-31"]
    until = inside["end"].iloc[-1]
    rest = whole[(whole["day"] > until) & (whole["day"] <= "2026-03-31")]["y"]
    total = 1.1 * months(whole)[0, :3].sum()
    booked = frame["to_date"].iloc[0]
    assert inside["mean"].sum() - booked == pytest.approx(total - 1.1 * rest.sum(), rel=0.02)


def test_what_is_booked_of_a_running_month_is_not_told_twice():
    last = pd.Timestamp("2026-01-14")
    known, kinds, whole = company(last=last)
    frame = weeks(known, kinds, MONTHS, months(whole), count=3)
    truth = whole.groupby(whole["day"].dt.to_period("W").dt.start_time)["y"].sum()
    assert frame["mean"].to_numpy() == pytest.approx(truth.reindex(frame["week"]).to_numpy())
    assert frame["to_date"].iloc[0] == pytest.approx(whole[whole["day"].between("2026-01-12", last)]["y"].sum())


def test_bands_hold_as_often_as_they_say_where_the_months_are_known():
    inside = {80: [], 95: []}
    for seed in range(60):
        known, kinds, whole = company(noise=0.35, seed=seed)
        frame = weeks(known, kinds, MONTHS, months(whole), count=13, seed=seed)
        truth = whole.groupby(whole["day"].dt.to_period("W").dt.start_time)["y"].sum().reindex(frame["week"]).to_numpy()
        for level, hits in inside.items():
            hits += [*((truth >= frame[f"lo-{level}"]) & (truth <= frame[f"hi-{level}"]))[1:]]
    assert 100 * np.mean(inside[80]) == pytest.approx(80, abs=5)
    assert 100 * np.mean(inside[95]) == pytest.approx(95, abs=2.5)


def test_weeks_need_whole_months():
    known, kinds, whole = company()
    with pytest.raises(ValueError, match="6 whole months"):
        weeks(known[known["day"] > "2025-09-10"], kinds, MONTHS, months(whole))
