"""What the warehouse holds, in words: title and age, tables with their rows, imports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from dashboard import formats
from dashboard.findings.model import subtitle, titled
from dashboard.i18n import Lazy, _, lazy, ngettext
from data import schema

if TYPE_CHECKING:
    from data.importing import ImportedFile, Status

_ORDER = {"fact": 0, "dimension": 1, "optional": 2}  # of kinds of tables
STALE_DAYS = 7  # data that end longer ago are called old [convention of this project]

TABLES: dict[str, Lazy] = {
    "dim_region": lazy("Regions"), "dim_employee": lazy("Sales people"), "dim_channel": lazy("Channels"),
    "dim_dealer": lazy("Dealers"), "dim_product": lazy("Products"), "dim_promotion": lazy("Promotions"),
    "sales_document": lazy("Sales documents"), "fact_sales": lazy("Sales lines"),
    "fact_visit": lazy("Visits"), "fact_receivable": lazy("Invoices"), "fact_receipt": lazy("Receipts"),
    "fact_target": lazy("Targets"), "fact_sell_out": lazy("Sell-out of dealers"),
    "fact_stock": lazy("Stock at dealers"), "fact_shelf_check": lazy("Shelf checks"),
    "fact_promotion_cost": lazy("Promotion costs"), "fact_promotion_plan": lazy("Promotion plans"),
    "fact_promotion_cost_line": lazy("Promotion cost lines"),
    "price_list": lazy("Price list"), "territory_exception": lazy("Territory exceptions"),
    "open_order": lazy("Open orders"), "opportunity": lazy("Opportunities"), "complaint": lazy("Complaints"),
    "dealer_financial": lazy("Dealer financials"), "feedback": lazy("Market feedback"),
}  # fmt: skip

_LIGHTS_UP: dict[str, Lazy] = {
    "fact_sales": lazy("would light up sales, margin and dealers"),
    "fact_visit": lazy("would light up visit coverage"),
    "fact_receivable": lazy("would light up overdue share and DSO"),
    "fact_receipt": lazy("would show what invoices are paid"),
    "fact_target": lazy("would light up targets and the gap by dealer"),
    "dim_region": lazy("would light up the ranking of regions"),
    "dim_promotion": lazy("would name promotions"),
    "fact_promotion_cost": lazy("would light up what promotions brought"),
    "fact_promotion_plan": lazy("would show promotions against their plan"),
    "fact_promotion_cost_line": lazy("would show what promotions cost"),
    "fact_stock": lazy("would show dealers who hold too much"),
}


def table_name(name: str) -> str:
    """A table in words; its own name when it has none."""
    return str(TABLES.get(name, name))


# ------------------------------------------------------------------ the top of the page


def page_title(status: Status) -> str:
    """To which day the data go, how much there is, and what waits for repair."""
    if status.snapshot is None:
        return _("No data yet: bring in the exports of your ERP")
    lines, dealers = status.rows.get("fact_sales", 0), status.rows.get("dim_dealer", 0)
    many = formats.compact(lines) if lines >= 1_000_000 else formats.count(lines)
    held = _("{n} sales lines of {dealers} dealers", n=many, dealers=formats.count(dealers))
    head = _("Data to {day}: {held}", day=formats.date(_day(status)), held=held)
    repair = status.to_repair
    return titled(head, ngettext("{rows} row to repair", "{rows} rows to repair", repair,
                                 rows=formats.count(repair)) if repair else "", page=True)  # fmt: skip


def page_subtitle(status: Status, zone: str | None = None) -> str:
    """Snapshot, when it was published, demo or imported, and the files that came last."""
    if status.snapshot is None:
        return _("Sales, dealers, invoices, visits: csv, Excel or parquet files as they are")
    if status.origin == "demo":
        return subtitle(_("Snapshot {id}", id=status.snapshot), _published(status, zone), _("demo company"))
    latest = {file.imported_at for file in status.imports[:1]}
    last = [file.name for file in status.imports if file.imported_at[:16] in {at[:16] for at in latest}]
    shown = ", ".join(dict.fromkeys(last[:3])) + (f" +{len(last) - 3}" if len(last) > 3 else "")
    return subtitle(_("Snapshot {id}", id=status.snapshot), _published(status, zone), _("imported"),
                    _("last files: {names}", names=shown) if last else "")  # fmt: skip


def age(status: Status, today: dt.date) -> str:
    """One sentence when the data are old; empty when they are fresh or there are none."""
    if status.as_of is None:
        return ""
    days = (today - _day(status)).days
    if days <= STALE_DAYS:
        return ""
    return _("Data is {age} old: what happened after {day} is not in these figures.", age=_span(days),
             day=formats.date(_day(status)))  # fmt: skip


def _span(days: int) -> str:
    """Days while they can be grasped, else months, else years."""
    if days < 60:
        return formats.days(days)
    if days < 730:
        return ngettext("{n} month", "{n} months", days * 12 // 365)
    return ngettext("{n} year", "{n} years", days // 365)


def _published(status: Status, zone: str | None) -> str:
    return _("published {when}", when=formats.moment(status.created_at or "", zone))


def _day(status: Status) -> dt.date:
    return dt.date.fromisoformat(status.as_of or "")


# ------------------------------------------------------------------ tables behind the cards


def tables(status: Status) -> pd.DataFrame:
    """One row a table that files can feed: `words, rows, state, name`; those with rows first."""
    rows = []
    for table in schema.IMPORTABLE:
        count = status.rows.get(table.name, 0)
        if table.name == "sales_document" and not count:
            continue  # a helper: lines take what they need from it
        rows.append((table_name(table.name), count or None, _state(status, table, count), table.name))
    rows.sort(key=lambda row: (row[1] is None, _ORDER[schema.table(row[3]).kind]))
    return pd.DataFrame(rows, columns=["words", "rows", "state", "name"])


def _state(status: Status, table: schema.Table, count: int) -> str:
    if count and status.origin == "demo":
        return _("demo company")
    if count:
        derived = table.kind == "dimension" and table.name not in status.supplied
        return _("taken from the rows that use them") if derived else _("imported")
    gain = _LIGHTS_UP.get(table.name)
    return str(gain) if gain else _("not imported yet")


def tables_title(frame: pd.DataFrame) -> str:
    filled = int(frame["rows"].notna().sum())
    if not filled:
        return _("{n} tables can be filled; sales lines are enough to start", n=len(frame))
    return _("{n} of {all} tables are filled", n=filled, all=len(frame))


def imports(files: Iterable[ImportedFile], zone: str | None = None) -> pd.DataFrame:
    """One row an imported file, newest first: `file, table, rows_in, accepted, quarantined, when, mapping`."""
    rows: list[tuple[Any, ...]] = [
        (
            f.name,
            table_name(f.table),
            f.rows_in,
            f.accepted,
            f.quarantined,
            formats.moment(f.imported_at, zone),
            f.mapping,
        )
        for f in files
    ]
    return pd.DataFrame(rows, columns=["file", "table", "rows_in", "accepted", "quarantined", "when", "mapping"])
