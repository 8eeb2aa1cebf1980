"""What importing costs: `qudao bench importing [LINES]`: a csv of sales lines, imported, against a bare COPY of it."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from data.company import open_warehouse
from data.importing import import_files

HEADER = ("line_id, document_id, order_date, dealer_id, product_id, employee_id, quantity, list_amount, "
          "discount_amount, net_amount, cost_amount")  # fmt: skip
TEXTS = ("line_id", "document_id", "dealer_id", "product_id", "employee_id")
NUMBERS = ("quantity", "list_amount", "discount_amount", "net_amount", "cost_amount")


def write_lines(path: Path, lines: int) -> None:
    """A csv of sales lines: 600 dealers with one sales person each, 48 products, orders of four lines, three years."""
    with duckdb.connect() as con:
        con.execute(
            f"""COPY (SELECT 'L' || i AS line_id, 'O' || i // 4 AS document_id,
                DATE '2023-01-01' + (i // 4 * 4 * 1095 // {lines})::INTEGER AS order_date,
                'D' || hash(i // 4) % 600 AS dealer_id, 'P' || hash(i + 7) % 48 AS product_id,
                'E' || hash(i // 4) % 600 % 60 AS employee_id,
                1 + hash(i) % 50 AS quantity, (1 + hash(i) % 50) * 19.90 AS list_amount, 1.50 AS discount_amount,
                (1 + hash(i) % 50) * 18.37 AS net_amount, (1 + hash(i) % 50) * 12.11 AS cost_amount
            FROM range({lines}) t(i)) TO '{path}' (HEADER)"""
        )


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fact_sales.csv"
        write_lines(path, lines)
        warehouse = open_warehouse(Path(folder) / "home")
        start = time.perf_counter()
        report = import_files(warehouse, [path])
        imported = time.perf_counter() - start
        with duckdb.connect(str(Path(folder) / "bare.duckdb")) as con:
            con.execute(f"SET threads = {warehouse.settings.threads}")
            start = time.perf_counter()
            columns = [*(f"{name} VARCHAR" for name in TEXTS), *(f"{name} DECIMAL(18,4)" for name in NUMBERS)]
            con.execute(f"CREATE TABLE bare (order_date DATE, {', '.join(columns)})")
            con.execute(f"COPY bare ({HEADER}) FROM '{path}' (HEADER)")
            con.execute("CHECKPOINT")
            bare = time.perf_counter() - start
        size, peak = path.stat().st_size / 2**20, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{report.files[0].accepted:,} lines ({size:.0f} MB) imported, checked and published in {imported:.1f} s")
        print(f"bare COPY {bare:.1f} s: {imported / bare:.1f} times; peak memory {peak:.2f} GB")


main()
