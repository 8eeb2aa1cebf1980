"""What one more day costs a large company: `qudao bench append HOME`: its last day's lines again, with new numbers.

The home (a demo company, see `qudao bench speed --homes`) is copied and stays as it is. Beside the whole import stands
a bare copy of the database file, which every new snapshot begins with.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from data import schema
from data.company import open_warehouse
from data.importing import import_files
from data.warehouse import DATABASE, MANIFEST


def as_imported(home: Path, folder: Path) -> Path:
    """A copy of the home whose data count as imported: nothing is added to a demo company."""
    snapshot = open_warehouse(home).current()
    assert snapshot is not None, f"no data in {home}"
    copy = folder / "home" / "warehouse" / "snapshots" / snapshot.id
    copy.mkdir(parents=True)
    start = time.perf_counter()
    shutil.copyfile(snapshot.database, copy / DATABASE)
    lines, copied = snapshot.manifest["rows"]["fact_sales"], time.perf_counter() - start
    print(f"{lines:,} lines; bare copy of the database {copied:.1f} s")
    told = json.loads((snapshot.path / MANIFEST).read_text(encoding="utf-8")) | {"origin": "import"}
    (copy / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
    (folder / "home" / "warehouse" / "CURRENT").write_text(snapshot.id, encoding="ascii")
    return folder / "home"


def one_day(home: Path, path: Path) -> int:
    """A csv of the last day's lines, a day later."""
    snapshot = open_warehouse(home).current()
    assert snapshot is not None
    names = [c.name for c in schema.table("fact_sales").importable]
    values = ", ".join(
        f"{n} || 'x' AS {n}" if n in ("line_id", "document_id") else f"{n} + 1 AS {n}" if n.endswith("_date") else n
        for n in names
    )
    with duckdb.connect(str(snapshot.database), read_only=True) as con:
        return int(con.execute(
            f"COPY (SELECT {values} FROM fact_sales WHERE sales_date = (SELECT max(sales_date) FROM fact_sales)) "
            f"TO '{path}' (HEADER)"
        ).fetchall()[0][0])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="qudao bench append")
    parser.add_argument("home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.home.parent) as folder:
        home = as_imported(given.home.resolve(), Path(folder))
        path = Path(folder) / "fact_sales.csv"
        lines = one_day(home, path)
        start = time.perf_counter()
        report = import_files(open_warehouse(home), [path])
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    assert report.snapshot is not None, report.messages
    print(f"{lines:,} lines of one day imported, checked and published in {seconds:.1f} s; peak memory {peak:.1f} GB")


main()
