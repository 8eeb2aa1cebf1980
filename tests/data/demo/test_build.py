"""The demo company as a whole: the same by seed, whole by reference, refused where real data are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from data import schema
from data.company import Company
from data.demo import TRUTH_FILE, DemoRefused, build, read_truth
from data.demo.names import dealer_names, people_names
from data.demo.regions import geography
from data.demo.world import generator
from data.settings import Settings
from data.warehouse import Snapshot, Warehouse
from tests.golden_home import small_company

SMALL = {"dealers": 60, "months": 15}


def checksums(snapshot: Snapshot) -> dict[str, str]:
    """A checksum of all rows of each table that the demo fills."""
    con = duckdb.connect(str(snapshot.database), read_only=True)
    sums = {}
    for table in schema.IMPORTABLE:
        columns = ", ".join(f"{c}::VARCHAR" for c in table.column_names)
        sums[table.name] = str(con.execute(f"SELECT sum(hash({columns})::HUGEINT) FROM {table.name}").fetchall()[0][0])
    con.close()
    return sums


def test_the_same_seed_gives_the_same_tables_and_another_seed_others(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in "abc"]
    seeds = [7, 7, 8]
    for home in homes:
        home.mkdir()
    first, again, other = (
        checksums(build(Warehouse(h, Settings()), seed=s, **SMALL)) for h, s in zip(homes, seeds, strict=True)
    )
    truths = [(home / "demo-truth.json").read_text(encoding="utf-8") for home in homes]
    assert first == again
    assert truths[0] == truths[1]
    assert first["fact_sales"] != other["fact_sales"]
    assert first["dim_dealer"] != other["dim_dealer"]


def test_a_home_with_imported_data_is_refused(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, Settings())
    with warehouse.build("import") as draft:
        draft.publish()
    with pytest.raises(DemoRefused, match="imported data"):
        build(warehouse, **SMALL)
    current = warehouse.current()
    assert current is not None
    assert current.origin == "import"


@pytest.mark.parametrize(("dealers", "months"), [(59, 24), (120, 14)])
def test_too_small_a_company_is_refused(tmp_path: Path, dealers: int, months: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        build(Warehouse(tmp_path, Settings()), dealers=dealers, months=months)


def test_the_name_of_the_company_comes_with_its_data(demo_home: Path) -> None:
    snapshot = Warehouse(demo_home, Settings()).current()
    assert snapshot is not None
    assert snapshot.company == {"name": "清禾饮品", "name_en": "Qinghe Drinks"}
    assert not (demo_home / "config.toml").exists()


def test_progress_names_stages_and_ends_complete(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(Warehouse(tmp_path, Settings()), progress=lambda *step: told.append(step), **SMALL)
    last = {stage: (done, total) for stage, done, total in told}
    assert len(last) == 4
    assert all(done == total for done, total in last.values())


def test_the_snapshot_reaches_the_last_day(demo_home: Path) -> None:
    snapshot = Warehouse(demo_home, Settings()).current()
    assert snapshot is not None
    assert snapshot.as_of == dt.date(2026, 6, 30)
    assert snapshot.origin == "demo"
    filled = {name for name, rows in snapshot.manifest["rows"].items() if rows}
    assert filled >= {t.name for t in schema.IMPORTABLE} - {"sales_document"}


def test_a_company_with_another_fiscal_year_has_targets_to_its_end(tmp_path: Path) -> None:
    settings = Settings(fiscal_year_start=4)
    snapshot = build(Warehouse(tmp_path, settings), end=dt.date(2025, 9, 30), **SMALL)
    con = duckdb.connect(str(snapshot.database), read_only=True)
    assert con.execute("SELECT max(period_end) FROM fact_target").fetchall()[0][0] == dt.date(2026, 3, 31)
    assert snapshot.as_of == dt.date(2025, 9, 30)
    con.close()


def test_names_are_unique_in_both_languages() -> None:
    names = dealer_names(5000, generator(1, "names"))
    assert names[0] == ("恒达商贸", "Hengda Trading")
    assert len({zh for zh, _ in names}) == len({en for _, en in names}) == 5000
    people = people_names(300, generator(1, "names"))
    assert len({zh for zh, _ in people}) == len({en for _, en in people}) == 300


def test_the_map_has_31_provinces_in_7_regions() -> None:
    places = geography()
    provinces = places.frame[places.frame["map_code"].notna()]
    assert len(provinces) == provinces["map_code"].nunique() == 31
    assert places.frame["region_id"].is_unique
    assert set(provinces["parent_id"]) == set(places.frame.loc[places.frame["parent_id"].isna(), "region_id"])
    assert places.frame.groupby("parent_id").size().loc[provinces["region_id"]].between(2, 6).all()


def test_what_was_planted_is_told_of_the_demo_company_alone(demo_home: Path, tmp_path: Path) -> None:
    planted = read_truth(Company.open(demo_home))
    assert planted is not None
    assert planted["dealers"] == 120
    real = small_company(tmp_path, {"dim_dealer": [{"dealer_id": "D1"}]})
    (tmp_path / TRUTH_FILE).write_text("{}", encoding="utf-8")  # of the demo company that this home held before
    assert read_truth(real) is None
