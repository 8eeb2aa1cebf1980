"""What sales are made of, now and in the compared period."""

from __future__ import annotations

from analytics.questions.answer import Answer, answer, question
from analytics.questions.comparing import comparable, side_by_side
from analytics.questions.sales import margin_note
from analytics.sales.mix import share_of_whole
from data.company import Company
from data.scope import Scope

_IDS = ("net_sales", "quantity", "gross_margin_rate", "price")


@question("sales.mix")
def mix(company: Company, scope: Scope, by: str = "category") -> Answer:
    """Share of net sales of each category (brand, price class, channel ...), now and in the compared period.

    Frame `mix`: key (and names), net_sales, share, share_compared, share_change (fractions; shown as points), quantity,
    gross_margin_rate, price and their `_compared`, change; largest share first. Shares divide by the net sales of the
    whole scope, so they add up to one; a group with more returns than sales has a negative one. Lines without such a
    key are one row with an empty key. Values: net_sales, moved (half the sum of the absolute changes of shares: the
    part of sales that moved between groups), assigned (share of sales that has a key).
    """
    compared, notes = comparable(company, scope)
    frame = side_by_side(company, scope, _IDS, (by,), compared=compared)
    frame = frame[(frame[["net_sales", "net_sales_compared"]].fillna(0) != 0).any(axis=1)]
    frame["share"] = share_of_whole(frame["net_sales"])
    frame["share_compared"] = share_of_whole(frame["net_sales_compared"])
    frame["share_change"] = frame["share"] - frame["share_compared"]
    frame["change"] = frame["net_sales"] - frame["net_sales_compared"]
    frame = frame.sort_values("net_sales", ascending=False, kind="stable", ignore_index=True)
    named = frame[frame.columns[0]].notna()
    values = {
        "net_sales": float(frame["net_sales"].sum()),
        "moved": float(frame["share_change"].abs().sum(min_count=1) / 2),
        "assigned": float(frame.loc[named, "share"].sum(min_count=1)),
    }
    return answer("sales.mix", company, scope, {"mix": frame},
                  definitions=("sales_share", "net_sales", "gross_margin_rate", "price"), values=values,
                  compared=compared, notes=notes + margin_note(company, scope))  # fmt: skip
