"""What may go wrong below the pages, and what the reader and the importer are left with: docs/reliability.md."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from data import ledger as ledgers
from data import running
from data.company import Company
from data.importing import ImportRefused, import_files, status
from data.ledger import Ledger, LedgerUnavailable
from data.running import NotEnoughMemory, QueryTooLong
from data.settings import Settings
from data.warehouse import MANIFEST, NoSnapshot, SnapshotDamaged, Warehouse, snapshots

ROOT = Path(__file__).parents[2]


def sales(path: Path, lines: int, year: int = 2024) -> Path:
    header = "line_id,order_date,dealer_id,product_id,quantity,net_amount\n"
    rows = (f"L{i},{year}-01-{1 + i % 28:02},D{i % 17},P{i % 5},1,{i}.25\n" for i in range(lines))
    path.write_text(header + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two snapshots: of 100 lines, then of 250."""
    folder = tmp_path_factory.mktemp("faults")
    warehouse = Warehouse(folder / "home", Settings())
    for lines in (100, 250):
        import_files(warehouse, [sales(folder / f"{lines}.csv", lines)])
    return folder / "home"


@pytest.fixture
def home(two: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two, tmp_path / "home"))


def lines(home: Path) -> int:
    """What a reader counts, damage met on the way passed over as a page does."""
    for _ in range(2):
        try:
            return int(Company.open(home).store._unscoped("SELECT count(net_amount) AS n FROM fact_sales")["n"].iloc[0])
        except SnapshotDamaged:
            continue
    raise AssertionError("still damaged at the second look")


# ---------------------------------------------------------------------- damaged snapshots


def overwrite(database: Path) -> None:
    raw = bytearray(database.read_bytes())
    for place in range(12288, len(raw), 997):
        raw[place] ^= 255
    database.write_bytes(raw)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut short": lambda folder: os.truncate(folder / snapshots.DATABASE, 30_000),
    "empty": lambda folder: os.truncate(folder / snapshots.DATABASE, 0),
    "gone": lambda folder: (folder / snapshots.DATABASE).unlink(),
    "overwritten": lambda folder: overwrite(folder / snapshots.DATABASE),
    "manifest cut short": lambda folder: os.truncate(folder / MANIFEST, 40),
    "manifest gone": lambda folder: (folder / MANIFEST).unlink(),
    "folder gone": shutil.rmtree,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_snapshot_is_passed_over(home: Path, kind: str) -> None:
    warehouse = Warehouse(home, Settings())
    DAMAGE[kind](home / "warehouse" / "snapshots" / "000002")
    assert lines(home) == 100
    assert [broken.id for broken in warehouse.damaged()] == ["000002"]
    told = status(warehouse)
    assert told.snapshot == "000001"
    assert told.damaged[0].reason
    report = import_files(warehouse, [sales(home / "again.csv", 250)])  # its line of snapshots does not know the rows
    assert report.snapshot is not None
    assert lines(home) == 250
    assert warehouse.damaged() == []


def test_status_says_which_snapshot_stands_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overwrite(home / "warehouse" / "snapshots" / "000002" / snapshots.DATABASE)
    monkeypatch.setenv("QUDAO_HOME", str(home))
    for arguments in (["status"], ["ask", "overview"]):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, done.output
        said = " ".join(done.output.split())
        assert "Snapshot 000002 is damaged" in said, arguments
        assert "000001 serves in its place" in said


def test_an_import_upon_a_damaged_snapshot_publishes_nothing(home: Path) -> None:
    """Blocks that nobody read yet are met by the import: refused, and the next one builds upon the sound snapshot."""
    warehouse = Warehouse(home, Settings())
    overwrite(home / "warehouse" / "snapshots" / "000002" / snapshots.DATABASE)
    file = sales(home / "third.csv", 300)
    with pytest.raises(ImportRefused, match="snapshot 000002 is damaged, and nothing was published"):
        import_files(warehouse, [file])
    report = import_files(warehouse, [file])
    assert report.snapshot is not None
    assert lines(home) == 300


