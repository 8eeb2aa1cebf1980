"""When a limit counts as crossed, and when as kept again: a state that remembers which side it was on.

A value that trembles around one threshold would fire and clear every month. With a second threshold on the good side
it fires once and clears once (the Schmitt trigger of electronics).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Outside `low` to `high` an alert fires; it clears from `clear_low` on, or down to `clear_high`."""

    low: float
    high: float
    clear_low: float
    clear_high: float


@dataclass(frozen=True)
class Step:
    """The state after one value: side (1 too high, -1 too low, 0 in order) and the place of the value that began it."""

    side: int
    since: int


def walk(values: Sequence[float], limits: Sequence[Limits]) -> list[Step]:
    """The state after each value, from a beginning in order.

    A value exactly on a threshold has not crossed it, and one exactly on the second has come back to it. An unknown
    value or limit (NaN) changes nothing.
    """
    steps: list[Step] = []
    side, since = 0, 0
    for place, (value, limit) in enumerate(zip(values, limits, strict=True)):
        now = _next(side, value, limit)
        if now != side:
            side, since = now, place
        steps.append(Step(side, since))
    return steps


def _next(side: int, value: float, limit: Limits) -> int:
    if value > limit.high:
        return 1
    if value < limit.low:
        return -1
    if (side > 0 and value <= limit.clear_high) or (side < 0 and value >= limit.clear_low):
        return 0
    return side
