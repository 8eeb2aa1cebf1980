"""What a dealer is like on a day, as columns that can be compared between dealers and days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.frames import require

# How it buys when it buys: what groups are learned from. Growth is left out: it changes from month to month, and the
# life cycle carries it.
STYLE = ("style_net_sales", "style_orders", "style_products", "style_margin_rate", "style_discount_rate",
         "style_promoted_share", "days_late")  # fmt: skip
RAW = ("day", "dealer_id", "since", "first_order", "last_order", "net_sales", "compared_now", "compared_before",
       "compared_days", "gross_margin", "costed_sales", "promoted", "orders", "products", "due", "days_late", "visits",
       "style_days", "style_net_sales", "style_margin", "style_costed", "style_orders", "style_products",
       "style_promoted", "style_discounts", "style_list_sales")  # fmt: skip
SUMS = ("costed_sales", "promoted", "compared_now", "compared_before")
COMPARABLE = 90  # days that two years must share before growth is told
FEWEST_DAYS = 28  # of buying, over which orders a year are told


def features(raw: pd.DataFrame) -> pd.DataFrame:
    """Features of each dealer and day.

    raw: one row a day and dealer with the columns RAW: since (when it became a dealer; missing: longer ago than is
    known), sums over the year up to the day, over the days comparable with the year before, and (style_) over the year
    up to the last order. Returns day, dealer_id, first_order, last_order, recency and tenure_days (days since the last
    order, and since it became a dealer), net_sales, gross_margin (money, missing = cost unknown), orders, products,
    visits, due, days_late (days past due, by amount), growth (rate on the same days a year earlier; missing below
    COMPARABLE days or where nothing was bought then), gross_margin_rate, promoted_share, the sums SUMS that rates of
    many dealers are made from, and STYLE: sales and orders a year of buying, products, and rates. Raises ValueError
    when a column is missing.
    """
    require(raw, RAW, what="dealer features")
    day, first, last = (pd.to_datetime(raw[name]) for name in ("day", "first_order", "last_order"))
    whole = 365 / raw["style_days"].clip(lower=FEWEST_DAYS)
    growth = _rate(raw["compared_now"], raw["compared_before"]) - 1
    return pd.DataFrame(
        {
            "day": day,
            "dealer_id": raw["dealer_id"],
            "first_order": first,
            "last_order": last,
            "recency": (day - last).dt.days,
            "tenure_days": (day - pd.to_datetime(raw["since"])).dt.days.astype(float),
            "net_sales": raw["net_sales"],
            "gross_margin": raw["gross_margin"],
            "orders": raw["orders"],
            "products": raw["products"],
            "visits": raw["visits"],
            "due": raw["due"],
            "days_late": raw["days_late"],
            "growth": growth.where(raw["compared_days"] >= COMPARABLE),
            "gross_margin_rate": _rate(raw["gross_margin"], raw["costed_sales"]),
            "promoted_share": _rate(raw["promoted"], raw["net_sales"]).clip(0, 1),
            **{name: raw[name] for name in SUMS},
            "style_net_sales": (raw["style_net_sales"] * whole).clip(lower=0),
            "style_orders": raw["style_orders"] * whole,
            "style_products": raw["style_products"].astype(float),
            "style_margin_rate": _rate(raw["style_margin"], raw["style_costed"]),
            "style_discount_rate": _rate(raw["style_discounts"], raw["style_list_sales"]),
            "style_promoted_share": _rate(raw["style_promoted"], raw["style_net_sales"]).clip(0, 1),
        }
    )


def _rate(part: pd.Series, whole: pd.Series) -> pd.Series:
    """part / whole where the whole is positive, else missing."""
    return part.astype(float) / whole.astype(float).where(whole > 0, np.nan)
