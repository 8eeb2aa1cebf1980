"""Invoices and how they are paid: on time, late, in parts, too much, in advance, or not at all."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa

from data.demo.books import Books
from data.demo.stories import LATE_RAMP_DAYS
from data.demo.world import World
from data.demo.writer import dates, insert, named

DELAY_SD = 5.0
TAIL_SHARE, TAIL_DAYS = 0.05, 38.0  # of the invoices are paid much later, so many days more on average
PART_SHARE, SHORT_SHARE, NEVER_SHARE, OVER_SHARE, ADVANCE_SHARE = 0.10, 0.003, 0.0003, 0.004, 0.25
SHORT_PART = 0.06  # of the invoice stays open when a dealer pays short
CREDIT_DAYS = 25  # a credit note is used up in a later payment after about so long
RECENT_DAYS = 40  # money not yet applied is at most so old


def late_delay(world: World, dealer: np.ndarray, due: np.ndarray) -> np.ndarray:
    """Extra days of delay of the late payers by due date: rises from 0 to its full size over `LATE_RAMP_DAYS`."""
    start = np.full(world.dealers.count, np.datetime64("9999-12-31"))
    days = np.zeros(world.dealers.count)
    start[world.who.late], days[world.who.late] = world.who.late_from, world.who.late_days
    ramp = np.clip((due - start[dealer]).astype(int) / LATE_RAMP_DAYS, 0, 1)
    return np.asarray(ramp * days[dealer])


def write(con: duckdb.DuckDBPyConnection, books: Books) -> None:
    """Write fact_receivable (one invoice a document, tax included) and fact_receipt up to the end of the data."""
    world, rng = books.world, books.world.random("payments")
    number, dealer, date, amount = (np.concatenate([d[k] for d in books.documents])
                                    for k in ("number", "dealer", "date", "amount"))  # fmt: skip
    real = amount != 0
    number, dealer, date, amount = number[real], dealer[real], date[real], amount[real]
    note = amount < 0
    due = date + np.where(note, 0, world.dealers.term[dealer])
    insert(con, "fact_receivable", {
        "_number": pa.array(number), "dealer_id": named(dealer, world.dealers.dealer_id), "invoice_date": dates(date),
        "due_date": dates(due), "amount": pa.array(amount),
    }, {"invoice_id": "format('IN{:07d}', _number)", "document_id": "format('SO{:07d}', _number)"})  # fmt: skip
    cents = np.round(amount * 100).astype(np.int64)
    luck = rng.random(len(number))
    delay = world.dealers.late_days[dealer] + rng.normal(0, DELAY_SD, len(number)) + late_delay(world, dealer, due)
    delay += (rng.random(len(number)) < TAIL_SHARE) * rng.exponential(TAIL_DAYS, len(number))
    pay = due + np.round(delay).astype(int)
    advance = (world.dealers.term[dealer] == 0) & (rng.random(len(number)) < ADVANCE_SHARE)
    pay = np.where(advance, date - rng.integers(1, 6, len(number)), np.maximum(pay, date + 1))
    pay = np.where(note, date + rng.integers(5, 2 * CREDIT_DAYS, len(number)), pay)
    paid = cents.copy()
    short = (luck < SHORT_SHARE) & ~note
    paid[short] = np.round(cents[short] * (1 - SHORT_PART)).astype(np.int64)
    over = (luck > 1 - OVER_SHARE) & ~note
    paid[over] += np.round(cents[over] * 0.03).astype(np.int64)
    never = (luck > 0.5) & (luck < 0.5 + NEVER_SHARE) & ~note
    parts = (rng.random(len(number)) < PART_SHARE) & ~note
    first = np.where(parts, np.round(paid * rng.uniform(0.4, 0.7, len(number))).astype(np.int64), paid)
    later = pay + rng.integers(7, 30, len(number))
    rest = np.flatnonzero(parts & ~never)
    whole = np.flatnonzero(~never)
    invoice = np.concatenate([number[whole], number[rest]])
    payer = np.concatenate([dealer[whole], dealer[rest]])
    day = np.concatenate([pay[whole], later[rest]])
    money = np.concatenate([first[whole], (paid - first)[rest]])
    _receipts(con, world, invoice, payer, _banking_days(world, day), money, rng)


def _banking_days(world: World, day: np.ndarray) -> np.ndarray:
    """Weekends move to Monday; payments of a dealer in a week are bundled on two days."""
    weekday = (day - world.timeline.monday[0]).astype(int) % 7
    return np.asarray(day + np.choose(weekday, (1, 0, 2, 1, 0, 3, 2)))


def _receipts(
    con: duckdb.DuckDBPyConnection, world: World, invoice: np.ndarray, payer: np.ndarray, day: np.ndarray,
    cents: np.ndarray, rng: np.random.Generator,
) -> None:  # fmt: skip
    """One receipt a dealer and day, a row an invoice; some recent money names no invoice yet."""
    end = np.datetime64(world.timeline.end)
    inside = (day <= end) & (cents != 0)
    invoice, payer, day, cents = invoice[inside], payer[inside], day[inside], cents[inside]
    payers = np.flatnonzero(rng.random(world.dealers.count) < 0.06)
    unapplied = end - rng.integers(1, RECENT_DAYS, len(payers))
    latest = slice(world.timeline.weeks - 4, world.timeline.weeks)
    month = np.maximum(world.demand.real[payers, :, latest].sum(axis=(1, 2)), 5000)
    invoice = np.concatenate([invoice, np.full(len(payers), -1)])
    payer, day = np.concatenate([payer, payers]), np.concatenate([day, unapplied])
    cents = np.concatenate([cents, np.round(month * rng.uniform(0.1, 0.4, len(payers))).astype(np.int64) * 100])
    order = np.lexsort((invoice, payer, day))
    invoice, payer, day, cents = invoice[order], payer[order], day[order], cents[order]
    key = day.astype(int) * world.dealers.count + payer
    receipt = np.cumsum(np.diff(key, prepend=-1) != 0)
    # an invoice paid in two parts may have both on one day: one row each receipt and invoice
    pair = receipt * (invoice.max() + 2) + invoice + 1
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    insert(con, "fact_receipt", {
        "_receipt": pa.array(receipt[starts]), "_invoice": pa.array(invoice[starts]),
        "dealer_id": named(payer[starts], world.dealers.dealer_id), "receipt_date": dates(day[starts]),
        "amount": pa.array(np.add.reduceat(cents, starts) / 100),
    }, {"receipt_id": "format('RC{:07d}', _receipt)",
        "invoice_id": "CASE WHEN _invoice >= 0 THEN format('IN{:07d}', _invoice) END"})  # fmt: skip
