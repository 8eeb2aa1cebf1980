"""Files no importer likes: each is refused or held back in plain words, never with a traceback."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.importing import ImportRefused, Mapping, extents, import_files, inspect, propose
from data.settings import Settings
from data.warehouse import Warehouse

HEADER = b"dealer_id,dealer_name,credit_limit\n"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n\n", "no rows"),
        ("spaces.csv", b" , , \n , , \n", "no header"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "binary"),
        ("program.xlsx", b"MZ" + bytes(3000), "binary"),
        ("cut.xlsx", b"PK\x03\x04" + b"x" * 200, "damaged"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as a workbook"),
        ("cut.parquet", b"PAR1" + b"x" * 50, "cannot be read as parquet"),
    ],
)
def test_unusable_files_are_refused_in_one_line(home: Any, name: str, content: bytes, says: str) -> None:
    path = home.folder / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says) as refusal:
        home.load(path)
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert home.warehouse.current() is None


def test_zip_archives_and_bombs(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = home.folder / "files.xlsx"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("orders.csv", "a,b\n")
    with pytest.raises(ImportRefused, match="zip archive"):
        home.load(archive)
    monkeypatch.setattr(extents, "UNPACKED_LIMIT", 2**20)
    bomb = home.folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b"0" * 2**22)
    assert bomb.stat().st_size < 20_000
    with pytest.raises(ImportRefused, match="when unpacked"):
        home.load(bomb)


def test_the_extension_does_not_matter(home: Any) -> None:
    path = home.folder / "dim_dealer.csv"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 'D1' AS dealer_id, 'One' AS dealer_name) TO '{path}' (FORMAT parquet)")
    home.load(path)
    assert home.value("SELECT dealer_name FROM dim_dealer") == "One"


@pytest.mark.parametrize(
    "body",
    [
        b'D1,"never closed,1\nD2,Two,2\nD3,Three,3\n',
        b'D1,"closed" wrongly,1\nD2,Two,2\n',
        b"D1,On\x00e,1\nD2,Two,2\n",
        b"D1," + b"x" * 3_000_000 + b",1\nD2,Two,2\n",
        b"D1,\xff\xfe\xfd,1\nD2,Two,2\n",
        b"D1,One,99999999999999999999999\nD2,Two,2\n",
        b"D1,One,1,,,,,,,,,\nD2\nD2,Two,2\n",
    ],
    ids=["open quote", "text after quote", "NUL", "huge field", "odd bytes", "huge number", "ragged"],
)
def test_broken_rows_do_not_take_the_others_along(home: Any, body: bytes) -> None:
    path = home.folder / "dim_dealer.csv"
    path.write_bytes(HEADER + b"D0,Zero,0\n" + body)
    report = home.load(path)
    file = report.files[0]
    assert report.exit_code == 0
    assert file.rows_in == file.accepted + file.quarantined
    assert home.value("SELECT count(*) FROM dim_dealer WHERE dealer_id = 'D0'") == 1


def test_formulas_and_sql_in_headers_and_names(home: Any) -> None:
    evil = "x'); DROP TABLE dim_dealer; --"
    mapping = Mapping.parse(f"""
[[feed]]
file = "*"
table = "dim_dealer"
[feed.columns]
dealer_id = "{evil}"
dealer_name = "=cmd"
credit_limit = {{ expr = "[limit {evil.replace("]", "")}] * 2" }}
""")
    path = home.file("it's (1) [2].csv", f'"{evil}","=cmd","limit {evil}"\nD1,=1+1,5\nD2,two,{evil}\n')
    report = home.load(path, mapping=mapping)
    assert home.rows("SELECT dealer_id, dealer_name, credit_limit FROM dim_dealer") == [("D1", "=1+1", 10)]
    assert report.files[0].reasons == {"bad number": 1}


def test_error_cells_of_a_workbook_are_empty(home: Any) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["dealer_id", "dealer_name", "credit_limit"])
    sheet.append(["D1", "One", "#N/A"])
    sheet.append(["D2", "Two", "#DIV/0!"])
    path = home.folder / "dim_dealer.xlsx"
    book.save(path)
    home.load(path)
    assert home.rows("SELECT dealer_id, credit_limit FROM dim_dealer ORDER BY 1") == [("D1", None), ("D2", None)]


def test_many_columns_and_one_column(home: Any) -> None:
    with pytest.raises(ImportRefused, match="6,000 columns"):
        home.load(home.file("wide.csv", ",".join(f"c{i}" for i in range(6000)) + "\n"))
    home.load(home.file("dim_dealer.csv", "dealer_id\nD1\n\nD2\n"))
    assert home.value("SELECT count(*) FROM dim_dealer") == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "feed = 3",
        "[[feed]]",
        '[[feed]]\nfile = "x"',
        '[[feed]]\nfile = "x"\ntable = "nosuch"',
        "not toml [",
        '[[feed]]\nfile = "x"\ntable = "dim_dealer"\ncolumns = 3',
        '[[feed]]\nfile = "x"\ntable = "dim_date"',
        '[options]\ndecimal = "x"\n[[feed]]\nfile = "x"\ntable = "dim_dealer"',
        '[options]\nsql = "x"',
        '[[feed]]\nfile = "x"\ntable = "dim_dealer"\n[feed.columns]\ndealer_id = { sql = "1" }',
        '[[feed]]\nfile = "x"\ntable = "dim_dealer"\n[feed.columns]\ndealer_id = 2024-01-01',
        '[[feed]]\nfile = "x"\ntable = "fact_sales"\n[[feed.derive]]\ntable = "fact_visit"',
        '[[feed]]\nfile = "x"\ntable = "fact_sales"\n[[feed.derive]]\ntable = "dim_product"\nlevels = ["a"]',
        '[lookups]\nx = 3\n[[feed]]\nfile = "x"\ntable = "dim_dealer"',
        '[options]\nnulls = "x"\n[[feed]]\nfile = "x"\ntable = "dim_dealer"',
    ],
)
def test_mappings_that_are_wrong_are_refused(text: str) -> None:
    with pytest.raises(ImportRefused):
        Mapping.parse(text)


def test_mapping_names_stay_inside(tmp_path: Path) -> None:
    for name in ("nosuch", "../../etc/passwd", "", "."):
        with pytest.raises(ImportRefused):
            Mapping.load(name)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    sources = inspect([path])
    propose([s for s in sources if not s.problem])
    assert all("\n" not in s.problem for s in sources)


def test_mangled_tables_keep_their_counts(tmp_path: Path) -> None:
    """Bytes of a good file changed at random: rows in = accepted + quarantined, or a plain refusal."""
    header = "line_id,document_id,order_date,dealer_id,product_id,quantity,net_amount\n"
    good = (
        header
        + "".join(f'{i},O{i // 3},2024-01-{1 + i % 28:02},"D{i % 5}",P{i % 3},{i % 7},{i}.5\n' for i in range(60))
    ).encode()
    chance = random.Random(7)
    for trial in range(40):
        bad = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            bad[chance.randrange(len(header), len(bad))] = chance.choice(b',"\n\r\x00;x9\xe9\xff -')
        path = tmp_path / f"{trial}.csv"
        path.write_bytes(bytes(bad))
        try:
            report = import_files(Warehouse(tmp_path / f"home{trial}", Settings()), [path], dry_run=True)
        except ImportRefused:
            continue
        for file in report.files:
            assert file.rows_in == file.accepted + file.quarantined
            assert sum(file.reasons.values()) == file.quarantined
