"""How much of sales hangs on how few dealers or products."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, answer, question
from analytics.questions.comparing import comparable, side_by_side
from analytics.sales import concentration as method
from data.company import Company
from data.scope import Scope

TOP = 10


@question("sales.concentration")
def concentration(company: Company, scope: Scope, by: str = "dealer", top: int = TOP) -> Answer:
    """Top-N share, HHI and ABC classes of dealers (products, regions ...), now and in the compared period.

    Frame `ranked`: rank, key (and names), net_sales, share (of the sum of positive net sales), cumulative, class (A, B,
    C), net_sales_compared, class_compared (empty: nothing sold then); largest first. Lines without such a key are left
    out. Frame `classes`: class, members, members_share, net_sales, share. Values: top_share of the `top` largest, hhi,
    equal (1/HHI), members (with positive sales), top (how many those are at most) and the first three in the compared
    period as `<name>_compared`.
    """
    compared, notes = comparable(company, scope)
    wide = side_by_side(company, scope, ("net_sales",), (by,), compared=compared)
    key = wide.columns[0]
    wide = wide[wide[key].notna() & (wide[["net_sales", "net_sales_compared"]].fillna(0) != 0).any(axis=1)]
    wide = wide.reset_index(drop=True)
    ranked = wide.join(method.classes(wide["net_sales"]))
    ranked["class_compared"] = method.classes(wide["net_sales_compared"])["class"].where(
        wide["net_sales_compared"].fillna(0) > 0
    )
    ranked = ranked[ranked["net_sales"].fillna(0) != 0]
    ranked = ranked.sort_values("net_sales", ascending=False, kind="stable", ignore_index=True)
    ranked.insert(0, "rank", ranked.index + 1)
    values: dict[str, float] = {
        "members": int((ranked["net_sales"] > 0).sum()),
        "top": min(top, int((ranked["net_sales"] > 0).sum())),
    }
    for suffix in ("", "_compared"):
        index = method.hhi(wide[f"net_sales{suffix}"])
        values |= {f"top_share{suffix}": method.top_share(wide[f"net_sales{suffix}"], top), f"hhi{suffix}": index,
                   f"equal{suffix}": 1 / index if index else float("nan")}  # fmt: skip
    return answer("sales.concentration", company, scope, {"ranked": ranked, "classes": _classes(ranked)},
                  definitions=("top_share", "hhi", "abc_class", "net_sales"), values=values, compared=compared,
                  notes=notes)  # fmt: skip


def _classes(ranked: pd.DataFrame) -> pd.DataFrame:
    """class, members, members_share, net_sales, share: one row a class."""
    grouped = ranked.groupby("class")
    frame = pd.DataFrame({"members": grouped.size(), "net_sales": grouped["net_sales"].sum(),
                          "share": grouped["share"].sum()}).reindex(["A", "B", "C"], fill_value=0)  # fmt: skip
    frame.insert(1, "members_share", frame["members"] / len(ranked) if len(ranked) else float("nan"))
    return frame.rename_axis("class").reset_index()
