"""Weekly sales of promotions' dealers as matrices: one row a dealer x category, one column a week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.frames import require
from analytics.promotions.effects import MEASURES

Matrix = np.ndarray


@dataclass(frozen=True)
class Panel:
    """Units are dealer x category pairs (U); a cell (region x category) has an index of its own (G)."""

    unit: pd.DataFrame  # dealer_id, category, region, cell (0..G-1), branch (category, 0..C-1)
    weeks: pd.Index  # (T,) as given
    amount: dict[str, Matrix]  # measure -> (U, T); a week without a row is zero
    there: Matrix  # (U, T) bool: from the first sale on
    cell_branch: Matrix  # (G,) category of each cell
    pairs: pd.MultiIndex  # (dealer_id, product_id) of the rows of `product`
    product: dict[str, Matrix]  # measure -> (pairs, T), float32
    product_unit: Matrix  # (pairs,) row in `unit`

    @property
    def shape(self) -> tuple[int, int]:
        return self.there.shape[0], self.there.shape[1]


def calendar(sales: pd.Series) -> pd.Index:
    """All weeks between the first and the last of the sales: dates seven days apart, or whole numbers."""
    if len(sales) == 0:
        return pd.Index([])
    if pd.api.types.is_numeric_dtype(sales):
        return pd.RangeIndex(int(sales.min()), int(sales.max()) + 1)
    days = pd.to_datetime(sales)
    return pd.date_range(days.min(), days.max(), freq="7D")


def position(weeks: pd.Index, values: pd.Series) -> Matrix:
    """Column of each week, beyond the ends, too: 0 = the first week of the data."""
    if not len(weeks):
        return np.zeros(len(values), dtype=int)
    if isinstance(weeks, pd.DatetimeIndex):
        return np.asarray((pd.to_datetime(values) - weeks[0]).dt.days // 7, dtype=int)
    return np.asarray(values, dtype=int) - int(weeks[0])


def panel(sales: pd.DataFrame, dealers: pd.DataFrame, products: pd.DataFrame) -> Panel:
    """Shape the sales. Rows of unknown products or dealers are left out. Raises ValueError for missing columns."""
    if sales.empty:  # one unit that never sold keeps every shape
        nobody = pd.DataFrame({"week": [0], "dealer_id": [""], "product_id": [""], "units": [0.0], "revenue": [0.0]})
        goods = pd.DataFrame({"product_id": [""], "category": [""], "unit_cost": [0.0]})
        return panel(nobody, pd.DataFrame({"dealer_id": [""], "region": [""]}), goods)
    require(sales, ("week", "dealer_id", "product_id", "units", "revenue"), what="sales")
    require(dealers, ("dealer_id", "region"), what="dealers")
    require(products, ("product_id", "category", "unit_cost"), what="products")
    weeks = calendar(sales["week"])
    region = dealers.drop_duplicates("dealer_id").set_index("dealer_id")["region"]
    goods = products.drop_duplicates("product_id").set_index("product_id")
    d, dealer_ids = pd.factorize(sales["dealer_id"], sort=True)
    p, product_ids = pd.factorize(sales["product_id"], sort=True)
    category = goods["category"].reindex(product_ids)
    home = region.reindex(dealer_ids)
    c, branches = pd.factorize(category, sort=True)  # by product
    known = (d >= 0) & (p >= 0)
    known[known] &= (c[p[known]] >= 0) & home.notna().to_numpy()[d[known]]
    d, p = d[known], p[known]
    t = position(weeks, sales["week"])[known]
    revenue = sales["revenue"].to_numpy(float)[known]
    units = sales["units"].to_numpy(float)[known]
    cost = goods["unit_cost"].reindex(product_ids).to_numpy(float)
    usual = units * cost[p]
    if "cost" in sales:  # costs change over the years
        told = sales["cost"].to_numpy(float)[known]
        usual = np.where(np.isnan(told), usual, told)
    values = {"units": units, "revenue": revenue, "margin": revenue - usual}
    width = max(len(weeks), 1)
    codes, own = np.unique(d * max(len(branches), 1) + c[p], return_inverse=True)
    pair_codes, pair = np.unique(d * max(len(product_ids), 1) + p, return_inverse=True)
    amount = {m: np.bincount(own * width + t, values[m], len(codes) * width).reshape(-1, width) for m in MEASURES}
    product = {m: np.bincount(pair * width + t, values[m], len(pair_codes) * width).reshape(-1, width)
               .astype(np.float32) for m in MEASURES}  # fmt: skip
    unit = pd.DataFrame({
        "dealer_id": dealer_ids[codes // max(len(branches), 1)], "branch": codes % max(len(branches), 1),
    })  # fmt: skip
    unit["category"], unit["region"] = np.asarray(branches)[unit["branch"]], home.to_numpy()[
        codes // max(len(branches), 1)]  # fmt: skip
    cells = unit.groupby(["region", "category"], sort=True)
    unit["cell"] = cells.ngroup()
    cell_branch = unit.groupby("cell")["branch"].first().to_numpy()
    sold = amount["units"] != 0
    there = np.maximum.accumulate(sold, axis=1)
    at = pair_codes // max(len(product_ids), 1) * max(len(branches), 1) + c[pair_codes % max(len(product_ids), 1)]
    pairs = pd.MultiIndex.from_arrays([dealer_ids[pair_codes // max(len(product_ids), 1)],
                                       product_ids[pair_codes % max(len(product_ids), 1)]])  # fmt: skip
    return Panel(unit, weeks, amount, there, cell_branch, pairs, product, np.searchsorted(codes, at))
