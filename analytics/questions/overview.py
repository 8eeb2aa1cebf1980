"""Where the business stands, on one page: the Monday briefing."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import exceptions, receivables, sales, targets, visits
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, elapsed
from data import measures
from data.company import Company
from data.scope import Scope, add_months, month_end

# Each KPI of the briefing with the months of its sparkline.
KPIS = ("net_sales", "attainment", "gross_margin_rate", "overdue_share", "dso", "visit_coverage")
_FLOW = ("net_sales", "gross_margin_rate", "active_dealers")
_AS_OF = ("overdue", "overdue_share", "dso", "receivables")
SPARK_MONTHS = 12


@question("overview", reads=exceptions.READS)
def overview(company: Company, scope: Scope, decide: bool = True) -> Answer:
    """KPIs with comparison, target and sparkline; trend; regions; the dealers that explain the gap; exceptions.

    Frames: `kpis` (measure, value, target, target_change, target_change_rate, compared, change, change_rate), `spark`
    (month, one column a KPI), and the main frames of sales.trend, sales.by, targets.gap and exceptions under the
    names `trend`, `regions`, `gap`, `exceptions`. Values: those of the KPIs; `regions_by` (region, or dealer when the
    scope has no regions below it), `gap_*`, imported (a KPI's tables hold rows),
    after_data, before_data (the period lies outside the data), `exceptions_money`, `dealers` (open dealers in scope).

    decide: with the exceptions. They take longer than all the rest; a page shows the rest first.
    """
    store, whole = company.store, scope
    scope = scope.but(as_of=min(scope.as_of, max(scope.period.end, store.sales_span.start)))  # balances: those of then
    compared, notes = comparable(company, scope)
    reached = scope.but(period=elapsed(scope.period, scope.as_of))
    by = "region" if _has_regions_below(company, scope) else "dealer"
    parts = {
        "trend": sales.trend(company, whole),
        "regions": sales.ranking(company, reached, by),
        "gap": targets.gap(company, reached),
    }
    if decide:
        parts["exceptions"] = exceptions.exceptions(company, reached)
    kpis, values = _kpis(company, scope)
    frames = {"kpis": kpis, "spark": _spark(company, scope)}
    frames |= {name: next(iter(part.frames.values())) for name, part in parts.items()}
    values |= {f"gap_{key}": value for key, value in parts["gap"].values.items()}
    values |= {"imported": {id: _imported(company, id) for id in KPIS},
               "before_data": scope.period.end < store.sales_span.start,
               "after_data": scope.period.start > scope.as_of,
               "regions_by": by,
               "grain": parts["trend"].values["grain"],
               "dealers": len(store.query("dealer_owners", scope, depth=1))}  # fmt: skip
    if decide:
        values["exceptions_money"] = parts["exceptions"].values["money"]
    for part in parts.values():
        notes += tuple(note for note in part.notes if note not in notes)
    notes += sales.margin_note(company, scope) + receivables.scope_note(scope)
    return answer("overview", company, scope, frames, definitions=KPIS, values=values, compared=compared,
                  notes=_unique(notes))  # fmt: skip


def _imported(company: Company, id: str) -> bool:
    """Every table that the measure needs holds rows."""
    sources = {part.source for part in measures.aggregates((id,))}
    return all(company.store.has(measures.SOURCE_TABLES[source]) for source in sources if source)


def _unique(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple(note for i, note in enumerate(notes) if note not in notes[:i])


def _has_regions_below(company: Company, scope: Scope) -> bool:
    tree = company.store.region_tree
    if tree.empty or scope.dealer:
        return False
    return company.store.default_depth(scope) > company.store.region_depth(scope.region)


def _kpis(company: Company, scope: Scope) -> tuple[pd.DataFrame, dict[str, object]]:
    store = company.store
    flows = ("net_sales", "gross_margin", "gross_margin_rate", "orders", "active_dealers", "target", "target_to_date",
             "attainment", "pace")  # fmt: skip
    now = store.measure(scope, flows).iloc[0].to_dict() | store.measure(scope, _AS_OF).iloc[0].to_dict()
    covered = visits.coverage(company, scope)
    now["visit_coverage"] = covered.values["visit_coverage"]
    compared, _ = comparable(company, scope)
    then: dict[str, float] = {}
    if compared is not None:
        then = store.measure(scope, flows, period=compared).iloc[0].to_dict()
        # Balances compare with the day that lies as far from the compared period's end as today from this one's.
        day = compared.end + (scope.as_of - min(scope.period.end, scope.as_of))
        then |= store.measure(scope.but(as_of=day), _AS_OF, days=(day,)).iloc[0].to_dict()
        then["visit_coverage"] = covered.values.get("visit_coverage_compared", float("nan"))
    rows = []
    for id in (*KPIS, "gross_margin", "active_dealers", "receivables", "overdue", "orders", "pace"):
        value, before = now[id], then.get(id, float("nan"))
        target = now["target_to_date"] if id == "net_sales" else float("nan")
        rows.append({
            "measure": id, "value": value, "target": target, "target_change": value - target,
            "target_change_rate": (value - target) / target if target else float("nan"),
            "compared": before, "change": value - before,
            "change_rate": (value - before) / before if before else float("nan"),
        })  # fmt: skip
    return pd.DataFrame(rows), {**now}


def _spark(company: Company, scope: Scope) -> pd.DataFrame:
    """The last twelve months up to the end of the period: month and one column a KPI."""
    store = company.store
    last = min(scope.period.end, scope.as_of)
    first = add_months(last.replace(day=1), 1 - SPARK_MONTHS)
    first = max(first, store.sales_span.start.replace(day=1))
    months = pd.date_range(first, last.replace(day=1), freq="MS") if first <= last else pd.DatetimeIndex([])
    frame = pd.DataFrame({"month": [m.date() for m in months]})
    if frame.empty:
        return frame
    span = scope.but(period=type(scope.period)(first, last))
    flows = store.measure(span, ("net_sales", "gross_margin_rate", "pace", "visit_coverage", "active_dealers"),
                          ("month",))  # fmt: skip
    flows["month"] = [pd.Timestamp(m).date() for m in flows["month"]]
    flows = flows.rename(columns={"pace": "attainment"})
    ends: list[dt.date] = [min(month_end(m), scope.as_of) for m in frame["month"]]
    balances = store.measure(span, ("overdue_share", "dso"), ("month",), days=tuple(ends))
    balances["month"] = [pd.Timestamp(m).date().replace(day=1) for m in balances["month"]]
    return frame.merge(flows, on="month", how="left").merge(balances, on="month", how="left")
