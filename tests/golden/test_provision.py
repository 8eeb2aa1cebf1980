"""Worked examples 6 and 7: provision matrices of a textbook and of the illustrative examples of IFRS 9."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.receivables.provision import loss_rates, matrix


def test_loss_rates_and_provision_of_example_6():
    rates = loss_rates([100_000, 50_000, 23_000, 8_000, 2_000], 2_000)
    assert [round(rate, 3) for rate in rates] == [0.02, 0.04, 0.087, 0.25, 1.0]
    balances = pd.DataFrame({"balance": [300_000, 140_000, 60_000, 23_000, 5_000], "loss_rate": rates})
    assert round(matrix(balances)["provision"].sum()) == 27_567


def test_provision_of_the_example_of_ifrs_9():
    balances = pd.DataFrame({"balance": [15.0e6, 7.5e6, 4.0e6, 2.5e6, 1.0e6],
                             "loss_rate": [0.003, 0.016, 0.036, 0.066, 0.106]})  # fmt: skip
    assert matrix(balances)["provision"].sum() == pytest.approx(580_000)


def test_the_forward_looking_factor_scales_rates_up_to_certainty():
    balances = pd.DataFrame({"balance": [100.0, 100.0], "loss_rate": [0.2, 0.8]})
    assert matrix(balances, factor=1.5)["provision"].tolist() == pytest.approx([30, 100])


def test_a_bucket_that_nothing_ever_reached_has_no_rate():
    rates = loss_rates([100, 10, 0], 0)
    balances = pd.DataFrame({"balance": [50.0, 5.0, 1.0], "loss_rate": rates})
    assert matrix(balances)["provision"].isna().tolist() == [False, False, True]
    assert matrix(balances.assign(balance=[50.0, 5.0, 0.0]))["provision"].sum() == 0
