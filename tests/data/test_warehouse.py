"""Snapshots: published whole or not at all, whatever kills the builder; rolled back; built by one at a time.

And receivables as balance intervals against a count by hand."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import schema
from data.importing import import_files, status
from data.settings import Settings
from data.warehouse import NoSnapshot, Warehouse, WarehouseBusy, balances

SCRIPT = Path(__file__).with_name("killed_import.py")
ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")


def sales_file(path: Path, factor: int, lines: int = 400) -> Path:
    header = "line_id,order_date,dealer_id,product_id,quantity,net_amount\n"
    rows = (
        f"L{i},2024-01-{1 + i % 28:02},D{i % 17},P{i % 5 + factor},{factor},{i * factor}.25\n" for i in range(lines)
    )
    path.write_text(header + "".join(rows), encoding="utf-8")
    return path


def checksum(warehouse: Warehouse) -> tuple[Any, ...]:
    """Everything a reader could see of the sales and their dimensions, in few numbers."""
    snapshot = warehouse.current()
    assert snapshot is not None
    with duckdb.connect(str(snapshot.database), read_only=True) as con:
        sales = con.execute(
            "SELECT count(*), sum(net_amount), sum(quantity), count(DISTINCT product_id) FROM fact_sales"
        ).fetchall()[0]
        files = con.execute("SELECT sum(accepted), sum(rows_in) FROM import_file").fetchall()[0]
        rows = {t.name: con.execute(f"SELECT count(*) FROM {t.name}").fetchall()[0][0] for t in schema.TABLES}
    assert rows == snapshot.manifest["rows"]
    return (*sales, *files)


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, tuple[Any, ...], tuple[Any, ...]]:
    """A home with an import, the file to import next, and the checksums before and after it."""
    folder = tmp_path_factory.mktemp("killed")
    home, later = folder / "home", folder / "after"
    import_files(Warehouse(home, Settings()), [sales_file(folder / "first.csv", 1)])
    second = sales_file(folder / "second.csv", 3, 500)
    shutil.copytree(home, later)
    import_files(Warehouse(later, Settings()), [second])
    old, new = checksum(Warehouse(home, Settings())), checksum(Warehouse(later, Settings()))
    assert old != new
    return home, second, old, new


class Importer:
    """A process that imports in children of its own (see killed_import.py)."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def start(self, home: Path, file: Path, *, step: int = 0, seconds: float = float("inf")) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{home}\t{file}\t{step}\t{seconds}\n")
        self.process.stdin.flush()

    def result(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def run(self, home: Path, file: Path, *, step: int = 0, seconds: float = float("inf")) -> int:
        self.start(home, file, step=step, seconds=seconds)
        return self.result()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def importers() -> Iterator[tuple[Importer, Importer]]:
    pair = Importer(), Importer()
    yield pair
    for importer in pair:
        importer.close()


def must_be_whole(home: Path, file: Path, old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """The old or the new snapshot serves whole, and the next import works. Whether it was the new one."""
    warehouse = Warehouse(home, Settings())
    found = checksum(warehouse)
    assert found in (old, new)
    assert status(warehouse).rows["fact_sales"] == found[0]
    report = import_files(warehouse, [file])
    assert report.unchanged == (found == new)
    assert checksum(warehouse) == new
    assert not list(warehouse.root.glob("building-*")) or report.unchanged
    return bool(found == new)


@posix
def test_killed_at_each_step_of_publishing(tmp_path: Path, before_and_after: Any, importers: Any) -> None:
    home, file, old, new = before_and_after
    outcomes = []
    for step in range(1, 200):
        copy = tmp_path / str(step)
        shutil.copytree(home, copy)
        code = importers[0].run(copy, file, step=step)
        if code == 0:
            break
        assert code == -9
        outcomes.append(must_be_whole(copy, file, old, new))
        shutil.rmtree(copy)
    assert len(outcomes) >= 20
    assert outcomes == sorted(outcomes)  # the old one up to the swap, the new one from it on
    assert {True, False} == set(outcomes)


@posix
def test_killed_at_random_moments(tmp_path: Path, before_and_after: Any, importers: Any) -> None:
    home, file, old, new = before_and_after
    shutil.copytree(home, tmp_path / "whole")
    began = time.monotonic()
    assert importers[0].run(tmp_path / "whole", file) == 0
    duration = time.monotonic() - began
    moments = random.Random(20)
    for k in range(20):
        copy = tmp_path / str(k)
        shutil.copytree(home, copy)
        assert importers[0].run(copy, file, seconds=moments.uniform(0, duration)) in (-9, 0)
        must_be_whole(copy, file, old, new)
        shutil.rmtree(copy)


def test_rollback_returns_to_the_former_snapshot(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "home", Settings())
    with pytest.raises(NoSnapshot):
        warehouse.rollback()
    import_files(warehouse, [sales_file(tmp_path / "a.csv", 1)])
    first = checksum(warehouse)
    with pytest.raises(NoSnapshot):
        warehouse.rollback()
    import_files(warehouse, [sales_file(tmp_path / "b.csv", 2)])
    second = checksum(warehouse)
    warehouse.rollback()
    assert checksum(warehouse) == first
    report = import_files(warehouse, [tmp_path / "b.csv"])  # its line of snapshots does not know the file
    assert not report.unchanged
    assert checksum(warehouse) == second
    assert warehouse.current().id == "000003"  # type: ignore[union-attr]
    assert warehouse.rollback().id == "000001"  # what 3 followed; 2 was left behind
    assert checksum(warehouse) == first


def test_only_the_last_snapshots_are_kept(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "home", Settings(keep_snapshots=2))
    for k in range(4):
        import_files(warehouse, [sales_file(tmp_path / "a.csv", k + 1, 5)])
    assert [s.id for s in warehouse.snapshots()] == ["000003", "000004"]


def test_an_open_reader_keeps_its_snapshot(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "home", Settings(keep_snapshots=2))
    import_files(warehouse, [sales_file(tmp_path / "a.csv", 1, 5)])
    snapshot = warehouse.current()
    assert snapshot is not None
    with duckdb.connect(str(snapshot.database), read_only=True) as reader:
        for k in range(3):
            import_files(warehouse, [sales_file(tmp_path / "a.csv", k + 2, 5)])
        assert reader.execute("SELECT sum(quantity) FROM fact_sales").fetchall() == [(5,)]


@posix
def test_two_importers_at_once(tmp_path: Path, importers: Any) -> None:
    """While one builds, another waits, or is refused clearly when it will not wait; nothing is lost."""
    warehouse = Warehouse(tmp_path / "home", Settings())
    a, b = sales_file(tmp_path / "a.csv", 1, 50), sales_file(tmp_path / "b.csv", 2, 80)
    with warehouse.build("import"):
        with (
            pytest.raises(WarehouseBusy, match="another import is running"),
            Warehouse(warehouse.home, Settings()).build("import", wait=0.1),
        ):
            pass
        importers[0].start(warehouse.home, a)
    assert importers[0].result() == 0
    for importer, file in zip(importers, (a, b), strict=True):
        importer.start(warehouse.home, file)
    assert [importer.result() for importer in importers] == [0, 0]
    with duckdb.connect(str(warehouse.current().database), read_only=True) as con:  # type: ignore[union-attr]
        assert con.execute("SELECT count(*) FROM fact_sales").fetchall() == [(80,)]
        assert con.execute("SELECT count(*) FROM import_file").fetchall() == [(2,)]


# ---------------------------------------------------------------------- balances

DAY = dt.date(2024, 1, 1)
_money = st.integers(-20_000, 50_000).filter(bool).map(lambda c: Decimal(c) / 100)
_days = st.integers(0, 40)
_invoices = st.lists(st.tuples(_days, _money), max_size=6)
_receipts = st.lists(st.tuples(_days, st.one_of(st.none(), st.integers(0, 7)), _money), max_size=10)


@settings(deadline=None, max_examples=60)
@given(_invoices, _receipts)
def test_balances_on_every_day_equal_a_count_by_hand(
    invoices: list[tuple[int, Decimal]], receipts: list[tuple[int, int | None, Decimal]]
) -> None:
    with duckdb.connect() as con:
        for name in ("fact_receivable", "fact_receipt"):
            con.execute(schema.ddl(schema.table(name)))
        for k, (day, amount) in enumerate(invoices):
            con.execute(
                "INSERT INTO fact_receivable BY NAME SELECT ? AS invoice_id, 'D' AS dealer_id, "
                "?::DATE AS invoice_date, ?::DATE AS due_date, ? AS amount",
                [f"I{k}", DAY + dt.timedelta(day), DAY, amount],
            )
        for k, (day, invoice, amount) in enumerate(receipts):
            con.execute(
                "INSERT INTO fact_receipt BY NAME SELECT ? AS receipt_id, 'D' AS dealer_id, ? AS invoice_id, "
                "?::DATE AS receipt_date, ? AS amount",
                [f"R{k}", None if invoice is None else f"I{invoice}", DAY + dt.timedelta(day), amount],
            )
        balances.rebuild(con)
        for offset in range(-1, 43):
            day = DAY + dt.timedelta(offset)
            stored = con.execute(
                "SELECT invoice_id, balance FROM receivable_balance "
                "WHERE valid_from <= $d AND valid_to > $d ORDER BY 1",
                {"d": day},
            ).fetchall()
            unapplied = con.execute(
                "SELECT coalesce(sum(amount), 0) FROM unapplied_balance WHERE valid_from <= $d AND valid_to > $d",
                {"d": day},
            ).fetchall()[0][0]
            expected, loose = [], Decimal(0)
            for k, (invoiced, amount) in enumerate(invoices):
                paid = sum((a for d, i, a in receipts if i == k and d <= offset), Decimal(0))
                if invoiced <= offset and amount != paid:
                    expected.append((f"I{k}", amount - paid))
            for d, i, a in receipts:
                if d <= offset and (i is None or i >= len(invoices) or invoices[i][0] > offset):
                    loose += a
            assert stored == expected
            assert unapplied == loose
