"""What people changed in the forecast: the layers, where they stand, and what they were worth once the actual is in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.forecasting.accuracy import value_added
from analytics.questions import forecast_overrides as overrides
from analytics.questions import forecast_read as reading
from analytics.questions.answer import Answer, answer, question
from analytics.questions.forecast import booked, inside, monthly
from analytics.questions.forecast_nodes import whole_months
from data.company import Company
from data.scope import Scope, month_end, year_before

STAIRCASE = ("seasonal_naive", "model", "override", "final")
_LAYERS = ["subject", "what", "id", "category", "start", "end", "at", "who", "amount", "model", "stands", "reason",
           "state"]  # fmt: skip
_JUDGED = ["subject", "what", "id", "start", "end", "actual", "seasonal_naive", "model", "override", "final"]


@question("forecast.changes", reads=reading.READS)
def changes(company: Company, scope: Scope) -> Answer:
    """Changes of the forecast in scope, layer by layer, and the value that they added.

    The model's number is never overwritten: a change is a layer above it. The newest word stands as it was said and
    flows into every level above and below; earlier words on a part keep theirs as far as the rest can bear it.
    Frame `open`: what the scope's next months say: ds, end, model, amount (what stands). Frame `layers`, newest first:
    subject, what (company, region, channel, employee, dealer), id, category ("" for all), start, end, at, who, amount
    (what was said; NaN: withdrawn), model (what the model said then), stands (what the forecast says now for it; NaN
    when its period is over), reason, state (`stands`, `moved`: a later word moved it, `replaced`, `withdrawn`, `over`).
    Frame `judged`: changes whose period is over: actual, the same months a year before (seasonal_naive), model,
    override (the first word), final (the last). Frame `staircase`: model (of the forecast: seasonal_naive, model,
    override, final), wape, added (by how much the step lowered the error).
    Values: standing, judged (counts), can_change (the scope names one thing that its viewer sees whole), thing (its
    subject without the period).
    """
    found, notes = reading.read(company, scope)
    layers, judged = _layers(company, scope, found), _judged(company, scope)
    rows = []
    if found is not None:
        for month, model, final in zip(found.months, found.whole.model, found.whole.final, strict=True):
            rows.append({"ds": pd.Timestamp(month), "end": pd.Timestamp(month_end(month)), "model": model,
                         "amount": final})  # fmt: skip
    frames = {"open": pd.DataFrame(rows, columns=["ds", "end", "model", "amount"]), "layers": layers,
              "judged": judged, "staircase": _staircase(judged)}  # fmt: skip
    subject = overrides.subject(scope, scope.period)
    if subject is not None and not _sees(company, scope, subject):
        subject = None
    values: dict[str, Any] = {
        "standing": int(layers["state"].isin(("stands", "moved")).sum()), "judged": len(judged),
        "can_change": subject is not None and found is not None,
        "thing": subject.partition("|")[0] if subject else None,
    }  # fmt: skip
    return answer("forecast.changes", company, scope, frames, definitions=("forecast_value_added",), values=values,
                  notes=notes, verdict="ok" if found is not None else "insufficient_evidence")  # fmt: skip


def _sees(company: Company, scope: Scope, subject: str) -> bool:
    """The viewer may see all of what the subject is about. Who is restricted to products sees nothing whole."""
    read = overrides.parsed(subject)
    if read is None or scope.entitlement is None or scope.entitlement.products:
        return False
    what, id, _, _ = read
    sees = {"dealer": company.sees, "region": company.sees_region}.get(what, company.sees_all)
    return sees(scope.entitlement, id)


def _mine(company: Company, scope: Scope, subject: str) -> bool:
    """The viewer may see what the subject is about, and the scope holds it."""
    read = overrides.parsed(subject)
    if read is None or not _sees(company, scope, subject):
        return False
    what, id, _, category = read
    chosen = scope.filters.get(what, ())
    others = [name for name in scope.filters if name not in (what, "category")]
    fits = not others and (not chosen or id in chosen)
    kind = not scope.category or category in scope.category
    return kind and (fits or (what == "dealer" and _holds(company, scope, id)))


def _holds(company: Company, scope: Scope, dealer: str) -> bool:
    seen = company.store.query("dealer_terms", scope.but(category=(), product=()))
    return bool((seen["dealer_id"] == dealer).any())


def _layers(company: Company, scope: Scope, found: reading.Forecast | None) -> pd.DataFrame:
    entries = [entry for entry in company.ledger.entries(overrides.KIND) if _mine(company, scope, entry.subject)]
    newest = {entry.subject: entry.id for entry in entries}
    stands: dict[str, float] = {}
    until, rows = _over_until(company), []
    for entry in reversed(entries):
        read = overrides.parsed(entry.subject)
        assert read is not None
        what, id, period, category = read
        amount, state, now = entry.body.get("amount"), "replaced", float("nan")
        if not entry.body:
            state = "withdrawn"
        elif newest[entry.subject] == entry.id:
            if period.end <= until:
                state = "over"
            elif found is not None:
                if entry.subject not in stands:
                    stands[entry.subject] = _now(company, entry.subject)
                now = stands[entry.subject]
                state = "stands" if abs(now - float(amount or 0.0)) < 0.5 else "moved"
        rows.append({"subject": entry.subject, "what": what, "id": id, "category": category, "start": period.start,
                     "end": period.end, "at": entry.at, "who": entry.who, "amount": amount, "stands": now,
                     "model": entry.body.get("model"), "reason": entry.body.get("reason"), "state": state})  # fmt: skip
    frame = pd.DataFrame(rows, columns=_LAYERS)
    return frame.astype({"amount": "float64", "model": "float64", "stands": "float64"})


def _over_until(company: Company) -> dt.date:
    """The last day of the last month that the data cover whole."""
    months, _ = whole_months(company, company.snapshot.as_of)
    return month_end(months[-1]) if months else dt.date.min


def _now(company: Company, subject: str) -> float:
    """What the forecast says now for a subject."""
    change = next((c for c in overrides.standing(company) if c.subject == subject), None)
    if change is None:
        return float("nan")
    scope = overrides.scope_of(company, change)
    found, _ = reading.read(company, scope)
    if found is None:
        return float("nan")
    actual, _ = monthly(company, scope)
    return booked(found, actual, change.period) + float(found.whole.final[inside(found, change.period)].sum())


def _judged(company: Company, scope: Scope) -> pd.DataFrame:
    """Changes whose period is over, with what came."""
    words: dict[str, list[Any]] = {}
    for entry in company.ledger.entries(overrides.KIND):
        if entry.body and _mine(company, scope, entry.subject):
            words.setdefault(entry.subject, []).append(entry.body)
    standing = {entry.subject for entry in company.ledger.latest(overrides.KIND)}
    first, until = company.store.sales_span.start, _over_until(company)
    rows = []
    for subject, bodies in words.items():
        read = overrides.parsed(subject)
        if read is None or subject not in standing or read[2].end > until:
            continue
        what, id, period, category = read
        known = [body for body in bodies if dt.date.fromisoformat(body.get("data_to", "9999-12-31")) < period.end]
        if not known:
            continue
        change = overrides.Change(subject, what, id, category, period, known[-1]["amount"], "", "", "")
        before = year_before(period)
        naive = overrides.actual(company, change, before) if before.start >= first.replace(day=1) else float("nan")
        rows.append({"subject": subject, "what": what, "id": id, "start": period.start, "end": period.end,
                     "actual": overrides.actual(company, change, period), "seasonal_naive": naive,
                     "model": known[0].get("model"), "override": known[0]["amount"],
                     "final": known[-1]["amount"]})  # fmt: skip
    return pd.DataFrame(rows, columns=_JUDGED).astype(dict.fromkeys(_JUDGED[5:], "float64"))


def _staircase(judged: pd.DataFrame) -> pd.DataFrame:
    whole = judged.dropna(subset=list(STAIRCASE))
    if whole.empty:
        return pd.DataFrame(columns=["model", "wape", "added"])
    long = whole.melt(id_vars=["subject", "actual"], value_vars=list(STAIRCASE), var_name="model", value_name="mean")
    long = long.rename(columns={"subject": "unique_id", "actual": "y"}).assign(cutoff=0, scale=1.0)
    return value_added(long, STAIRCASE, by=())
