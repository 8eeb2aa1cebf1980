"""Who will pay late: a logistic regression beside the plain rule, both from what was known on the day of the invoice.

An invoice is late when some of it is still open `days` days past due (in this project 30: what gets so far needs
somebody to call). The plain rule is the customer's own late rate (of the money due in the past year, the share that was
late) × amount. The outcome of an invoice is known once its
due day + `days` has passed, whether it was paid or not, and counts in features from the day after: no outcome looks
back before it could be known, nothing is encoded over the whole file, and no flag that is set later is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.receivables import risk

NEEDED = ("dealer_id", "invoice_date", "due_date", "amount", "settled", "open_due", "open_late", "balance")
FEATURES = (
    "late_rate", "late_rate_lately", "overdue_rate", "overdue_rate_lately", "overdue_share", "long_overdue_share",
    "outside", "known", "amount", "relative_amount", "term", "season_sin", "season_cos", "month_end", "new",
)  # fmt: skip
YEAR = 365  # days of outcomes that the plain rule and the model learn from: habits change
LATELY = 90  # days that "lately" looks back over outcomes
TESTED = 0.25  # of the invoices with a known outcome, the latest: what the model is judged on
REFITS = 6  # spans of the test, each judged by a model fitted before it, as the model in use is fitted at each refresh
TOP = 0.20  # of the invoices, those with the highest score: what a team can look after
FEWEST = 300  # invoices with an outcome, on either side of the split, that a verdict needs
FEWEST_LATE = 30  # late ones, and ones in time, likewise
MOST_TRAINED = 100_000  # the latest; more only take time
SCORES = ("invoice_id", "dealer_id", "invoice_date", "due_date", "amount", "balance", "part", "probability",
          "late_rate", "known", "late", "late_value")  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """How well a score found late invoices that it had not seen."""

    auc: float  # chance that a late invoice scores above one paid in time
    caught: float  # share of the late money among the TOP of the invoices, by score × amount
    calibration_error: float  # mean distance of predicted and actual share over tenths of the invoices


def features(invoices: pd.DataFrame, days: int) -> pd.DataFrame:
    """What was known of each invoice and its customer before the day of the invoice; same index, columns FEATURES.

    Also plain_rate (the customer's late rate as analytics.receivables.risk has it) and outcomes (number of invoices
    that it rests on). Rates of FEATURES are smoothed towards everybody's rate of the time and given as log odds.
    """
    require(invoices, NEEDED, what="invoices")
    code = pd.factorize(invoices["dealer_id"])[0]
    issued, due = _day(invoices["invoice_date"]), _day(invoices["due_date"])
    settled = np.where(invoices["settled"].isna(), _FAR, _day(invoices["settled"]))
    amount = invoices["amount"].to_numpy(float)
    late, overdue = (invoices[c].fillna(0).to_numpy() > 0 for c in ("open_late", "open_due"))
    one = np.ones(len(code))
    everybody = np.zeros_like(code)

    def counted(known: np.ndarray, value: np.ndarray, day: np.ndarray, who: np.ndarray = code) -> np.ndarray:
        return _before(who, known, value, who, day)

    late_known, overdue_known = due + days, due
    n, hits = counted(late_known, one, issued), counted(late_known, late * one, issued)
    base = (counted(late_known, late * one, issued, everybody) + 1) / (counted(late_known, one, issued, everybody) + 10)
    n_lately = n - counted(late_known, one, issued - LATELY)
    hits_lately = hits - counted(late_known, late * one, issued - LATELY)
    m, over = counted(overdue_known, one, issued), counted(overdue_known, overdue * one, issued)
    all_over = counted(overdue_known, overdue * one, issued, everybody)
    over_base = (all_over + 1) / (counted(overdue_known, one, issued, everybody) + 2)
    m_lately = m - counted(overdue_known, one, issued - LATELY)
    over_lately = over - counted(overdue_known, overdue * one, issued - LATELY)
    # outside on the day before the invoice: issued and not settled; overdue of it: due and not settled
    outside = counted(issued, amount, issued) - counted(np.maximum(issued, settled), amount, issued)
    overdue_money = counted(due, amount, issued) - counted(np.maximum(due, settled), amount, issued)
    long_overdue = counted(late_known, amount, issued) - counted(np.maximum(late_known, settled), amount, issued)
    before, invoiced = counted(issued, one, issued), counted(issued, amount, issued)
    usual = np.where(before > 0, invoiced / np.maximum(before, 1), amount)
    # the plain rule, as analytics.receivables.risk has it: of the money due in a year, the share that was late
    money, still_open = invoices["amount"].to_numpy(float), invoices["open_late"].fillna(0).to_numpy(float)
    due_money, late_money, due_number, due_all, late_all = (
        counted(late_known, value, issued, who) - counted(late_known, value, issued - YEAR, who)
        for value, who in ((money, code), (still_open, code), (one, code), (money, everybody), (still_open, everybody))
    )
    network = late_all / np.maximum(due_all, 1e-9)
    plain = np.where(due_number >= risk.FEWEST, late_money / np.maximum(due_money, 1e-9), network).clip(0, 1)
    rate, over_rate = (hits + 5 * base) / (n + 5), (over + 5 * over_base) / (m + 5)
    year = 2 * np.pi * pd.DatetimeIndex(invoices["due_date"]).day_of_year.to_numpy() / 365.25
    return pd.DataFrame({
        "late_rate": _logit(rate), "late_rate_lately": _logit((hits_lately + 5 * rate) / (n_lately + 5)),
        "overdue_rate": _logit(over_rate),
        "overdue_rate_lately": _logit((over_lately + 5 * over_rate) / (m_lately + 5)),
        "overdue_share": overdue_money / np.maximum(outside, 1e-9) * (outside > 0),
        "long_overdue_share": long_overdue / np.maximum(outside, 1e-9) * (outside > 0),
        "outside": np.log1p(outside / np.maximum(usual, 1e-9)), "known": np.log1p(n),
        "amount": np.log1p(amount), "relative_amount": np.log(np.maximum(amount, 1e-9) / np.maximum(usual, 1e-9)),
        "term": due - issued, "season_sin": np.sin(year), "season_cos": np.cos(year),
        "month_end": (pd.DatetimeIndex(invoices["due_date"]).day >= 25).astype(float), "new": (m == 0).astype(float),
        "plain_rate": plain, "outcomes": due_number,
    }, index=invoices.index)  # fmt: skip


def scored(invoices: pd.DataFrame, days: int, as_of: pd.Timestamp) -> pd.DataFrame:
    """Scores of the invoices that the model did not see: the latest with a known outcome, and those still in term.

    invoices: NEEDED and invoice_id; settled (NaT: open), open_due and open_late (money open when the due day ended and
    `days` days later, missing when that is still to come), balance (money open now).
    The test is out of time: its invoices are cut by date into REFITS spans, and the model of each saw only outcomes
    that were known before the span began; the model of the `open` rows saw all that are known. Returns SCORES: part
    (`test`, `open`), probability, late_rate and known (the plain rule), late (1/0) and late_value (money open `days`
    days past due; NaN for `open`). No rows where FEWEST invoices, FEWEST_LATE late ones and as many in time are not
    there on either side of the split.
    """
    invoices = invoices.sort_values("invoice_date", kind="stable", ignore_index=True)
    late = (invoices["open_late"].fillna(0) > 0).to_numpy()
    known_on = _day(invoices["due_date"]) + days
    issued = _day(invoices["invoice_date"])
    known = invoices["open_late"].notna().to_numpy()
    if known.sum() < 2 * FEWEST:
        return pd.DataFrame(columns=list(SCORES))
    frame = features(invoices, days)
    starts = [
        issued[known][i] for i in np.linspace((1 - TESTED) * known.sum(), known.sum(), REFITS + 1)[:-1].astype(int)
    ]
    train, test = known & (known_on < starts[0]), known & (issued >= starts[0])
    if any(part.sum() < FEWEST or min(late[part].sum(), (~late[part]).sum()) < FEWEST_LATE for part in (train, test)):
        return pd.DataFrame(columns=list(SCORES))
    today = _day(pd.Series([as_of]))[0]
    open_ = (invoices["balance"].to_numpy() > 0) & (_day(invoices["due_date"]) >= today)
    inputs = frame[list(FEATURES)].to_numpy(float)
    spans = [(test & (issued >= start) & (issued < end), known & (known_on < start) & (known_on >= start - YEAR))
             for start, end in pairwise([*starts, _FAR])]  # fmt: skip
    parts = []
    for name, asked, seen in [
        *(("test", *span) for span in spans),
        ("open", open_, known & (known_on >= today - YEAR)),
    ]:
        rows = invoices[asked]
        part = rows[["invoice_id", "dealer_id", "invoice_date", "due_date", "amount", "balance"]].copy()
        part["part"] = name
        part["probability"] = _fitted(inputs[seen], late[seen], inputs[asked])
        part["late_rate"], part["known"] = frame["plain_rate"][asked], frame["outcomes"][asked].astype(int)
        part["late"] = late[asked].astype(float) if name == "test" else float("nan")
        part["late_value"] = rows["open_late"] if name == "test" else float("nan")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[list(SCORES)]


def _fitted(seen: np.ndarray, outcome: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Probabilities of a logistic regression on standardised features, by its latest invoices."""
    if not len(asked):
        return np.zeros(0)
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500))
    model.fit(seen[-MOST_TRAINED:], outcome[-MOST_TRAINED:])
    return np.asarray(model.predict_proba(asked)[:, 1])


