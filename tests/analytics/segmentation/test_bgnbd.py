"""BG/NBD against published figures, numeric integration, simulation, and data without dropout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import check_grad
from scipy.stats import beta, gamma

from analytics.segmentation import BgNbd, fit_bgnbd
from analytics.segmentation import bgnbd as module

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426, -9582.4)  # Fader, Hardie and Lee (2005), CDNOW, weeks
PLANTED = BgNbd(0.8, 6.0, 0.7, 2.5, float("nan"))


def simulated(model: BgNbd, n: int, seed: int, ahead: float = 0.0, dropout: bool = True) -> pd.DataFrame:
    """n customers aged 20 to 60: x, t_x, T, and the purchases in the `ahead` after it."""
    rng = np.random.default_rng(seed)
    rate, age = rng.gamma(model.r, 1 / model.alpha, n), rng.uniform(20, 60, n)
    drop = rng.beta(model.a, model.b, n) if dropout else np.zeros(n)
    x, last, later, now, alive = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.ones(n, bool)
    while alive.any():
        now[alive] += rng.exponential(1 / rate[alive])
        alive &= now < age + ahead
        seen = alive & (now <= age)
        x += seen
        last = np.where(seen, now, last)
        later += alive & ~seen
        alive &= rng.random(n) >= drop
    return pd.DataFrame({"x": x, "t_x": last, "T": age, "later": later})


def integrated(model: BgNbd, x: int, t_x: float, age: float, what=lambda rate, p: 1.0, alive_only: bool = False):
    """The integral over rates and chances to drop out of the likelihood of one history times `what`."""
    nodes, weights = np.polynomial.legendre.leggauss(600)
    rate, p = (25 * (nodes + 1))[:, None], ((nodes + 1) / 2)[None, :]  # 0..50 and 0..1
    alive = (1 - p) ** x * rate**x * np.exp(-rate * age)
    lost = p * (1 - p) ** (x - 1) * rate**x * np.exp(-rate * t_x) if x and not alive_only else 0.0
    prior = gamma.pdf(rate, model.r, scale=1 / model.alpha) * beta.pdf(p, model.a, model.b)
    return float(12.5 * weights @ ((alive + lost) * prior * what(rate, p)) @ weights)


SMOOTH = BgNbd(2.6, 4.0, 2.7, 3.4, float("nan"))  # no poles at the ends: what quadrature can do
HISTORIES = [(0, 0.0, 12.0), (1, 3.0, 12.0), (4, 9.5, 12.0), (7, 2.0, 30.0)]


def test_the_worked_example():
    assert PUBLISHED.probability_alive(2, 30.43, 38.86) == pytest.approx(0.7266, abs=1e-4)
    assert PUBLISHED.expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=1e-3)


def test_cdnow(real_data: Path):
    file = real_data / "segmentation" / "cdnow_summary.csv"
    if not file.exists():
        pytest.skip(f"no CDNOW customers: {file} is absent; it may not be part of this repository")
    model = fit_bgnbd(pd.read_csv(file))
    assert [model.r, model.alpha, model.a, model.b] == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=1e-4)
    assert model.log_likelihood == pytest.approx(-9582.43, abs=0.01)
    assert (model.converged, model.verdict, model.reason) == (True, "ok", "")


@pytest.mark.parametrize(("x", "t_x", "age"), HISTORIES)
def test_against_numeric_integration(x, t_x, age):
    m = SMOOTH
    whole = integrated(m, x, t_x, age)
    assert np.exp(module.log_likelihood(x, t_x, age, m.r, m.alpha, m.a, m.b)) == pytest.approx(whole, rel=1e-5)
    alive = integrated(m, x, t_x, age, alive_only=True) / whole
    assert m.probability_alive(x, t_x, age) == pytest.approx(alive, rel=1e-5)
    silent = integrated(m, x, t_x, age, lambda rate, p: np.exp(-rate * 10), alive_only=True) / whole
    assert m.probability_no_purchase(10, x, t_x, age) == pytest.approx(1 - alive + silent, rel=1e-5)
    # expected purchases in t of one that is alive: (1 - exp(-rate p t)) / p
    more = integrated(m, x, t_x, age, lambda rate, p: -np.expm1(-rate * p * 10) / p, alive_only=True) / whole
    assert m.expected_purchases(10, x, t_x, age) == pytest.approx(more, rel=1e-5)


def test_planted_parameters_are_found():
    model = fit_bgnbd(simulated(PLANTED, 20_000, seed=3))
    assert model.verdict == "ok"
    assert [model.r, model.alpha] == pytest.approx([0.8, 6.0], rel=0.08)
    assert model.a / (model.a + model.b) == pytest.approx(0.7 / 3.2, rel=0.05)
    assert [model.a, model.b] == pytest.approx([0.7, 2.5], rel=0.2)


def test_expectations_hold_in_a_simulation():
    given = simulated(PLANTED, 60_000, seed=4, ahead=15.0)
    history = (given["x"], given["t_x"], given["T"])
    said = pd.DataFrame({"more": PLANTED.expected_purchases(15, *history), "later": given["later"],
                         "none": PLANTED.probability_no_purchase(15, *history),
                         "silent": given["later"] == 0})  # fmt: skip
    said["some"] = given["x"].clip(upper=6)
    by = said.groupby("some").mean()
    assert len(by) == 7
    assert by["more"].to_numpy() == pytest.approx(by["later"].to_numpy(), rel=0.06)
    assert by["none"].to_numpy() == pytest.approx(by["silent"].to_numpy(), abs=0.012)


def test_no_dropout_is_said_and_answered_as_such():
    given = simulated(PLANTED, 5000, seed=5, dropout=False)
    model = fit_bgnbd(given)
    assert (model.verdict, model.reason, model.a) == ("no_dropout", "dropout_not_supported", 0.0)
    assert [model.r, model.alpha] == pytest.approx([0.8, 6.0], rel=0.1)
    assert (model.probability_alive([0, 3], [0, 1], [50, 50]) == 1).all()
    left = (model.alpha + 50) / (model.alpha + 60)
    assert model.probability_no_purchase(10, 3, 1, 50) == pytest.approx(left ** (model.r + 3))
    assert model.expected_purchases(10, 3, 1, 50) == pytest.approx((model.r + 3) / (model.alpha + 50) * 10)


def test_nobody_bought_twice():
    model = fit_bgnbd(pd.DataFrame({"x": [0, 0], "t_x": [0, 0], "T": [5.0, 9.0]}))
    assert (model.verdict, model.reason, model.converged) == ("boundary", "no_repeat_purchases", False)
    assert np.isnan(model.probability_alive(0, 0, 5))
    assert np.isnan(model.probability_no_purchase(3, 0, 0, 5))


def test_customers_of_one_rate_are_a_boundary():
    rng = np.random.default_rng(6)
    x, last = np.zeros(4000), np.zeros(4000)
    now, alive = np.zeros(4000), np.ones(4000, bool)
    while alive.any():
        now[alive] += rng.exponential(5.0, int(alive.sum()))
        alive &= now < 40
        x += alive
        last = np.where(alive, now, last)
        alive &= rng.random(4000) >= 0.2
    model = fit_bgnbd(pd.DataFrame({"x": x, "t_x": last, "T": 40.0}))
    assert (model.verdict, model.reason) == ("boundary", "equal_rates")
    assert model.r / model.alpha == pytest.approx(0.2, rel=0.05)
    assert model.a / (model.a + model.b) == pytest.approx(0.2, rel=0.06)
    assert 0 < model.probability_alive(5, 10, 40) < 0.05  # usable: a gap of six usual ones


def test_the_unit_of_time_does_not_matter():
    given = simulated(PLANTED, 1500, seed=7)
    weeks, days = fit_bgnbd(given), fit_bgnbd(given.assign(t_x=given["t_x"] * 7, T=given["T"] * 7))
    assert [days.r, days.alpha / 7, days.a, days.b] == pytest.approx([weeks.r, weeks.alpha, weeks.a, weeks.b], rel=1e-3)
    own = module.log_likelihood(given["x"], given["t_x"], given["T"], weeks.r, weeks.alpha, weeks.a, weeks.b).sum()
    assert weeks.log_likelihood == pytest.approx(own, rel=1e-9)


def test_gradients():
    given = simulated(PLANTED, 300, seed=8)
    data = (*(given[name].to_numpy() for name in ("x", "t_x", "T")), np.ones(300))
    for loss, at in ((module._bgnbd, [0.1, 1.5, -0.4, 0.8]), (module._nbd, [0.1, 1.5])):
        gap = check_grad(lambda t, loss=loss: loss(t, *data)[0], lambda t, loss=loss: loss(t, *data)[1], np.array(at))
        assert gap < 1e-2  # of slopes in the hundreds


def test_expected_purchases_where_the_formula_has_a_hole():
    around = [BgNbd(0.8, 6.0, a, 2.5, 0.0).expected_purchases(10, 3, 8.0, 12.0) for a in (0.999, 1.0, 1.001)]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-5)


@pytest.mark.parametrize(
    "row", [(1, 9.0, 8.0), (-1, 1.0, 8.0), (0, 1.0, 8.0), (1, np.nan, 8.0), (1, 1.0, np.inf), (np.nan, 1.0, 8.0)]
)
def test_bad_rows_are_named(row):
    given = pd.DataFrame([(1, 2.0, 8.0), row], columns=["x", "t_x", "T"], index=["good", "bad"])
    with pytest.raises(ValueError, match=r"1 bad rows \(bad\)"):
        fit_bgnbd(given)
    with pytest.raises(ValueError, match="bad rows"):
        PUBLISHED.probability_alive(*row)


def test_what_is_missing_is_said():
    with pytest.raises(ValueError, match="lacks t_x"):
        fit_bgnbd(pd.DataFrame({"x": [1], "T": [2]}))
    with pytest.raises(ValueError, match="no customers"):
        fit_bgnbd(pd.DataFrame({"x": [], "t_x": [], "T": []}))
    with pytest.raises(ValueError, match="t must not be"):
        PUBLISHED.expected_purchases(-1, 1, 2, 3)
