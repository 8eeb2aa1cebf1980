"""The fit behind the chance of silence: ranking, spread and level each from what can tell about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its parts load at their first use: pages that read stored results open without them

from analytics.segmentation.churn_features import FEATURES, YEAR
from analytics.segmentation.rfm import Array

PENALTY = 0.02  # on squared coefficients of standardised features, of the mean log-loss
LOOSE = 1e-4  # on squared intercepts of cuts: enough to have one solution
CLEARLY = 1.0  # over the root of the rows judged on: AUC by which boosted trees must win to take part
SEASON = 21  # days by which a cut may be off to count as the same time of another year
FOLDS = 3  # of dealers, for scores of dealers that a fit did not see
FEWEST_LABELS = 100  # that a fit needs, and a tenth of it of either kind
BANDS = 10  # of the calibration error
SIGNS = np.array([sign for sign, _ in FEATURES.values()])


@dataclass(frozen=True)
class Rows:
    """Dealers at cuts: features (rows, FEATURES); silent, the label; cut (day); group (0 .. FOLDS - 1, of the dealer);
    rule."""

    features: Array
    silent: Array
    cut: Array
    group: Array
    rule: Array

    def at(self, chosen: Array) -> Rows:
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def enough(self) -> bool:
        hits = int(self.silent.sum())
        return len(self.silent) >= FEWEST_LABELS and min(hits, len(self.silent) - hits) >= FEWEST_LABELS // 10


class Model:
    """Log odds of silence up to a constant: logistic regression with signs, alone or averaged with boosted trees."""

    def __init__(self, rows: Rows, blend: bool) -> None:
        self.mean, spread = rows.features.mean(axis=0), rows.features.std(axis=0)
        self.spread = np.where(spread > 1e-9, spread, 1.0)
        self.weights = _signed(self._standard(rows.features), rows.silent, rows.cut)
        self.trees = _boosted(rows) if blend else None

    def scores(self, features: Array) -> Array:
        plain = self._standard(features) @ self.weights
        if self.trees is None:
            return np.asarray(plain)
        return np.asarray(
            (plain + scipy.special.logit(self.trees.predict_proba(features)[:, 1].clip(1e-4, 1 - 1e-4))) / 2
        )

    def shares(self, features: Array) -> Array:
        """What each feature adds to the log odds above the average row, by the regression: (rows, FEATURES)."""
        return (features - features.mean(axis=0)) / self.spread * self.weights

    def _standard(self, features: Array) -> Array:
        return (features - self.mean) / self.spread


class Learned:
    """Chances of silence learned from rows: ranking by the model, spread by Platt's slope, level by `_level`.

    The slope is the mean of that on dealers not learned from and, where rows suffice, that on later cuts than those
    learned from (dealers dormant for longer than any then are not as lost as a straight line has it).
    """

    def __init__(self, rows: Rows, blend: bool, horizon: int) -> None:
        from scipy.optimize import brentq

        self.model = Model(rows, blend)
        unseen = self.model.scores(rows.features)
        for group in np.unique(rows.group):
            asked = rows.group == group
            if rows.at(~asked).enough():
                unseen[asked] = Model(rows.at(~asked), blend).scores(rows.features[asked])
        self.slope = _slope(unseen, rows.silent, rows.cut)
        past, later = (rows.at(part) for part in _split(rows, horizon))
        if past.enough() and later.enough():
            ahead = _slope(Model(past, blend).scores(later.features), later.silent, later.cut)
            self.slope = (self.slope + ahead) / 2
        self.cuts = np.unique(rows.cut)
        levels = []
        for cut in self.cuts:
            at = rows.cut == cut
            share = (rows.silent[at].sum() + 0.5) / (at.sum() + 1)
            levels.append(float(brentq(_gap, -80, 80, args=(self.slope * unseen[at], share))))
        self.levels = np.array(levels)

    def chances(self, features: Array, day: int) -> Array:
        """Chance of silence after `day`, (dealers,), of all dealers of that day; features (dealers, FEATURES)."""
        scores = self.slope * self.model.scores(features)
        return np.asarray(scipy.special.expit(scores + self._level(day)))

    def _level(self, day: int) -> float:
        """What to add to log odds: the mean over past cuts of what made the mean chance right, each cut counting once,
        as they differ by season more than by chance; and what was special at the same time of k earlier years, shrunk
        by k / (k + 1). No trend of the level is carried on: within a year it cannot be told from a season."""
        usual, special = float(self.levels.mean()), []
        for years in range(1, 6):
            same = np.abs(self.cuts - (day - years * YEAR)) <= SEASON
            if same.any():
                special.append(float(self.levels[same].mean()) - usual)
        return usual + sum(special) / (len(special) + 1)


def _gap(shift: float, scores: Array, mean: float) -> float:
    return float(scipy.special.expit(scores + shift).mean() - mean)


def _split(rows: Rows, horizon: int) -> tuple[Array, Array]:
    """Rows whose labels were known at the first of the later cuts, and rows of the later cuts."""
    cuts = np.unique(rows.cut)
    begin = cuts[np.searchsorted(cuts, (cuts[0] + horizon + cuts[-1]) / 2).clip(max=len(cuts) - 1)]
    return rows.cut + horizon <= begin, rows.cut >= begin


def measured(rows: Rows, horizon: int) -> dict[str, object]:
    """Which method to use, and how it did on cuts (else dealers) not learned from: see `churn.churn`."""
    (seen, asked), how = _split(rows, horizon), "out_of_time"
    if not rows.at(seen).enough():
        seen, asked, how = rows.group > 0, rows.group == 0, "out_of_dealer"
    past, later = rows.at(seen), rows.at(asked)
    if not past.enough() or not 0 < later.silent.sum() < len(later.silent):
        return {"method": "logit", "measured": "", "n": 0, "base_rate": float(rows.silent.mean())}
    spans = [later.at(later.cut == cut) for cut in np.unique(later.cut)]
    ranked = [
        _mean_auc([model.scores(span.features) for span in spans], spans)
        for model in (Model(past, False), Model(past, True))
    ]  # fmt: skip
    blend = bool(ranked[1] >= ranked[0] + CLEARLY / np.sqrt(len(later.silent)))
    learned = Learned(past, blend, horizon)
    chances = [learned.chances(span.features, int(span.cut[0])) for span in spans]
    return {
        "method": "blend" if blend else "logit", "measured": how, "n": len(later.silent),
        "auc": _mean_auc(chances, spans), "auc_rule": _mean_auc([span.rule for span in spans], spans),
        "ece": float(np.mean([calibration_error(p, span.silent) for p, span in zip(chances, spans, strict=True)])),
        "base_rate": float(later.silent.mean()),
    }  # fmt: skip


def _mean_auc(scores: list[Array], spans: list[Rows]) -> float:
    """Mean over cuts, so that levels of cuts do not rank; cuts with one kind of label do not count."""
    each = [auc(score, span.silent) for score, span in zip(scores, spans, strict=True)]
    return float(np.nanmean(each)) if not np.isnan(each).all() else float("nan")


def auc(score: Array, hit: Array) -> float:
    """Chance that a hit scores above a miss, ties half; NaN without either."""
    from scipy.stats import rankdata

    hits = int(hit.sum())
    misses = len(hit) - hits
    if not hits or not misses:
        return float("nan")
    return float((rankdata(score)[hit.astype(bool)].sum() - hits * (hits + 1) / 2) / (hits * misses))


def calibration_error(chance: Array, hit: Array, bands: int = BANDS) -> float:
    """Expected calibration error: mean distance of chance and share of hits over bands of equal number."""
    order = np.argsort(chance, kind="stable")
    band = np.arange(len(order)) * bands // max(len(order), 1)
    gap = np.bincount(band, chance[order] - hit[order].astype(float), minlength=bands)
    return float(np.abs(gap).sum() / max(len(order), 1))


def _signed(standard: Array, silent: Array, cut: Array) -> Array:
    """Coefficients of a ridge-penalised logistic regression that keep SIGNS, with an intercept for each cut, so that
    what all dealers did at one time is not put down to features that grow with time; (FEATURES,)."""
    from scipy.optimize import minimize

    cuts, at = np.unique(cut, return_inverse=True)
    n, k, y = len(silent), len(SIGNS), silent.astype(float)

    def loss(theta: Array) -> tuple[float, Array]:
        weights, levels = theta[:k], theta[k:]
        odds = standard @ weights + levels[at]
        miss = (scipy.special.expit(odds) - y) / n
        value = (np.logaddexp(0, odds) - y * odds).mean() + PENALTY / 2 * (weights**2).sum()
        value += LOOSE / 2 * (levels**2).sum()
        by_level = np.bincount(at, miss, minlength=len(cuts)) + LOOSE * levels
        return float(value), np.concatenate([standard.T @ miss + PENALTY * weights, by_level])

    bounds = [(0 if sign > 0 else None, 0 if sign < 0 else None) for sign in SIGNS] + [(None, None)] * len(cuts)
    return np.asarray(minimize(loss, np.zeros(k + len(cuts)), jac=True, method="L-BFGS-B", bounds=bounds).x[:k])


def _boosted(rows: Rows) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=100, l2_regularization=10.0,
        monotonic_cst=SIGNS, early_stopping=False, random_state=0,
    )  # fmt: skip
    return trees.fit(rows.features, rows.silent)


def _slope(scores: Array, silent: Array, cut: Array) -> float:
    """Platt's slope with an intercept for each cut, kept between a half and two; 1 where scores do not differ."""
    from scipy.optimize import minimize

    if scores.std() < 1e-6:
        return 1.0
    cuts, at = np.unique(cut, return_inverse=True)
    y = silent.astype(float)

    def loss(line: Array) -> tuple[float, Array]:
        odds = line[0] * scores + line[1:][at]
        miss = (scipy.special.expit(odds) - y) / len(y)
        value = (np.logaddexp(0, odds) - y * odds).mean() + LOOSE / 2 * (line[1:] ** 2).sum()
        by_level = np.bincount(at, miss, minlength=len(cuts)) + LOOSE * line[1:]
        return float(value), np.concatenate([[(miss * scores).sum()], by_level])

    start = np.concatenate([[1.0], np.zeros(len(cuts))])
    return float(np.clip(minimize(loss, start, jac=True, method="L-BFGS-B").x[0], 0.5, 2.0))
