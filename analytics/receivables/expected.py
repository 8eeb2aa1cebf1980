"""Cash that open invoices will bring, by week: from how many days after the due day each dealer has paid lately.

Each dealer has a curve of the chance to pay on a day, given that the money is still open: paid on that day of delay /
open on it (Kaplan-Meier: invoices that are still open count for as long as they were seen). The curve of all dealers is
added as if the dealer had PRIOR more invoices like theirs, so that dealers of few invoices follow the others.
The band comes from the same computation begun on past days, never from the model's own idea of its error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require

WEEKS = 8  # ahead
ORIGINS = 40  # past weeks from which the same was computed, for the band
LOOKBACK = 180  # days before an origin in which invoices fell due that the curves rest on: habits change
PRIOR = 20  # invoices
EARLIEST, LATEST = -150, 180  # days past due that the curves cover; beyond, one rate for all
TAIL = 90  # days past due from which that rate is taken
COVERED = 0.80  # of the band
FEWEST = 12  # past starts that a band needs
COLUMNS = ("origin", "dealer_id", "week", "due", "expected", "actual")


def by_week(pieces: pd.DataFrame, as_of: pd.Timestamp, *, origins: int = ORIGINS) -> pd.DataFrame:
    """Cash expected in each of the WEEKS after the as-of day and after so many days before it, a week apart.

    pieces: invoices in the pieces in which they were paid: dealer_id, invoice_date, due_date, paid (NaT: open), value
    (money), share (of its invoice). What happened after an origin is not used for it. Returns COLUMNS: one row an
    origin, dealer and week: due (money of open invoices that falls due then; week 0: what is overdue already),
    expected, actual (received of the invoices open at the origin; NaN where the week is not over). Origins before which
    no invoice fell due are left out.
    """
    require(pieces, ("dealer_id", "invoice_date", "due_date", "paid", "value", "share"), what="pieces")
    if pieces.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    ordered = pieces.sort_values("due_date", kind="stable")
    codes, dealers = pd.factorize(ordered["dealer_id"])
    book = _Book(
        codes.astype(np.int64), _day(ordered["invoice_date"]), _day(ordered["due_date"]),
        np.where(ordered["paid"].isna(), _FAR, _day(ordered["paid"])),
        ordered["value"].to_numpy(float), ordered["share"].to_numpy(float), len(dealers),
    )  # fmt: skip
    today = int(np.datetime64(as_of, "D").astype(np.int64))
    parts = []
    for back in range(origins + 1):
        origin = today - 7 * back
        if book.due[0] > origin - LOOKBACK and back:
            break
        parts.append(_from(book, origin, today, dealers))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True)
class _Book:
    """The pieces as arrays, in order of due day; days since 1970."""

    dealer: np.ndarray
    issued: np.ndarray
    due: np.ndarray
    paid: np.ndarray
    value: np.ndarray
    share: np.ndarray
    dealers: int


def _from(book: _Book, origin: int, today: int, dealers: pd.Index) -> pd.DataFrame:
    survival, tail = _curves(book, origin)
    open_ = np.flatnonzero((book.issued <= origin) & (book.paid > origin))
    dealer, value, due = book.dealer[open_], book.value[open_], book.due[open_]
    age = np.clip(origin - due, EARLIEST, LATEST) - EARLIEST
    now = survival[dealer, age]
    cell = dealer * (WEEKS + 1)
    size = book.dealers * (WEEKS + 1)
    expected = np.zeros(size)
    before = np.ones(len(open_))
    for week in range(1, WEEKS + 1):
        ahead = age + 7 * week
        beyond = np.maximum(ahead - (LATEST - EARLIEST), 0)
        left = survival[dealer, np.minimum(ahead, LATEST - EARLIEST)] * (1 - tail) ** beyond / np.maximum(now, 1e-12)
        expected += np.bincount(cell + week, value * (before - left), size)
        before = left
    in_week = np.clip(-(-(book.paid[open_] - origin) // 7), 0, WEEKS + 1)
    seen = in_week <= WEEKS
    received = np.bincount((cell + in_week)[seen], value[seen], size)
    week_due = np.clip(-(-(due - origin) // 7), 0, WEEKS + 1)  # what is due on the origin itself is not overdue yet
    week_due = np.where(due == origin, 1, week_due)
    soon = week_due <= WEEKS
    falls_due = np.bincount((cell + week_due)[soon], value[soon], size)
    weeks = np.tile(np.arange(WEEKS + 1), book.dealers)
    actual = np.where((origin + 7 * weeks <= today) & (weeks > 0), received, np.nan)
    frame = pd.DataFrame({
        "origin": pd.Timestamp(np.datetime64(origin, "D")), "dealer_id": np.repeat(np.asarray(dealers), WEEKS + 1),
        "week": weeks, "due": falls_due, "expected": expected, "actual": actual,
    })  # fmt: skip
    owing = np.bincount(dealer, value, book.dealers) > 0
    return frame[np.repeat(owing, WEEKS + 1)]


def _curves(book: _Book, origin: int) -> tuple[np.ndarray, float]:
    """Share still open after each day of delay, by dealer (rows) and day from EARLIEST to LATEST; daily rate beyond."""
    first = np.searchsorted(book.due, origin - LOOKBACK)
    used = slice(first, None)
    here = (book.issued[used] <= origin) & (book.due[used] <= origin + LATEST)
    dealer, share = book.dealer[used][here], book.share[used][here]
    due, paid = book.due[used][here], book.paid[used][here]
    width = LATEST - EARLIEST + 1
    start = np.clip(book.issued[used][here] - due + 1, EARLIEST, LATEST) - EARLIEST  # first day on which it may be paid
    seen = paid <= origin
    end = np.clip(np.where(seen, paid, origin) - due, EARLIEST, LATEST) - EARLIEST
    events = _cells(dealer[seen], end[seen], share[seen], book.dealers, width)
    entered = _cells(dealer, start, share, book.dealers, width + 1)
    left = _cells(dealer, end + 1, share, book.dealers, width + 1)
    at_risk = np.maximum(np.cumsum(entered - left, axis=1)[:, :width], 0)
    hazard = events.sum(axis=0) / np.maximum(at_risk.sum(axis=0), 1e-9)
    pool = np.cumprod(1 - np.minimum(hazard, 1))
    alive = np.concatenate([[1.0], pool[:-1]])
    own = (events + PRIOR * alive * hazard) / np.maximum(at_risk + PRIOR * alive, 1e-9)
    days = slice(TAIL - EARLIEST, width)
    tail = events[:, days].sum() / max(at_risk[:, days].sum(), 1.0)
    return np.cumprod(1 - np.clip(own, 0, 1), axis=1), float(tail)


def _cells(dealer: np.ndarray, day: np.ndarray, value: np.ndarray, dealers: int, width: int) -> np.ndarray:
    return np.bincount(dealer * width + day, value, dealers * width).reshape(dealers, width)


@dataclass(frozen=True)
class Band:
    """Factors that take what is expected to the ends of its band; `starts`: past starts that they rest on."""

    low: float
    high: float
    starts: int


def band(ratios: np.ndarray, covered: float = COVERED) -> Band | None:
    """Actual / expected of past starts -> the band, by ranks that leave room for what was not seen yet.

    Split conformal: of n ratios the one of rank ⌈(n + 1)(1 − tail)⌉ above, likewise below. None from fewer than FEWEST.
    """
    known = np.sort(ratios[np.isfinite(ratios)])
    n = len(known)
    if n < FEWEST:
        return None
    rank = min(int(np.ceil((n + 1) * (1 - (1 - covered) / 2))), n)
    return Band(float(known[n - rank]), float(known[rank - 1]), n)


def added(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of by_week added over dealers: origin, week, due, expected, actual (NaN where the week is not over)."""
    sums = frame.groupby(["origin", "week"])[["due", "expected", "actual"]]
    return sums.sum(min_count=1).reset_index()


