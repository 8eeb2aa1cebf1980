"""Actual against target, and which dealers explain the gap."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, side_by_side
from data.company import Company
from data.scope import Scope
from data.words import N_

MEASURES = ("net_sales", "target", "target_to_date", "attainment", "pace")
NAMED = 5  # dealers named in the gap bridge


@question("targets.attainment")
def attainment(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Target reached and pace, in all and by a grouping.

    Frame `by`: key (and names), net_sales, target, target_to_date, attainment, pace, gap (net sales less target to
    date), most money missing first. Values: the same in all, `level` (the level of targets used).
    """
    store = company.store
    total = store.measure(scope, MEASURES).iloc[0]
    frame = store.measure(scope, MEASURES, (by,))
    frame["gap"] = frame["net_sales"] - frame["target_to_date"]
    frame = frame.sort_values("gap", ignore_index=True)
    notes: tuple[Note, ...] = ()
    if pd.isna(total["target"]):
        notes = (Note(N_("No target is given for this scope.")),)
    elif frame["target"].isna().all():
        notes = (Note(N_("Targets are not given by {grouping}."), {"grouping": by}),)
    values = {id: total[id] for id in MEASURES} | {
        "gap": total["net_sales"] - total["target_to_date"], "level": store.target_level(scope)
    }  # fmt: skip
    return answer("targets.attainment", company, scope, {"by": frame}, definitions=MEASURES, values=values, notes=notes)


@question("targets.gap")
def gap(company: Company, scope: Scope, named: int = NAMED) -> Answer:
    """The dealers that explain the gap to target; without dealer targets, the change on the compared period.

    Frame `gap`: dealer_id (empty for groups), dealer_name, dealer_name_en, kind (`dealer`, `others`: the other
    dealers on the side of the total, `against`: all on the other side, `not_split`: target or sales that dealers do not
    carry, `total`), gap, dealers (count). The rows before `total` add up to it. Values: base (`target` or `compared`),
    total, same_side (sum on the side of the total), named (sum of the named), named_share of same_side.
    """
    compared, notes = comparable(company, scope)
    ids = ("net_sales", "target_to_date")
    wide = side_by_side(company, scope, ids, ("dealer",), compared=compared)
    whole = side_by_side(company, scope, ids, compared=compared).iloc[0]
    base = "target" if wide["target_to_date"].notna().any() else "compared"
    other = "target_to_date" if base == "target" else "net_sales_compared"
    if base == "compared" and compared is None:
        return answer("targets.gap", company, scope, {"gap": _EMPTY.copy()}, definitions=ids,
                      values={"base": None}, notes=notes, verdict="insufficient_evidence")  # fmt: skip
    wide["gap"] = wide["net_sales"].fillna(0) - wide[other].fillna(0)
    total = float(whole["net_sales"] - whole[other])
    sign = -1.0 if total <= 0 else 1.0
    same = wide[wide["gap"] * sign > 0].sort_values("gap", key=lambda g: -g * sign)
    against = wide[wide["gap"] * sign < 0]
    first, rest = same.head(named), same.iloc[named:]
    rows = [
        {"dealer_id": r.dealer_id, "dealer_name": r.dealer_name, "dealer_name_en": r.dealer_name_en, "kind": "dealer",
         "gap": r.gap, "dealers": 1}
        for r in first.itertuples()
    ]  # fmt: skip
    for kind, part in (("others", rest), ("against", against)):
        if len(part):
            rows.append(_group(kind, float(part["gap"].sum()), len(part)))
    unsplit = total - float(wide["gap"].sum())
    if abs(unsplit) >= 0.5:
        rows.append(_group("not_split", unsplit, 0))
    rows.append(_group("total", total, len(wide)))
    frame = pd.DataFrame(rows, columns=_EMPTY.columns)
    moved = float(same["gap"].sum())
    values = {
        "base": base, "total": total, "named": float(first["gap"].sum()), "same_side": moved,
        "named_share": float(first["gap"].sum()) / moved if moved else float("nan"), "named_dealers": len(first),
    }  # fmt: skip
    return answer("targets.gap", company, scope, {"gap": frame}, definitions=ids, values=values,
                  compared=compared, notes=notes)  # fmt: skip


_EMPTY = pd.DataFrame(columns=["dealer_id", "dealer_name", "dealer_name_en", "kind", "gap", "dealers"])


def _group(kind: str, gap: float, dealers: int) -> dict[str, object]:
    return {
        "dealer_id": None,
        "dealer_name": None,
        "dealer_name_en": None,
        "kind": kind,
        "gap": gap,
        "dealers": dealers,
    }
