"""Rules that raise an alert: a threshold, two of them, or the band of the forecast; by region where it is asked for."""

from __future__ import annotations

from math import inf
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data import measures

Limit = float | tuple[float, float]


class AlertRule(BaseModel):
    """Says of one metric, period by period, what is out of order and when it is in order again.

    `above` or `below` is crossed, or `between` is left: the alert fires. It clears once the value has come back to
    `clear`, a second threshold (a pair for `between`) on the good side of the first; without one the first counts.
    `band`: net sales of a month outside the 80 % band that was said a month before; clears in its inner half.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    metric: str = Field(description="id of a metric of the glossary")
    name: str = Field("", max_length=80, description="what the alert is called; empty: the metric")
    above: float | None = None
    below: float | None = None
    between: tuple[float, float] | None = None
    band: Literal[80] | None = None
    clear: Limit | None = None
    period: Literal["month", "week"] = "month"
    by: Literal["", "region"] = Field("", description="region: each region by itself")
    regions: dict[str, Limit] = Field({}, description="thresholds that differ in a region and those below it, by id")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.metric not in WATCHED:
            raise ValueError(f"metric {self.metric}: no alert can be raised on it; there are {', '.join(WATCHED)}")
        given = [name for name in ("above", "below", "between", "band") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("an alert has exactly one of above, below, between, band")
        if self.band is not None and (self.metric != "net_sales" or self.period != "month"):
            raise ValueError("band: only the months of net_sales are forecast")
        if self.band is not None and (self.clear is not None or self.regions):
            raise ValueError("band: the forecast brings its own limits; clear and regions do not apply")
        if self.regions and not self.by:
            raise ValueError('regions: thresholds by region need by = "region"')
        for name, limit in {"": self.threshold, **self.regions}.items():
            if limit is not None:
                self._ordered(limit, f"regions.{name}: " if name else "")
        return self

    def _ordered(self, limit: Limit, where: str) -> None:
        if isinstance(limit, tuple) != (self.between is not None):
            raise ValueError(f"{where}between takes a pair [low, high], above and below take one number")
        low, high, clear_low, clear_high = self._limits(limit)
        if not low <= clear_low <= clear_high <= high:
            raise ValueError(f"{where}clear must lie on the good side of the threshold")

    @property
    def threshold(self) -> Limit | None:
        """What is crossed; None where the forecast says it."""
        return self.above if self.above is not None else self.below if self.below is not None else self.between

    def limits(self, region: str = "") -> tuple[float, float, float, float]:
        """low, high, clear_low, clear_high, by the threshold of a region where it has its own; infinite where there is
        none. A region's own threshold keeps the distance to `clear`."""
        limit = self.regions.get(region, self.threshold)
        assert limit is not None
        return self._limits(limit)

    def _limits(self, limit: Limit) -> tuple[float, float, float, float]:
        own, clear = self.threshold, self.threshold if self.clear is None else self.clear
        if isinstance(limit, tuple):
            if not isinstance(clear, tuple) or not isinstance(own, tuple):
                raise ValueError("clear: between takes a pair [low, high]")
            inner = [to + (bound - from_) for bound, to, from_ in zip(limit, clear, own, strict=True)]
            return limit[0], limit[1], inner[0], inner[1]
        if isinstance(clear, tuple) or isinstance(own, tuple) or clear is None or own is None:
            raise ValueError("clear: above and below take one number")
        back = clear + (limit - own)
        return (-inf, limit, -inf, back) if self.above is not None else (limit, inf, back, inf)


# What the store can compose for any period and region; what a domain computes has no series to walk along.
WATCHED = tuple(m.id for m in measures.MEASURES if m.sql or m.ratio)
