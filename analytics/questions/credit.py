"""How long money stays outside, how it grows older, and what of it will probably be lost."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.receivables import BUCKETS, notes_of
from analytics.receivables import days as days_of
from analytics.receivables import provision as provisions
from analytics.receivables import rolls as roll_of
from data.company import Company
from data.scope import Scope, add_months, month_end
from data.words import N_

MONTHS = 12  # before the as-of day that a trend shows
DAYS = ("dso", "best_possible_dso", "delinquent_days", "countback_dso", "cei")


def month_back(day: dt.date, months: int) -> dt.date:
    """The same day some months earlier; from the end of a month, the end of that month."""
    back = add_months(day, -months)
    return month_end(back) if day == month_end(day) else back


@question("receivables.days")
def days(company: Company, scope: Scope) -> Answer:
    """How many days of sales stand outside, and how much of what could be collected was.

    Frame `days`: the ends of the last twelve months and the as-of day: day, receivables, dso (simple: over the sales of
    90 days), best_possible_dso (in term alone), delinquent_days (ADD = DSO − best possible), countback_dso, beyond (the
    receivables exceed all sales known: at least so many days), cei (collected of what could be collected in the month
    up to the day). Days before the first 90 days of invoices are left out.
    Values: those of the as-of day, each also `<id>_before` (the end of last month) and `<id>_last_year`; beyond, whole
    (the as-of day ends a month: its CEI is that of a whole one).
    """
    store, today = company.store, scope.as_of
    first = today.replace(day=1)
    ends = [add_months(first, -back) - dt.timedelta(days=1) for back in reversed(range(MONTHS + 1))]
    asked = [*ends, today]
    ids = ("receivables", "in_term", "invoiced_90", "best_possible_dso", "delinquent_days")
    found = store.measure(scope, ids, ("month",), days=asked)
    found["day"] = [pd.Timestamp(day).date() for day in found["month"]]
    found = found.set_index("day").reindex(asked).rename_axis("day").reset_index()
    sales = store.query("invoiced_months", scope)
    frame = days_of.monthly(
        found[["day", "receivables", "in_term"]].fillna(0.0).assign(sales_90=found["invoiced_90"].fillna(0.0)), sales
    )
    frame = frame.rename(columns={"best_possible": "best_possible_dso", "countback": "countback_dso"})
    start = pd.Timestamp(sales["month"].min()) if len(sales) else pd.Timestamp(today)
    full = pd.to_datetime(frame["day"]) >= start + pd.Timedelta(days=days_of.WINDOW - 1)
    frame = frame[full & (frame.index > 0)].reset_index(drop=True)  # the first day only gives the begin of the next
    by_day = frame.set_index("day")[list(DAYS)].reindex([today, ends[-1], month_back(today, 12)])
    values = {f"{id}{suffix}": by_day[id].iloc[i] for i, suffix in enumerate(("", "_before", "_last_year"))
              for id in DAYS}  # fmt: skip
    values |= {"whole": today == month_end(today), "beyond": bool(len(frame) and frame["beyond"].iloc[-1])}
    notes = notes_of(company, scope)
    if store.has("fact_receivable") and frame.empty:
        notes += (Note(N_("Days outside need 90 days of invoices.")),)
    return answer("receivables.days", company, scope, {"days": frame}, definitions=DAYS, values=values, notes=notes,
                  verdict="ok" if len(frame) else "insufficient_evidence")  # fmt: skip


@question("receivables.rolls")
def rolls(company: Company, scope: Scope) -> Answer:
    """Roll rates: of what stood in a bucket a month ago, how much is one bucket further now, by invoice.

    Frame `rolls`: twelve months × six buckets: day, before (a month earlier), bucket (where it stood), then (its value
    then), roll_rate (one further now; of the last bucket what is still there), stay_rate, further_rate, paid_rate (the
    four add up to 1), usual (median roll rate of the months before the last), more (money that rolled beyond the
    usual rate; negative: less).
    Values: stands_out (the bucket of the last month with the most such money; None when no bucket rolled more than
    usual), rolled, rate, usual and more of it.
    """
    pairs = [(month_back(scope.as_of, i), month_back(scope.as_of, i + 1)) for i in range(MONTHS)]
    moves = company.store.query("bucket_moves", scope, days=[day for day, _ in pairs], before=[b for _, b in pairs])
    moves["day"] = [pd.Timestamp(day).date() for day in moves["day"]]
    frame = roll_of.roll_rates(moves)
    frame.insert(1, "before", frame["day"].map(dict(pairs)))
    frame["bucket"] = frame["bucket"].map(dict(enumerate(BUCKETS)))
    frame["more"] = (frame["roll_rate"] - frame["usual"]) * frame["then"]
    last = frame[frame["day"] == scope.as_of]
    worst = last.loc[last["more"].idxmax()] if last["more"].notna().any() else None
    values: dict[str, object] = {"stands_out": None}
    if worst is not None and worst["more"] > 0:
        values = {"stands_out": worst["bucket"], "rolled": worst["roll_rate"] * worst["then"],
                  "rate": worst["roll_rate"], "usual": worst["usual"], "more": worst["more"]}  # fmt: skip
    columns = [
        "day",
        "before",
        "bucket",
        "then",
        "roll_rate",
        "stay_rate",
        "further_rate",
        "paid_rate",
        "usual",
        "more",
    ]
    return answer("receivables.rolls", company, scope, {"rolls": frame[columns]}, definitions=("roll_rate",),
                  values=values, notes=notes_of(company, scope))  # fmt: skip


@question("receivables.provision")
def provision(company: Company, scope: Scope, factor: float = 1.0, horizon: int = provisions.HORIZON) -> Answer:
    """Expected credit loss by a provision matrix (IFRS 9, B5.5.35): open balances × what such balances lost before.

    Loss rate of a bucket = never paid / ever reached the bucket, over invoices that were due at least `horizon` days
    ago and so had the time to reach every bucket; "never paid" is what was open `horizon` days past due. Younger
    invoices are left out: what they will lose is not known yet. The rates are those of all dealers that the viewer may
    see, also in a narrower view, so that parts add up. factor: forward-looking adjustment of the rates; 1 = as the
    past.

    Frame `matrix`: bucket, balance, reached, never_paid (money), loss_rate, adjusted_rate (× factor, at most 1),
    provision. Frame `dealers`: dealer_id (with names), receivables, overdue, provision, share (of receivables), largest
    first. Values: provision, receivables, share, overdue_part (share of the provision that is overdue), half_dealers
    (fewest who hold half of it), invoices and lost_invoices behind the rates, first_due, last_due, worse (the part of
    the money that became 31 days late, of what fell due in the last half-year against the invoices behind the rates:
    a help for the factor), factor, horizon. Cannot tell when fewer than 100 invoices are old enough.
    """
    store = company.store
    everybody = scope.but(**dict.fromkeys(scope.filters, ()))
    cohort = store.query("loss_cohort", everybody, horizon=horizon, span=provisions.ALL).iloc[0]
    lately = store.query("loss_cohort", everybody, horizon=31, span=provisions.LATELY).iloc[0]
    enough = provisions.enough(int(cohort["invoices"]))
    reached = [float(cohort[bucket]) if enough else 0.0 for bucket in BUCKETS]
    lost = float(cohort["never_paid"]) if enough else float("nan")
    rates = provisions.loss_rates(reached, lost)
    now = store.measure(scope, (*BUCKETS, "receivables"))[[*BUCKETS]].iloc[0].fillna(0.0)
    rows = pd.DataFrame({"bucket": BUCKETS, "balance": now.to_numpy(float), "reached": reached, "never_paid": lost,
                         "loss_rate": rates})  # fmt: skip
    matrix = provisions.matrix(rows, factor=factor)
    total, open_ = float(matrix["provision"].sum(min_count=1)), float(matrix["balance"].sum())
    dealers = store.measure(scope, (*BUCKETS, "receivables", "overdue"), ("dealer",))
    by_bucket = [(dealers[bucket] * rate).fillna(0.0) for bucket, rate in
                 zip(matrix["bucket"], matrix["adjusted_rate"], strict=True)]  # fmt: skip
    dealers["provision"] = sum(by_bucket[1:], by_bucket[0]) if enough else float("nan")
    dealers["share"] = dealers["provision"] / dealers["receivables"].where(dealers["receivables"] > 0)
    dealers = dealers[dealers["receivables"] > 0].sort_values("provision", ascending=False, ignore_index=True)
    dealers = dealers.drop(columns=list(BUCKETS))
    notes = notes_of(company, scope)
    unknown = matrix[matrix["loss_rate"].isna() & (matrix["balance"] > 0)]
    if not enough and store.has("fact_receivable"):
        message = N_(
            "Cannot tell what will be lost: {n} invoices were due at least {days} days ago, {needed} are needed."
        )
        notes += (Note(message, {"n": int(cohort["invoices"]), "days": horizon, "needed": provisions.FEWEST}),)
    elif len(unknown):
        notes += (Note(N_("No invoice of the past became as old as some of today's: no loss is provided for these.")),)
    values = {
        "provision": total, "receivables": open_, "share": total / open_ if open_ else float("nan"),
        "overdue_part": matrix["provision"].iloc[1:].sum() / total if total else float("nan"),
        "half_dealers": half(dealers["provision"].fillna(0.0)), "invoices": int(cohort["invoices"]),
        "lost_invoices": int(cohort["lost_invoices"]), "factor": factor, "horizon": horizon,
        "worse": _worse(lately, cohort) if enough else float("nan"),
        "first_due": _day(cohort["first_due"]), "last_due": _day(cohort["last_due"]),
    }  # fmt: skip
    return answer("receivables.provision", company, scope, {"matrix": matrix, "dealers": dealers}, values=values,
                  definitions=("provision", "loss_rate"), notes=notes,
                  verdict="ok" if enough else "insufficient_evidence")  # fmt: skip


def half(values: pd.Series) -> int:
    """The fewest of the values, given largest first, that hold half of their sum."""
    held = values.cumsum()
    return int((held < values.sum() / 2).sum()) + 1 if values.sum() > 0 else 0


def _worse(lately: pd.Series, before: pd.Series) -> float:
    """How many times as large a part became 31 days late; NaN where nothing did or was invoiced."""
    now, then = (row["d31_60"] / row["in_term"] if row["in_term"] else float("nan") for row in (lately, before))
    return float(now / then) if then else float("nan")


def _day(value: object) -> dt.date | None:
    day = pd.Timestamp(str(value)) if value is not None else pd.NaT
    return None if day is pd.NaT else day.date()
