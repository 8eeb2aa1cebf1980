"""Prices outside the band of the price list (砸价 below the floor, raising above the cap), on both sides of the dealer.

Units sold below the floor or above the cap / units with a band, net of approved exceptions; both sides are breaches
[practice of Chinese channel management]. Money is the gap to the nearer end of the band × units.
"""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

REPEATED = 3  # lines outside the band: fewer may be a slip of the pen [own convention]
SHARE = 0.01  # of the units outside the band [own convention]
CELLS = ("flow", "side", "dealer_id", "product_id", "day", "lines", "units", "amount", "gap")
EXCEPTIONS = ("dealer_id", "product_id", "valid_from", "valid_to")
# What a dealer may do: the flow of goods and the side of the band.
PRACTICES = {
    "bought_low": ("bought", "low"), "bought_high": ("bought", "high"),
    "resold_low": ("resold", "low"), "resold_high": ("resold", "high"),
}  # fmt: skip


def approved(cells: pd.DataFrame, exceptions: pd.DataFrame) -> pd.DataFrame:
    """The cells with side `approved` where a breach has an approved exception: of that dealer, for that product (empty:
    all), valid on the day.

    cells: CELLS, one row a flow, side, dealer, product and day; exceptions: EXCEPTIONS, days as Timestamps.
    """
    require(cells, CELLS, what="prices")
    require(exceptions, EXCEPTIONS, what="price exceptions")
    cells = cells.reset_index(drop=True)
    pairs = (
        cells[cells["side"].isin(["low", "high"])]
        .reset_index()
        .merge(exceptions, on="dealer_id", suffixes=("", "_allowed"))
    )
    fits = pairs["product_id_allowed"].isna() | (pairs["product_id_allowed"] == pairs["product_id"])
    fits &= (pairs["day"] >= pairs["valid_from"]) & (pairs["day"] <= pairs["valid_to"])
    return cells.assign(side=cells["side"].mask(cells.index.isin(pairs.loc[fits, "index"]), "approved"))


def practices(cells: pd.DataFrame) -> pd.DataFrame:
    """Each dealer and practice (PRACTICES) with a breach: dealer_id, practice, lines, units, amount, gap, `promoted`
    (units in promotions), `banded` (units of that flow with a band), `share` of them, `suspected`; largest gap first.

    Suspected: at least REPEATED lines and more than SHARE of the units.
    """
    sums = ["lines", "units", "amount", "gap", "promoted"]
    banded = cells[cells["side"] != "none"].groupby(["flow", "dealer_id"])["units"].sum().rename("banded")
    breaches = cells[cells["side"].isin(["low", "high"])]
    frame = breaches.groupby(["dealer_id", "flow", "side"], as_index=False)[sums].sum()
    frame = frame.merge(banded.reset_index(), on=["flow", "dealer_id"])
    frame.insert(1, "practice", frame["flow"] + "_" + frame["side"])
    frame["share"] = frame["units"] / frame["banded"].where(frame["banded"] > 0)
    frame["suspected"] = (frame["lines"] >= REPEATED) & (frame["share"] > SHARE)
    return frame.drop(columns=["flow", "side"]).sort_values("gap", ascending=False, kind="stable", ignore_index=True)
