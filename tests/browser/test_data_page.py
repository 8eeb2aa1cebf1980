"""The Data page as whoever brings in the exports meets it: upload, correct, check, publish, download, return."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.company import Company, open_warehouse
from tests.browser import steps

ROW = 31  # pixels of a table row
DAMAGED = (
    "line_id,document_id,dealer_id,order_date,product_id,quantity,net_amount,remark\n"
    "1,A1,D1,2026-07-01,P1,2,100.50,\n2,A1,D1,2026-07-02,P2,1,20,late, by rain\n3,A2,D2,2026-07-32,P1,1,50,\n"
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a file of the schema's own headers, one with strange headers, and one that is none."""
    (tmp_path / "lines.csv").write_text(DAMAGED)
    odd = "单号;客户号;过账;金额\nB1;D1;05/08/2026;1.000,50\nB2;D2;31/08/2026;2,25\n"
    (tmp_path / "odd.csv").write_bytes(odd.encode("gb18030"))
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    return tmp_path


def upload(page: Page, *paths: Path) -> None:
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(paths)
    expect(page.get_by_role("button", name="Start over")).to_be_visible()
    steps.settled(page)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check (publishes nothing)").click()
    expect(page.get_by_role("button", name="Publish", exact=True)).to_be_enabled(timeout=60_000)
    steps.settled(page)


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(re.compile("^Snapshot 0+[0-9]+ is published"))).to_be_visible(timeout=60_000)
    steps.settled(page)


def test_a_damaged_file_comes_in_and_the_demo_can_return(app, open_page, files, tmp_path):
    demo = Company.open(app.home).snapshot
    page = open_page("/data")
    upload(page, files / "broken.xlsx", files / "lines.csv")
    expect(page.get_by_text("broken.xlsx: a damaged workbook")).to_be_visible()
    check(page)
    expect(page.get_by_text("1 of 3 rows can be accepted, 2 would be held back")).to_be_visible()
    expect(page.get_by_text("This home holds the demo company")).to_be_visible()
    assert Company.open(app.home).snapshot == demo  # a check publishes nothing
    publish(page)
    assert steps.title(page) == "Data to 1 Jul 2026: 1 sales lines of 1 dealers; 2 rows to repair"

    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("2$")).and_(page.locator(".stDownloadButton button")).click()
    assert download.value.suggested_filename == "lines-to-repair.csv"
    download.value.save_as(tmp_path / "repair.csv")
    rows = list(csv.DictReader((tmp_path / "repair.csv").open(encoding="utf-8-sig")))
    assert {row["line_id"] for row in rows} == {"2", "3"}
    assert all(row["quarantine_reason"] for row in rows)

    page.get_by_role("button", name="Return to the previous snapshot").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Return to snapshot {demo.id}").click()
    expect(page.locator("h1")).to_contain_text("30 Jun 2026")
    assert open_warehouse(app.home).current() == demo


def test_a_proposed_column_is_corrected_in_the_table(app, open_page, files):
    page = open_page("/data", height=1600)
    upload(page, files / "odd.csv")
    expect(page.get_by_text("GB18030 · separated by semicolon · decimal comma · day before month")).to_be_visible()
    assign(page, "order_date", "过账")
    check(page)
    expect(page.get_by_text("All 2 rows can be accepted")).to_be_visible()


def assign(page: Page, column: str, header: str) -> None:
    """Choose a header of the file for a column of the table, by mouse and keyboard."""
    editor = page.locator("[class*=st-key-import_columns] [data-testid=stDataFrame]")
    heads, *rows = steps.grid(editor)
    row = [cells[heads.index("Name")] for cells in rows].index(column)
    box = editor.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] - 80, box["y"] + ROW * (row + 1.5))
    page.locator("[id^=gdg-overlay] input").fill(header)
    page.get_by_role("option", name=header, exact=True).click()
    expect(page.get_by_text("Feed nothing")).to_have_count(0)
    steps.settled(page)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_fits_a_phone(open_page, lang):
    page = open_page("/data", lang=lang, width=390, height=844)
    assert steps.overflow(page) == []
