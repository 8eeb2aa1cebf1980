"""Real exports, where a folder of them is given (--data or QUDAO_BENCH_DATA): northwind and superstore."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.importing import Mapping, quarantine_csv, status

CENT = Decimal("0.01")


def net_sales(home: Any) -> Decimal:
    return Decimal(home.value("SELECT sum(net_amount) FROM fact_sales")).quantize(CENT)


def test_northwind(home: Any, real_data: Path) -> None:
    report = home.load(real_data / "northwind", mapping=Mapping.load("northwind"))
    assert home.value("SELECT count(*) FROM fact_sales") == 2155
    assert net_sales(home) == Decimal("1265793.04")
    assert sum(f.quarantined for f in report.files) == 0
    assert {name for name, _ in report.ignored} >= {"shippers.csv", "territories.csv"}
    assert home.value("SELECT count(*) FROM dim_dealer") == 91
    assert home.value("SELECT category FROM dim_product WHERE product_name = 'Chai'") == "Beverages"
    assert home.value("SELECT employee_name FROM dim_employee WHERE employee_id = '2'") == "Andrew Fuller"
    again = home.load(real_data / "northwind", mapping=Mapping.load("northwind"))
    assert again.unchanged


def test_northwind_with_broken_orders(home: Any, real_data: Path) -> None:
    mapping = Mapping.load("northwind")
    good = [p for p in sorted((real_data / "northwind").glob("*.csv")) if p.name != "orders.csv"]
    report = home.load(*good, real_data / "northwind-broken" / "orders.csv", mapping=mapping)
    counts = {f.name: (f.rows_in, f.accepted, f.quarantined) for f in report.files}
    assert counts["orders.csv"] == (830, 654, 176)
    assert counts["order-details.csv"] == (2155, 1716, 439)
    assert net_sales(home) == Decimal("1046245.16")
    assert status(home.warehouse).waiting == 439

    home.load(real_data / "northwind" / "orders.csv", mapping=mapping)
    assert home.value("SELECT count(*) FROM fact_sales") == 2155
    assert net_sales(home) == Decimal("1265793.04")
    state = status(home.warehouse)
    assert (state.waiting, state.to_repair) == (0, 0)
    assert all(f.rows_in == f.accepted + f.quarantined for f in state.imports)


def test_northwind_repaired_by_hand(home: Any, real_data: Path) -> None:
    """The downloaded quarantine, its surplus commas removed as a person would, brings the orphans in as well."""
    mapping = Mapping.load("northwind")
    good = [p for p in sorted((real_data / "northwind").glob("*.csv")) if p.name != "orders.csv"]
    report = home.load(*good, real_data / "northwind-broken" / "orders.csv", mapping=mapping)
    number = next(f.file_id for f in report.files if f.name == "orders.csv")
    rows = list(csv.reader(io.StringIO(quarantine_csv(home.warehouse.current(), number))))
    width = rows[0].index("quarantine_file")
    surplus = width - 14
    for row in rows[1:]:  # the address (column 10) was cut at its commas
        extra = sum(1 for c in row[14:width] if c)
        address = ",".join(row[9 : 10 + extra])
        row[:width] = [*row[:9], address, *row[10 + extra : 14 + extra], *[""] * surplus]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    home.load(home.file("orders-repaired.csv", out.getvalue()), mapping=mapping)
    assert net_sales(home) == Decimal("1265793.04")
    assert status(home.warehouse).to_repair == 0


def test_the_whole_broken_northwind_loses_nothing(home: Any, real_data: Path) -> None:
    report = home.load(real_data / "northwind-broken", mapping=Mapping.load("northwind"))
    counts = {f.name: (f.rows_in, f.quarantined) for f in report.files}
    assert counts["customers.csv"] == (91, 24)
    assert all(f.rows_in == f.accepted + f.quarantined for f in report.files)
    home.load(real_data / "northwind", mapping=Mapping.load("northwind"))
    assert net_sales(home) == Decimal("1265793.04")
    assert status(home.warehouse).waiting == 0


def test_superstore(home: Any, real_data: Path) -> None:
    report = home.load(real_data / "superstore", mapping=Mapping.load("superstore"))
    assert home.rows("SELECT count(*), count(DISTINCT document_id) FROM fact_sales") == [(9994, 5009)]
    assert net_sales(home) == Decimal("2297200.86")
    assert Decimal(home.value("SELECT sum(net_amount - cost_amount) FROM fact_sales")).quantize(CENT) == Decimal(
        "286397.02"
    )
    assert home.value("SELECT count(*) FROM dim_dealer") == 793
    assert home.value("SELECT count(*) FROM dim_product") == 1862
    notes = report.files[0].notes
    assert "32 product_id have more than one product_name; the last one in the file is kept" in notes
    assert "numbers carry a decimal comma" in notes
    assert home.value("SELECT max(depth) FROM region_path") == 4
