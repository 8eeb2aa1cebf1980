"""What a reader's connection refuses: files, network, extensions, settings, writing, and getting past the viewer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data import schema
from data.company import Company
from data.guards import NotEntitled, guarded
from data.ledger import Ledger
from data.scope import FILTERS, LOCAL, Entitlement, Period, Scope, ScopeError
from data.store import query_text
from data.warehouse import connections
from tests.golden_home import small_company

ROOT = Path(__file__).resolve().parents[2]
QUERIES = sorted(path.stem for path in (ROOT / "data" / "queries").glob("*.sql"))
EVIL = ("x' OR '1'='1", 'x"; DROP TABLE fact_sales; --', "$end", "$may_regions", "main.fact_sales",
        "') UNION SELECT 1 --",
        "%", "_", "\\", "\0", "', (SELECT read_text('/etc/passwd')), '", "💥", "D2")  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Two regions with a dealer each, whose names are SQL."""
    line = {"product_id": "P", "invoice_date": dt.date(2026, 6, 1), "quantity": 1, "line_type": "sale"}
    return small_company(tmp_path_factory.mktemp("sealed") / "home", {
        "dim_region": [{"region_id": "S", "region_name": EVIL[0]}, {"region_id": "N", "region_name": EVIL[1]}],
        "dim_dealer": [{"dealer_id": "D1", "dealer_name": EVIL[0], "region_id": "S"},
                       {"dealer_id": "D2", "dealer_name": EVIL[5], "region_id": "N"}],
        "dim_product": [{"product_id": "P", "product_name": EVIL[10]}],
        "fact_sales": [{"line_id": "1", "document_id": "1", "dealer_id": "D1", "net_amount": 100, **line},
                       {"line_id": "2", "document_id": "2", "dealer_id": "D2", "net_amount": 900, **line}],
    })  # fmt: skip


def attacks(company: Company) -> Iterator[str]:
    database, file = company.snapshot.database, company.home / "config.toml"
    for read in ("read_text", "read_blob", "read_csv", "read_json", "read_parquet", "sniff_csv", "glob"):
        yield f"SELECT * FROM {read}('{file}')"
    yield f"FROM '{file}'"
    yield "FROM read_csv('https://example.org/x.csv')"
    yield f"COPY (SELECT 1) TO '{company.home / 'out.csv'}'"
    yield f"COPY fact_sales FROM '{file}'"
    yield f"COPY (SELECT 1) TO '{database}'"
    yield f"EXPORT DATABASE '{company.home / 'out'}'"
    yield f"IMPORT DATABASE '{company.home / 'out'}'"
    yield f"ATTACH '{company.home / 'other.duckdb'}'"
    yield "ATTACH ':memory:' AS m"
    yield from ("INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL excel FROM community", "LOAD '/tmp/x.duckdb_extension'")
    yield from ("SET enable_external_access = true", "SET lock_configuration = false", "RESET lock_configuration",
                "SET memory_limit = '99GB'", "PRAGMA enable_profiling = 'json'")  # fmt: skip
    yield from ("DELETE FROM fact_sales", "UPDATE fact_sales SET net_amount = 0",
                "INSERT INTO dim_product VALUES ('X')",
                "DROP TABLE fact_sales", "CREATE TABLE x (a INT)", "CREATE VIEW x AS SELECT 1",
                "CREATE SECRET s (TYPE s3, KEY_ID 'k', SECRET 's')")  # fmt: skip
    yield "SELECT getenv('HOME')"
    yield "FROM a_frame_of_python"


def test_the_store_refuses_every_attack(company: Company):
    a_frame_of_python = company.store.calendar
    assert len(a_frame_of_python)
    (company.home / "config.toml").write_text('currency = "CNY"\n', encoding="utf-8")
    before = company.snapshot.database.read_bytes()
    for sql in attacks(company):
        with pytest.raises(duckdb.Error):
            company.store._unscoped(sql)
    assert company.snapshot.database.read_bytes() == before
    assert {path.name for path in company.home.iterdir()} == {"warehouse", "config.toml"}
    assert company.store._unscoped("SELECT count(*) AS n FROM fact_sales")["n"].iloc[0] == 2  # and lives on


def test_a_snapshot_opened_beside_its_readers_is_sealed_as_well(company: Company):
    with connections.beside(company.snapshot.database) as con:
        assert con.execute("SELECT count(*) FROM warehouse.fact_sales").fetchall() == [(2,)]
        for sql in attacks(company):
            if "CREATE" not in sql and "memory" not in sql:  # in the memory that goes with it
                with pytest.raises(duckdb.Error):
                    con.execute(sql)


@pytest.mark.parametrize("sql", ["INSTALL httpfs", "LOAD httpfs", "FROM rows"])
def test_a_writer_installs_and_loads_nothing(sql: str, tmp_path: Path):
    rows = [1]
    assert rows
    with connections.writer(tmp_path / "x.duckdb") as con, pytest.raises(duckdb.Error):
        con.execute(sql)


