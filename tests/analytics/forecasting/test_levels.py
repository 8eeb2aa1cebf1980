"""The total seen from its levels: sums as candidates, mixed by the errors of past origins."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.forecasting import outlook
from analytics.forecasting.levels import LEVELS, with_levels
from analytics.forecasting.tracking import track
from tests.analytics.forecasting.processes import long, seasonal

PARTS = [f"s{at:03d}" for at in range(6)]


def together(table: np.ndarray):
    """Parts and their total in one outlook."""
    return outlook(long(np.vstack([table, table.sum(axis=0)])), 6)


@pytest.fixture(scope="module")
def found():
    return together(seasonal(6, 60, noise=0.05))


def test_the_candidate_is_the_sum_of_the_parts_now_and_then(found):
    joined = with_levels(found, "s006", [PARTS])
    study = joined.studies[6]
    assert study.now[LEVELS] == pytest.approx(found.means[:6].sum(axis=0))
    name = "deep mix"
    then = sum(found.studies[at].then[name] for at in range(6))
    assert study.then[LEVELS] == pytest.approx(then)
    assert joined.means[:6] == pytest.approx(found.means[:6])
    low, high = sorted((found.means[6].sum(), found.means[:6].sum()))
    assert 0.9 * low < joined.means[6].sum() < 1.1 * high


def test_two_levels_are_averaged(found):
    double = with_levels(found, "s006", [PARTS, ["s000"]])
    whole, one = found.means[:6].sum(axis=0), found.means[0]
    assert double.studies[6].now[LEVELS] == pytest.approx((whole + one) / 2)


def test_a_level_that_was_wrong_before_counts_for_little(found):
    """Six times too low at every past origin: the total keeps its own forecast."""
    kept = with_levels(found, "s006", [["s000"]])
    assert kept.means[6] == pytest.approx(found.means[6], rel=0.02)


def test_a_part_that_did_not_exist_counts_as_nothing_then():
    table = seasonal(3, 60, noise=0.05)
    whole = long(np.vstack([table, table.sum(axis=0)]))
    newcomer = whole[(whole["unique_id"] != "s001") | (whole["ds"] >= whole["ds"].max() - np.timedelta64(300, "D"))]
    found = outlook(newcomer, 6)
    study = with_levels(found, "s003", [["s000", "s001", "s002"]]).studies[3]
    rows = len(found.studies[1].actual)
    early = len(study.actual) - rows
    assert early > 0
    others = sum(found.studies[at].then["deep mix"] for at in (0, 2))
    assert study.then[LEVELS][:early] == pytest.approx(others[:early])


def test_past_accuracy_knows_the_candidate(found):
    joined = with_levels(found, "s006", [PARTS])
    frame = track(joined).frame()
    assert set(frame["unique_id"]) == {*PARTS, "s006"}


def test_without_levels_or_total_nothing_changes(found):
    assert with_levels(found, "s006", []) is found
    assert with_levels(found, "nobody", [PARTS]) is found
