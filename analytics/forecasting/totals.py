"""Many sparse series together: their sum is regular, so that its forecast can correct the level of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.forecasting import models, rolling, routing
from analytics.forecasting.history import Array

FEWEST = 30  # series whose sum is worth a forecast of its own
LIMITS = (0.67, 1.5)  # a correction beyond these says that the sum is something else
SUFFIX = "+total"


def scale_to_total(
    studies: Sequence[rolling.Study], values: Sequence[Array], ends: NDArray[np.int64], horizon: int, m: int
) -> list[rolling.Study]:
    """Studies with a candidate `<name>+total` for each of the intermittent series' own, scaled to their sum.

    Series that end together and go back equally far (90 % of the longest) make the sum; newcomers would look like
    growth. Classical theta forecasts the sum: over the early origins of the car parts, at three horizons, its error and
    bias were the least of fourteen models. With fewer than FEWEST of them, or a sum that is no regular series, the
    studies stay as they are.
    """
    studies = list(studies)
    for end in np.unique(ends):
        group = [at for at, study in enumerate(studies) if ends[at] == end and study.kind == routing.INTERMITTENT]
        longest = max((len(values[at]) for at in group), default=0)
        members = [at for at in group if len(values[at]) >= 0.9 * longest]
        if len(members) < FEWEST:
            continue
        length = min(len(values[at]) for at in members)
        total = np.sum([values[at][-length:] for at in members], axis=0)
        if routing.kind(total, m) != routing.REGULAR:
            continue
        origins = min(len(studies[at].actual) for at in members)
        ahead = models.classical_theta(total, horizon, m)
        before = np.array([
            models.classical_theta(total[: length - back], horizon, m) for back in range(origins, 0, -1)
        ]).reshape(origins, horizon)  # fmt: skip
        for candidate in models.INTERMITTENT:
            now = np.sum([studies[at].now[candidate] for at in members], axis=0)
            then = np.sum([_last(studies[at].then[candidate], origins) for at in members], axis=0)
            factor = np.clip(ahead / np.maximum(now, 1e-12), *LIMITS)
            factors = np.clip(before / np.maximum(then, 1e-12), *LIMITS)
            for at in group:
                studies[at] = _scaled(studies[at], candidate, factor, factors)
    return studies


def _last(rows: Array, count: int) -> Array:
    return rows[len(rows) - count :]


def _scaled(study: rolling.Study, name: str, factor: Array, factors: Array) -> rolling.Study:
    """The study with a further candidate: `name` times the factors, aligned on the last origin."""
    rows = study.then[name]
    aligned = np.ones_like(rows)
    count = min(len(rows), len(factors))
    aligned[len(rows) - count :] = _last(factors, count)
    return replace(
        study,
        now={**study.now, name + SUFFIX: study.now[name] * factor},
        then={**study.then, name + SUFFIX: rows * aligned},
    )
