"""What a reader sees when something goes wrong while pages are open: docs/reliability.md. And whatever an address says:
never an exception, never a value beyond what the viewer may see."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard import i18n, session
from dashboard.options import OPTIONS
from data import ledger as ledgers
from data.company import Company, Snapshot
from data.importing import import_files
from data.ledger import Ledger
from data.scope import COMPARISONS, KEYS, Entitlement
from data.settings import Settings
from data.warehouse import DATABASE, Warehouse
from tests.golden_home import small_company

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2026, 6, 30)
PAGES = ("briefing", "sales", "targets", "receivables", "visits", "dealers", "dealer", "channel_order", "data",
         "definitions")  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two regions with a dealer each, two years of sales, invoices that nobody paid."""
    months = [(year, month) for year in (2025, 2026) for month in range(1, 13) if (year, month) <= (2026, 6)]
    home = tmp_path_factory.mktemp("faults") / "home"
    dealers = (("NORTHDEALER", "N"), ("SOUTHDEALER", "S"))
    small_company(
        home,
        {
            "dim_region": [{"region_id": id, "region_name": f"{id}land"} for id in "NS"],
            "dim_product": [{"product_id": "P", "product_name": "Tea", "category": "Drinks"}],
            "dim_dealer": [
                {"dealer_id": id, "dealer_name": f"{id} Ltd", "region_id": region} for id, region in dealers
            ],
            "fact_sales": [
                {"line_id": f"{id}{year}{month}", "document_id": f"{id}{year}{month}", "dealer_id": id,
                 "product_id": "P", "order_date": dt.date(year, month, 5), "quantity": 10, "net_amount": 1000 + month}
                for id, _region in dealers for year, month in months
            ],
            "fact_receivable": [
                {"invoice_id": f"I{id}", "dealer_id": id, "invoice_date": dt.date(2026, 3, 1),
                 "due_date": dt.date(2026, 4, 1), "amount": 777} for id, _region in dealers
            ],
        },
        today=DAY,
    )  # fmt: skip
    return home


@pytest.fixture(scope="module")
def company(built: Path) -> Company:
    return Company.open(built)


@pytest.fixture
def home(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = Path(shutil.copytree(built, tmp_path / "home"))
    monkeypatch.setenv("QUDAO_HOME", str(home))
    monkeypatch.chdir(ROOT)
    return home


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    with i18n.use_language("en"):
        yield
    i18n.follow(None)


def opened(page: str = "briefing", **keys: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    for key, text in (keys | {"lang": "en"}).items():
        app.query_params[key] = text
    if page != "briefing":
        app.switch_page(f"dashboard/pages/{page}.py")
    app.run()
    assert not app.exception, app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.title, *app.markdown]).replace("\\", "")


def sales(path: Path, amount: int) -> Path:
    header = "line_id,order_date,dealer_id,product_id,quantity,net_amount\n"
    path.write_text(header + f"X{amount},2026-06-20,NORTHDEALER,P,1,{amount}\n", encoding="utf-8")
    return path


# ---------------------------------------------------------------------- faults


def test_a_damaged_snapshot_is_said_on_the_page(home: Path) -> None:
    import_files(Warehouse(home, Settings()), [sales(home / "a.csv", 5)])
    os.truncate(home / "warehouse" / "snapshots" / "000002" / DATABASE, 20_000)
    said = words(opened("sales"))
    assert "Snapshot 000002 is damaged and cannot be read: 000001 serves in its place" in said
    os.truncate(home / "warehouse" / "snapshots" / "000001" / DATABASE, 20_000)
    said = words(opened("sales"))
    assert "there is no earlier one to stand in for it" in said
    assert "No data yet" not in said


def test_damage_met_while_a_page_renders_leads_to_the_snapshot_before(home: Path) -> None:
    import_files(Warehouse(home, Settings()), [sales(home / "a.csv", 5)])
    database = home / "warehouse" / "snapshots" / "000002" / DATABASE
    raw = bytearray(database.read_bytes())
    for place in range(12288, len(raw), 997):
        raw[place] ^= 255
    database.write_bytes(raw)
    said = words(opened("sales"))
    assert "000001 serves in its place" in said
    assert "could not be shown" not in said


