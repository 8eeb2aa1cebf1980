"""The total of a company seen from its levels: each level's sum is a forecast of the total, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analytics.forecasting import mixing, rolling, routing
from analytics.forecasting.history import Array
from analytics.forecasting.outlook import Outlook, calibrate, choose

LEVELS = "levels"  # name of the candidate


def with_levels(found: Outlook, total: str, levels: Sequence[Sequence[str]]) -> Outlook:
    """The outlook whose series `total` had a further candidate: the mean of the sums of its levels (lists of ids).

    One series decides on its models by few origins; the sums of many steady it, or drag it off where the parts are too
    rough to be forecast: the mix goes by the errors of both (level conditional forecasts: Hollyman, Petropoulos and
    Tipping, 2021). A part without a history that far back counts as nothing there. Without a regular total, or levels,
    the outlook stays as it is.
    """
    place = {name: at for at, name in enumerate(found.panel.ids)}
    at = place.get(total)
    if at is None or found.studies[at].kind != routing.REGULAR or not levels:
        return found
    names, study = choose(found.studies), found.studies[at]
    sums = [_sum([(found.studies[place[id]], names[place[id]]) for id in level], len(study.actual)) for level in levels]
    now, then = np.mean([one for one, _ in sums], axis=0), np.mean([rows for _, rows in sums], axis=0)
    other = study.other and _with(study.other, now, then)
    studies = list(found.studies)
    studies[at] = mixing.mixed([replace(_with(mixing.unmixed(study), now, then), other=other)])[0]
    chosen = choose(studies)
    means, units = found.means.copy(), found.units.copy()
    means[at], units[at] = studies[at].now[chosen[at]], studies[at].units(chosen[at])
    shapes = calibrate(studies, chosen, found.horizon, found.groups)
    return replace(found, means=means, units=units, calibrations=shapes, studies=studies)


def _with(study: rolling.Study, now: Array, then: Array) -> rolling.Study:
    return replace(study, now={**study.now, LEVELS: now}, then={**study.then, LEVELS: then})


def _sum(parts: Sequence[tuple[rolling.Study, str]], origins: int) -> tuple[Array, Array]:
    """The sum of parts now, and at the last `origins` origins."""
    now = np.sum([study.now[name] for study, name in parts], axis=0)
    then = np.zeros((origins, len(now)))
    for study, name in parts:
        rows = study.then[name][-origins:] if origins else study.then[name][:0]
        then[origins - len(rows) :] += rows
    return np.asarray(now), then
