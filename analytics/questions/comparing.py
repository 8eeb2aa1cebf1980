"""The comparison beside a number: which period, whether the data reach it, and the differences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from analytics.questions.answer import Note
from data.company import Company
from data.scope import Period, Scope
from data.words import N_


def comparable(company: Company, scope: Scope) -> tuple[Period | None, tuple[Note, ...]]:
    """The compared period; None, with a note, when the data begin after its start or it is not asked for.

    A period that is still running compares its days so far: half a year is never set against a whole one.
    """
    if scope.period.start > scope.as_of:
        return None, (Note(N_("The data end on {day}: nothing is known of this period yet."), {"day": scope.as_of}),)
    period = company.compared(scope.but(period=elapsed(scope.period, scope.as_of)))
    if period is None:
        return None, ()
    first = company.store.sales_span.start
    if period.start < first.replace(day=1):
        message = N_("No comparison: it would start on {start}, the data start on {first}.")
        return None, (Note(message, {"start": period.start, "first": first}),)
    return period, ()


def elapsed(period: Period, as_of: dt.date) -> Period:
    """The part of the period up to the as-of day; the whole when it lies ahead."""
    return Period(period.start, min(period.end, as_of)) if period.start <= as_of else period


def reached(company: Company, scope: Scope) -> Scope:
    """The scope cut to what happened: balances of a past period as on its last day, flows up to the as-of day."""
    as_of = min(scope.as_of, max(scope.period.end, company.store.sales_span.start))
    return scope.but(as_of=as_of, period=elapsed(scope.period, as_of))


def side_by_side(
    company: Company, scope: Scope, ids: Sequence[str], by: Sequence[str] = (), *, compared: Period | None,
    depth: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Measures now and in the compared period (columns `<id>_compared`), one row a group of either."""
    store = company.store
    now = store.measure(scope, ids, by, depth=depth)
    if compared is None:
        return now.assign(**{f"{id}_compared": float("nan") for id in ids})
    then = store.measure(scope, ids, by, period=compared, depth=depth)
    if not by:
        return pd.concat([now, then.add_suffix("_compared")], axis=1)
    keys = [c for c in now.columns if c not in ids]
    merged = now.merge(then, on=keys, how="outer", suffixes=("", "_compared"))
    counted = [c for id in ids for c in (id, f"{id}_compared")]
    zero = [c for c in counted if c.removesuffix("_compared") in ("net_sales", "quantity", "orders", "active_dealers")]
    merged[zero] = merged[zero].fillna(0.0)
    return merged
