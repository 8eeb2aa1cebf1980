"""What people changed in the forecast, spread over all levels: the newest word stands as it was said."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecasting import cells as joining
from data.company import Company
from data.scope import Period, Scope, ScopeError, parse_period

KIND = "forecast_override"
WHOLE = "all"  # id of the company in a subject
ONE_OF = ("region", "channel", "employee", "dealer")  # filters of which a change may name one thing


@dataclass(frozen=True)
class Change:
    """One standing change: of what (company, region, channel, employee, dealer; perhaps one category), for when, what
    number, and who says why."""

    subject: str
    what: str
    id: str
    category: str
    period: Period
    amount: float
    reason: str
    who: str
    at: str


def subject(scope: Scope, period: Period) -> str | None:
    """The subject of a change of what the scope shows; None where it names more than one thing."""
    given = [(name, ids) for name, ids in scope.filters.items() if name != "category"]
    if len(given) > 1 or any(len(ids) > 1 for _, ids in given) or len(scope.category) > 1 or scope.product:
        return None
    what, id = (given[0][0], given[0][1][0]) if given else ("company", WHOLE)
    return f"{what}:{id}|{period}" + (f"|{scope.category[0]}" if scope.category else "")


def parsed(text: str) -> tuple[str, str, Period, str] | None:
    """What, id, period and category ("" for all) of a subject; None where it cannot be read."""
    thing, _, rest = text.partition("|")
    when, _, category = rest.partition("|")
    what, _, id = thing.partition(":")
    today = dt.date.today()
    try:
        period = parse_period(when, as_of=today, first=today, last=today, default=Period(today, today))
    except ScopeError:
        return None
    return what, id, period, category


def standing(company: Company) -> list[Change]:
    """The standing change of each subject, oldest word first."""
    found = []
    for row in company.records(KIND).to_dict("records"):
        if (read := parsed(row["subject"])) is not None and row["amount"] is not None:
            what, id, period, category = read
            found.append(Change(row["subject"], what, id, category, period, float(row["amount"]), row["reason"],
                                row["who"], row["at"]))  # fmt: skip
    return found


def applied(company: Company, cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with `model` (what the model says) and `amount` (what stands after all changes).

    Changes act in the order of their words: the newest stands as it was said, flows up into every sum and down in
    proportion; parts that were changed by an earlier word keep theirs as far as the others can bear it. What is booked
    already stays, of the month that is running too.
    """
    out = cells.assign(model=cells["amount"])
    changes = [change for change in standing(company) if change.period.end >= pd.Timestamp(cells["ds"].min()).date()]
    if not changes or cells.empty:
        return out
    sold = joining.rounded(out["to_date"].to_numpy(np.float64))  # of the running month: no word undoes it
    values, masks = joining.rounded(out["amount"].to_numpy(np.float64) - sold), list[np.ndarray]()
    for change in changes:
        inside = _inside(company, out, change)
        held = np.zeros(len(values), dtype=bool)
        for other in masks:
            if other.sum() < inside.sum() and not (other & ~inside).any():
                held |= other
        rest = max(change.amount - booked(company, change, out) - float(sold[inside].sum()), 0.0)
        values = joining.spread(values, inside, rest, held)
        masks.append(inside)
    return out.assign(amount=joining.rounded(values + sold))


def _inside(company: Company, cells: pd.DataFrame, change: Change) -> np.ndarray:
    ds = cells["ds"]
    inside = (ds >= pd.Timestamp(change.period.start)) & (ds <= pd.Timestamp(change.period.end))
    if change.category:
        inside &= cells["category"] == change.category
    if change.what in ONE_OF:
        scope = company.scope().but(**{change.what: (change.id,)})
        inside &= cells["dealer_id"].isin(company.store.query("dealer_terms", scope)["dealer_id"])
    return inside.to_numpy(bool)


def scope_of(company: Company, change: Change) -> Scope:
    """The scope, for everybody's eyes, of what a change is about."""
    filters = {change.what: (change.id,)} if change.what in ONE_OF else {}
    if change.category:
        filters["category"] = (change.category,)
    return company.scope().but(period=change.period, **filters)


def booked(company: Company, change: Change, cells: pd.DataFrame) -> float:
    """Net sales of the whole months of a change's period that are over."""
    ahead = pd.Timestamp(cells["ds"].min()).date()
    if change.period.start >= ahead:
        return 0.0
    over = Period(change.period.start, min(change.period.end, ahead - dt.timedelta(days=1)))
    return actual(company, change, over)


def actual(company: Company, change: Change, period: Period) -> float:
    value = company.store.measure(scope_of(company, change), ("net_sales",), period=period)["net_sales"].iloc[0]
    return 0.0 if pd.isna(value) else float(value)
