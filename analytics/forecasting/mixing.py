"""Candidates of a regular series mixed by their errors: a mean is right more often than the choice of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analytics.forecasting import models, rolling, routing
from analytics.forecasting.history import Array

MIXES = ("deep mix", "fast mix")
SHARPNESS = 4  # power of the inverse error: 0 would be the plain mean, a large one the choice of the best


def mixed(studies: Sequence[rolling.Study], judged: Sequence[rolling.Study] | None = None) -> list[rolling.Study]:
    """The studies; each regular one has the mix of its candidates as a further one, and as the last.

    judged: the same studies as they stood earlier, whose errors make the shares (their own without).
    """
    judged = judged or studies
    members = [at for at, study in enumerate(studies) if study.kind == routing.REGULAR]
    errors = [{name: judged[at].mean_error(name) for name in studies[at].now} for at in members]
    out = list(studies)
    for at, share in zip(members, shares(errors), strict=True):
        out[at] = _mixed(studies[at], share)
    return out


def unmixed(study: rolling.Study) -> rolling.Study:
    """The study without its mix."""
    names = [name for name in study.now if name not in MIXES]
    return replace(study, now={name: study.now[name] for name in names},
                   then={name: study.then[name] for name in names})  # fmt: skip


def name_of(study: rolling.Study) -> str:
    """What the mix of a study is called."""
    return MIXES[0] if models.DEEP in study.now else MIXES[1]


def shares(errors: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """For each series the share of each candidate, by the inverse product of its own and everybody's error.

    `errors` holds scaled mean absolute errors by candidate (NaN where a series has no backtest: then everybody's
    decide). Everybody's error steadies what few origins of one series say.
    """
    pooled = {}
    for name in sorted({name for row in errors for name in row}):
        known = [row[name] for row in errors if np.isfinite(row.get(name, np.nan))]
        pooled[name] = float(np.mean(known)) if known else 1.0
    out = []
    for row in errors:
        scores = {name: max(pooled[name] * (row[name] if np.isfinite(row[name]) else 1.0), 1e-12) for name in row}
        least = min(scores.values())
        weights = {name: (least / score) ** SHARPNESS for name, score in scores.items()}
        total = sum(weights.values())
        out.append({name: weight / total for name, weight in weights.items()})
    return out


def _mixed(study: rolling.Study, share: Mapping[str, float]) -> rolling.Study:
    def mean(paths: Mapping[str, Array]) -> Array:
        return np.asarray(sum(share[name] * paths[name] for name in share), dtype=np.float64)

    name = name_of(study)
    return replace(study, now={**study.now, name: mean(study.now)}, then={**study.then, name: mean(study.then)})
