"""Job: what each dealer is like on the days that groups are told of, and the groups learned from it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping

import pandas as pd

from analytics.integrity import prices
from analytics.questions import integrity_job
from analytics.questions.integrity_prices import exceptions
from analytics.segmentation import Segmentation, segment
from analytics.segmentation.features import STYLE, features
from analytics.segmentation.migration import agreement, moved_share
from data.company import Company
from data.scope import Period, Scope, add_months, month_end

FEATURES, GROUPS, NAMES, TRIED, STEADY = ("dealer_features", "dealer_groups", "segment_names", "segment_tried",
                                          "segment_steady")  # fmt: skip
RESULTS = (FEATURES, GROUPS, NAMES, TRIED, STEADY)
VINTAGE = "segments"  # name under which what was told is kept
QUARTERS = 8  # ends of quarters before the as-of day of which groups are told
RELEARNED = 5  # of the latest days: groups are learned anew from each, to tell how steady they are
SCORED = 3  # of the ends of quarters and the as-of day, the latest: price and promotion discipline are measured
YEAR = 365
BEGAN = 60  # days from the first sale in the data: who bought by then may have bought before

Report = Callable[[int, int], None]


def days(as_of: dt.date, first: dt.date) -> list[dt.date]:
    """The days that groups are told of, oldest first: the as-of day, the end of the month before, and the ends of
    QUARTERS quarters before that lie a year or more after the first sale."""
    quarter = add_months(as_of.replace(day=1), -((as_of.month - 1) % 3))
    ends = [add_months(quarter, -3 * back) - dt.timedelta(days=1) for back in range(QUARTERS)]
    month = month_end(add_months(as_of.replace(day=1), -1))
    known = {day for day in (*ends, month) if day >= first + dt.timedelta(days=YEAR - 1)}
    return sorted(known | {as_of})


def compute(company: Company, scope: Scope, report: Report) -> Mapping[str, pd.DataFrame]:
    """The stored results.

    `dealer_features`: day, dealer_id, region_id, tier, the columns of segmentation.features, range_coverage (products
    bought / products sold to anybody in the year), and on the last SCORED days price_breach_share and
    promotion_execution (rates, missing = unknown). `dealer_groups`: day, dealer_id, group, probability, next,
    next_probability, all by the ruler of the as-of day. `segment_names`: group, name, drivers (JSON), verdict,
    stability; one row of group 0 where the data hold no groups. `segment_tried`: Segmentation.candidates.
    `segment_steady`: day, moved (share of the dealers whose group differs from the day before it in the list),
    groups, agreement (adjusted Rand index of the groups of the as-of day's ruler with those of that day: what was told
    then, where it was kept, else learned anew from what was known then), kept (flag: it was told then).
    The groups of the as-of day are kept as told (vintages).
    """
    as_of = scope.as_of
    wanted = days(as_of, company.store.sales_span.start)
    of = len(wanted) + RELEARNED + 1
    found = []
    for done, day in enumerate(wanted):
        found.append(on_day(company, scope, day))
        report(done + 1, of)
    scored = [day for day in wanted if day == as_of or day.month % 3 == 0][-SCORED:]
    frame = pd.concat(found, ignore_index=True)
    frame = frame.merge(pd.concat([discipline(company, scope, day) for day in scored]), on=["day", "dealer_id"],
                        how="left")  # fmt: skip
    by_day = {day: part.set_index("dealer_id")[list(STYLE)] for day, part in frame.groupby("day")}
    learned = segment(by_day[pd.Timestamp(as_of)]) if pd.Timestamp(as_of) in by_day else segment(frame[[]])
    report(len(wanted) + 1, of)
    groups = {day: learned.assign(part) for day, part in by_day.items()}
    kept = {pd.Timestamp(day): company.vintages.read(VINTAGE, day).set_index("dealer_id")["group"]
            for day in company.vintages.days(VINTAGE)}  # fmt: skip
    steady = []
    before: pd.Series | None = None
    for done, (day, part) in enumerate(by_day.items()):
        told = groups[day]["group"]
        row = {"day": day, "moved": moved_share(before, told) if before is not None else float("nan"),
               "groups": float("nan"), "agreement": float("nan"), "kept": day in kept}  # fmt: skip
        then = kept.get(day)
        if then is None and done >= len(by_day) - RELEARNED:
            then = learned.labels if day == pd.Timestamp(as_of) else segment(part).labels
        if then is not None:
            itself = day == pd.Timestamp(as_of)  # agrees with itself: that says nothing
            row |= {"groups": then.nunique(), "agreement": float("nan") if itself else agreement(told, then)}
        steady.append(row)
        before = told
        report(len(wanted) + 1 + max(done - len(by_day) + RELEARNED + 1, 0), of)
    if pd.Timestamp(as_of) in groups:
        company.vintages.keep(VINTAGE, groups[pd.Timestamp(as_of)].reset_index()[["dealer_id", "group"]])
    columns = ["day", "dealer_id", "group", "probability", "next", "next_probability"]
    told = pd.concat([part.reset_index().assign(day=day) for day, part in groups.items()]) if groups else pd.DataFrame()
    return {FEATURES: frame, GROUPS: told.reindex(columns=columns), NAMES: _names(learned), TRIED: learned.candidates,
            STEADY: pd.DataFrame(steady, columns=["day", "moved", "groups", "agreement", "kept"])}  # fmt: skip


def pays(company: Company, scope: Scope, day: dt.date) -> pd.DataFrame:
    """How each dealer in scope paid over the year up to the day, and since when it is one (query dealer_pay)."""
    known_from = company.store.sales_span.start + dt.timedelta(BEGAN)
    return company.store.query("dealer_pay", scope, day=day, known_from=known_from)


def on_day(company: Company, scope: Scope, day: dt.date) -> pd.DataFrame:
    """Features of all dealers in scope that had bought by the day."""
    store = company.store
    paid = pays(company, scope, day)[["dealer_id", "since", "due", "days_late"]]
    raw = store.query("dealer_features", scope, day=day).merge(paid, on="dealer_id")
    if not store.has("fact_visit"):
        raw["visits"] = float("nan")
    if not (store.has("dim_promotion") or store.has("fact_promotion_cost")):
        raw[["promoted", "style_promoted"]] = float("nan")
    frame = features(raw)
    frame.insert(2, "region_id", raw["region_id"])
    frame.insert(3, "tier", raw["tier"])
    year = store.measure(scope, ("quantity",), ("product",), period=Period(day - dt.timedelta(YEAR - 1), day))
    sold = int((year["quantity"] > 0).sum())
    return frame.assign(range_coverage=frame["products"] / sold if sold else float("nan"))


def discipline(company: Company, scope: Scope, day: dt.date) -> pd.DataFrame:
    """day, dealer_id, price_breach_share (units bought outside the price band / units with a band, net of approved
    exceptions), promotion_execution (share of the planned executions that kept to their cost); over a year."""
    span = scope.but(period=Period(day - dt.timedelta(YEAR - 1), day), as_of=day)
    cells = prices.approved(integrity_job.cells(company, integrity_job.PRICES, span), exceptions(company, span))
    cells = cells[(cells["flow"] == "bought") & (cells["side"] != "none")]
    outside = cells[cells["side"].isin(["low", "high"])].groupby("dealer_id")["units"].sum()
    banded = cells.groupby("dealer_id")["units"].sum()
    share = (outside.reindex(banded.index).fillna(0) / banded).rename("price_breach_share")
    executed = company.store.query("promotion_discipline", span, day=day).set_index("dealer_id")
    kept = (executed["within"] / executed["planned"]).rename("promotion_execution")
    frame = pd.concat([share, kept], axis=1).rename_axis("dealer_id").reset_index()
    return frame.assign(day=pd.Timestamp(day))


def _names(learned: Segmentation) -> pd.DataFrame:
    rows = [{"group": group, "name": name, "verdict": learned.verdict, "stability": learned.stability,
             "drivers": json.dumps([[d.column, round(d.distance, 3)] for d in learned.drivers[group]])}
            for group, name in learned.names.items()]  # fmt: skip
    return pd.DataFrame(rows)
