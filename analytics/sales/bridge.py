"""Price, volume and mix: why sales of two periods differ.

Source of the method: METRICS, "PVM bridge"; the cross term ΔP·ΔQ belongs to price, as is usual when price is weighted
by the quantity of the later period (Paasche).
"""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

EFFECTS = ("price", "volume", "mix", "new", "discontinued", "unsplit")
CELL = ("product", "quantity", "amount", "quantity_before", "amount_before")


def effects(cells: pd.DataFrame) -> pd.DataFrame:
    """What price, volume, mix, new and discontinued products did to the amount of each cell.

    cells: one row a product, or a product in a part of the business (a region, a dealer): `product` (missing: lines
    that name none), `quantity`, `amount`, `quantity_before`, `amount_before` (sales units, money; missing is 0).

    Returns the columns EFFECTS (money) on the index of `cells`. With P0 = the earlier price of the product over all
    cells and R0/Q0 = the earlier price of all products sold in both periods, a cell of such a product has

        price   = change of its amount − P0 · change of its quantity
        volume  = change of its quantity · R0/Q0
        mix     = the rest: change of its quantity · (P0 − R0/Q0)

    Summed over all cells these are Σ(P1−P0)·Q1, (ΣQ1−ΣQ0)·R0/ΣQ0 and the rest. Every cell adds up to its own change,
    so parts of the business add up to the whole, effect by effect: their prices are judged against those of the whole.

    new: the product has no quantity and no amount in the earlier period; discontinued: none in the later one. unsplit:
    all other change, where no price can be told: lines without a product, products whose quantity is zero or negative
    in a period (more returned than sold). Raises ValueError when a column is missing.
    """
    require(cells, CELL, what="bridge")
    numbers = cells[list(CELL[1:])].astype("float64").fillna(0.0)
    named = cells["product"].notna()
    whole = numbers.groupby(cells["product"]).sum().reindex(cells["product"])
    whole.index = cells.index
    now, before = whole["quantity"], whole["quantity_before"]
    kept = named & (now > 0) & (before > 0)
    fresh = named & (now > 0) & (before == 0) & (whole["amount_before"] == 0)
    gone = named & (before > 0) & (now == 0) & (whole["amount"] == 0)

    change = numbers["amount"] - numbers["amount_before"]
    moved = (numbers["quantity"] - numbers["quantity_before"]).where(kept, 0.0)
    base = numbers[kept].sum()
    average = base["amount_before"] / base["quantity_before"] if base["quantity_before"] else 0.0
    earlier_price = (whole["amount_before"] / before.where(before > 0)).where(kept, 0.0)
    price = (change - earlier_price * moved).where(kept, 0.0)
    volume = moved * average
    return pd.DataFrame({
        "price": price, "volume": volume, "mix": (change - price - volume).where(kept, 0.0),
        "new": change.where(fresh, 0.0), "discontinued": change.where(gone, 0.0),
        "unsplit": change.where(~(kept | fresh | gone), 0.0),
    })  # fmt: skip
