"""The order book: writes the lines of one chunk after the other, and keeps the sums that later stages need."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from data.demo import orders
from data.demo.dealers import CHANNELS
from data.demo.orders import ALLOWANCE, GIFT, LINE_TYPES, RETURN_SHARE, SALE, Columns
from data.demo.products import CATEGORIES
from data.demo.promotions import COMPONENTS
from data.demo.regions import REGION_IDS
from data.demo.visits import visit_rows
from data.demo.world import World
from data.demo.writer import dates, insert, insert_frame, named

TAX = 0.13  # receivables include value added tax, sales do not
_BATCH_AGE = 21  # days from production to shipping
_DOCUMENT = "format('SO{:07d}', _document)"
_LINE = "format('SO{:07d}-{:d}', _document, _position)"


@dataclass
class Books:
    """Sums over what was written. D dealers, P products, M months of data, X executions, R reporting dealers."""

    world: World
    months: int
    net: np.ndarray = field(init=False)  # (D, categories, M) net sales
    margin: np.ndarray = field(init=False)  # (regions, M) gross margin
    sell_in: np.ndarray = field(init=False)  # (R, P, M) units delivered
    consumed: np.ndarray = field(init=False)  # (R, P, M) units that customers want
    truth: np.ndarray = field(init=False)  # (X, components + 2, 3), see orders.sum_effects
    given: np.ndarray = field(init=False)  # (X,) discounts and free goods that went into the promotion
    given_units: np.ndarray = field(init=False)  # (X,) units sold at a discount, or given
    documents: list[Columns] = field(default_factory=list)  # number, dealer, date, amount (tax included)
    lines: int = 0
    visits: int = 0
    _numbers: int = 0
    _coming_back: Columns | None = None

    def __post_init__(self) -> None:
        executions = len(self.world.promotions.dealer)
        reporting = int(self.world.reports.sum())
        products = len(self.world.goods.product_id)
        self.net = np.zeros((self.world.dealers.count, len(CATEGORIES), self.months))
        self.margin = np.zeros((len(REGION_IDS), self.months))
        self.sell_in = np.zeros((reporting, products, self.months), dtype=np.float32)
        self.consumed = np.zeros_like(self.sell_in)
        self.truth = np.zeros((executions, len(COMPONENTS) + 2, 3))
        self.given, self.given_units = np.zeros(executions), np.zeros(executions)

    def write(self, con: duckdb.DuckDBPyConnection, span: range) -> None:
        """Generate the weeks of `span` and append their order lines, open orders and visits."""
        world = self.world
        chunk = orders.wanted(world, span, world.random("wanted", span.start))
        orders.sum_effects(world, chunk, self.truth)
        share = world.timeline.month_share[span.start : span.stop, : self.months]
        touched = np.flatnonzero(share.sum(axis=0))
        for month in touched:
            self.consumed[:, :, month] += chunk.consumed[world.reports] @ share[:, month]
        lines = orders.sale_lines(world, chunk, world.random("sale lines", span.start))
        lines = self._complete(lines, span)
        end = np.datetime64(world.timeline.end)
        inside = (lines["invoice_date"] >= np.datetime64(world.timeline.start)) & (lines["invoice_date"] <= end)
        pending = (lines["order_date"] <= end) & (lines["invoice_date"] > end)
        self._open_orders(con, {name: values[pending] for name, values in lines.items()})
        lines = self._sorted({name: values[inside] for name, values in lines.items()})
        self._sum(lines)
        self._insert(con, lines)
        self._visits(con, lines, span)

    def _complete(self, lines: Columns, span: range) -> Columns:
        """Add returns of the chunk before and allowances; choose what will come back later; value the lines."""
        world = self.world
        rng = world.random("returns", span.start)
        parts = [lines]
        next_document = int(lines["document"].max(initial=-1)) + 1
        if self._coming_back is not None:
            back = orders.return_lines(world, self._coming_back, span, next_document, rng)
            parts.append(back)
            next_document = int(back["document"].max(initial=next_document - 1)) + 1
        parts.append(orders.allowance_lines(world, span, next_document, rng))
        chosen = (rng.random(len(lines["dealer"])) < RETURN_SHARE) & (lines["type"] == SALE)
        self._coming_back = {name: values[chosen] for name, values in lines.items()}
        result = {name: np.concatenate([p[name] for p in parts]) for name in lines}
        result["list"] = result["quantity"] * result["price"]
        result["discount"] = np.where(result["type"] == ALLOWANCE, -result["amount"],
                                      np.round(result["list"] * result["rate"], 2))  # fmt: skip
        result["net"] = np.round(result["list"] - result["discount"], 2)
        return result

    def _sorted(self, lines: Columns) -> Columns:
        """Number the documents by day and dealer, sort the lines by document."""
        _, first, document = np.unique(lines["document"], return_index=True, return_inverse=True)
        date, dealer = lines["invoice_date"][first], lines["dealer"][first]
        by_day = np.lexsort((dealer, date))
        rank = np.empty(len(first), dtype=np.int64)
        rank[by_day] = np.arange(len(first))
        lines["document"] = self._numbers + 1 + rank[document]
        self._numbers += len(first)
        order = np.lexsort((lines["product"], lines["type"], lines["document"]))
        lines = {name: values[order] for name, values in lines.items()}
        number = lines["document"]
        starts = np.flatnonzero(np.diff(number, prepend=-1))
        lines["position"] = np.arange(len(number)) - np.repeat(starts, np.diff(np.append(starts, len(number)))) + 1
        return lines

    def _sum(self, lines: Columns) -> None:
        world = self.world
        month = world.timeline.month_of(lines["invoice_date"])
        counts = (lines["type"] != ALLOWANCE) & (lines["type"] != GIFT)
        d, p = lines["dealer"][counts], lines["product"][counts]
        np.add.at(self.net, (d, world.goods.category[p], month[counts]), lines["net"][counts])
        earned = lines["net"] - lines["quantity"] * lines["cost"]
        np.add.at(self.margin, (world.dealers.region[d], month[counts]), earned[counts])
        reporter = np.cumsum(world.reports) - 1
        goods = (lines["type"] != ALLOWANCE) & world.reports[lines["dealer"]]
        np.add.at(self.sell_in, (reporter[lines["dealer"][goods]], lines["product"][goods], month[goods]),
                  lines["quantity"][goods])  # fmt: skip
        promoted = lines["execution"] >= 0
        np.add.at(self.given, lines["execution"][promoted], lines["given"][promoted])
        promoted &= lines["given"] != 0
        np.add.at(self.given_units, lines["execution"][promoted], lines["quantity"][promoted])
        numbers, first = np.unique(lines["document"], return_index=True)
        amount = np.round(np.add.reduceat(lines["net"], first) * (1 + TAX), 2) if len(first) else np.zeros(0)
        days = lines["invoice_date"][first]
        self.documents.append({"number": numbers, "dealer": lines["dealer"][first], "date": days, "amount": amount})
        self.lines += len(lines["dealer"])

    def _insert(self, con: duckdb.DuckDBPyConnection, lines: Columns) -> None:
        world, goods = self.world, self.world.goods
        made = (lines["ship_date"] - _BATCH_AGE - lines["product"] % 9).astype("datetime64[D]")
        fortnight = (made - np.datetime64("2000-01-03")).astype(int) // 14
        known, batch = np.unique(np.maximum(lines["product"], 0) * 10_000 + fortnight, return_inverse=True)
        days = (np.datetime64("2000-01-03") + (known % 10_000) * 14).astype(str)
        batches = [goods.product_id[k // 10_000][1:] + d.replace("-", "")[2:] for k, d in zip(known, days, strict=True)]
        insert(con, "fact_sales", {
            "_document": pa.array(lines["document"]), "_position": pa.array(lines["position"]),
            "line_type": named(lines["type"], LINE_TYPES), "order_date": dates(lines["order_date"]),
            "ship_date": dates(lines["ship_date"]), "invoice_date": dates(lines["invoice_date"]),
            "dealer_id": named(lines["dealer"], world.dealers.dealer_id),
            "product_id": named(lines["product"], goods.product_id),
            "employee_id": named(world.people.of_dealer[lines["dealer"]], world.people.employee_id),
            "channel_id": named(world.dealers.channel[lines["dealer"]], [c[0] for c in CHANNELS]),
            "ship_to_region_id": named(lines["city"], world.places.city_id),
            "promotion_id": named(lines["action"], list(world.promotions.actions["promotion_id"])),
            "batch_no": named(np.where(lines["product"] >= 0, batch, -1), batches),
            "quantity": pa.array(lines["quantity"]), "list_amount": pa.array(lines["list"]),
            "discount_amount": pa.array(lines["discount"]), "net_amount": pa.array(lines["net"]),
            "cost_amount": pa.array(lines["quantity"] * lines["cost"]),
        }, {"line_id": _LINE, "document_id": _DOCUMENT})  # fmt: skip

    def _open_orders(self, con: duckdb.DuckDBPyConnection, lines: Columns) -> None:
        """Orders taken by the last day and not invoiced yet."""
        frame = pd.DataFrame({k: lines[k] for k in ("document", "dealer", "order_date", "net")})
        frame = frame.groupby("document", as_index=False).agg({"dealer": "first", "order_date": "first", "net": "sum"})
        insert_frame(con, "open_order", pd.DataFrame({
            "document_id": [f"OO{i + 1:06d}" for i in range(len(frame))],
            "dealer_id": np.array(self.world.dealers.dealer_id)[frame["dealer"].to_numpy(dtype=int)],
            "order_date": frame["order_date"], "amount": (frame["net"] * (1 + TAX)).round(2),
        }))  # fmt: skip

    def _visits(self, con: duckdb.DuckDBPyConnection, lines: Columns, span: range) -> None:
        world = self.world
        taken = pd.DataFrame({k: lines[k] for k in ("dealer", "week", "order_date", "document")})[lines["type"] == SALE]
        taken = taken.drop_duplicates("document").rename(columns={"document": "document_id"})
        rows = visit_rows(
            world.calls, taken, world.people, world.timeline, span, world.random("visit rows", span.start)
        )
        insert(con, "fact_visit", {
            "_number": pa.array(self.visits + 1 + np.arange(len(rows))),
            "_document": pa.array(rows["document_id"].fillna(-1).to_numpy(dtype=np.int64)),
            "dealer_id": named(rows["dealer"].to_numpy(), world.dealers.dealer_id),
            "employee_id": named(rows["employee"].to_numpy(), world.people.employee_id),
            "planned_date": dates(rows["planned_date"].to_numpy()), "visit_date": dates(rows["visit_date"].to_numpy()),
            "activity": pa.Array.from_pandas(rows["activity"]),
            "result": pa.Array.from_pandas(rows["result"]),
            "hours": pa.array(rows["hours"].to_numpy(), from_pandas=True),
        }, {"visit_id": "format('V{:07d}', _number)",
            "document_id": f"CASE WHEN _document >= 0 THEN {_DOCUMENT} END"})  # fmt: skip
        self.visits += len(rows)
