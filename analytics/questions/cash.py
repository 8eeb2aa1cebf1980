"""What open invoices will bring and when, and which of them will be late: stored results, read within a scope."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.credit import half
from analytics.questions.receivables import notes_of
from analytics.receivables import expected, late, risk
from data.company import Company
from data.scope import Scope
from data.words import N_

EXPECTED, LATE = "cash_expected", "late_risk"  # names of the stored results
FIRST = 4  # weeks of the headline


def cash_expected(company: Company, scope: Scope) -> pd.DataFrame:
    """Job: cash expected by dealer and week, from the as-of day and from past weeks (receivables.expected.by_week)."""
    return expected.by_week(company.store.query("payment_pieces", scope), pd.Timestamp(scope.as_of))


def late_risk(company: Company, scope: Scope) -> pd.DataFrame:
    """Job: scores of invoices in term, and of the latest known ones, out of time (receivables.late.scored)."""
    invoices = company.store.query("invoice_outcomes", scope, late_after=risk.LATE_AFTER)
    return late.scored(invoices, risk.LATE_AFTER, pd.Timestamp(scope.as_of))


def _stored(company: Company, scope: Scope, name: str) -> tuple[pd.DataFrame | None, tuple[Note, ...]]:
    """The stored result of the dealers in scope; None, with the reason, where there is none for the day."""
    notes = notes_of(company, scope)
    if not company.store.has("fact_receivable"):
        return None, notes
    if scope.as_of != company.snapshot.as_of:
        message = N_("What is to come is computed for the last day of the data only, {day}.")
        return None, (*notes, Note(message, {"day": company.snapshot.as_of}))
    frame = company.result(name)
    if frame is None:
        return None, (*notes, Note(N_("What is to come is being computed; look again in a minute.")))
    seen = company.store.query("dealer_terms", scope)["dealer_id"]
    return frame[frame["dealer_id"].isin(seen)], notes


@question("receivables.cash")
def cash(company: Company, scope: Scope) -> Answer:
    """Cash expected from open invoices by week, from each dealer's own days past due, with an 80 % band.

    The band holds 80 % of what the same computation, begun in past weeks, missed; `tested` and `held` say how often it
    would have held when only what was known by then had made it. The centre is moved by what such computations of all
    dealers missed in the middle (payment runs on fixed weekdays), for every view alike, so that parts add up.

    Frame `weeks`: week (1-8), start, end, due (falls due then), expected, low, high (NaN without a band), starts (past
    weeks behind the band), tested, held. Frame `dealers`: dealer_id (with names), overdue, due and expected (in the
    first four weeks), short (due + overdue − expected), largest expected first.
    Values: expected, low, high, due (of the first four weeks), open, overdue, later (open, not expected within eight
    weeks), tested, held, coverage (held / tested over all weeks), first_tested and first_held (of the four weeks
    together), starts. Cannot tell without a stored result.
    """
    frame, notes = _stored(company, scope, EXPECTED)
    columns = ["week", "start", "end", "due", "expected", "low", "high", "starts", "tested", "held"]
    dealers = pd.DataFrame(
        columns=["dealer_id", "dealer_name", "dealer_name_en", "overdue", "due", "expected", "short"]
    )
    empty = {"weeks": pd.DataFrame(columns=columns), "dealers": dealers}
    if frame is None or frame.empty or not (frame["origin"] == pd.Timestamp(scope.as_of)).any():
        return answer("receivables.cash", company, scope, empty, definitions=("expected_cash",), notes=notes,
                      verdict="insufficient_evidence")  # fmt: skip
    everybody, _notes = _stored(company, scope.but(**dict.fromkeys(scope.filters, ())), EXPECTED)
    assert everybody is not None
    centre = expected.centre(expected.added(everybody))
    frame = frame.assign(expected=frame["expected"] * frame["week"].map(centre).fillna(1.0))
    weeks = expected.added(frame)
    bands = expected.bands(weeks).set_index("week")
    now = frame[frame["origin"] == pd.Timestamp(scope.as_of)]
    shown = weeks[(weeks["origin"] == pd.Timestamp(scope.as_of)) & (weeks["week"] > 0)].join(bands, on="week")
    shown["start"] = [scope.as_of + dt.timedelta(7 * int(week) - 6) for week in shown["week"]]
    shown["end"] = [scope.as_of + dt.timedelta(7 * int(week)) for week in shown["week"]]
    first = shown[shown["week"] <= FIRST]
    total, together = float(first["expected"].sum()), bands.loc[0]
    owed = float(company.store.measure(scope, ("receivables",))["receivables"].iloc[0])
    overdue = float(now.loc[now["week"] == 0, "due"].sum())
    shown["low"], shown["high"] = shown["low"] * shown["expected"], shown["high"] * shown["expected"]
    weekly = bands[bands.index > 0]
    values = {
        "expected": total, "low": total * together["low"], "high": total * together["high"],
        "due": float(first["due"].sum()), "open": owed, "overdue": overdue,
        "later": owed - float(shown["expected"].sum()), "tested": int(weekly["tested"].sum()),
        "held": int(weekly["held"].sum()), "first_tested": int(together["tested"]), "first_held": int(together["held"]),
        "starts": int(together["starts"]),
        "coverage": weekly["held"].sum() / weekly["tested"].sum() if weekly["tested"].sum() else float("nan"),
    }  # fmt: skip
    if pd.isna(together["low"]):
        notes += (Note(N_("No band: the payments of too few past weeks are known to say how far this may miss.")),)
    frames = {"weeks": shown[columns].reset_index(drop=True), "dealers": _by_dealer(company, now)}
    return answer("receivables.cash", company, scope, frames, definitions=("expected_cash",), values=values,
                  notes=notes)  # fmt: skip


def _by_dealer(company: Company, now: pd.DataFrame) -> pd.DataFrame:
    """Each dealer's first four weeks: what is overdue, what falls due, what is expected."""
    near = now[now["week"].between(1, FIRST)].groupby("dealer_id")[["due", "expected"]].sum()
    near.insert(0, "overdue", now[now["week"] == 0].set_index("dealer_id")["due"])
    near["short"] = near["due"] + near["overdue"] - near["expected"]
    names = company.store.names("dealer").reindex(near.index)
    near = pd.concat([names, near], axis=1).rename_axis("dealer_id").reset_index()
    return near.sort_values(["expected", "dealer_id"], ascending=[False, True], ignore_index=True)