def test_a_rollback_from_damage_leads_to_what_serves(home: Path) -> None:
    warehouse = Warehouse(home, Settings())
    os.truncate(home / "warehouse" / "snapshots" / "000002" / snapshots.DATABASE, 10)
    assert warehouse.rollback().id == "000001"
    assert warehouse.damaged() == []


def test_a_home_without_a_sound_snapshot_says_so(home: Path) -> None:
    warehouse = Warehouse(home, Settings())
    for folder in (home / "warehouse" / "snapshots").iterdir():
        os.truncate(folder / snapshots.DATABASE, 10)
    with pytest.raises(NoSnapshot, match=r"damaged .* no earlier one can serve"):
        Company.open(home)
    with pytest.raises(ImportRefused, match="no earlier one can serve"):
        import_files(warehouse, [sales(home / "third.csv", 300)])
    assert len(list((home / "warehouse" / "snapshots").iterdir())) == 2  # whoever mends them finds them


def test_demo_numbers_never_stand_in_for_real_ones(home: Path) -> None:
    first, second = (home / "warehouse" / "snapshots" / id for id in ("000001", "000002"))
    manifest = (first / MANIFEST).read_text(encoding="utf-8")
    (first / MANIFEST).write_text(manifest.replace('"import"', '"demo"'), encoding="utf-8")
    os.truncate(second / snapshots.DATABASE, 10)
    with pytest.raises(NoSnapshot, match="damaged"):
        Company.open(home)


def test_a_damaged_result_is_computed_anew(home: Path) -> None:
    company = Company.open(home)
    company.snapshot.results.mkdir(exist_ok=True)
    (company.snapshot.results / "some.parquet").write_bytes(b"PAR1 and then nothing")
    assert company.result("some") is None
    assert not company.has_results(["some"])


# ---------------------------------------------------------------------- disk and clock


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB, which only root may have."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or os.name == "nt" or os.geteuid() != 0:
        pytest.skip("a small disk of its own needs root; the next test limits the size of files instead")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("this container may not mount a disk; the next test limits the size of files instead")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_publishes_nothing(small_disk: Path, two: Path) -> None:
    home, file = Path(shutil.copytree(two, small_disk / "home")), sales(two.parent / "full.csv", 4000)
    warehouse, published, said = Warehouse(home, Settings()), 0, list[str]()
    for room in (0, 10_000, 2_000_000, 3_500_000, 5_000_000, 7_000_000):
        filler = small_disk / "filler"
        with filler.open("wb") as out:
            out.write(b"\0" * (shutil.disk_usage(small_disk).free - room))
        try:
            import_files(warehouse, [file])
            published += 1
        except ImportRefused as refusal:
            said.append(str(refusal))
        filler.unlink()
        assert not list(warehouse.root.glob("building-*"))
        if published:
            break
        assert lines(home) == 250
    assert said
    assert all(text.startswith("nothing was published") and "\n" not in text for text in said)
    import_files(warehouse, [file])
    assert lines(home) == 4000


@pytest.mark.skipif(sys.platform == "win32", reason="the size of files is limited by a POSIX call")
def test_files_that_cannot_grow_publish_nothing(home: Path) -> None:
    """As a full disk looks to the importer, for every user: no file may grow beyond a limit."""
    file, script = sales(home / "full.csv", 4000), (
        "import resource, sys; n = int(sys.argv[1]); resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); "
        "from dashboard.cli import main; sys.argv[1:] = ['import', sys.argv[2], '--no-refresh']; main()"
    )  # fmt: skip
    for limit in (3_300_000,):
        done = subprocess.run([sys.executable, "-c", script, str(limit), str(file)], cwd=ROOT, check=False,
                              capture_output=True, text=True, env=os.environ | {"QUDAO_HOME": str(home)})  # fmt: skip
        assert done.returncode == 1, done.stdout + done.stderr
        assert "nothing was published" in done.stderr
        assert "Traceback" not in done.stderr
        assert lines(home) == 250
    import_files(Warehouse(home, Settings()), [file])
    assert lines(home) == 4000


