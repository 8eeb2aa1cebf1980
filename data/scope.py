"""Scope: what the reader looks at, and what they may see.

A `Scope` is frozen and hashable; with the snapshot id it is the key of every cache. Periods are inclusive at both
ends; an empty tuple means no restriction. The entitlement comes from the sign-in alone.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

Comparison = Literal["last_year", "previous", "selling_days", "lunar", "target"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)
FILTERS = ("region", "channel", "category", "product", "dealer", "employee")
GROUPINGS = ("region", "dealer", "product", "category", "brand", "price_class", "channel", "employee")
KEYS = ("period", "compare", *FILTERS, "as_of")
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of business data


class ScopeError(ValueError):
    """A scope that cannot be read. The message says which key, what was wrong and what is accepted."""


@dataclass(frozen=True)
class Period:
    """Days from start to end, both included. `key` is how it was asked for; equal spans compare equal."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ScopeError(f"period: {self.end} lies before {self.start}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def whole_months(self) -> int | None:
        """Number of calendar months when the period starts and ends with one, else None."""
        if self.start.day != 1 or self.end != month_end(self.end):
            return None
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def __str__(self) -> str:
        """The shortest accepted text: 2026-06, 2026-Q2, 2026 or 2026-01-01..2026-06-30."""
        months, first = self.whole_months, self.start.month
        if months == 12 and first == 1:
            return f"{self.start.year}"
        if months == 3 and first % 3 == 1:
            return f"{self.start.year}-Q{first // 3 + 1}"
        if months == 1:
            return f"{self.start:%Y-%m}"
        return f"{self.start}..{self.end}"


Role = Literal["director", "manager", "field", "administrator", "local"]
PAGES = ("briefing", "sales", "targets", "forecast", "receivables", "visits", "channel_order", "promotions", "budget",
         "dealers", "dealer", "data", "definitions", "audit")  # fmt: skip
_WHOLE = ("data",)  # pages about the whole company: nobody whose view is narrowed opens them


@dataclass(frozen=True)
class Entitlement:
    """What a viewer may see. Empty tuples restrict nothing; regions include everything below them.

    role: of data/access.py; `local` is the one user of an installation without sign-in.
    """

    viewer: str
    regions: tuple[str, ...] = ()
    dealers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    role: Role = "director"

    @property
    def restricted(self) -> bool:
        """The viewer sees a part of the company only."""
        return bool(self.regions or self.dealers or self.products)

    @property
    def headquarters(self) -> bool:
        """Headquarters' rules are shown: thresholds of enforcement, price bands, weights of scores and grades."""
        return self.role != "field"

    @property
    def administers(self) -> bool:
        """The audit log is shown."""
        return self.role in ("administrator", "local")

    def opens(self, page: str) -> bool:
        """The page (one of PAGES) may be opened."""
        if page == "audit":
            return self.administers
        if (page == "channel_order" and not self.headquarters) or (page in _WHOLE and self.restricted):
            return False
        return not self.pages or page in self.pages


LOCAL = Entitlement("local", role="local")


@dataclass(frozen=True)
class Scope:
    """Period, comparison, filters, as-of day and entitlement of one view. Filters hold ids.

    What happened after the as-of day does not count, in balances and in flows.
    """

    period: Period
    as_of: dt.date
    compare: Comparison = "last_year"
    region: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    dealer: tuple[str, ...] = ()
    employee: tuple[str, ...] = ()
    entitlement: Entitlement | None = None

    def but(self, **changes: object) -> Scope:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that restrict something."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    def to_keys(self) -> dict[str, str]:
        """The scope as text keys: what a URL, a saved view and `--scope` hold. Never the entitlement."""
        keys = {"period": str(self.period), "compare": self.compare, "as_of": str(self.as_of)}
        return keys | {name: ",".join(ids) for name, ids in self.filters.items()}


assert set(FILTERS) <= {f.name for f in fields(Scope)}


