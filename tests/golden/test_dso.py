"""Worked example 8: DSO by countback and simple, as a textbook of credit management computes them."""

from __future__ import annotations

import pytest

from analytics.receivables.days import countback, effectiveness, simple


def test_countback_of_the_worked_example():
    found = countback(212_000, [100_000, 80_000, 70_000], [30, 30, 30])
    assert round(found.days, 1) == 73.7
    assert not found.beyond


def test_receivables_above_all_history_are_at_least_so_many_days():
    found = countback(300_000, [100_000, 80_000, 70_000], [30, 30, 30])
    assert (found.days, found.beyond) == (90, True)
    exact = countback(250_000, [100_000, 80_000, 70_000], [30, 30, 30])
    assert (exact.days, exact.beyond) == (90, False)


def test_a_month_of_credit_notes_passes_without_peeling_anything_off():
    assert countback(50, [-20, 100], [30, 31]).days == pytest.approx(30 + 15.5)


def test_nothing_outside_is_no_days():
    assert countback(0, [100], [30]).days == 0


def test_simple_dso_of_the_worked_example():
    assert round(simple(150_000, 1_800_000, 365), 1) == 30.4
    assert simple(10, 0) != simple(10, 0)  # unknown, not zero


def test_collection_effectiveness():
    # 100 outside, 50 sold, 80 outside at the end, of which 45 not due: 70 of 105 that could be collected
    assert effectiveness(100, 50, 80, 45) == pytest.approx(70 / 105)
    assert effectiveness(100, 50, 45, 45) == 1
