"""Build the demo company and publish it as a snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import duckdb
import numpy as np

from data import schema
from data.demo import campaigns, channel, dimensions, market, payments, targets, truth
from data.demo.books import Books
from data.demo.world import World, world
from data.warehouse import Snapshot, Warehouse
from data.words import N_

COMPANY_NAME, COMPANY_NAME_EN = "清禾饮品", "Qinghe Drinks"
LEAST_DEALERS, LEAST_MONTHS = 60, 15
STAGES = (N_("Decide what happens"), N_("Write orders and visits"), N_("Write payments and targets"), N_("Publish"))

Progress = Callable[[str, int, int], None]


class DemoRefused(Exception):
    """The home holds imported data; the demo company would take their place."""


def build(
    warehouse: Warehouse,
    *,
    dealers: int = 600,
    months: int = 36,
    seed: int = 20260630,
    end: dt.date = dt.date(2026, 6, 30),
    progress: Progress | None = None,
) -> Snapshot:
    """Build the demo company, publish it and write the truth file into the home.

    `progress(stage, done, total)` is called with a stage of `STAGES` and chunks done. The same arguments give the same
    tables. Raises DemoRefused on a home with imported data, ValueError for fewer than `LEAST_DEALERS` dealers or
    `LEAST_MONTHS` months, warehouse.WarehouseBusy, publishing.CheckFailed.
    """
    current = warehouse.current()
    if current is not None and current.origin == "import":
        raise DemoRefused("this home holds imported data; choose another --home for the demo company")
    if dealers < LEAST_DEALERS or months < LEAST_MONTHS:
        raise ValueError(f"the demo company needs at least {LEAST_DEALERS} dealers and {LEAST_MONTHS} months")
    tell: Progress = progress or _silent
    tell(STAGES[0], 0, 1)
    company = world(dealers, months, seed, end, warehouse.settings)
    tell(STAGES[0], 1, 1)
    with warehouse.build("demo", fresh=True) as draft:
        con = draft.connection
        _leave_memory(con)
        dimensions.write(con, company)
        books = Books(company, months)
        spans = _chunks(company)
        for number, span in enumerate(spans):
            books.write(con, span)
            tell(STAGES[1], number + 1, len(spans))
        steps: tuple[Callable[[], None], ...] = (
            lambda: payments.write(con, books),
            lambda: channel.write(con, books),
            lambda: market.write(con, books),
            lambda: targets.write(con, books, targets.plan(books)),
            lambda: campaigns.write(con, books, *campaigns.spend(books)),
        )
        for number, step in enumerate(steps):
            step()
            tell(STAGES[2], number + 1, len(steps))
        tell(STAGES[3], 0, 1)
        draft.supplied.update(table.name for table in schema.DIMENSIONS)
        draft.company = {"name": COMPANY_NAME, "name_en": COMPANY_NAME_EN}
        snapshot = draft.publish(today=end)
    truth.write(warehouse.home, books)
    tell(STAGES[3], 1, 1)
    return snapshot


def _silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def _leave_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Take a gigabyte at most: the arrays of a large company need the rest of what a small machine has."""
    limit = "least(parse_formatted_bytes(current_setting('memory_limit')), 1_000_000_000)"
    con.execute(f"SET memory_limit = '{con.execute(f'SELECT {limit}').fetchall()[0][0]}B'")


def _chunks(company: World) -> list[range]:
    """Weeks grouped by the month of their Monday: what is held in memory at a time."""
    month = company.timeline.monday[: company.timeline.weeks].astype("datetime64[M]").astype(int)
    starts = [*np.flatnonzero(np.diff(month, prepend=month[0] - 1)), len(month)]
    return [range(int(a), int(b)) for a, b in pairwise(starts)]