def month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months away, or the last of that month when it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_full_month_end(as_of: dt.date, selling_days_left: bool = False) -> dt.date:
    """End of the last month that the data cover. A month counts when no selling day of it is missing."""
    end = month_end(as_of)
    return end if not selling_days_left else as_of.replace(day=1) - dt.timedelta(days=1)


def fiscal_year_start(day: dt.date, first_month: int) -> dt.date:
    """First day of the fiscal year that holds the day."""
    return dt.date(day.year if day.month >= first_month else day.year - 1, first_month, 1)


def parse_period(text: str, *, as_of: dt.date, first: dt.date, last: dt.date, default: Period,
                 fiscal_start: int = 1) -> Period:  # fmt: skip
    """Read a period.

    Accepted: 2026-06, 2026-Q2, 2026-H1, 2026, FY2026, FY2026-Q1 (fiscal, named by the year it ends in),
    2026-01-01..2026-06-30, 2026-01..2026-06, all, latest, ytd, qtd, mtd (to the as-of day).
    `first` and `last` are the first and last day with data, for `all`. Raises ScopeError.
    """
    value = text.strip()
    word = value.casefold()
    if word in ("", "latest"):
        return default
    if word == "all":
        return Period(first, max(first, min(last, dt.date(LAST_YEAR, 12, 31))))
    if word == "ytd":
        return Period(fiscal_year_start(as_of, fiscal_start), as_of)
    if word == "qtd":
        year = fiscal_year_start(as_of, fiscal_start)
        months = (as_of.year - year.year) * 12 + as_of.month - year.month
        return Period(add_months(year, months - months % 3), as_of)
    if word == "mtd":
        return Period(as_of.replace(day=1), as_of)
    try:
        left, between, right = value.partition("..")
        period = Period(_span(left, fiscal_start).start, _span(right if between else left, fiscal_start).end)
        if period.start.year < FIRST_YEAR or period.end.year > LAST_YEAR:
            # a slip of the keyboard; the year before or after it may not exist
            raise ValueError(text)
        return period
    except ScopeError:
        raise
    except (ValueError, OverflowError):
        raise ScopeError(
            f"period: cannot read {text!r}; write 2026-06, 2026-Q2, 2026, 2026-01-01..2026-06-30, ytd or all"
        ) from None


def _span(text: str, fiscal_start: int) -> Period:
    text = text.strip()
    match = re.fullmatch(r"(FY)?(\d{4})(?:-?([QH])([1-4]))?", text, re.IGNORECASE)
    if match:
        fiscal, year, kind, number = match.group(1), int(match.group(2)), (match.group(3) or "").upper(), match.group(4)
        start = dt.date(year, 1, 1)
        if fiscal and fiscal_start > 1:
            start = dt.date(year - 1, fiscal_start, 1)
        if not kind:
            return Period(start, add_months(start, 12) - dt.timedelta(days=1))
        months = 3 if kind == "Q" else 6
        if int(number) * months > 12:
            raise ValueError(text)
        begin = add_months(start, (int(number) - 1) * months)
        return Period(begin, add_months(begin, months) - dt.timedelta(days=1))
    if re.fullmatch(r"\d{4}-\d{1,2}", text):
        year_text, month_text = text.split("-")
        begin = dt.date(int(year_text), int(month_text), 1)
        return Period(begin, month_end(begin))
    day = dt.date.fromisoformat(text)
    return Period(day, day)


def year_before(period: Period) -> Period:
    """The same dates a year earlier; whole months stay whole."""
    end = add_months(period.end, -12)
    return Period(add_months(period.start, -12), month_end(end) if period.whole_months else end)


def period_before(period: Period) -> Period:
    """The span of the same length just before; whole months stay whole."""
    end = period.start - dt.timedelta(days=1)
    months = period.whole_months
    if months:
        return Period(add_months(period.start, -months), end)
    return Period(end - dt.timedelta(days=period.days - 1), end)
