"""Exported tables: numbers as they are, text that no spreadsheet executes."""

from __future__ import annotations

import csv
import dataclasses
import io

import openpyxl
import pandas as pd
import pytest

from analytics.questions import ask
from dashboard.export import tables, workbook
from dashboard.findings import Column, briefing


@pytest.fixture
def finding(company):
    return briefing.regions(ask(company, "overview", company.scope()), "CNY")


@pytest.fixture
def hostile(finding):
    frame = pd.DataFrame({"name": ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\tx", "恒达商贸", None],
                          "money": [1.005, -2.5, float("nan"), 0, 1e12, 3, 4]})  # fmt: skip
    return dataclasses.replace(
        finding, frame=frame, columns=(Column("name", "=Name"), Column("money", "Money", "money"))
    )


def test_the_workbook_holds_the_numbers_of_the_answer(finding):
    book = openpyxl.load_workbook(io.BytesIO(workbook.single(finding)))
    sheet = book.worksheets[0]
    assert sheet["A1"].value == finding.title
    assert sheet["A2"].value == finding.subtitle
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert list(rows[0]) == [column.label for column in finding.columns]
    for read, (_, row) in zip(rows[1:], finding.frame.iterrows(), strict=True):
        assert read[0] == row["name"]
        assert read[1] == pytest.approx(row["actual"])
        assert read[3] == pytest.approx(row["gap"])
    assert sheet.freeze_panes == "B5"
    assert sheet.tables
    meanings = [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)]
    assert meanings == ["Net sales", "Target to date"]


def test_a_workbook_stores_formulas_as_text(hostile):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.single(hostile))).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=5)]
    assert [cell.value for cell in cells][:5] == ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\tx"]
    assert all(cell.data_type == "s" for cell in cells[:6])
    assert sheet["B7"].value is None


def test_csv_text_cannot_start_a_formula_and_numbers_stay_numbers(hostile):
    data = tables.safe_csv(hostile)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["'=Name", "Money"]
    assert [row[0][:1] for row in rows[1:6]] == ["'"] * 5
    assert rows[6][0] == "恒达商贸"
    assert [row[1] for row in rows[1:5]] == ["1.01", "-2.5", "", "0.0"]


def test_an_empty_finding_still_exports(finding):
    empty = dataclasses.replace(finding, frame=finding.frame.head(0))
    assert openpyxl.load_workbook(io.BytesIO(workbook.single(empty))).worksheets
    assert tables.safe_csv(empty).count(b"\n") == 1
