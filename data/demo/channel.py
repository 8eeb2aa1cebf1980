"""What happens beyond the dealer's door: sell-out, stock, shelves, prices and who may sell where."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data.demo import diversion
from data.demo.books import Books
from data.demo.orders import BREACH_MONTHS
from data.demo.products import CAP, FLOOR, Range
from data.demo.world import World
from data.demo.writer import dates, insert, insert_frame, named

STOCK_DAYS = 36.0  # normal stock of a dealer
CORRECTION, CORRECTION_LOADED = 0.45, 0.06  # how fast sell-out follows a stock that is off the normal
RESALE = (0.97, 1.06)  # dealers' selling price over list
RESALE_BREACH = 0.30  # of the reports of dealers who break the band, in the last months
OUTLETS_A_REPORTER = 2
SHELF_MARKUP = 1.28  # retail over list


def write(con: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Write sell-out, stock, shelf checks, the price list and the register of exceptions."""
    _stock(con, books)
    _shelves(con, books.world, books.months)
    insert_frame(con, "price_list", price_list(books.world.goods))
    insert_frame(con, "territory_exception", diversion.exceptions(books.world))


def _stock(con: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Month by month: stock = stock before + delivered - sold on, never below zero."""
    world, rng = books.world, books.world.random("stock")
    reporters = np.flatnonzero(world.reports)
    loaded = np.isin(reporters, world.who.loaders)
    speed = np.where(loaded, CORRECTION_LOADED, CORRECTION)[:, None]
    yearly = books.consumed.sum(axis=2) / books.months
    stock = yearly * STOCK_DAYS / 30.4 * rng.uniform(0.7, 1.3, yearly.shape)
    carried = (world.dealers.product_share[reporters] > 0) & (yearly > 0)
    ends = (world.timeline.month_start[: books.months].astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    ends = np.minimum(ends, np.datetime64(world.timeline.end))
    ids = world.dealers.dealer_id
    for month in range(books.months):
        need = books.consumed[:, :, month]
        usual = np.maximum(need, 0.5 * yearly) * STOCK_DAYS / 30.4
        pull = np.clip(stock / np.maximum(usual, 1) - 1, -1.5, 1.5)
        sold = need * (1 + speed * pull) * np.exp(rng.normal(0, 0.05, need.shape))
        delivered = books.sell_in[:, :, month]
        sold = np.floor(np.clip(sold + rng.random(need.shape), 0, np.maximum(stock + delivered, 0)))
        # returns of what had been sold before cannot take stock below zero
        stock = np.round(np.maximum(stock + delivered - sold, 0))
        live = carried & (stock + sold + delivered > 0)
        who, product = np.nonzero(live)
        common = {"dealer_id": named(reporters[who], ids), "product_id": named(product, world.goods.product_id)}
        day = np.full(len(who), ends[month])
        insert(con, "fact_stock", common | {"stock_date": dates(day), "quantity": pa.array(stock[who, product])})
        rate = _resale(world, reporters[who], month, books.months, rng)
        year = world.goods.year_position(np.array([ends[month].astype("datetime64[Y]").astype(int) + 1970]))
        amount = np.round(sold[who, product] * world.goods.list_price[product, year[0]] * rate, 2)
        insert(con, "fact_sell_out", common | {"sell_out_date": dates(day), "quantity": pa.array(sold[who, product]),
                                               "amount": pa.array(amount)})  # fmt: skip


def _resale(world: World, dealer: np.ndarray, month: int, months: int, rng: np.random.Generator) -> np.ndarray:
    """(rows,) price at which dealers sell on, over list; outside the band for a share of the rows of some."""
    rate = rng.uniform(*RESALE, len(dealer))
    breaking = (rng.random(len(dealer)) < RESALE_BREACH) & (month >= months - BREACH_MONTHS)
    low, high = FLOOR - rng.uniform(0.02, 0.08, len(dealer)), CAP + rng.uniform(0.02, 0.10, len(dealer))
    rate = np.where(breaking & np.isin(dealer, world.who.resale_under), low, rate)
    return np.where(breaking & np.isin(dealer, world.who.resale_over), high, rate)


def _shelves(con: duckdb.DuckDBPyConnection, world: World, months: int) -> None:
    """Quarterly checks of outlets: presence grows after a launch, and with the weight of the product."""
    rng, goods, timeline = world.random("shelves"), world.goods, world.timeline
    reporters = np.flatnonzero(world.reports)
    owner = np.repeat(reporters, OUTLETS_A_REPORTER)
    weight = np.round(rng.lognormal(10, 0.8, len(owner)), 0)
    strength = goods.weight / goods.weight.max()
    rows: list[pd.DataFrame] = []
    for month in range(2, months, 3):
        day = timeline.month_start[month] + rng.integers(3, 26, len(owner))
        week = np.minimum([timeline.week_of(d) for d in day], timeline.weeks - 1)
        carried = world.dealers.product_share[owner] > 0
        outlet, product = np.nonzero(carried & (goods.availability[:, week].T > 0) & (rng.random(carried.shape) < 0.6))
        ramp = goods.availability[product, week[outlet]]
        chance = np.clip((0.45 + 0.5 * strength[product] + 0.15 * (weight[outlet] > 25_000)) * ramp, 0, 0.97)
        present = rng.random(len(outlet)) < chance
        year = goods.year_position(timeline.monday[week[outlet]].astype("datetime64[Y]").astype(int) + 1970)
        price = np.round(goods.list_price[product, year] * SHELF_MARKUP * rng.normal(1, 0.04, len(outlet)), 1)
        rows.append(pd.DataFrame({
            "outlet_id": outlet, "check_date": day[outlet], "product": product, "dealer": owner[outlet],
            "is_present": present, "shelf_price": np.where(present, price, np.nan),
            "facings": np.where(present, 1 + rng.poisson(2.0, len(outlet)), 0), "outlet_weight": weight[outlet],
        }))  # fmt: skip
    frame = pd.concat(rows, ignore_index=True).sort_values("check_date", kind="stable")
    dealer, outlet = frame["dealer"].to_numpy(), frame["outlet_id"].to_numpy()
    insert(con, "fact_shelf_check", {
        "_number": pa.array(np.arange(len(frame)) + 1), "_outlet": pa.array(outlet + 1),
        "check_date": dates(frame["check_date"].to_numpy()),
        "product_id": named(frame["product"].to_numpy(), goods.product_id),
        "dealer_id": named(dealer, world.dealers.dealer_id),
        "region_id": named(world.dealers.city[dealer], world.places.city_id),
        "is_present": pa.array(frame["is_present"].to_numpy()),
        "shelf_price": pa.array(frame["shelf_price"].to_numpy(), from_pandas=True),
        "facings": pa.array(frame["facings"].to_numpy()), "outlet_weight": pa.array(frame["outlet_weight"].to_numpy()),
    }, {"check_id": "format('C{:06d}', _number)", "outlet_id": "format('O{:05d}', _outlet)"})  # fmt: skip


def price_list(goods: Range) -> pd.DataFrame:
    """List, floor and cap of every product, a row a year."""
    frames = []
    for position, year in enumerate(goods.years):
        price = goods.list_price[:, position]
        frames.append(pd.DataFrame({
            "product_id": goods.product_id, "valid_from": np.datetime64(f"{year}-01-01"),
            "valid_to": np.datetime64(f"{year}-12-31"), "list_price": price, "floor_price": np.round(price * FLOOR, 2),
            "cap_price": np.round(price * CAP, 2),
        }))  # fmt: skip
    return pd.concat(frames, ignore_index=True)
