"""Credit limits: what may still be owed, and how much of the limit is used."""

from __future__ import annotations

import pandas as pd

from analytics.frames import require


def headroom(debtors: pd.DataFrame) -> pd.DataFrame:
    """Headroom = limit − open balance − open orders; utilisation = (open balance + open orders) / limit.

    debtors: receivables, credit_limit (money; missing = no limit), open_orders (money; missing = unknown, left out).
    Returns headroom (money) and utilisation (rate; a limit of zero gives none), both missing without a limit.
    """
    require(debtors, ("receivables", "credit_limit", "open_orders"), what="headroom")
    used = debtors["receivables"].fillna(0) + debtors["open_orders"].fillna(0)
    limit = debtors["credit_limit"]
    return pd.DataFrame({"headroom": (limit - used).round(2), "utilisation": used / limit.where(limit != 0)})
