"""The planted cases of the small demo company are found, and the stated figures say about as much."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.integrity.accuracy import MEASURED, Accuracy, counted
from analytics.questions import ask
from data.company import Company


def test_the_planted_diverters_are_ranked_first(company: Company, truth: dict[str, Any]) -> None:
    answer = ask(company, "integrity.territory", company.scope())
    frame, planted = answer.frames["dealers"], truth["diversion"]["dealers"]
    assert len(planted) == 6
    assert set(frame["dealer_id"].head(6)) == set(planted)
    named = set(frame.loc[frame["suspected"], "dealer_id"])
    assert not named & set(truth["diversion"]["cleared"])
    assert counted(named, planted, frame["dealer_id"]).false == 0
    rows = frame.set_index("dealer_id")
    assert all(rows.loc[dealer, "into_id"] == row["into"] for dealer, row in planted.items())
    assert rows.loc[list(planted), "manager_id"].notna().all()
    batches = ask(company, "integrity.deliveries", company.scope({"dealer": next(iter(planted))})).frames["deliveries"]
    assert batches["batches"].str.len().min() > 5


def test_breaches_of_the_price_band_are_found_on_both_sides(company: Company, truth: dict[str, Any]) -> None:
    frame = ask(company, "integrity.prices", company.scope()).frames["dealers"]
    named = frame[frame["suspected"]]
    for practice, key in (("bought_low", "sold_below_floor"), ("bought_high", "sold_above_cap"),
                          ("resold_low", "resold_below_floor"), ("resold_high", "resold_above_cap")):  # fmt: skip
        assert set(named.loc[named["practice"] == practice, "dealer_id"]) == set(truth["prices"][key])


def test_loaded_dealers_are_found_where_the_data_allow(company: Company, truth: dict[str, Any]) -> None:
    frame = ask(company, "integrity.loading", company.scope()).frames["dealers"]
    known = frame.loc[frame["verdict"] != "cannot_tell", "dealer_id"]
    here = counted(frame.loc[frame["verdict"] == "suspected", "dealer_id"], truth["loading"]["dealers"], known)
    assert here.planted >= 3
    assert here.recall == pytest.approx(MEASURED["loading"].recall, abs=0.35)
    assert here.false_per_100 <= MEASURED["loading"].false_per_100 + 7  # one of a few dozen


def test_accuracy_counts() -> None:
    found = counted({"a", "b", "x"}, {"a", "b", "c", "unseen"}, {"a", "b", "c", *(f"{i}" for i in range(99)), "x"})
    assert found == Accuracy(planted=3, found=2, false=1, judged=103)
    assert (found.recall, found.precision, found.false_per_100) == (2 / 3, 2 / 3, 1.0)
    assert found + found == Accuracy(6, 4, 2, 206)