def test_nobody_opens_duckdb_anywhere_else():
    places = [path for folder in ("data", "analytics", "dashboard") for path in (ROOT / folder).rglob("*.py")]
    found = [path.name for path in places if "duckdb.connect" in path.read_text(encoding="utf-8")]
    assert found == ["connections.py"]


# ------------------------------------------------------------------ past the viewer


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every part of a parsed query."""
    if isinstance(tree, dict):
        yield tree
        for inner in tree.values():
            yield from nodes(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from nodes(inner)


def named(map: Any) -> list[str]:
    """Names of the common table expressions of a part."""
    return [str(entry["key"]) for entry in (map or {}).get("map", ())]


def mine(company: Company, **filters: tuple[str, ...]) -> Scope:
    return company.scope({}, Entitlement("south", regions=("S",))).but(**filters)


@pytest.mark.parametrize("sql", [
    "SELECT * FROM main.fact_sales", "SELECT * FROM main . fact_sales", 'SELECT * FROM "main".fact_sales',
    "SELECT * FROM warehouse.main.fact_sales", 'SELECT * FROM "warehouse"."main"."fact_sales"',
])  # fmt: skip
def test_a_query_that_names_a_schema_is_refused(company: Company, sql: str):
    with pytest.raises(NotEntitled):
        guarded(sql, mine(company), None, unplaced=False)


@pytest.mark.parametrize("sql", [
    "SELECT 1; SELECT 2", "COPY (SELECT 1) TO 'x.wal'", "SELECT 1; COPY (SELECT 1) TO 'x.wal'", "ATTACH 'x'", "SET a=1",
    "CREATE TEMP TABLE x AS SELECT 1", "CALL pragma_version()",
])  # fmt: skip
def test_a_reader_only_selects(company: Company, sql: str):
    with pytest.raises(NotEntitled):
        company.store._run(sql, mine(company), {})


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_file_names_tables_plainly_and_holds_no_value(name: str):
    """DuckDB's own parser says which tables it reads: all of the schema, none by a schema's or catalogue's name."""
    text = query_text(name)
    assert connections.reads_only(f"SELECT * FROM (\n{text}\n)")
    with connections.scratch() as con:
        tree = json.loads(con.execute("SELECT json_serialize_sql(?)", [text]).fetchall()[0][0])
    assert not tree["error"], tree
    tables = [node for node in nodes(tree) if node.get("type") == "BASE_TABLE"]
    own = {key for node in nodes(tree) for key in named(node.get("cte_map"))}
    declared = {table.name for table in schema.TABLES} | {"reachable_dealer"}
    assert {node["table_name"] for node in tables} <= declared | own
    assert not own & declared  # what is restricted is not named anew
    assert {node["schema_name"] + node["catalog_name"] for node in tables} <= {""}
    assert not [node for node in nodes(tree) if node.get("type") == "TABLE_FUNCTION"
                and node["function"]["function_name"] not in ("unnest", "range", "generate_series")]  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_a_value_whatever_it_says(company: Company, name: str, evil: str):
    """Straight into the scope, past the reading of names: the answer is that of the viewer's region or nothing."""
    for entitlement in (Entitlement("south", regions=("S",)), Entitlement("nobody", dealers=(evil,))):
        scope = company.scope({}, entitlement).but(**{name: (evil,)})
        sold = company.store.measure(scope, ("net_sales",), ("dealer",))
        assert "D2" not in set(sold["dealer_id"]) or entitlement.dealers == ("D2",)
    assert company.store._unscoped("SELECT count(*) AS n FROM fact_sales")["n"].iloc[0] == 2


@pytest.mark.parametrize("evil", EVIL)
def test_what_a_person_writes_is_a_name_or_refused(company: Company, evil: str):
    for name in FILTERS:
        try:
            read = company.scope({name: evil}, Entitlement("south", regions=("S",)))
        except ScopeError:
            continue
        assert set(company.store.measure(read, ("net_sales",), ("dealer",))["dealer_id"]) <= {"D1"}


def test_names_that_are_sql_are_shown_as_they_are(company: Company):
    sold = company.store.measure(company.scope({}, LOCAL), ("net_sales",), ("dealer",))
    assert dict(zip(sold["dealer_name"], sold["net_sales"], strict=True)) == {EVIL[0]: 100.0, EVIL[5]: 900.0}


def test_a_record_keeps_what_it_is_given(tmp_path: Path):
    """A saved view whose name and keys are SQL comes back as it was, and nothing else changes."""
    ledger = Ledger(tmp_path)
    for evil in EVIL:
        ledger.write("saved_view", f"me: {evil}", evil, {"region": evil})
    kept = ledger.latest("saved_view")
    assert [(entry.subject, entry.who, entry.body["region"]) for entry in kept] == [(f"me: {e}", e, e) for e in EVIL]


def test_without_an_entitlement_nothing_is_answered(company: Company):
    day = company.snapshot.as_of
    for name in QUERIES:
        with pytest.raises(NotEntitled):
            company.store.query(name, Scope(Period(day, day), day))
