"""One dealer on one page, and the dealers to choose it from."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, elapsed, side_by_side
from data.company import Company
from data.scope import Scope
from data.words import N_

KPIS = ("net_sales", "attainment", "gross_margin_rate", "orders", "receivables", "overdue", "visit_coverage")
PARTS = {"dealer": "dealer", "region": "region", "territory": "region", "channel": "channel", "owner": "employee"}


@question("dealers.list")
def listed(company: Company, scope: Scope) -> Answer:
    """The dealers in scope, largest net sales first.

    Frame `dealers`: PROFILE columns of `dealers.card`, net_sales, net_sales_compared, overdue.
    """
    store = company.store
    compared, notes = comparable(company, scope)
    frame = _named(company, store.query("dealer_profiles", scope))
    sold = side_by_side(company, scope, ("net_sales",), ("dealer",), compared=compared)
    owed = store.measure(scope, ("overdue",), ("dealer",))
    keyed = ["dealer_id", "net_sales", "net_sales_compared"]
    frame = frame.merge(sold[keyed], on="dealer_id", how="left").merge(
        owed[["dealer_id", "overdue"]], on="dealer_id", how="left"
    )
    frame = frame.sort_values(["net_sales", "dealer_id"], ascending=[False, True], ignore_index=True)
    return answer("dealers.list", company, scope, {"dealers": frame}, definitions=("net_sales", "overdue"),
                  compared=compared, notes=notes)  # fmt: skip


@question("dealers.card")
def card(company: Company, scope: Scope) -> Answer:
    """One dealer: who it is, and its numbers. The scope names one dealer.

    Frames: `dealer` (one row: dealer_id, region_id, territory_id, channel_id, owner_id and their names, tier,
    credit_limit, payment_term_days, opened_date, closed_date; no row when the viewer may not see the dealer or
    the scope does not name exactly one), `kpis` (measure, value, compared, change, change_rate).
    """
    compared, notes = comparable(company, scope)
    profile = _named(company, company.store.query("dealer_profiles", scope))
    if len(scope.dealer) != 1 or len(profile) != 1:
        said = Note(N_("Choose one dealer.")) if len(scope.dealer) != 1 else Note(
            N_("This dealer is not among those that you may see."))  # fmt: skip
        return answer("dealers.card", company, scope, {"dealer": profile.head(0)}, definitions=KPIS, notes=(said,),
                      verdict="insufficient_evidence")  # fmt: skip
    kpis = _kpis(company, scope)
    values = dict(zip(kpis["measure"], kpis["value"], strict=True))
    return answer("dealers.card", company, scope, {"dealer": profile, "kpis": kpis}, definitions=KPIS, values=values,
                  compared=compared, notes=notes)  # fmt: skip


def _named(company: Company, frame: pd.DataFrame) -> pd.DataFrame:
    """With the names of dealer, region, territory, channel and owner."""
    for part, grouping in PARTS.items():
        names = company.store.names(grouping).reindex(frame[f"{part}_id"])
        frame[f"{part}_name"] = names.iloc[:, 0].to_numpy()
        frame[f"{part}_name_en"] = names.iloc[:, 1].to_numpy()
    return frame


def _kpis(company: Company, scope: Scope) -> pd.DataFrame:
    """One row a KPI: value, compared, change, change_rate. Balances compare with that day of the compared period."""
    store = company.store
    compared, _ = comparable(company, scope)
    reached = scope.but(period=elapsed(scope.period, scope.as_of))
    wide = side_by_side(company, reached, KPIS, compared=compared).iloc[0].to_dict()
    for id in ("receivables", "overdue"):
        before = float("nan")
        if compared is not None:
            day = compared.end + (scope.as_of - min(scope.period.end, scope.as_of))
            before = float(store.measure(scope.but(as_of=day), (id,), days=(day,)).iloc[0][id])
        wide[f"{id}_compared"] = before
    frame = pd.DataFrame({
        "measure": KPIS, "value": [wide[id] for id in KPIS], "compared": [wide[f"{id}_compared"] for id in KPIS]
    })  # fmt: skip
    frame["change"] = frame["value"] - frame["compared"]
    frame["change_rate"] = frame["change"] / frame["compared"].where(frame["compared"] != 0)
    return frame
