"""Whom to call this week, who is over the limit, and how much hangs on few debtors."""

from __future__ import annotations

import pandas as pd

from analytics.questions import receivables
from analytics.questions.answer import Answer, answer, question
from analytics.receivables import risk
from analytics.sales.concentration import hhi, shares, top_share
from data.company import Company
from data.scope import Scope

LARGEST = 10  # debtors of the top share
DEBTOR = ("dealer_id", "dealer_name", "dealer_name_en", "region_id", "region_name", "region_name_en", "owner_id",
          "owner_name", "owner_name_en")  # fmt: skip
MONEY = ("at_risk", "overdue", "overdue_long", "due_soon", "receivables", "unapplied", "open_orders", "headroom")
ACTION = ("answers_id", "answers_name", "answers_name_en", "action_owner", "next_step", "due", "result", "action_at")


@question("receivables.worklist", reads=("collection_action",))
def worklist(company: Company, scope: Scope, shown: int = 0) -> Answer:
    """Collect this week: debtors ranked by money at risk = late rate × amount.

    The amount is what is overdue and what falls due within a week. The late rate is the share of the money due in the
    past year that was still open 30 days past due; what is more than 30 days late already counts in full.
    shown: at most so many rows; 0 = all with money at risk.

    Frame `worklist`: rank, dealer_id, region_id, owner_id (with names), at_risk, overdue, overdue_long (over 30 days
    late), due_soon (within 7 days), overdue_invoices, average_days (past due, by amount), oldest_days, late_rate,
    own_rate (False: too few invoices, the network's rate), receivables, credit_limit, open_orders, headroom,
    utilisation, last_paid (day), unapplied, promise_passed (the due day of the standing collection action has passed
    without a result), and the action: answers_id (its owner, else the dealer's, with names), action_owner, next_step,
    due, result, action_at. Values: at_risk and overdue of the rows shown, at_risk_total and overdue_total in all,
    found (rows before the cut), no_action (rows shown without an action).
    """
    store = company.store
    frame = receivables.debtors(company, scope).drop(columns=["overdue"])
    debts = store.query("debts", scope, late_after=risk.LATE_AFTER, soon=risk.SOON)
    history = store.query("late_history", scope, late_after=risk.LATE_AFTER)
    frame = frame.merge(debts, on="dealer_id").merge(risk.late_rates(history), on="dealer_id", how="left")
    frame["own_rate"] = frame["own_rate"].eq(True)
    network = history["late"].sum() / history["due"].sum() if history["due"].sum() > 0 else float("nan")
    frame["late_rate"] = frame["late_rate"].fillna(network)
    frame["at_risk"] = risk.at_risk(frame).round(2)
    passed = pd.to_datetime(frame["due"]) < pd.Timestamp(scope.as_of)
    frame["promise_passed"] = frame["due"].where(passed & frame["result"].isna(), None)
    frame["last_paid"] = [None if pd.isna(day) else pd.Timestamp(day).date() for day in frame["last_paid"]]
    total = float(frame["overdue"].sum())
    frame = frame[frame["at_risk"] > 0].sort_values(["at_risk", "dealer_id"], ascending=[False, True])
    frame.insert(0, "rank", range(1, len(frame) + 1))
    cut = frame.head(shown) if shown else frame
    columns = ["rank", *DEBTOR, *MONEY, "overdue_invoices", "average_days", "oldest_days", "late_rate", "own_rate",
               "credit_limit", "utilisation", "last_paid", "promise_passed", *ACTION]  # fmt: skip
    values = {
        "at_risk": float(cut["at_risk"].sum()), "overdue": float(cut["overdue"].sum()), "found": len(frame),
        "overdue_total": total, "at_risk_total": float(frame["at_risk"].sum()),
        "no_action": int(cut["next_step"].isna().sum()),
    }  # fmt: skip
    return answer("receivables.worklist", company, scope, {"worklist": cut[columns].reset_index(drop=True)},
                  definitions=("overdue", "receivables"), values=values,
                  notes=receivables.notes_of(company, scope))  # fmt: skip


@question("receivables.limits")
def limits(company: Company, scope: Scope) -> Answer:
    """Credit limits that are passed: utilisation = (open balance + open orders) / limit above 100 %.

    Frame `limits`: dealer_id, region_id, owner_id (with names), credit_limit, receivables, open_orders (missing: not
    known for that day), over (money above the limit), utilisation (missing for a limit of zero), overdue,
    overdue_share; most money above first. Values: over and dealers in all, with_limit (debtors with a limit),
    without_limit (debtors without one) and their receivables, open_without_limit.
    """
    frame = receivables.debtors(company, scope)
    owing = frame[frame["receivables"] > 0]
    bare = owing[owing["credit_limit"].isna()]
    over = frame[frame["headroom"] < 0].assign(over=lambda rows: -rows["headroom"])
    over = over.sort_values("over", ascending=False, ignore_index=True)
    values = {"over": float(over["over"].sum()), "dealers": len(over), "with_limit": len(owing) - len(bare),
              "without_limit": len(bare), "open_without_limit": float(bare["receivables"].sum())}  # fmt: skip
    columns = [*DEBTOR, "credit_limit", "receivables", "open_orders", "over", "utilisation", "overdue", "overdue_share"]
    return answer("receivables.limits", company, scope, {"limits": over[columns]}, values=values,
                  definitions=("receivables", "overdue"), notes=receivables.notes_of(company, scope))  # fmt: skip


@question("receivables.concentration")
def concentration(company: Company, scope: Scope, by: str = "dealer", largest: int = LARGEST) -> Answer:
    """How much of what is owed hangs on few debtors (or regions, channels, sales people).

    Frame `concentration`: key and names, receivables, overdue, overdue_share, share (of receivables), cumulative;
    largest first. Values: top_share and overdue_top_share (of the `largest`), hhi, overdue_hhi (sum of squared shares),
    equal (1 / HHI: so many equal debtors would be as concentrated), debtors, largest.
    """
    frame = company.store.measure(scope, ("receivables", "overdue", "overdue_share"), (by,))
    frame = frame[frame["receivables"] > 0].sort_values("receivables", ascending=False, ignore_index=True)
    frame["share"] = shares(frame["receivables"])
    frame["cumulative"] = frame["share"].cumsum()
    concentrated = hhi(frame["receivables"])
    values = {
        "top_share": top_share(frame["receivables"], largest), "hhi": concentrated,
        "overdue_top_share": top_share(frame["overdue"], largest), "overdue_hhi": hhi(frame["overdue"]),
        "equal": 1 / concentrated if concentrated else float("nan"), "debtors": len(frame), "largest": largest,
    }  # fmt: skip
    return answer("receivables.concentration", company, scope, {"concentration": frame}, values=values,
                  definitions=("receivables", "overdue"), notes=receivables.notes_of(company, scope))  # fmt: skip
