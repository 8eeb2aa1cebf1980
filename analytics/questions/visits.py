"""Whether the sales force went where it planned, and what came of it."""

from __future__ import annotations

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable
from data.company import Company
from data.scope import Scope
from data.words import N_

MEASURES = ("planned_visits", "planned_visits_done", "visit_coverage", "visits", "unplanned_visits", "strike_rate")


@question("visits.coverage")
def coverage(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Planned visits done, by region (employee, dealer, channel).

    Frame `by`: key (and names), then MEASURES; lowest coverage first. Values: the same in all, and `_compared`.
    """
    store = company.store
    total = store.measure(scope, MEASURES).iloc[0]
    compared, notes = comparable(company, scope)
    values = {id: total[id] for id in MEASURES}
    if compared:
        before = store.measure(scope, MEASURES, period=compared).iloc[0]
        values |= {f"{id}_compared": before[id] for id in MEASURES}
    if not store.has("fact_visit"):
        notes += (Note(N_("No visits imported yet: a file with dealer, date and result is needed.")),)
    elif scope.category or scope.product:
        notes += (Note(N_("Visits are not split by product: the product filter does not act on them.")),)
    frame = store.measure(scope, MEASURES, (by,)).sort_values("visit_coverage", ignore_index=True)
    return answer("visits.coverage", company, scope, {"by": frame}, definitions=MEASURES, values=values,
                  compared=compared, notes=notes)  # fmt: skip
