"""Each dealer has one status."""

from __future__ import annotations

from itertools import product

import pandas as pd

from analytics.sales.lifecycle import STATUSES, status


def test_the_first_status_that_fits():
    flags = pd.DataFrame(
        list(product([True, False], repeat=4)), columns=["active", "active_before", "new", "returning"]
    )
    found = status(flags)
    assert set(found.dropna()) == set(STATUSES)
    for row, word in zip(flags.itertuples(), found, strict=True):
        if not row.active:
            assert word == "lost" if row.active_before else pd.isna(word)
        elif row.new or row.returning:
            assert word == ("new" if row.new else "returning")
        else:
            assert word == ("kept" if row.active_before else "resumed")


def test_a_missing_flag_is_no():
    flags = pd.DataFrame(
        {"active": [1.0, None], "active_before": [None, 1.0], "new": [None, 0], "returning": [0, None]}
    )
    assert status(flags).tolist() == ["resumed", "lost"]