def centre(weeks: pd.DataFrame) -> dict[int, float]:
    """Week -> median of actual / expected over the past starts; of a week with fewer than FEWEST none.

    Whoever pays in runs on fixed weekdays pays a little later than curves over days say, always by as much.
    """
    known = weeks[(weeks["expected"] > 0) & weeks["actual"].notna()]
    ratios = (known["actual"] / known["expected"]).groupby(known["week"])
    return {int(str(week)): float(values.median()) for week, values in ratios if len(values) >= FEWEST}


def bands(weeks: pd.DataFrame) -> pd.DataFrame:
    """The band of each week ahead and of the first four together, and how it would have held.

    weeks: origin, week (1 ... WEEKS), expected, actual: sums over the dealers asked for. Returns week (0: the first
    four together), low, high (factors; NaN without a band), starts, tested (past starts from which a band could be
    given from what was over by then) and held (how many of them fell inside it).
    """
    rows = []
    first_four = weeks[weeks["week"].between(1, 4)].groupby("origin", as_index=False)[["expected", "actual"]].agg(
        lambda values: values.sum(min_count=4)
    )  # fmt: skip
    for week, of_week in [(0, first_four), *weeks[weeks["week"] > 0].groupby("week")]:
        known = of_week.dropna(subset=["actual"]).sort_values("origin")
        known = known[known["expected"] > 0]
        ratios = (known["actual"] / known["expected"]).to_numpy(float)
        begun = known["origin"].to_numpy("datetime64[D]").astype(np.int64)
        tested = held = 0
        for at, ratio in zip(begun, ratios, strict=True):
            then = band(ratios[begun + 7 * (week or 4) <= at])
            tested += then is not None
            held += then is not None and then.low <= ratio <= then.high
        now = band(ratios)
        rows.append({"week": int(str(week)), "low": now.low if now else float("nan"),
                     "high": now.high if now else float("nan"), "starts": len(ratios), "tested": tested,
                     "held": held})  # fmt: skip
    return pd.DataFrame(rows, columns=["week", "low", "high", "starts", "tested", "held"])


_FAR = np.int64(10**6)  # a day after all others


def _day(dates: pd.Series) -> np.ndarray:
    """Days since 1970."""
    return pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)
