"""Which dealers came, stayed, came back and left between two periods, and what that did to sales."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, side_by_side
from analytics.sales import lifecycle
from data.company import Company
from data.scope import Period, Scope
from data.words import N_

IDS = ("new_dealers", "returning_dealers", "lost_dealers")
STATUSES = (*lifecycle.STATUSES, "active", "returns")


def counts(company: Company, scope: Scope, compared: Period | None) -> tuple[dict[str, Any], tuple[Note, ...]]:
    """New, returning and lost dealers of the period (and `<id>_compared` of the compared one), with what to know.

    A period that starts with the data has no new or returning dealers that could be told: NaN. In the compared period
    they are told only when a whole gap of history lies before it, or the two would not be alike.
    """
    store, gap = company.store, dt.timedelta(company.settings.reactivation_gap_days)
    first = store.sales_span.start
    values = store.measure(scope, IDS, compared=compared).iloc[0].to_dict()
    notes: tuple[Note, ...] = ()
    if scope.period.start <= first:
        values |= dict.fromkeys(IDS[:2], float("nan"))
        notes = (Note(N_("The data begin with this period: new and returning dealers cannot be told."), {}),)
    elif scope.period.start < first + gap:
        message = N_("The data begin on {first}: a dealer that bought only before counts as new.")
        notes = (Note(message, {"first": first}),)
    before = dict.fromkeys(IDS, float("nan"))
    if compared is not None and compared.start >= first + gap:
        before |= store.measure(scope, IDS[:2], period=compared).iloc[0].to_dict()
    return values | {f"{id}_compared": value for id, value in before.items()}, notes


@question("sales.dealers")
def dealers(company: Company, scope: Scope) -> Answer:
    """Dealers by status between the compared period and this one, and the net sales that moved with them.

    Frame `movement`: one row a status (`lost`, `kept`, `resumed`: bought now and not before, away for less than the
    gap, `returning`, `new`, `returns`: no sale line in either, `active` where there is no comparison), dealers, active,
    active_compared (dealers that bought in the period, in the compared one), net_sales, net_sales_compared, change.
    Each column adds up to that of the scope: what left and came leads from the active dealers before to those now.
    Frame `dealers`: dealer_id (and names), status, active, active_compared (0 or 1), net_sales, net_sales_compared,
    change, last_sale (up to the as-of day); largest change first. With a filter on products or channels all of it is
    about their lines alone. Values: active_dealers, new_dealers, returning_dealers, lost_dealers, each with
    `_compared`.
    """
    compared, notes = comparable(company, scope)
    frame = _by_dealer(company, scope, compared)
    frame["change"] = frame["net_sales"] - frame["net_sales_compared"]
    amounts = ["net_sales", "net_sales_compared", "change"]
    moved = frame.groupby("status")[["active", "active_compared", *amounts]].sum(min_count=1)
    moved.insert(0, "dealers", frame.groupby("status").size())
    moved = moved.reindex([status for status in STATUSES if status in moved.index]).rename_axis("status").reset_index()
    order = "change" if compared else "net_sales"
    frame = frame.sort_values(order, key=lambda v: -v.abs(), ignore_index=True, kind="stable")
    counted, more = counts(company, scope, compared)
    whole = side_by_side(company, scope, ("active_dealers",), compared=compared).iloc[0].to_dict()
    return answer("sales.dealers", company, scope, {"movement": moved, "dealers": frame},
                  definitions=("active_dealers", *IDS, "net_sales"), values=whole | counted, compared=compared,
                  notes=notes + more)  # fmt: skip


def _by_dealer(company: Company, scope: Scope, compared: Period | None) -> pd.DataFrame:
    """dealer_id, names, status, net_sales, net_sales_compared, last_sale of all dealers with lines in either period."""
    store, ids = company.store, ("net_sales", "active_dealers")
    frame = side_by_side(company, scope, ids, ("dealer",), compared=compared)
    flags = store.measure(scope, IDS[:2], ("dealer",))
    frame = frame.merge(flags[["dealer_id", *IDS[:2]]], on="dealer_id", how="left")
    if scope.period.start <= store.sales_span.start:  # nobody can be told to be new
        frame[list(IDS[:2])] = 0.0
    named = {"active_dealers": "active", "active_dealers_compared": "active_before", "new_dealers": "new",
             "returning_dealers": "returning"}  # fmt: skip
    status = lifecycle.status(frame.rename(columns=named))
    if compared is None:  # of those that are not new, nothing is known
        status = status.replace({"resumed": "active"})
    frame["status"] = status.fillna("returns")
    frame = frame.rename(columns={"active_dealers": "active", "active_dealers_compared": "active_compared"})
    rhythm = store.query("dealer_rhythm", scope)
    last = dict(zip(rhythm["dealer_id"], rhythm["last_order"].dt.date, strict=True))
    frame["last_sale"] = frame["dealer_id"].map(last).astype("object")
    numbers = ["active", "active_compared", "net_sales", "net_sales_compared"]
    kept = (frame[numbers].fillna(0) != 0).any(axis=1)
    return frame.loc[kept, ["dealer_id", "dealer_name", "dealer_name_en", "status", *numbers, "last_sale"]]
