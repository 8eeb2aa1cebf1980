"""How often each rule of channel order is right: measured on the planted cases of demo companies.

Measured on companies that no threshold was chosen on: `qudao bench channel_order` builds them and prints these lines.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass

SEEDS = (1, 2, 3)  # of the demo companies measured: 600 dealers, 36 months, the last half-year


@dataclass(frozen=True)
class Accuracy:
    """Counts over all seeds. planted: cases among the dealers whom the data allow to judge; found: of them; false:
    dealers named without a plant; judged: dealers judged."""

    planted: int
    found: int
    false: int
    judged: int

    def __add__(self, other: Accuracy) -> Accuracy:
        return Accuracy(self.planted + other.planted, self.found + other.found, self.false + other.false,
                        self.judged + other.judged)  # fmt: skip

    @property
    def recall(self) -> float:
        return self.found / self.planted

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false)

    @property
    def false_per_100(self) -> float:
        """False alarms for every 100 dealers without a plant."""
        return 100 * self.false / (self.judged - self.planted)

    @property
    def values(self) -> dict[str, float]:
        """As an answer carries it."""
        return {"planted": self.planted, "found": self.found, "false_per_100": self.false_per_100}


def counted(named: Collection[Hashable], planted: Collection[Hashable], judged: Collection[Hashable]) -> Accuracy:
    """The counts of one company: what a rule named, what was planted, and all that it could judge."""
    cases = set(planted) & set(judged)
    return Accuracy(len(cases), len(cases & set(named)), len(set(named) - set(planted)), len(set(judged)))


MEASURED = {
    "territory": Accuracy(planted=18, found=18, false=0, judged=1638),
    "prices": Accuracy(planted=69, found=69, false=0, judged=6552),  # dealers × practices; the demo plants all breaches
    "loading": Accuracy(planted=90, found=75, false=2, judged=385),
}
