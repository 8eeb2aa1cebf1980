"""Which dealers will not order soon: a chance learned from earlier days of the same orders, beside the plain rule.

At each of many earlier days (cuts) the features of a dealer are what was known then, the label is whether it ordered in
the days after it, and no label reaches past the as-of day. A logistic regression whose coefficients keep the sign that
makes sense finds who is at risk; boosted trees join it only where they rank better on later cuts than those that they
learned from. Ranking, spread and level of the chances are learned apart: see `churn_model.Learned`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analytics.segmentation.churn_features import FEATURES, YEAR, Known, known, silent
from analytics.segmentation.churn_model import FOLDS, Learned, Rows, measured
from analytics.segmentation.rfm import Array, Day, Days, by_day, coded, number

COLUMNS = ("dealer_id", "probability", "rule", "drivers")
WARM_UP = 30  # days of history that the first cut needs
LOOKED_BACK = 3 * YEAR  # over cuts: habits change
STEP, MOST_CUTS = 14, 24  # days between cuts at the least; their number, with those of the same season 3 more
FEWEST_DEALERS = 30  # that had ordered by the as-of day
MOST_ROWS = 60_000  # dealers × cuts learned from; more only take time
LEAST_AUC, MOST_ERROR = 0.6, 0.1  # on past cuts, beyond which chances are shown with a warning
LEAST_DRIVER, MOST_DRIVERS = 0.1, 3  # log odds above the average dealer; number of codes


def churn(orders: pd.DataFrame, as_of: Day, horizon_days: int = 90) -> pd.DataFrame:
    """The chance of each dealer not to order in the `horizon_days` days after the as-of day.

    orders: dealer_id, order_date, net_amount (see `rfm.by_day`); a sale line has a positive amount. Nothing after the
    as-of day is used, but a dealer that first appears then still has its row. Returns one row a dealer in order of
    first appearance, those with nothing by then last: dealer_id; probability in 0..1; rule (`churn_features.rule`:
    days since the last order over the usual gap, higher = riskier); drivers (codes of FEATURES that raise the risk
    most above the average dealer's, joined by commas, strongest first, "" for none). A dealer with returns alone has
    the smoothed share of such dealers that stayed silent (driver `returns_only`), one with nothing by then the mean of
    all (`unknown`), both a rule of 1.

    attrs: verdict `ok` or `insufficient_evidence` with reason `no_orders`, `short_history`, `few_dealers`, `one_class`,
    `few_labels` (then the chance is that of a Poisson rate smoothed towards everybody's), `no_better_than_chance` or
    `badly_calibrated` (then it is the learned one, but on past cuts its AUC or calibration error passed LEAST_AUC,
    MOST_ERROR); method (`logit`, `blend`,
    `rate`); and from cuts whose labels began after those learned from were known (measured = `out_of_time`, else
    `out_of_dealer`: on dealers not learned from): auc, auc_rule, ece (ten bins; all three means over cuts), base_rate,
    n (dealers × cuts).
    Raises ValueError when a column or a value is missing, or for a horizon below 1.
    """
    if horizon_days < 1:
        raise ValueError(f"horizon_days must be at least 1, not {horizon_days}")
    days, today = by_day(orders, as_of), number(as_of)
    everybody = coded(orders["dealer_id"])[1]
    if not len(days.day):
        out = _frame(everybody, np.full(len(everybody), 0.5), np.ones(len(everybody)), ["unknown"] * len(everybody))
        return _with(out, verdict="insufficient_evidence", reason="no_orders", method="rate")
    now = known(days, today, horizon_days)
    cuts = _cuts(int(days.day.min()), today, horizon_days)
    rows, alone = _learned(days, cuts, horizon_days)
    reason = _lacking(now, cuts, rows)
    if reason:
        chance, drivers = _by_rate(now, horizon_days), [""] * len(now.rule)
        attrs: dict[str, object] = {"verdict": "insufficient_evidence", "reason": reason, "method": "rate"}
    else:
        attrs = {"verdict": "ok", "reason": "", **measured(rows, horizon_days)}
        if doubt := _doubt(attrs):
            attrs |= {"verdict": "insufficient_evidence", "reason": doubt}
        chance, shares = np.zeros(len(now.rule)), np.zeros(now.features.shape)
        learned = Learned(rows, attrs["method"] == "blend", horizon_days)
        chance[now.bought] = learned.chances(now.features[now.bought], today)
        shares[now.bought] = learned.model.shares(now.features[now.bought])
        drivers = _drivers(shares)
    mean = float(chance[now.bought].mean()) if now.bought.any() else 0.5
    chance = np.where(now.bought, chance, (alone.sum() + 5 * mean) / (len(alone) + 5))
    drivers = [text if bought else "returns_only" for text, bought in zip(drivers, now.bought, strict=True)]
    later = everybody[~everybody.isin(days.dealers)]
    found = _frame(
        pd.concat([days.dealers, later], ignore_index=True), np.concatenate([chance, np.full(len(later), mean)]),
        np.concatenate([now.rule, np.ones(len(later))]), [*drivers, *["unknown"] * len(later)],
    )  # fmt: skip
    return _with(found, **attrs)


def _cuts(start: int, today: int, horizon: int) -> list[int]:
    """Days that chances are learned from, latest first: steps back from the last with a full label, and the as-of day
    of earlier years, none with less than WARM_UP days of history."""
    first = max(start + WARM_UP, today - LOOKED_BACK - horizon)
    last = today - horizon
    step = max(STEP, -(-(last - first) // MOST_CUTS))
    seasons = {today - years * YEAR for years in (1, 2, 3)}
    return sorted((cut for cut in {*range(last, first - 1, -step), *seasons} if first <= cut <= last), reverse=True)


def _learned(days: Days, cuts: Sequence[int], horizon: int) -> tuple[Rows, Array]:
    """Dealers that had ordered by each cut; and the labels of those with returns alone."""
    # by a hash of the name, so that the order of rows changes nothing
    mark = pd.util.hash_array(days.dealers.astype(str).to_numpy(object))
    thin = -(-len(mark) * len(cuts) // MOST_ROWS)
    if thin > 1:
        kept = (mark // FOLDS % thin == 0)[days.code]
        arrays = {name: getattr(days, name)[kept] for name in ("code", "day", "sold", "returned", "lines", "documents")}
        days = replace(days, **arrays)
    parts, alone = [], [np.zeros(0)]
    for cut in cuts:
        state, label = known(days, cut, horizon), silent(days, cut, horizon)
        had = state.bought
        parts.append((state.features[had], label[had], np.full(had.sum(), cut), mark[had] % FOLDS, state.rule[had]))
        alone.append(label[state.returned].astype(float))
    empty = (np.zeros((0, len(FEATURES))), np.zeros(0, bool), np.zeros(0, int), np.zeros(0, int), np.zeros(0))
    return Rows(*(np.concatenate(column) for column in zip(empty, *parts, strict=True))), np.concatenate(alone)


def _lacking(now: Known, cuts: Sequence[int], rows: Rows) -> str:
    """Why a model cannot be learned; empty where it can."""
    if not cuts:
        return "short_history"
    if now.bought.sum() < FEWEST_DEALERS:
        return "few_dealers"
    if rows.enough():
        return ""
    return "one_class" if len(rows.silent) and rows.silent.mean() in (0, 1) else "few_labels"


def _doubt(tested: Mapping[str, object]) -> str:
    """Why chances that were learned are not to be trusted by what past cuts said of them; empty where they are."""
    auc, error = float(str(tested.get("auc", "nan"))), float(str(tested.get("ece", "nan")))
    if not auc >= LEAST_AUC:  # nothing measured counts, too
        return "no_better_than_chance"
    return "" if error <= MOST_ERROR else "badly_calibrated"


def _by_rate(now: Known, horizon: int) -> Array:
    """Chance of no order in the horizon at a Poisson rate that is gamma distributed, one gap of everybody's as prior:
    ((gap + T) / (gap + T + horizon)) ** (1 + x)."""
    repeats, tenure = now.repeats[now.bought].sum(), now.tenure[now.bought].sum()
    gap = max(tenure / repeats, 1.0) if repeats else float(horizon)
    return np.asarray(((gap + now.tenure) / (gap + now.tenure + horizon)) ** (1 + now.repeats))


def _drivers(shares: Array) -> list[str]:
    """Codes that raise the risk of each dealer most, joined by commas; shares (dealers, FEATURES) in log odds."""
    codes = list(dict.fromkeys(code for _, code in FEATURES.values()))
    of = np.array([codes.index(code) for _, code in FEATURES.values()])
    sums = np.column_stack([shares[:, of == at].sum(axis=1) for at in range(len(codes))])
    best = np.argsort(-sums, axis=1, kind="stable")[:, :MOST_DRIVERS]
    strong = np.take_along_axis(sums, best, axis=1) >= LEAST_DRIVER
    return [",".join(codes[i] for i, yes in zip(row, ok, strict=True) if yes)
            for row, ok in zip(best, strong, strict=True)]  # fmt: skip


def _frame(dealers: pd.Series, chance: Array, rule: Array, drivers: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame({"dealer_id": dealers, "probability": chance, "rule": rule, "drivers": drivers})
    return frame[list(COLUMNS)]


def _with(frame: pd.DataFrame, **attrs: object) -> pd.DataFrame:
    frame.attrs.update(attrs)
    return frame
