"""The dialog behind a card: the table, the files and the pictures are those of the answer."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Download, Locator, Page, expect

from dashboard import formats
from tests.browser import steps

PERIOD = {"period": "2026-05"}
PNG_START = b"\x89PNG\r\n\x1a\n"


def saved(page: Page, button: Locator, folder: Path) -> tuple[str, bytes]:
    """Name and content of the file that a button gives."""
    with page.expect_download() as waiting:
        button.click()
    download: Download = waiting.value
    path = folder / "download"
    download.save_as(path)
    return download.suggested_filename, path.read_bytes()


def expected(rows: list[dict[str, Any]]) -> list[tuple[float | None, ...]]:
    return [tuple(row[column] for column in ("actual", "target", "last_year")) for row in rows]


def same(found: list[tuple[Any, ...]], rows: list[dict[str, Any]]) -> bool:
    """Equal to the cent; the answer is rounded to it, the files hold every digit."""
    right = expected(rows)
    return len(found) == len(right) and all(
        (a in (None, "") and b is None) or abs(float(a) - b) < 0.0051
        for left, middle in zip(found, right, strict=True)
        for a, b in zip(left, middle, strict=True)
    )


def test_table_files_and_pictures_of_the_trend(app, open_page, tmp_path: Path):
    page = open_page(keys=PERIOD)
    rows = app.ask(**PERIOD)["frames"]["trend"]
    dialog = steps.open_details(page, "trend")
    message = dialog.get_by_role("heading").inner_text()
    heads, *cells = steps.grid(dialog)
    assert heads == ["Period", "Actual", "Target", "Last year"]
    assert len(cells) == len(rows) == 12
    assert same([tuple(cell or None for cell in row[1:]) for row in cells], rows)

    name, content = saved(page, dialog.get_by_role("button", name="Excel", exact=True), tmp_path)
    stem = name.removesuffix(".xlsx")
    assert stem != name
    assert message.rstrip("%.") in stem
    assert "2026-05" in stem
    assert app.ask(**PERIOD)["as_of"] in stem
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == message
    # the cells of the chart stand further right
    table = [row for row in sheet.iter_rows(min_row=4, max_col=4, values_only=True) if row[0]]
    assert table[0] == ("Period", "Actual", "Target", "Last year")
    assert same([row[1:] for row in table[1:]], rows)
    assert sheet["B5"].number_format == "#,##0.00"
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)] == ["Net sales", "Target"]

    name, content = saved(page, dialog.get_by_role("button", name="CSV", exact=True), tmp_path)
    assert name == f"{stem}.csv"
    assert content.startswith(b"\xef\xbb\xbf")
    heads, *table = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert heads == ["Period", "Actual", "Target", "Last year"]
    assert same([tuple(row[1:]) for row in table], rows)

    chart = dialog.get_by_test_id("stPlotlyChart")
    name, content = saved(page, chart.get_by_role("button", name="Save as PNG"), tmp_path)
    assert name == f"{stem}.png"
    assert content.startswith(PNG_START)
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1920, 1080)
    assert len(content) > 30_000

    dialog.get_by_role("radio", name="SVG").click()
    button = chart.get_by_role("button", name="Save as SVG")
    expect(button).to_be_visible()
    steps.settled(page)
    name, content = saved(page, button, tmp_path)
    assert name == f"{stem}.svg"
    picture = content.decode("utf-8")
    assert picture.startswith("<svg")
    assert message[:20] in picture  # a picture that leaves says what it shows


def test_the_other_dialogs_hold_their_answers(app, open_page, tmp_path: Path):
    """Parts add up to the whole; words of a table are never run as formulas."""
    page, answer = open_page(), app.ask()
    dialog = steps.open_details(page, "gap")
    _heads, *cells = steps.grid(dialog)
    rows = answer["frames"]["gap"]
    assert len(cells) == len(rows)
    parts = [row["gap"] for row in rows if row["kind"] != "total"]
    assert abs(sum(parts) - answer["values"]["gap_total"]) < 0.05
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    dialog = steps.open_details(page, "regions")
    _heads, *cells = steps.grid(dialog)
    rows = answer["frames"]["regions"]
    assert len(cells) == len(rows)
    assert abs(sum(float(row[1]) for row in cells) - answer["values"]["net_sales"]) < 0.05
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    dialog = steps.open_details(page, "actions")
    assert dialog.get_by_test_id("stPlotlyChart").count() == 0
    _name, content = saved(page, dialog.get_by_role("button", name="CSV", exact=True), tmp_path)
    heads, *table = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert heads == ["What", "Kind", "Reason", "Money", "Owner", "State", "Reason given"]
    assert [float(row[3]) for row in table] == sorted((float(row[3]) for row in table), reverse=True)
    assert not [cell for row in table for cell in row if cell.startswith(("=", "+", "@"))]
    money = formats.compact(answer["values"]["exceptions_money"], lang="en")
    assert f"{len(table)} things to decide, {money} at stake" == dialog.get_by_role("heading").inner_text()