@question("receivables.late")
def late_payment(company: Company, scope: Scope) -> Answer:
    """Which invoices in term will probably still be open 30 days past due: a logistic regression beside the plain rule.

    The plain rule is the dealer's late rate (of the money due in the past year, the share that was late) × amount. Both
    know only what was known on the day of the invoice, and both are judged on later invoices than those they learned
    from. What caught more late money in the 20 % of invoices that it ranked first leads; the rule does where they tie.

    Frame `dealers`: dealer_id (with names), open (in term), invoices, likely_late (money, by what leads), by_rule,
    by_model, late_rate, known (invoices of the past year behind the late rate); largest likely_late first. Frame
    `methods`: method (`rule`, `model`), auc, caught (share of the late money in the first 20 %), calibration_error.
    Frame `calibration`: tenths of the test by the score of what leads: invoices, predicted, observed. The last two are
    of all dealers that the viewer may see.
    Values: likely_late, half_dealers (fewest who hold half of it), open, leads (`rule`, `model`), caught,
    tested, test_first, test_last (invoice dates), late_share and said_share (of the invoices tested: late, and said to
    be by what leads), late_after (days). Cannot tell without a stored result, or with too few late invoices.
    """
    frame, notes = _stored(company, scope, LATE)
    everybody, _notes = _stored(company, scope.but(**dict.fromkeys(scope.filters, ())), LATE)
    tested = everybody[everybody["part"] == "test"] if everybody is not None else pd.DataFrame()
    if frame is None or tested.empty:
        if frame is not None and company.store.has("fact_receivable"):
            notes += (Note(N_("Cannot tell who will pay late: too few invoices, or too few late ones, are known.")),)
        frames = {
            "dealers": pd.DataFrame(columns=_LATE_COLUMNS),
            "methods": pd.DataFrame(columns=["method", "auc", "caught", "calibration_error"]),
            "calibration": pd.DataFrame(columns=["invoices", "predicted", "observed"]),
        }
        return answer("receivables.late", company, scope, frames, definitions=("late_risk",), notes=notes,
                      verdict="insufficient_evidence")  # fmt: skip
    judged = {method: late.quality(tested, score) for method, score in _SCORES.items()}
    leads = "model" if judged["model"].caught > judged["rule"].caught else "rule"
    methods = pd.DataFrame([{"method": method, "auc": q.auc, "caught": q.caught,
                             "calibration_error": q.calibration_error} for method, q in judged.items()])  # fmt: skip
    dealers = _late_dealers(company, frame[frame["part"] == "open"], leads)
    values = {
        "likely_late": float(dealers["likely_late"].sum()), "open": float(dealers["open"].sum()), "leads": leads,
        "half_dealers": half(dealers["likely_late"]),
        "caught": judged[leads].caught, "tested": len(tested), "late_share": float(tested["late"].mean()),
        "said_share": float(tested[_SCORES[leads]].mean()),
        "test_first": tested["invoice_date"].min().date(), "test_last": tested["invoice_date"].max().date(),
        "late_after": risk.LATE_AFTER,
    }  # fmt: skip
    frames = {"dealers": dealers, "methods": methods, "calibration": late.calibration(tested, _SCORES[leads])}
    return answer("receivables.late", company, scope, frames, definitions=("late_risk",), values=values,
                  notes=notes)  # fmt: skip


_SCORES = {"rule": "late_rate", "model": "probability"}
_LATE_COLUMNS = ["dealer_id", "dealer_name", "dealer_name_en", "open", "invoices", "likely_late", "by_rule", "by_model",
                 "late_rate", "known"]  # fmt: skip


def _late_dealers(company: Company, scores: pd.DataFrame, leads: str) -> pd.DataFrame:
    rows = scores.assign(by_rule=scores["late_rate"] * scores["balance"],
                         by_model=scores["probability"] * scores["balance"])  # fmt: skip
    grouped = rows.groupby("dealer_id")
    dealers = grouped[["balance", "by_rule", "by_model"]].sum().rename(columns={"balance": "open"})
    dealers["invoices"], dealers["known"] = grouped.size(), grouped["known"].max()
    dealers["late_rate"] = dealers["by_rule"] / dealers["open"]
    dealers["likely_late"] = dealers[f"by_{leads}"]
    names = company.store.names("dealer").reindex(dealers.index)
    dealers = pd.concat([names, dealers], axis=1).rename_axis("dealer_id").reset_index()
    ranked = dealers.sort_values(["likely_late", "dealer_id"], ascending=[False, True], ignore_index=True)
    return ranked[_LATE_COLUMNS]
