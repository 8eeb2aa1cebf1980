"""Who owes how much, and since when: the aging form, the invoices behind it, what moved it, limits, concentration."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.receivables.limits import headroom
from data.company import Company
from data.scope import Scope, add_months, month_end
from data.words import N_

BUCKETS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")
APART = ("credit", "unapplied")  # never netted into the buckets
COLUMNS = (*BUCKETS, *APART, "receivables", "overdue", "overdue_share")
MONEY = (*BUCKETS, *APART, "receivables", "overdue")
MONTHS = 12  # month ends before the as-of day that the answer shows


def scope_note(scope: Scope) -> tuple[Note, ...]:
    """Receivables know dealers, not products."""
    if scope.category or scope.product:
        return (Note(N_("Receivables are not split by product: the product filter does not act on them.")),)
    return ()


def notes_of(company: Company, scope: Scope) -> tuple[Note, ...]:
    """What a reader of balances must know: filters that do not act, tables that are missing, orders of another day."""
    notes = scope_note(scope)
    if not company.store.has("fact_receivable"):
        notes += (Note(N_("No receivables imported yet: a file with invoice, dealer, date and amount is needed.")),)
    elif not company.store.has("fact_receipt"):
        notes += (Note(N_("No receipts imported yet: every invoice counts as open.")),)
    first, last = company.store.first_invoice, company.snapshot.as_of
    if first and scope.as_of < first:
        notes += (Note(N_("Invoices start on {day}: what was owed before is not known."), {"day": first}),)
    if scope.as_of > last:
        message = N_("The data end on {day}: what was invoiced or paid since is not known, and all else grows older.")
        notes += (Note(message, {"day": last}),)
    if company.store.has("open_order") and scope.as_of < company.snapshot.as_of:
        message = N_("Open orders are known for {day} only: the headroom of an earlier day leaves them out.")
        notes += (Note(message, {"day": company.snapshot.as_of}),)
    return notes


def last_month(day: dt.date) -> dt.date:
    """The day that "last month" of the form means: the end of the month before."""
    return day.replace(day=1) - dt.timedelta(days=1)


def debtors(company: Company, scope: Scope) -> pd.DataFrame:
    """One row a dealer with a balance, most overdue money first; see the frame `aging` of receivables.aging."""
    store = company.store
    frame = store.measure(scope, COLUMNS, ("dealer",))
    frame = frame[(frame[[*BUCKETS, *APART]].fillna(0) != 0).any(axis=1)]
    terms = store.query("debtors", scope, depth=store.default_depth(scope))
    if scope.as_of < company.snapshot.as_of or not store.has("open_order"):
        terms["open_orders"] = float("nan")
    frame = frame.merge(terms, on="dealer_id", how="left")
    frame = pd.concat([frame, headroom(frame)], axis=1)
    actions = company.records("collection_action")
    actions["dealer_id"] = actions["subject"].str.removeprefix("dealer:")
    actions = actions.rename(columns={"owner": "action_owner", "at": "action_at"}).drop(columns=["subject", "who"])
    frame = frame.merge(actions, on="dealer_id", how="left")
    frame["answers_id"] = frame["action_owner"].where(frame["action_owner"].notna(), frame["owner_id"])
    for part, grouping in (("region", "region"), ("owner", "employee"), ("answers", "employee")):
        names = store.names(grouping).reindex(frame[f"{part}_id"])
        frame[f"{part}_name"], frame[f"{part}_name_en"] = names.iloc[:, 0].to_numpy(), names.iloc[:, 1].to_numpy()
    return frame.sort_values(["overdue", "receivables"], ascending=False, ignore_index=True)


@question("receivables.aging", reads=("collection_action",))
def aging(company: Company, scope: Scope) -> Answer:
    """The aging form: open balances by days past due on the as-of day.

    Frame `aging`: one row a dealer, most overdue money first, and a last row `total` (dealer_id = "total"):
    dealer_name, dealer_name_en, in_term, d1_30, d31_60, d61_90, d91_120, d121, credit, unapplied (apart, never netted),
    receivables (sum of the six buckets), overdue, overdue_share, credit_limit (missing = no limit), payment_term_days,
    open_orders, headroom, utilisation, region_id and owner_id with names, and the standing collection action:
    action_owner, next_step, due, result, action_at; answers_id with names is the action's owner, else the dealer's.
    Frame `offices`: the same money by region_id (names, dealers, overdue_share), most overdue money first.
    Frame `form`: kind `now`, `share` (fraction of receivables), `before` (the end of last month), `change` = now −
    before, with MONEY.
    Frame `days`: the ends of the last twelve months and the as-of day: day, MONEY, overdue_share, dso.
    Values: the totals, each also `<id>_last_month` and `<id>_last_year` (the same day a year ago; missing before the
    first invoice); dso; last_month and last_year (days); debtors, overdue_dealers, half_dealers (fewest dealers who
    hold half of what is overdue),
    over_limit (money above limits, open orders included), over_limit_dealers, dealers (in scope), imported (there are
    invoices at all), before_data (the as-of day lies before the first invoice).
    """
    store = company.store
    frame = debtors(company, scope)
    total = store.measure(scope, (*COLUMNS, "dso")).iloc[0]
    before_data = bool(store.first_invoice and scope.as_of < store.first_invoice)
    if before_data:
        total[:] = float("nan")
    last = {"dealer_id": "total"} | {id: total[id] for id in COLUMNS}
    last |= {id: frame[id].sum(min_count=1) for id in ("credit_limit", "open_orders", "headroom")}
    days, before, year = _days(company, scope)
    values: dict[str, Any] = {id: total[id] for id in (*COLUMNS, "dso")}
    for suffix, row in (("last_month", before), ("last_year", year)):
        values |= {f"{id}_{suffix}": row[id] for id in COLUMNS} | {suffix: row["day"]}
    over = frame[frame["headroom"] < 0]
    overdue = frame[frame["overdue"] > 0]
    held = overdue["overdue"].cumsum()
    values |= {
        "debtors": int((frame["receivables"] > 0).sum()), "overdue_dealers": len(overdue),
        "half_dealers": int((held < held.max() / 2).sum()) + 1 if len(overdue) else 0,
        "over_limit": -float(over["headroom"].sum()), "over_limit_dealers": len(over),
        "dealers": len(store.query("dealer_terms", scope)), "imported": store.has("fact_receivable"),
        "before_data": before_data,
    }  # fmt: skip
    frames = {
        "aging": pd.concat([frame, pd.DataFrame([last])], ignore_index=True), "offices": _offices(frame),
        "form": _form(total, before), "days": days,
    }  # fmt: skip
    return answer("receivables.aging", company, scope, frames, definitions=(*COLUMNS, "dso"), values=values,
                  notes=notes_of(company, scope))  # fmt: skip


def _offices(frame: pd.DataFrame) -> pd.DataFrame:
    """Dealers added up by region; the same rows, so the parts add up to the whole."""
    keys = ["region_id", "region_name", "region_name_en"]
    added = frame.groupby(keys, dropna=False, sort=False)
    offices = added[[*MONEY, "credit_limit", "open_orders", "headroom"]].sum(min_count=1)
    offices["dealers"] = added.size()
    offices = offices.reset_index().sort_values("overdue", ascending=False, ignore_index=True)
    return offices.assign(overdue_share=offices["overdue"] / offices["receivables"].where(offices["receivables"] != 0))


def _form(now: pd.Series, before: pd.Series) -> pd.DataFrame:
    whole = now["receivables"]
    rows = {
        "now": {id: now[id] for id in MONEY},
        "share": {id: now[id] / whole if whole else float("nan") for id in (*BUCKETS, "receivables", "overdue")},
        "before": {id: before[id] for id in MONEY},
        "change": {id: now[id] - before[id] for id in MONEY},
    }
    return pd.DataFrame([{"kind": kind} | row for kind, row in rows.items()], columns=["kind", *MONEY])


def _days(company: Company, scope: Scope) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Balances on the ends of the last months and today; those of last month's end; those of a year ago."""
    today, first = scope.as_of, scope.as_of.replace(day=1)
    ends = [add_months(first, -back) - dt.timedelta(days=1) for back in reversed(range(MONTHS))]
    year = month_end(add_months(today, -12)) if today == month_end(today) else add_months(today, -12)
    asked = sorted({*ends, year, today})
    found = company.store.measure(scope, (*COLUMNS, "dso"), ("month",), days=asked)
    found["day"] = [pd.Timestamp(day).date() for day in found["month"]]
    found = found.set_index("day").reindex(asked).rename_axis("day").reset_index().drop(columns="month")
    if first_known := company.store.first_invoice:
        known = found["day"] >= first_known  # before, nobody knows
        found.loc[known, list(MONEY)] = found.loc[known, list(MONEY)].fillna(0.0)
        found.loc[~known, [*COLUMNS, "dso"]] = float("nan")
    by_day = found.set_index("day", drop=False)
    shown = by_day.loc[[*ends, today]]
    shown = shown[(shown["receivables"].fillna(0) != 0).cummax()]  # nothing before the first invoice
    return shown.reset_index(drop=True), by_day.loc[ends[-1]], by_day.loc[year]


