"""Which way each series goes: by its length and its zeros first, then by errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analytics.forecasting import seasonality
from analytics.forecasting.history import Array

SHORT, INTERMITTENT, REGULAR = "short", "intermittent", "regular"
INTERVAL = 1.32  # mean periods between demands from which Syntetos, Boylan and Croston (2005) call demand intermittent
FEWEST = 8  # periods below which nothing is fitted
STRONG = 0.5  # seasonal share of the detrended variance from which a series always goes to the deep tier
EVERYONE_DEEP = 1_000  # up to so many regular series all go to the deep tier ...
IMPORTANT = 200  # ... beyond, the strongly seasonal and so many of the largest
TOLERATED_BIAS = 0.05


def kind(y: Array, m: int) -> str:
    """short: under eight periods, constant, or under two seasons unless intermittent, which needs no season;
    intermittent: a demand every 1.32 periods or rarer; regular.
    """
    if len(y) < FEWEST or y.max() == y.min():
        return SHORT
    if sparse(y):
        return INTERMITTENT
    return REGULAR if len(y) >= 2 * m else SHORT


def sparse(y: Array) -> bool:
    """Whether demands are so far apart on the average."""
    return bool(np.count_nonzero(y) * INTERVAL <= len(y))


def goes_deep(values: Sequence[Array], kinds: Sequence[str], m: int) -> list[bool]:
    """Which series get the deep tier beside the fast one."""
    regular = [at for at, name in enumerate(kinds) if name == REGULAR]
    if len(regular) <= EVERYONE_DEEP:
        return [name == REGULAR for name in kinds]
    by_size = sorted(regular, key=lambda at: -float(np.abs(values[at][-m:]).sum()))
    chosen = set(by_size[:IMPORTANT])
    chosen |= {at for at in regular if seasonality.shrunken(values[at], m).strength >= STRONG}
    return [at in chosen for at in range(len(values))]


def by_group(rmsse: Mapping[str, float], bias: Mapping[str, float]) -> str:
    """The candidate for all intermittent series: least RMSSE, raised by what the bias exceeds ±5 %.

    Never by absolute error: the forecast of nothing at all would win.
    """
    scores = {name: rmsse[name] * (1 + max(0.0, abs(bias[name]) - TOLERATED_BIAS)) for name in rmsse}
    return min(scores, key=lambda name: (scores[name], name))
