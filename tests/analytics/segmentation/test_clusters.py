"""Groups are found where they were planted, in any unit and order, and nowhere else."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from analytics.segmentation import mixture as mixtures
from analytics.segmentation import segment
from analytics.segmentation.clusters import STABLE, nearest
from analytics.segmentation.mixture import Mixture


def planted(n: int = 400, seed: int = 5) -> tuple[pd.DataFrame, np.ndarray]:
    """Three kinds of dealers: large and frequent, small and rare, and bargain hunters."""
    random = np.random.default_rng(seed)
    kind = random.permutation(np.repeat([0, 1, 2], [n // 5, n // 2, n - n // 5 - n // 2]))
    features = pd.DataFrame(
        {
            "net_sales": np.exp(np.array([15.0, 12.5, 13.5])[kind] + random.normal(0, 0.4, n)),
            "orders": np.exp(np.array([4.5, 2.5, 3.3])[kind] + random.normal(0, 0.2, n)).round(),
            "promoted_share": np.clip(np.array([0.08, 0.02, 0.45])[kind] + random.normal(0, 0.03, n), 0, 1),
            "growth": random.normal(0, 0.2, n),
        },
        index=[f"D{i:04d}" for i in range(n)],
    )
    return features, kind


FEATURES, KIND = planted()


def test_the_planted_groups_are_found_and_the_largest_come_first():
    found = segment(FEATURES)
    assert found.verdict == "stable"
    assert found.stability >= STABLE
    assert adjusted_rand_score(KIND, found.labels) > 0.97
    assert (found.labels[KIND == 0] == 0).mean() > 0.97  # largest by the first column
    shipped = found.candidates[found.candidates["reason"] == ""]
    assert shipped["groups"].tolist() == [3]
    assert shipped["stability"].tolist() == [found.stability]


def test_names_tell_what_sets_a_group_apart():
    found = segment(FEATURES)
    hunters = found.labels[KIND == 2].mode()[0]
    assert found.drivers[hunters][0].column == "promoted_share"
    assert found.drivers[hunters][0].side == "high"
    assert "growth" not in {driver.column for drivers in found.drivers.values() for driver in drivers}
    assert len(set(found.names.values())) == found.count


def test_neither_unit_nor_order_of_rows_nor_a_second_run_changes_a_label():
    found = segment(FEATURES, seed=3)
    pd.testing.assert_series_equal(segment(FEATURES, seed=3).labels, found.labels)
    in_cents = FEATURES.assign(net_sales=FEATURES["net_sales"] * 100)
    pd.testing.assert_series_equal(segment(in_cents, seed=3).labels, found.labels)
    shuffled = FEATURES.sample(frac=1, random_state=1)
    pd.testing.assert_series_equal(segment(shuffled, seed=3).labels.reindex(FEATURES.index), found.labels)


def _clouds() -> dict[str, np.ndarray]:
    random = np.random.default_rng(11)
    size = random.normal(0, 1.2, 500)
    return {
        "normal": random.normal(size=(500, 4)) @ random.normal(size=(4, 4)),
        "heavy tails": random.standard_t(3, size=(500, 4)),
        "uniform": random.uniform(2, 50, size=(500, 3)),
        "exponential": random.exponential(10, size=(500, 4)),
        "one scale of size": np.exp(np.column_stack([size, 0.6 * size, 0.3 * size]) + random.normal(0, 0.2, (500, 3))),
    }


@pytest.mark.parametrize("name", list(_clouds()))
@pytest.mark.parametrize("method", ["auto", "kmeans"])
def test_a_cloud_without_groups_stays_whole(name, method):
    """KMeans cuts a longish cloud at the same place each time: stable, and not a group."""
    cloud = pd.DataFrame(_clouds()[name], columns=[f"c{i}" for i in range(_clouds()[name].shape[1])])
    found = segment(cloud, method=method)
    assert found.verdict == "no_stable_groups"
    assert (found.labels == 0).all()
    assert len(found.labels) == 500
    assert list(found.names.values()) == ["all dealers"]


def test_few_dealers_missing_values_codes_and_constants_do_no_harm():
    assert segment(FEATURES.head(20)).verdict == "too_few"
    assert segment(FEATURES.head(0)).labels.empty
    assert segment(FEATURES[[]]).labels.tolist() == [0] * len(FEATURES)
    holes = FEATURES.copy()
    holes.iloc[::9, 1] = np.nan
    holes.iloc[::13, 0] = np.inf
    holes = holes.assign(region=np.arange(len(holes)) % 3, nothing=np.nan, same=7.0)
    found = segment(holes)
    assert found.labels.index.equals(FEATURES.index)
    assert adjusted_rand_score(KIND, found.labels) > 0.9
    assert list(found.ruler.columns) == list(FEATURES.columns)


def test_columns_may_have_any_names():
    plain = pd.DataFrame(FEATURES.to_numpy(), index=FEATURES.index)
    pd.testing.assert_series_equal(segment(plain).labels, segment(FEATURES).labels)


@pytest.mark.parametrize(
    ("features", "method", "words"),
    [
        (FEATURES, "magic", "magic"),
        (FEATURES.assign(city="Wuhan"), "auto", "city"),
        (pd.concat([FEATURES, FEATURES.head(1)]), "auto", "D0000"),
    ],
)
def test_what_cannot_be_grouped_is_refused_by_name(features, method, words):
    with pytest.raises(ValueError, match=words):
        segment(features, method=method)


def test_later_features_are_measured_by_the_same_ruler():
    found = segment(FEATURES)
    again = found.assign(FEATURES)
    assert (again["group"] == found.labels).all()
    richer = found.assign(FEATURES.assign(net_sales=FEATURES["net_sales"] * 1.0001))
    assert (richer["group"] == found.labels).mean() > 0.99
    np.testing.assert_allclose(found.chances.sum(axis=1), 1)
    assert (again["next"] != again["group"]).all()
    assert (again["probability"] >= again["next_probability"]).all()
    one = nearest(pd.DataFrame({0: [1.0]}))
    assert one["next"].isna().all()


def test_chances_equal_those_of_scikit_learn():
    points = np.random.default_rng(2).normal(size=(200, 3))
    for kind in ("full", "diag", "tied"):
        own = mixtures.fit(kind, 2, points, 0)
        other = GaussianMixture(2, covariance_type=kind, n_init=3, reg_covar=mixtures.SMOOTHED, random_state=0)
        np.testing.assert_allclose(own.chances(points), other.fit(points).predict_proba(points), atol=1e-8)
        assert mixtures.bic(own, kind, points) == pytest.approx(other.bic(points))


@pytest.mark.parametrize(("distance", "separate"), [(1.9, False), (2.1, True), (4.0, True)])
def test_two_equal_round_hills_have_a_valley_from_two_deviations_on(distance, separate):
    """Two equal normal densities of one spread have two modes when their means lie more than 2 sigma apart."""
    pair = Mixture(np.array([0.5, 0.5]), np.array([[0.0, 0.0], [distance, 0.0]]), np.repeat(np.eye(2)[None], 2, axis=0))
    assert (pair.deepest_valleys() < 0.9999) == separate
    x = np.linspace(-1, distance + 1, 4001)
    height = np.exp(-(x**2) / 2) + np.exp(-((x - distance) ** 2) / 2)
    if separate:
        floor = height[np.abs(x - distance / 2).argmin()] / height.max()
        assert pair.deepest_valleys() == pytest.approx(floor, abs=0.001)