def test_a_run_finishes_on_one_snapshot(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot is published at the first question of a page: all that the page asks comes from the one before."""
    ask, read = session.ask, list[Snapshot]()

    def publishing(name: str, *given: Any, **options: Any) -> Any:
        if not read:
            assert import_files(Warehouse(home, Settings()), [sales(home / "a.csv", 5)]).snapshot is not None
        answer = ask(name, *given, **options)
        read.append(session.company().snapshot)
        assert answer.snapshot_id == "000001"
        return answer

    monkeypatch.setattr(session, "ask", publishing)
    app = opened("briefing")
    assert "could not be shown" not in words(app)
    assert len(read) > 2
    assert {snapshot.id for snapshot in read} == {"000001"}
    monkeypatch.undo()
    monkeypatch.setenv("QUDAO_HOME", str(home))
    app.run()
    assert app.session_state["snapshot_of_run"].id == "000002"


def test_a_query_too_long_is_a_sentence_and_other_pages_live(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "config.toml").write_text("query_seconds = 0.2\n", encoding="utf-8")
    from data import store

    whole = store.query_text("source_receivables")
    slow = f"SELECT * FROM ({whole}) WHERE (SELECT count(*) FROM range(1000000) a, range(100000) b " \
           "WHERE (a.range * b.range) % 7 = 1) > 0"  # fmt: skip
    text = store.query_text
    monkeypatch.setattr(store, "query_text", lambda name: slow if name == "source_receivables" else text(name))
    said = words(opened("receivables"))
    assert "This view takes too long" in said
    assert "more than 0.2 seconds" in said
    assert "takes too long" not in words(opened("sales"))


def test_a_page_that_raises_says_a_number_that_the_log_has(home: Path, monkeypatch: pytest.MonkeyPatch,
                                                           caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    def broken(*_given: object, **_options: object) -> None:
        raise RuntimeError("secret of the machine room")

    beside = opened("definitions")
    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR, "qudao"):
        patch.setattr("dashboard.components.filters.bar", broken)
        said = words(opened("sales"))
    number = re.search(r"\*\*([0-9A-F]{4})\*\*", said)
    assert number is not None
    assert "secret" not in said
    record = next(record for record in caplog.records if record.getMessage() == f"failure {number[1]}")
    assert record.exc_info is not None
    assert "secret of the machine room" in str(record.exc_info[1])
    assert not beside.run().exception
    assert "could not be shown" not in words(opened("sales"))


def test_a_locked_ledger_loses_nothing_of_a_form(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "WAIT", 0.2)
    Ledger(home).write("note", "dealer:NORTHDEALER", "Ann", {"text": "before"})
    app = AppTest.from_string(
        "import streamlit\nfrom dashboard.components import records\n"
        "if records.form('collection_action', 'dealer:NORTHDEALER', current={}): streamlit.text('kept')",
        default_timeout=60,
    )
    app.run()
    field = next(area for area in [*app.text_area, *app.text_input])
    field.set_value("They pay on Friday")
    with sqlite3.connect(home / "ledger.sqlite") as other:
        other.execute("BEGIN IMMEDIATE")
        app.button[0].click().run()
        other.rollback()
    other.close()
    assert not app.exception
    assert "could not be saved" in words(app)
    again = next(area for area in [*app.text_area, *app.text_input])
    assert again.value == "They pay on Friday"
    app.button[0].click().run()
    assert [text.value for text in app.text] == ["kept"]
    assert len(Ledger(home).latest("collection_action")) == 1


def test_an_import_goes_on_when_its_session_ends(home: Path) -> None:
    """Published by a browser that closes at once: the import ends by itself, whole."""
    warehouse = Warehouse(home, Settings())
    app = opened("data")
    app.file_uploader[0].upload("fact_sales.csv", sales(home / "a.csv", 5).read_bytes()).run()
    for label in ("Check (publishes nothing)", "Publish"):
        next(button for button in app.button if button.label == label).click().run()
        end = time.monotonic() + 60
        while label != "Publish" and "import_job" in app.session_state and time.monotonic() < end:
            time.sleep(0.05)
            app.run()
    job = app.session_state["import_job"] if "import_job" in app.session_state else None  # noqa: SIM401  it has no get
    del app
    end = time.monotonic() + 60
    while job is not None and job.running and time.monotonic() < end:
        time.sleep(0.05)
    current = warehouse.current()
    assert current is not None
    assert current.id == "000002"
    store = Company.open(home).store
    assert int(store._unscoped("SELECT count(*) AS n FROM fact_sales WHERE line_id = 'X5'")["n"].iloc[0]) == 1
    assert not list(warehouse.root.glob("building-*"))


# ---------------------------------------------------------------------- addresses

_odd = st.one_of(
    st.text(max_size=12),
    st.sampled_from(("SOUTHDEALER", "NORTHDEALER", "S", "N", "S,N", "all", "latest", "2026", "2025-06", "2026-Q9",
                     "FY2026",
                     "1900", "9999-12", "2026-06-31..2026-01-01", "0001", "\0", "'; DROP TABLE x; --", "../..",
                     "target",
                     "region", "dealer", "overdue", "-1", "1e9", "NaN", "%00", "{0}", "x" * 3000,
                     *COMPARISONS)),
)  # fmt: skip
_addresses = st.dictionaries(st.sampled_from((*KEYS, *OPTIONS, "lang", "deck", "nosuch")), _odd, max_size=4)


@settings(max_examples=int(os.environ.get("QUDAO_FUZZ_PAGES", "12")),
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.sampled_from(PAGES), _addresses)
@example("briefing", {"period": "9999-12"})
@example("sales", {"period": "2026-01-01..9999-12-31", "compare": "previous"})
@example("visits", {"period": "1900", "compare": "lunar"})
@example("forecast", {"period": "2199", "as_of": "2199-12-31"})
def test_any_address_shows_a_page_within_the_entitlement(
    built: Path, monkeypatch: pytest.MonkeyPatch, page: str, keys: dict[str, str]
) -> None:
    monkeypatch.setenv("QUDAO_HOME", str(built))
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(session, "viewer", lambda *_company: Entitlement("north", regions=("N",)))
    app = opened(page, **{key: text for key, text in keys.items() if key != "lang"})
    said = words(app)
    assert "could not be shown" not in said, (page, keys)
    if not any("SOUTHDEALER" in text for text in keys.values()):  # else the filters say what was asked for
        assert "SOUTHDEALER" not in said, (page, keys)
    rows = "\n".join(table.value.to_csv() for table in app.dataframe)
    rows += "\n".join(str(element.proto) for element in app.get("plotly_chart"))
    assert "SOUTHDEALER" not in rows, (page, keys)


@settings(max_examples=100)
@given(_addresses)
@example({"period": "1900", "compare": "lunar", "as_of": "1900-01-01"})
def test_any_scope_stays_within_the_entitlement(company: Company, keys: dict[str, str]) -> None:
    """As the filter bar reads it: keys that cannot be read are left out, and what is left shows the viewer's own."""
    from data.scope import ScopeError

    may = Entitlement("north", regions=("N",))
    given = {key: text for key, text in keys.items() if key in KEYS}
    while True:
        try:
            scope = company.scope(given, may)
            break
        except ScopeError as error:
            assert given, "without keys every scope can be read"
            given.pop(str(error).partition(":")[0], None) or given.popitem()
    assert scope.entitlement == may
    company.compared(scope)
    found = company.store.measure(scope, ["net_sales"], ["dealer"])
    assert set(found["dealer_id"]) <= {"NORTHDEALER"}