def test_a_clock_set_back_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Earlier(dt.date):
        @classmethod
        def today(cls) -> Earlier:
            return cls(2001, 1, 1)

    class Then(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Then:
            return cls(2001, 1, 1, tzinfo=tz)

    warehouse = Warehouse(home, Settings())
    before = warehouse.current()
    assert before is not None
    monkeypatch.setattr(snapshots.dt, "date", Earlier)
    monkeypatch.setattr(snapshots.dt, "datetime", Then)
    report = import_files(warehouse, [sales(home / "third.csv", 300)])
    monkeypatch.undo()
    assert report.snapshot is not None
    assert (report.snapshot.id, report.snapshot.manifest["created_at"][:4]) == ("000003", "2001")
    assert report.snapshot.as_of == before.as_of  # the data reached that day already
    assert warehouse.rollback().id == "000002"
    assert [s.id for s in warehouse.snapshots()] == ["000001", "000002", "000003"]


# ---------------------------------------------------------------------- queries

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(1000) b WHERE (a.range * b.range) % 7 = 1"


def test_a_query_too_long_is_interrupted_and_others_go_on(home: Path) -> None:
    store = Company.open(home).store
    asked: list[int] = []

    def another() -> None:
        for _ in range(20):
            with running.cursor(store._connection, store.snapshot.path, 30) as cursor:
                asked.append(cursor.execute("SELECT count(*) FROM fact_sales").fetchall()[0][0])

    beside = threading.Thread(target=another)
    began = time.monotonic()
    beside.start()
    with (
        pytest.raises(QueryTooLong, match=r"0\.3 seconds"),
        running.cursor(store._connection, store.snapshot.path, 0.3) as cursor,
    ):
        cursor.execute(ENDLESS).df()
    assert time.monotonic() - began < 10
    beside.join(30)
    assert asked == [250] * 20
    assert lines(home) == 250  # the connection lives on


def test_a_query_of_a_page_has_its_time(home: Path) -> None:
    """The limit reaches the one place that runs scoped queries, and nobody who works unattended."""
    limited = Company(home, Settings(), Company.open(home).snapshot, query_seconds=0.3)
    with pytest.raises(QueryTooLong):
        limited.store._run(ENDLESS, limited.scope(), {})
    assert Company.open(home).store.query_seconds is None


def test_too_little_memory_is_a_sentence(home: Path) -> None:
    company = Company.open(home)
    config = {"memory_limit": "20MB", "threads": "1", "temp_directory": ""}
    with (
        duckdb.connect(config=config) as small,
        pytest.raises(NotEnoughMemory, match="memory_limit in"),
        running.cursor(small, company.snapshot.path) as cursor,
    ):
        cursor.execute("SELECT list(hash(range::VARCHAR)) FROM range(20000000)").df()
    assert Warehouse(home, Settings()).damaged() == []


# ---------------------------------------------------------------------- ledger


def test_a_locked_ledger_is_read_and_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "WAIT", 0.2)
    ledger = Ledger(tmp_path)
    first = ledger.write("note", "dealer:D1", "Ann", {"text": "before"})
    with sqlite3.connect(ledger.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="locked"):
            ledger.write("note", "dealer:D1", "Ann", {"text": "meanwhile"})
        assert ledger.latest("note") == [first]
        assert Ledger(tmp_path).latest("note") == [first]  # opened while it is locked
        other.rollback()
    other.close()
    ledger.write("note", "dealer:D1", "Ann", {"text": "after"})
    assert [entry.body["text"] for entry in ledger.history("note", "dealer:D1")] == ["before", "after"]
