"""What stands on the shelves: distribution (铺货率), launches, prices."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions.answer import Answer, Note, Verdict, answer, question
from analytics.questions.comparing import comparable
from analytics.visits import distribution as shelves
from data.company import Company
from data.scope import Scope, add_months
from data.words import N_

GROUPINGS = ("region", "product")
FOLLOWED = 18  # months for which a launch is listed


@question("shelf.distribution")
def distribution(company: Company, scope: Scope, by: str = "region", window: int = shelves.WINDOW) -> Answer:
    """Numeric and weighted distribution on the last day of the period, by region or product.

    The last check of each outlet and product in the `window` days up to that day counts; the universe is the outlets in
    which the product was looked for. Frame `by`: key and names, outlets, checked and carrying (outlet by product),
    numeric, weighted; lowest numeric first. Values: numeric_distribution, weighted_distribution, and `_compared`;
    outlets, checked, products, day, window, imported (there are checks at all).
    """
    compared, notes = comparable(company, scope)
    day = min(scope.period.end, scope.as_of)
    last = _last(company, scope, day, window)
    values = _totals(last) | {"day": day, "window": window, "outlets": int(last["outlet_id"].nunique()),
                              "checked": len(last), "products": int(last["product_id"].nunique()),
                              "imported": company.store.has("fact_shelf_check")}  # fmt: skip
    if compared:
        before = _totals(_last(company, scope, compared.end, window))
        values |= {f"{id}_compared": value for id, value in before.items()}
    key = f"{by}_id" if by in GROUPINGS else "region_id"
    frame = shelves.distribution(last[last[key].notna()], (key,))
    frame = _named(company, frame, key).sort_values("numeric", ignore_index=True)
    return _answer("shelf.distribution", company, scope, {"by": frame}, values, notes, len(last) > 0,
                   definitions=("numeric_distribution", "weighted_distribution"), compared=compared)  # fmt: skip


@question("shelf.launches")
def launches(company: Company, scope: Scope, months: int = FOLLOWED, window: int = shelves.WINDOW) -> Answer:
    """Products launched in the `months` before the last day of the period: distribution by month since the launch.

    Target: 80 % of the outlets checked, one month (30 days) after the launch. Frames: `launches`: product_id and names,
    launched_date, at_month (numeric distribution at the end of the first month; missing when it was not checked then),
    reached (the first month at the target, missing when none), latest (numeric) with latest_weighted, latest_outlets
    and latest_month, newest launch first. `months`: product_id and names, month, outlets, numeric, weighted, one row a
    month with checks. Values: launched, met (at the target in the first month), unchecked (in that month), reached (at
    the target in any month), target, months, day.
    """
    day = min(scope.period.end, scope.as_of)
    since = add_months(day, -months)
    checks = company.store.query(
        "shelf_checks", scope, since=since, until=day, launched=since, depth=company.store.default_depth(scope)
    )
    launched = checks[["product_id", "launched_date"]].drop_duplicates()
    by_month = shelves.launches(checks, launched, day, window)
    frame = launched.sort_values(["launched_date", "product_id"], ascending=[False, True], ignore_index=True)
    frame = frame[frame["product_id"].isin(by_month["product_id"])].reset_index(drop=True)
    id = frame["product_id"]
    first = by_month[by_month["month"] == 1].set_index("product_id")["numeric"]
    there = by_month[by_month["numeric"] >= shelves.LAUNCH_TARGET].groupby("product_id")["month"].min()
    latest = by_month.groupby("product_id").last()
    frame["at_month"], frame["reached"] = id.map(first).astype(float), id.map(there).astype(float)
    for column, source in (("latest", "numeric"), ("latest_weighted", "weighted"), ("latest_outlets", "outlets"),
                           ("latest_month", "month")):  # fmt: skip
        frame[column] = id.map(latest[source]).astype(float)
    values = {
        "launched": len(frame), "met": int((frame["at_month"] >= shelves.LAUNCH_TARGET).sum()),
        "unchecked": int(frame["at_month"].isna().sum()), "reached": int(frame["reached"].notna().sum()),
        "target": shelves.LAUNCH_TARGET, "months": months, "day": day,
    }  # fmt: skip
    frames = {"launches": _named(company, frame, "product_id"), "months": _named(company, by_month, "product_id")}
    return _answer("shelf.launches", company, scope, frames, values, (), len(frame) > 0,
                   definitions=("numeric_distribution",))  # fmt: skip


@question("shelf.prices")
def prices(company: Company, scope: Scope, by: str = "product", window: int = shelves.WINDOW) -> Answer:
    """Shelf prices against the list price of the day of the check, by product or region.

    Same checks as shelf.distribution. Frame `by`: key and names, prices (count), shelf_price_gap (median of shelf
    price / list price less 1), low and high (10th and 90th percentile), below and above (shares of prices under and
    over list); lowest gap first. Values: prices, shelf_price_gap, low, high, below, above, day, window.
    """
    day = min(scope.period.end, scope.as_of)
    last = _last(company, scope, day, window)
    key = f"{by}_id" if by in GROUPINGS else "product_id"
    frame = shelves.shelf_prices(last[last[key].notna()], (key,)).rename(columns={"gap": "shelf_price_gap"})
    whole = shelves.shelf_prices(last)
    values = {"day": day, "window": window, "prices": int(whole["prices"].sum())}
    if len(whole):
        row = whole.iloc[0]
        values |= {"shelf_price_gap": row["gap"], "low": row["low"], "high": row["high"], "below": row["below"],
                   "above": row["above"]}  # fmt: skip
    frame = _named(company, frame, key).sort_values("shelf_price_gap", ignore_index=True)
    return _answer("shelf.prices", company, scope, {"by": frame}, values, (), len(whole) > 0,
                   definitions=("shelf_price_gap",))  # fmt: skip


def _last(company: Company, scope: Scope, day: dt.date, window: int) -> pd.DataFrame:
    depth = company.store.default_depth(scope)
    since = day - dt.timedelta(window)
    checks = company.store.query("shelf_checks", scope, since=since, until=day, launched=None, depth=depth)
    return shelves.last_checks(checks, day, window)


def _totals(last: pd.DataFrame) -> dict[str, float]:
    whole = shelves.distribution(last)
    row = whole.iloc[0] if len(whole) else {"numeric": float("nan"), "weighted": float("nan")}
    return {"numeric_distribution": row["numeric"], "weighted_distribution": row["weighted"]}


def _named(company: Company, frame: pd.DataFrame, key: str) -> pd.DataFrame:
    names = company.store.names(key.removesuffix("_id")).reindex(frame[key])
    for position, column in enumerate(names.columns):
        frame.insert(1 + position, column, names[column].to_numpy())
    return frame


def _answer(name: str, company: Company, scope: Scope, frames: dict[str, pd.DataFrame], values: dict[str, object],
            notes: tuple[Note, ...], known: bool, **rest: object) -> Answer:  # fmt: skip
    """The answer; without shelf checks in scope it has not enough evidence and says what is missing."""
    if not company.store.has("fact_shelf_check"):
        notes += (Note(N_("No shelf checks imported yet: a file with outlet, product, date and presence is needed.")),)
    verdict: Verdict = "ok" if known else "insufficient_evidence"
    return answer(name, company, scope, frames, values=values, notes=notes, verdict=verdict, **rest)  # type: ignore[arg-type]
