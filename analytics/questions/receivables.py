"""Who owes how much, and since when."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from data.company import Company
from data.scope import Scope
from data.words import N_

BUCKETS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")
COLUMNS = (*BUCKETS, "credit", "unapplied", "receivables", "overdue", "overdue_share")


def scope_note(scope: Scope) -> tuple[Note, ...]:
    """Receivables know dealers, not products."""
    if scope.category or scope.product:
        return (Note(N_("Receivables are not split by product: the product filter does not act on them.")),)
    return ()


@question("receivables.aging")
def aging(company: Company, scope: Scope) -> Answer:
    """Open balances by days past due on the as-of day.

    Frame `aging`: one row a dealer and a last row `total` (dealer_id = "total"); dealer_name, dealer_name_en, in_term,
    d1_30, d31_60, d61_90, d91_120, d121, credit, unapplied (apart, never netted), receivables (sum of the six
    buckets), overdue, overdue_share, credit_limit, payment_term_days. Values: the totals and `dso`.
    """
    store = company.store
    frame = store.measure(scope, COLUMNS, ("dealer",))
    terms = store.query("dealer_terms", scope)
    frame = frame.merge(terms, on="dealer_id", how="left")
    moved = [*BUCKETS, "credit", "unapplied"]
    frame = frame[(frame[moved].fillna(0) != 0).any(axis=1)].sort_values("overdue", ascending=False)
    total = store.measure(scope, (*COLUMNS, "dso")).iloc[0]
    last = {"dealer_id": "total"} | {id: total[id] for id in COLUMNS}
    frame = pd.concat([frame, pd.DataFrame([last])], ignore_index=True)
    notes = scope_note(scope)
    if not store.has("fact_receivable"):
        notes += (Note(N_("No receivables imported yet: a file with invoice, dealer, date and amount is needed.")),)
    return answer("receivables.aging", company, scope, {"aging": frame}, definitions=(*COLUMNS, "dso"),
                  values={id: total[id] for id in (*COLUMNS, "dso")}, notes=notes)  # fmt: skip
