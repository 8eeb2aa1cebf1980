"""Cash to come: against a simulation with known habits, without a look ahead, with a band that holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.receivables import expected


def simulated(seed: int, invoices: int = 12_000, dealers: int = 12) -> pd.DataFrame:
    """Two years of invoices with a term of 15 days; each dealer pays around its own delay, some much later."""
    rng = np.random.default_rng(seed)
    dealer = rng.integers(0, dealers, invoices)
    issued = np.datetime64("2024-01-01") + rng.integers(0, 730, invoices)
    delay = rng.normal(4 + dealer, 5) + (rng.random(invoices) < 0.05) * rng.exponential(38, invoices)
    paid = np.maximum(issued + 15 + np.round(delay).astype(int), issued + 1)
    return pd.DataFrame({"dealer_id": [f"D{d}" for d in dealer], "invoice_date": issued, "due_date": issued + 15,
                         "paid": paid.astype("datetime64[ns]"),
                         "value": rng.uniform(50, 150, invoices), "share": 1.0})  # fmt: skip


def cut(pieces: pd.DataFrame, day: str) -> pd.DataFrame:
    """What was known on a day."""
    known = pieces[pieces["invoice_date"] <= pd.Timestamp(day)].copy()
    known.loc[known["paid"] > pd.Timestamp(day), "paid"] = pd.NaT
    return known


@pytest.fixture(scope="module")
def pieces():
    return simulated(1)


def test_expected_cash_is_right_on_average_and_its_band_holds(pieces):
    day = pd.Timestamp("2025-12-20")
    weeks = expected.added(expected.by_week(cut(pieces, str(day)), day))
    past = weeks[(weeks["week"] > 0) & weeks["actual"].notna()]
    first = past[past["week"] <= 4]
    assert first["actual"].sum() / first["expected"].sum() == pytest.approx(1, abs=0.02)
    bands = expected.bands(weeks)
    weekly = bands[bands["week"] > 0]
    assert 0.68 < weekly["held"].sum() / weekly["tested"].sum() < 0.92  # nominal 0.80
    assert (bands["low"] < 1).all()
    assert (bands["high"] > 1).all()


def test_nothing_after_an_origin_is_used_for_it(pieces):
    early, late = pd.Timestamp("2025-10-07"), pd.Timestamp("2025-12-16")  # ten weeks apart
    now = expected.by_week(cut(pieces, str(early)), early, origins=0)
    then = expected.by_week(cut(pieces, str(late)), late)
    then = then[then["origin"] == early]
    both = now.merge(then, on=["dealer_id", "week"], suffixes=("", "_later"))
    assert len(both) == len(now)
    assert both["expected"].to_numpy() == pytest.approx(both["expected_later"].to_numpy())
    assert both["actual"].isna().all()
    assert both.loc[both["week"] > 0, "actual_later"].notna().all()


def test_actual_and_due_are_those_of_the_invoices(pieces):
    early, late = pd.Timestamp("2025-10-07"), pd.Timestamp("2025-12-16")
    weeks = expected.added(expected.by_week(cut(pieces, str(late)), late))
    weeks = weeks[weeks["origin"] == early].set_index("week")
    open_ = pieces[(pieces["invoice_date"] <= early) & (pieces["paid"] > early)]
    for week in range(1, expected.WEEKS + 1):
        start, end = early + pd.Timedelta(days=7 * week - 6), early + pd.Timedelta(days=7 * week)
        assert weeks.loc[week, "actual"] == pytest.approx(open_.loc[open_["paid"].between(start, end), "value"].sum())
        first = early if week == 1 else start  # what falls due on the day itself is not overdue yet
        assert weeks.loc[week, "due"] == pytest.approx(open_.loc[open_["due_date"].between(first, end), "value"].sum())
    assert weeks.loc[0, "due"] == pytest.approx(open_.loc[open_["due_date"] < early, "value"].sum())
    assert weeks["expected"].sum() <= open_["value"].sum() + 1e-6


def test_a_dealer_of_few_invoices_follows_the_others(pieces):
    day = pd.Timestamp("2025-12-16")
    known = cut(pieces, str(day))
    stranger = pd.DataFrame({"dealer_id": ["new"], "invoice_date": [day - pd.Timedelta(days=14)],
                             "due_date": [day + pd.Timedelta(days=1)], "paid": [pd.NaT], "value": [100.0],
                             "share": [1.0]})  # fmt: skip
    found = expected.by_week(pd.concat([known, stranger]), day, origins=0).set_index("dealer_id")
    assert 80 < found.loc["new", "expected"].sum() < 100


def test_a_band_needs_past_starts_and_covers_by_rank():
    assert expected.band(np.ones(expected.FEWEST - 1)) is None
    band = expected.band(np.arange(1, 20) / 10)  # of 19 ratios the second lowest and the second highest
    assert (band.low, band.high) == pytest.approx((0.2, 1.8))


# ------------------------------------------------------------------ the question


def test_expected_cash_of_regions_adds_up(company):
    whole = ask(company, "receivables.cash", company.scope())
    tops = company.store.region_tree.query("depth == 1")["region_id"]
    parts = [ask(company, "receivables.cash", company.scope({"region": id})) for id in tops]
    assert sum(part.values["expected"] for part in parts) == pytest.approx(whole.values["expected"])
    assert sum(part.values["due"] for part in parts) == pytest.approx(whole.values["due"])
    assert whole.values["low"] < whole.values["expected"] < whole.values["high"]
    assert whole.frames["dealers"]["expected"].sum() == pytest.approx(whole.values["expected"])
    assert whole.values["later"] >= 0


def test_open_money_of_the_stored_result_is_that_of_the_aging_form(company):
    scope = company.scope()
    pieces = company.store.query("payment_pieces", scope)
    total = company.store.measure(scope, ("receivables", "overdue")).iloc[0]
    assert pieces.loc[pieces["paid"].isna(), "value"].sum() == pytest.approx(total["receivables"])
    assert ask(company, "receivables.cash", scope).values["overdue"] == pytest.approx(total["overdue"])


@pytest.mark.parametrize("name", ["receivables.cash", "receivables.late"])
def test_what_is_not_computed_says_so(company, monkeypatch, name):
    past = ask(company, name, company.scope({"as_of": "2026-05-17"}))
    assert past.verdict == "insufficient_evidence"
    assert any("last day of the data" in str(note) for note in past.notes)
    monkeypatch.setattr(company, "result", lambda _name: None)
    answer = ask(company, name, company.scope())
    assert answer.verdict == "insufficient_evidence"
    assert any("being computed" in str(note) for note in answer.notes)