@question("receivables.invoices")
def invoices(company: Company, scope: Scope) -> Answer:
    """The open invoices behind the form, oldest due first.

    Frame `invoices`: invoice_id, dealer_id, invoice_date, due_date, dpd (days past due; 0 and less: in term), bucket
    (the column of the form; `credit` for a negative balance), amount, paid, balance. Values: open, overdue, credit.
    """
    frame = company.store.query("open_invoices", scope)
    edges = [float("-inf"), 0, 30, 60, 90, 120, float("inf")]
    bucket = pd.cut(frame["dpd"], edges, labels=list(BUCKETS)).astype("object")
    frame.insert(6, "bucket", bucket.where(frame["balance"] > 0, "credit"))
    open_ = frame[frame["balance"] > 0]
    values = {
        "open": float(open_["balance"].sum()), "overdue": float(open_.loc[open_["dpd"] >= 1, "balance"].sum()),
        "credit": -float(frame.loc[frame["balance"] < 0, "balance"].sum()),
    }  # fmt: skip
    return answer("receivables.invoices", company, scope, {"invoices": frame}, definitions=BUCKETS, values=values,
                  notes=notes_of(company, scope))  # fmt: skip


@question("receivables.movement")
def movement(company: Company, scope: Scope) -> Answer:
    """From what was overdue at the end of last month to what is overdue on the as-of day.

    Frame `movement`: step, value; `newly` (became overdue since and still open), `paid` (paid of what was overdue
    before, negative). Values: opening, closing = opening + the steps, before (the day), newly (all that became overdue
    since, with the balance of its first overdue day), newly_paid (paid of it by the as-of day), paid.
    """
    before = last_month(scope.as_of)
    row = company.store.query("overdue_movement", scope, before=before).iloc[0]
    steps = {"newly": row["newly"] - row["paid_new"], "paid": -row["paid_old"]}
    frame = pd.DataFrame({"step": list(steps), "value": list(steps.values())})
    values = {"opening": row["opening"], "closing": row["closing"], "newly": row["newly"],
              "newly_paid": row["paid_new"], "paid": row["paid_old"], "before": before}  # fmt: skip
    return answer("receivables.movement", company, scope, {"movement": frame}, definitions=("overdue",), values=values,
                  notes=notes_of(company, scope))  # fmt: skip
