"""The Data page without a browser: files in, corrected, checked, published, repaired, returned; in both languages."""

from __future__ import annotations

import io
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import i18n, session
from dashboard.components.quarantine import held_rows
from data.company import Company, open_warehouse
from data.importing import status
from data.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
DEALERS = b"dealer_id,dealer_name\nD1,One\nD2,Two\n"
SALES = (
    b"line_id,document_id,dealer_id,order_date,product_id,quantity,net_amount\n"
    b"1,A1,D1,2026-05-04,P1,2,100.50\n2,A1,D1,2026-05-04,P2,1,20\n3,A2,D2,2026-05-32,P1,1,50\n4,A3,D9,2026-05-06,P1,3,150\n"
)  # row 4 (line 3) has no such day, row 5 (line 4) a dealer that nobody supplied


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """What `opened` sets ends with the test."""
    with i18n.use_language("en"):
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUDAO_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    return tmp_path


def opened(lang: str = "en") -> AppTest:
    """The page as a reader of that language opens it."""
    i18n.use_language(lang)  # AppTest words the options of a choice here, outside of the session
    page = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    page.query_params["lang"] = lang
    page.run()
    page.switch_page("dashboard/pages/data.py").run()
    return clean(page)


def clean(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def uploaded(page: AppTest, **files: bytes) -> AppTest:
    for name, content in files.items():
        page.file_uploader[0].upload(name.replace("__", "."), content)
    return clean(page.run())


def click(page: AppTest, label: str) -> AppTest:
    """Click, then look again until the work that it started has ended."""
    next(button for button in page.button if button.label == label).click().run()
    end = time.monotonic() + 60
    while "import_job" in page.session_state and time.monotonic() < end:
        time.sleep(0.05)
        page.run()
    return clean(page)


def words(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown).replace("\\", "")


def title(page: AppTest) -> str:
    return page.title[0].value.replace("\\", "")


def enabled(page: AppTest, label: str) -> bool:
    return not next(button for button in page.button if button.label == label).disabled


def published(page: AppTest, **files: bytes) -> AppTest:
    return click(click(uploaded(page, **files), "Check (publishes nothing)"), "Publish")


# ------------------------------------------------------------------ states


@pytest.mark.parametrize(("lang", "start"), [("en", "No data yet"), ("zh", "还没有数据")])
def test_an_empty_home_leads_with_the_import(home, lang, start):
    page = opened(lang)
    assert title(page).startswith(start)
    assert len(page.file_uploader) == 1
    assert open_warehouse(home).current() is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_demo_company_is_named_as_such(demo_home, tmp_path, monkeypatch, lang):
    home = shutil.copytree(demo_home, tmp_path / "home")
    monkeypatch.setenv("QUDAO_HOME", str(home))
    page = opened(lang)
    rows = Company.open(home).snapshot.manifest["rows"]
    assert f"{rows['fact_sales']:,}" in title(page)
    assert str(rows["dim_dealer"]) in title(page)
    with i18n.use_language(lang):
        assert i18n._("demo company") in words(page)
    shown = page.dataframe[0].value.set_index("name")["rows"]
    for name, count in shown.items():
        assert count == rows[name]
    if lang == "zh":  # no English left between the Chinese
        said = [element.value for element in [*page.title, *page.markdown]]
        assert all(re.search("[\u4e00-\u9fff]", text) for text in said), said


# ------------------------------------------------------------------ bringing files in


def test_a_check_publishes_nothing(home):
    page = click(uploaded(opened(), sales__csv=SALES, dealers__csv=DEALERS), "Check (publishes nothing)")
    assert "4 of 6 rows can be accepted, 2 would be held back" in words(page)
    assert open_warehouse(home).current() is None
    examples = page.dataframe[-2].value
    assert dict(zip(examples["row"], examples["reason"], strict=True)) == {4: "Not a date", 5: "Waits for its dealer"}
    assert "2026-05-32" in examples.set_index("row")["advice"][4]


def test_publishing_changes_the_page_and_leaves_a_trace(home):
    page = published(opened(), sales__csv=SALES, dealers__csv=DEALERS)
    assert title(page) == "Data to 4 May 2026: 2 sales lines of 2 dealers; 2 rows to repair"
    assert not list((home / "uploads").iterdir())
    entry = {e.subject: e for e in Ledger(home).latest("import")}["sales.csv"]
    assert (entry.body["rows_in"], entry.body["accepted"], entry.body["quarantined"]) == (4, 2, 2)
    assert Company.open(home).result("dealer_rhythm") is not None  # the long results were computed, too


def test_chinese_readers_get_chinese_reasons(home):
    page = uploaded(opened("zh"), sales__csv=SALES, dealers__csv=DEALERS)
    page = click(page, i18n.translator("zh")("Check (publishes nothing)"))
    examples = page.dataframe[-2].value
    assert all(re.search("[\u4e00-\u9fff]", text) for text in [*examples["reason"], *examples["advice"]])


def test_repaired_rows_come_back_and_waiting_rows_come_in(home):
    published(opened(), sales__csv=SALES, dealers__csv=DEALERS)
    file = next(f for f in status(open_warehouse(home)).imports if f.name == "sales.csv")
    rows = pd.read_csv(io.StringIO(session.held_back(file.file_id)), dtype=str, keep_default_na=False)
    rows.loc[rows["line_id"] == "3", "order_date"] = "2026-05-31"
    repaired = rows[rows["line_id"] == "3"].to_csv(index=False).encode("utf-8-sig")
    page = published(opened(), **{"sales-to-repair__csv": repaired, "dealers__csv": DEALERS + b"D9,Nine\n"})
    assert title(page) == "Data to 31 May 2026: 4 sales lines of 3 dealers"
    assert "No row waits for repair" in words(page)


def test_what_is_required_must_be_given(home):
    page = uploaded(opened(), sales__csv=b"line_id,dealer_id,order_date,amount x\n1,D1,2026-05-04,10\n")
    page.selectbox[1].select("fact_sales")
    clean(page.run())
    assert not enabled(page, "Check (publishes nothing)")
    assert "net_amount" in words(page)


def test_a_file_is_left_aside_or_feeds_another_table(home):
    page = uploaded(opened(), dealers__csv=DEALERS)
    table = next(box for box in page.selectbox if box.label == "Feeds the table")
    assert table.value == "dim_dealer"
    table.select("")
    assert not enabled(clean(page.run()), "Check (publishes nothing)")
    next(box for box in page.selectbox if box.label == "Feeds the table").select("dim_dealer")
    assert enabled(clean(page.run()), "Check (publishes nothing)")


def test_the_mapping_of_the_last_time_is_taken_again(home):
    odd = b"who,day,money,nr\nD1,2026-05-04,10,1\n"
    mapping = (b'name = "mine"\n[[feed]]\nfile = "odd.csv"\ntable = "fact_sales"\n[feed.columns]\nline_id = "nr"\n'
               b'dealer_id = "who"\norder_date = "day"\nnet_amount = "money"\n')  # fmt: skip
    page = uploaded(opened(), odd__csv=odd, mine__toml=mapping)
    assert page.selectbox[0].value == "file:mine.toml"
    click(click(page, "Check (publishes nothing)"), "Publish")
    later = uploaded(opened(), odd__csv=odd + b"D1,2026-05-05,20,2\n")
    assert later.selectbox[0].value == "last:odd.csv"
    page = click(click(later, "Check (publishes nothing)"), "Publish")
    assert title(page).startswith("Data to 5 May 2026: 2 sales lines")


def test_a_mapping_is_written_as_text(home):
    page = uploaded(opened(), odd__csv=b"who,day,money,nr\nD1,2026-05-04,10,1\n")
    page.text_area[0].set_value("name = ")
    click(page, "Use this text")
    assert "TOML" in words(page)
    page.text_area[0].set_value(
        '[[feed]]\nfile = "odd.csv"\ntable = "fact_sales"\n[feed.columns]\nline_id = "nr"\ndealer_id = "who"\n'
        'order_date = "day"\nnet_amount = { expr = "money * 2" }'
    )
    page = click(page, "Use this text")
    assert enabled(page, "Check (publishes nothing)")
    page = click(click(page, "Check (publishes nothing)"), "Publish")
    assert Company.open(home).snapshot.manifest["rows"]["fact_sales"] == 1


HOSTILE = {
    "empty.csv": b"", "zipped.xlsx": b"PK\x03\x04garbage", "page.xls": b"<html><table><tr><td>1</td></tr></table>",
    "binary.csv": bytes(range(256)) * 20, "cut.parquet": b"PAR1" + bytes(50),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_is_named(home, name, lang):
    page = uploaded(opened(lang), **{name.replace(".", "__"): HOSTILE[name]})
    assert any(name in text and "error" in text for text in words(page).splitlines())


def test_a_bad_file_leaves_the_good_ones(home):
    page = uploaded(opened(), empty__csv=b"", dealers__csv=DEALERS, sales__csv=SALES)
    page = click(click(page, "Check (publishes nothing)"), "Publish")
    assert title(page).startswith("Data to 4 May 2026")


def test_huge_names_and_repeated_headers(home):
    page = uploaded(opened(), **{"很长" * 100 + "__csv": b"a,a,,dealer\n1,2,3,4\n", "..%2f..%2fetc__csv": b"a\n1\n"})
    assert not page.exception
    paths = list((home / "uploads").rglob("*.csv"))
    assert len(paths) == 2
    assert all(path.parent.parent == home / "uploads" for path in paths)


def test_a_busy_warehouse_is_said(home, monkeypatch):
    from data import company

    def busy(*args: object, **kwargs: object) -> None:
        raise company.WarehouseBusy("another import is running on this home; try again when it has ended")

    page = uploaded(opened(), dealers__csv=DEALERS)
    monkeypatch.setattr("dashboard.components.importing.import_files", busy)
    page = click(page, "Check (publishes nothing)")
    assert "another import is running" in words(page)
    assert enabled(page, "Check (publishes nothing)")


def test_a_crash_is_a_sentence_with_a_number(home, monkeypatch):
    def crash(*args: object, **kwargs: object) -> None:
        raise RuntimeError("secret detail")

    page = uploaded(opened(), dealers__csv=DEALERS)
    monkeypatch.setattr("dashboard.components.importing.import_files", crash)
    page = click(page, "Check (publishes nothing)")
    assert re.search(r"give support the number [0-9A-F]{4}", words(page))
    assert "secret" not in words(page)


def test_start_over_forgets_the_files(home):
    page = click(uploaded(opened(), dealers__csv=DEALERS), "Start over")
    assert not list((home / "uploads").iterdir())
    assert "import_draft" not in page.session_state


# ------------------------------------------------------------------ snapshots


def test_the_way_back_opens_with_a_second_snapshot(home):
    page = published(opened(), sales__csv=SALES)
    assert not enabled(page, "Return to the previous snapshot")
    page = published(opened(), sales__csv=SALES + b"5,A4,D1,2026-06-01,P1,1,10\n")
    assert title(page).startswith("Data to 1 Jun 2026")
    assert enabled(page, "Return to the previous snapshot")


def test_held_rows_of_a_download():
    text = ("a,quarantine_file,quarantine_row,quarantine_column,quarantine_reason,quarantine_message,quarantine_key\n"
            "x,f.csv,7,a,bad date,'x' is not a date,\n")  # fmt: skip
    assert held_rows(text).to_dict("records") == [
        {"row": 7, "column": "a", "reason": "bad date", "message": "'x' is not a date"}
    ]
