"""One dealer on one page, and the dealers to choose it from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.questions import actions, exceptions, receivables, sales, shelf
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, reached, side_by_side
from analytics.questions.integrity_base import network, with_names
from data import records
from data.company import Company
from data.scope import Period, Scope, add_months, month_end
from data.words import N_

FLOWS = ("net_sales", "gross_margin", "gross_margin_rate", "orders", "target", "target_to_date", "attainment", "pace",
         "planned_visits", "planned_visits_done", "visit_coverage", "strike_rate")  # fmt: skip
BALANCES = ("receivables", "overdue", "overdue_share", "dso")
SPARK = ("net_sales", "pace", "gross_margin_rate", "visit_coverage")
SPARK_MONTHS = 12
PARTS = {"dealer": "dealer", "region": "region", "territory": "region", "channel": "channel", "owner": "employee"}
VISIT_MONTHS = 12  # visits further back are not listed
UNSEEN = 0.0005  # a share of the peers that shows as nothing
PEERS = 5  # fewer dealers than this are no yardstick


@question("dealers.list")
def listed(company: Company, scope: Scope) -> Answer:
    """The dealers in scope, largest net sales first.

    Frame `dealers`: the columns of `dealer` in dealers.card, net_sales, net_sales_compared, overdue.
    """
    store = company.store
    here = reached(company, scope)
    compared, notes = comparable(company, scope)
    frame = with_names(company, _profiles(company, here), **PARTS)
    sold = side_by_side(company, here, ("net_sales",), ("dealer",), compared=compared)
    owed = store.measure(here, ("overdue",), ("dealer",))
    frame = frame.merge(sold[["dealer_id", "net_sales", "net_sales_compared"]], on="dealer_id", how="left")
    frame = frame.merge(owed[["dealer_id", "overdue"]], on="dealer_id", how="left")
    frame = frame.sort_values(["net_sales", "dealer_id"], ascending=[False, True], ignore_index=True)
    return answer("dealers.list", company, scope, {"dealers": frame}, definitions=("net_sales", "overdue"),
                  compared=compared, notes=notes)  # fmt: skip


@question("dealers.card", reads=("action", "dealer_note", *exceptions.READS))
def card(company: Company, scope: Scope, peers: str = "tier") -> Answer:
    """One dealer: what it buys, owes and is visited for, what stands out about it, and what people wrote. The scope
    names one dealer; its region, channel and sales person are left aside. peers: those of its `tier` or `region`.

    Frames:
    `dealer`: one row: dealer_id, region_id, territory_id, channel_id, owner_id and their names, office_id (the region
    as listed), tier, credit_limit, payment_term_days, opened_date, closed_date; no row where
    the viewer may not see the dealer, or none was named.
    `kpis`: measure, value, compared, change, change_rate (balances compare with that day of the compared period);
    `spark`: month and SPARK, the last twelve months. `trend`: as sales.trend. `mix`: category, category_en, net_sales,
    share, peer_share, difference (fractions), largest share first. `products`: product_id and names, net_sales,
    net_sales_compared, change, largest first. `aging`: the dealer's row of receivables.aging; none without a balance.
    `visits`: planned_date, visit_date, employee_id and names, activity, result, with_order; newest first, up to a
    year back, those to come included. `promotions`: promotion_id and names, promotion_type, category, start_date,
    end_date, planned_cost, cost_amount (no return is claimed). `shelf`: product_id and names, outlets, numeric,
    weighted, shelf_price_gap. `exceptions`: the items of actions.list about the
    dealer; of those about its region, money is the dealer's part. `notes`: subject, at, who, text.
    Values: the KPIs; peers (dealers compared with), peers_by; last_visit, next_visit (days), visits_listed;
    promotion_cost, promotion_planned; numeric_distribution, weighted_distribution, outlets, shelf_price_gap;
    exceptions_money, view, who (names of other filters).
    """
    scope = network(scope).but(dealer=scope.dealer)
    here = reached(company, scope)
    profile = with_names(company, _profiles(company, here), **PARTS)
    if len(scope.dealer) != 1 or len(profile) != 1:
        said = Note(N_("Choose one dealer.") if len(scope.dealer) != 1 else
                    N_("This dealer is not among those that you may see."))  # fmt: skip
        nobody = scope.but(dealer=())  # the name of a dealer whom the viewer may not see stays unsaid
        return answer("dealers.card", company, nobody, {"dealer": profile.head(0)}, definitions=FLOWS, notes=(said,),
                      verdict="insufficient_evidence")  # fmt: skip
    compared, notes = comparable(company, scope)
    kpis, values = _kpis(company, here, compared)
    frames: dict[str, pd.DataFrame] = {"dealer": profile, "kpis": kpis, "spark": _spark(company, here)}
    trend = sales.trend(company, scope)
    frames["trend"], values["grain"] = trend.frames["trend"], trend.values["grain"]
    frames["mix"], count, by = _mix(company, here, profile.iloc[0], peers)
    values |= {"peers": count, "peers_by": by}
    frames["products"] = _products(company, here, compared)
    owed = receivables.debtors(company, here)
    frames["aging"] = owed.reset_index(drop=True)
    for part, found in (_visits(company, here), _promotions(company, here), _shelf(company, here)):
        frames[next(iter(found))], values = next(iter(found.values())), values | part
    frames["exceptions"] = _items(company, scope)
    values |= {"exceptions_money": float(frames["exceptions"]["money"].sum()), "view": actions.view(scope)}
    frames["notes"] = _written(company, scope.dealer[0])
    notes += _missing(company) + sales.margin_note(company, here) + receivables.notes_of(company, here)
    return answer("dealers.card", company, scope, frames, definitions=(*FLOWS, *BALANCES), values=values,
                  compared=compared, notes=notes)  # fmt: skip


def _kpis(company: Company, scope: Scope, compared: Period | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    store = company.store
    wide = side_by_side(company, scope, FLOWS, compared=compared).iloc[0].to_dict()
    wide |= store.measure(scope, BALANCES).iloc[0].to_dict()
    if compared is not None:
        day = compared.end + (scope.as_of - min(scope.period.end, scope.as_of))
        wide |= store.measure(scope.but(as_of=day), BALANCES, days=(day,)).iloc[0].add_suffix("_compared").to_dict()
    ids = (*FLOWS, *BALANCES)
    frame = pd.DataFrame({"measure": ids, "value": [wide[id] for id in ids],
                          "compared": [wide.get(f"{id}_compared", float("nan")) for id in ids]})  # fmt: skip
    frame["change"] = frame["value"] - frame["compared"]
    frame["change_rate"] = frame["change"] / frame["compared"].where(frame["compared"] != 0)
    return frame, {id: wide[id] for id in ids}


def _spark(company: Company, scope: Scope) -> pd.DataFrame:
    """The last twelve months up to the end of the period."""
    last = scope.period.end.replace(day=1)
    first = max(add_months(last, 1 - SPARK_MONTHS), company.store.sales_span.start.replace(day=1))
    span = Period(min(first, last), month_end(last))
    frame = company.store.measure(scope, SPARK, ("month",), period=span)
    return frame.assign(month=[pd.Timestamp(month).date() for month in frame["month"]])


def _mix(company: Company, scope: Scope, dealer: pd.Series, by: str) -> tuple[pd.DataFrame, int, str]:
    """Shares of the categories, of the dealer and of its peers taken together."""
    ids = _peers(company, scope, dealer, by)
    mine = company.store.measure(scope, ("net_sales",), ("category",))
    mine["share"] = _shares(mine["net_sales"])
    mine["peer_share"] = float("nan")
    if len(ids) >= PEERS:
        theirs = company.store.measure(scope.but(dealer=tuple(ids)), ("net_sales",), ("category",))
        theirs["peer_share"] = _shares(theirs["net_sales"])
        keys = ["category", "category_en"]
        mine = mine.drop(columns="peer_share").merge(theirs[[*keys, "peer_share"]], on=keys, how="outer")
        mine[["net_sales", "share"]] = mine[["net_sales", "share"]].fillna(0.0)
    mine["difference"] = mine["share"] - mine["peer_share"]
    mine = mine[(mine["net_sales"] != 0) | (mine["peer_share"] >= UNSEEN)]
    frame = mine.sort_values("share", ascending=False, ignore_index=True)
    return frame, len(ids) if len(ids) >= PEERS else 0, by


def _peers(company: Company, scope: Scope, dealer: pd.Series, by: str) -> Sequence[str]:
    """The other dealers whom the viewer may see, of its tier or its region (the level at which regions are listed)."""
    profiles = _profiles(company, network(scope))
    column = "office_id" if by == "region" else "tier"
    own = profiles.loc[profiles["dealer_id"] == dealer["dealer_id"], column]
    if own.empty or pd.isna(own.iloc[0]):
        return ()
    same = (profiles[column] == own.iloc[0]) & (profiles["dealer_id"] != dealer["dealer_id"])
    return tuple(profiles.loc[same, "dealer_id"])


def _profiles(company: Company, scope: Scope) -> pd.DataFrame:
    depth = company.store.default_depth(network(scope))
    return company.store.query("dealer_profiles", scope, depth=depth)


def _shares(money: pd.Series) -> pd.Series:
    total = money.sum()
    return money / total if total > 0 else money * float("nan")


def _products(company: Company, scope: Scope, compared: Period | None) -> pd.DataFrame:
    frame = side_by_side(company, scope, ("net_sales",), ("product",), compared=compared)
    frame = frame[(frame[["net_sales", "net_sales_compared"]].fillna(0) != 0).any(axis=1)]
    frame["change"] = frame["net_sales"] - frame["net_sales_compared"]
    return frame.sort_values(["net_sales", "product_id"], ascending=[False, True], ignore_index=True)


_Part = tuple[dict[str, Any], dict[str, pd.DataFrame]]


def _visits(company: Company, scope: Scope) -> _Part:
    frame = company.store.query("dealer_visits", scope, since=add_months(scope.as_of, -VISIT_MONTHS))
    frame = with_names(company, frame.drop(columns="dealer_id"), employee="employee")
    done = frame["visit_date"].dropna()
    ahead = frame.loc[frame["planned_date"] > pd.Timestamp(scope.as_of), "planned_date"]
    values = {"last_visit": done.max().date() if len(done) else None,
              "next_visit": ahead.min().date() if len(ahead) else None, "visits_listed": len(frame)}  # fmt: skip
    return values, {"visits": frame}


def _promotions(company: Company, scope: Scope) -> _Part:
    frame = company.store.query("dealer_promotions", scope)
    kept = company.store.has("fact_promotion_cost")
    values = {f"promotion_{name}": float(frame[column].sum()) if kept else float("nan") for name, column in
              (("cost", "cost_amount"), ("planned", "planned_cost"))}  # fmt: skip
    return values, {"promotions": frame}


def _shelf(company: Company, scope: Scope) -> _Part:
    spread, priced = shelf.distribution(company, scope, by="product"), shelf.prices(company, scope, by="product")
    prices = priced.frames["by"].reindex(columns=["product_id", "shelf_price_gap"])
    frame = spread.frames["by"].merge(prices, on="product_id", how="left")
    ids = ("numeric_distribution", "weighted_distribution", "outlets", "shelf_price_gap")
    known = {**spread.values, **priced.values}
    return {id: known.get(id) for id in ids}, {"shelf": frame}


def _items(company: Company, scope: Scope) -> pd.DataFrame:
    """What stands out about the dealer, judged among all dealers whom the viewer may see, with what was decided."""
    dealer = scope.dealer[0]
    items = actions.about(company, network(scope), dealer)
    parts = [facts.get("dealers", {}).get(dealer) for facts in items["facts"]]
    items["money"] = [money if part is None else part for part, money in zip(parts, items["money"], strict=True)]
    return items.sort_values("money", ascending=False, ignore_index=True)


def _written(company: Company, dealer_id: str) -> pd.DataFrame:
    """Every note about the dealer, newest first."""
    entries = [entry for entry in company.ledger.history("dealer_note", f"dealer:{dealer_id}") if entry.body]
    return records.frame("dealer_note", reversed(entries))


def _missing(company: Company) -> tuple[Note, ...]:
    """What to import for the parts that stay empty."""
    return tuple(Note(message) for table, message in _NEEDED if not company.store.has(table))


_NEEDED = (
    ("fact_visit", N_("No visits imported yet: a file with dealer, date and result is needed.")),
    ("fact_promotion_cost", N_("No promotions imported yet: a file with promotion, dealer, days and cost is needed.")),
    ("fact_shelf_check", N_("No shelf checks imported yet: a file with outlet, product, date and presence is needed.")),
)
