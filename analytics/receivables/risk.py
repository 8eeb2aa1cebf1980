"""Money at risk by the plain rule: how much of a debtor's money is unlikely to come in by itself."""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

LATE_AFTER = 30  # days past due from which money counts as late in earnest [convention of this project]
SOON = 7  # days ahead: what falls due this week is part of the week's collecting [convention of this project]
FEWEST = 5  # invoices due that a dealer's own late rate needs; below, the network's stands [convention of this project]


def late_rates(history: pd.DataFrame) -> pd.DataFrame:
    """Each debtor's late rate: of the money that fell due in the past year, the share still open LATE_AFTER days later.

    history: dealer_id, invoices (number due), due (money), late (money still open LATE_AFTER days past due).
    Returns dealer_id, late_rate (fraction; that of all debtors together where fewer than FEWEST invoices fell due; NaN
    when nothing fell due at all), own_rate (False where it is the network's). Sums divided by sums.
    """
    require(history, ("dealer_id", "invoices", "due", "late"), what="late rates")
    network = history["late"].sum() / history["due"].sum() if history["due"].sum() > 0 else float("nan")
    own = (history["invoices"] >= FEWEST) & (history["due"] > 0)
    rate = (history["late"] / history["due"].where(own)).clip(0, 1).fillna(network)
    return pd.DataFrame({"dealer_id": history["dealer_id"], "late_rate": rate, "own_rate": own})


def at_risk(debts: pd.DataFrame) -> pd.Series:
    """Late rate × amount: what is over LATE_AFTER days late already counts in full, the rest at the debtor's late rate.

    debts: overdue, overdue_long (the part over LATE_AFTER days past due), due_soon (falls due within SOON days), all in
    money; late_rate (fraction; missing counts as 1: nothing is known in the debtor's favour). Returns money.
    """
    require(debts, ("overdue", "overdue_long", "due_soon", "late_rate"), what="money at risk")
    rest = debts["overdue"] - debts["overdue_long"] + debts["due_soon"]
    return debts["overdue_long"] + rest * debts["late_rate"].fillna(1.0)