def quality(tested: pd.DataFrame, score: str) -> Quality:
    """How well `score` (a column: probability, late_rate) did on tested rows (amount, late, late_value)."""
    require(tested, (score, "amount", "late", "late_value"), what="tested invoices")
    late = tested["late"] > 0
    ranks = tested[score].rank()
    hits, misses = int(late.sum()), int((~late).sum())
    auc = (ranks[late].sum() - hits * (hits + 1) / 2) / (hits * misses) if hits and misses else float("nan")
    top = (tested[score] * tested["amount"]).nlargest(math.ceil(TOP * len(tested))).index
    money = tested["late_value"].sum()
    caught = tested.loc[top, "late_value"].sum() / money if money > 0 else float("nan")
    bands = calibration(tested, score)
    error = ((bands["predicted"] - bands["observed"]).abs() * bands["invoices"]).sum() / bands["invoices"].sum()
    return Quality(float(auc), float(caught), float(error))


def calibration(tested: pd.DataFrame, score: str, bands: int = 10) -> pd.DataFrame:
    """Tenths of the invoices by score: invoices, predicted (mean score) and observed (share that was late)."""
    order = tested.sort_values(score, kind="stable")
    band = np.arange(len(order)) * bands // max(len(order), 1)
    grouped = order.groupby(band)
    return pd.DataFrame({"invoices": grouped.size(), "predicted": grouped[score].mean(),
                         "observed": grouped["late"].mean()}).reset_index(drop=True)  # fmt: skip


_FAR = np.int64(10**6)  # a day after all others
_SPAN = np.int64(4 * 10**6)  # more than there are days, so that dealer and day make one sortable key


def _day(dates: pd.Series) -> np.ndarray:
    """Days since 1970."""
    return pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)


def _before(who: np.ndarray, day: np.ndarray, value: np.ndarray, asked: np.ndarray, until: np.ndarray) -> np.ndarray:
    """For each asked (who, until): the sum of the values of the same `who` on days before it."""
    key = who * _SPAN + day
    order = np.argsort(key, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(value[order])])
    ordered = key[order]
    first = np.searchsorted(ordered, asked * _SPAN - _SPAN // 2)
    last = np.searchsorted(ordered, asked * _SPAN + until)
    return np.asarray(total[np.maximum(last, first)] - total[first])


def _logit(rate: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(rate / (1 - rate)))
