"""What sets a group apart, and a plain name made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analytics.segmentation.ruler import Ruler

APART = 0.5  # standard deviations from all dealers, below which a column does not describe a group
MOST = 3  # drivers that describe a group
WORDS = 2  # of them in its name


class Driver(NamedTuple):
    """A column by which a group differs: `distance` of its mean from that of all, in standard deviations of the log
    scale; above zero: more than usual."""

    column: str
    distance: float

    @property
    def side(self) -> str:
        return "high" if self.distance > 0 else "low"


def drivers_of(scale: Ruler, points: np.ndarray, labels: np.ndarray, count: int) -> dict[int, tuple[Driver, ...]]:
    """Group -> the columns that set it apart, strongest first; at least one where there are groups at all."""
    result: dict[int, tuple[Driver, ...]] = {}
    for group in range(count):
        own = points[labels == group]
        if count == 1 or not len(own):
            result[group] = ()
            continue
        away = own.mean(axis=0) - points.mean(axis=0)
        order = np.argsort(-np.abs(away), kind="stable")
        kept = [i for i in order[:MOST] if abs(away[i]) >= APART] or [int(order[0])]
        names = [str(name) for name in scale.columns]
        result[group] = tuple(Driver(names[i], float(away[i])) for i in kept)
    return result


def plain_names(drivers: Mapping[int, tuple[Driver, ...]]) -> dict[int, str]:
    """Group -> a name like `high orders, low promoted share`, each one unlike the others; `all dealers` for the only
    one, `usual` for a group that nothing sets apart."""
    if len(drivers) == 1:
        return dict.fromkeys(drivers, "all dealers")
    names: dict[int, str] = {}
    for group, found in drivers.items():
        for words in range(WORDS, max(len(found), WORDS) + 1):
            name = ", ".join(f"{d.side} {d.column.replace('_', ' ')}" for d in found[:words]) or "usual"
            if name not in names.values():
                break
        names[group] = name if name not in names.values() else f"{name} ({group + 1})"
    return names
