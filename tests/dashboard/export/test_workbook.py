"""Workbooks read back: figures to the cent, formats, charts, names, and text that no spreadsheet executes."""

from __future__ import annotations

import dataclasses
import io
import re
import time
import zipfile

import openpyxl
import pandas as pd
import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.export.deck import Deck, slide
from dashboard.export.desk import Desk
from dashboard.export.excel.book import Book, headers
from dashboard.export.workbook import single, workbook, worklists
from dashboard.findings import Column, aging_form, briefing, receivables
from dashboard.findings import dealer as dealer_findings
from dashboard.i18n import use_language
from data.company import Company

LANGUAGES = ["en", "zh"]
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\tx", "http://x.example", "恒达商贸", None]


@pytest.fixture(scope="module")
def desk(company) -> Desk:
    return Desk(company, company.scope())


def findings(desk: Desk) -> list:
    overview, aging = desk.ask("overview", decide=False), desk.ask("receivables.aging")
    return [briefing.trend(overview, "CNY", ahead=desk.ask("forecast.outlook")), briefing.gap(overview, "CNY"),
            briefing.regions(overview, "CNY"), receivables.by_month(aging, "CNY"),
            aging_form.dealers(aging, "CNY", full=True)]  # fmt: skip


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes, pattern: str) -> list[str]:
    """The xml of the parts of the file whose names match."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return [file.read(name).decode() for name in sorted(file.namelist()) if re.search(pattern, name)]


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, desk):
    with use_language(request.param):
        listed = findings(Desk(desk.company, desk.scope))
        return request.param, listed, workbook(listed, Desk(desk.company, desk.scope))


def test_every_finding_has_a_sheet_with_its_figures_to_the_cent(written):
    _lang, listed, data = written
    book = opened(data)
    sheets = book.worksheets[2:-1]  # after contents and the aging form, before definitions
    assert [sheet["A1"].value for sheet in sheets] == [finding.title for finding in listed]
    for sheet, finding in zip(sheets, listed, strict=True):
        assert sheet["A2"].value == finding.subtitle
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A4:")
        assert [c.name for c in table.tableColumns] == [column.label for column in finding.columns]
        for at, column in enumerate(finding.columns, start=1):
            cells = [sheet.cell(5 + row, at) for row in range(len(finding.frame))]
            for cell, raw in zip(cells, finding.frame[column.name], strict=True):
                if raw is None or pd.isna(raw):
                    assert cell.value is None
                elif column.kind == "money":
                    assert cell.value == pytest.approx(round(float(raw), 2), abs=1e-9)
                    assert cell.number_format == "#,##0.00"
                elif column.kind == "rate":
                    assert cell.value == pytest.approx(float(raw))
                    assert cell.number_format == "0.0%"
        assert sheet.freeze_panes == "B5"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.print_title_rows == "$1:$4"
    names = [name for sheet in book for name in sheet.tables]
    assert len(names) == len({name.casefold() for name in names})


def test_charts_are_native_and_refer_to_cells(written):
    _lang, listed, data = written
    charts = parts(data, r"charts/chart\d+\.xml")
    assert len(charts) == sum(finding.figure is not None for finding in listed)
    assert not parts(data, r"media/")
    book = opened(data)
    for xml in charts:
        for reference in re.findall(r"<c:val><c:numRef><c:f>(.*?)</c:f>", xml):
            name, cells = reference.rsplit("!", 1)
            block = book[name.strip("'").replace("&amp;", "&").replace("''", "'")][cells.replace("$", "")]
            assert any(isinstance(cell.value, int | float) for (cell,) in block)
    assert any("<a:pattFill" in xml for xml in charts)  # the forecast
    assert any("<a:noFill/>" in xml for xml in charts)  # targets, and what only holds words


def test_cells_of_a_chart_times_its_unit_are_the_figures_of_the_answer(written):
    _lang, listed, data = written
    sheet = opened(data).worksheets[4]
    regions = listed[2]
    head = {cell.value: cell.column for cell in sheet[6] if cell.value in ("AC", "PL")}
    unit = formats.choose_unit([*regions.frame["actual"], regions.frame["actual"].sum()], lang=written[0])
    for row, (actual, target) in enumerate(zip(regions.frame["actual"], regions.frame["target"], strict=True)):
        assert sheet.cell(7 + row, head["AC"]).value * unit.scale == pytest.approx(actual)
        assert sheet.cell(7 + row, head["PL"]).value * unit.scale == pytest.approx(target)


def test_contents_lead_to_every_sheet_and_say_whose_figures_these_are(written, desk):
    lang, listed, data = written
    book = opened(data)
    contents = book.worksheets[0]
    with use_language(lang):
        told = [contents.cell(row, 2).value for row in range(3, 8)]
        assert told[0] == Desk(desk.company, desk.scope).name
        assert formats.date(desk.scope.as_of) in told
    links = {cell.value: cell.hyperlink.location for cell in contents["A"] if cell.hyperlink}
    assert {finding.title for finding in listed} <= {*links}
    for title, target in links.items():
        assert book[target.rsplit("!", 1)[0].strip("'")]["A1"].value == title
    meanings = [row[-1] for row in book.worksheets[-1].iter_rows(min_row=2, values_only=True)]
    assert {*meanings} == {id for finding in listed for id in finding.definitions}


def test_the_aging_form_holds_what_every_debtor_owes(written, company):
    lang, _listed, data = written
    sheet = opened(data).worksheets[1]
    frame = ask(company, "receivables.aging", company.scope()).frames["aging"]
    owing, total = frame.iloc[:-1], frame.iloc[-1]
    (table,) = sheet.tables.values()
    first, last = (int(end[1:]) for end in re.sub(r"[A-Z]+", "A", table.ref).split(":"))
    rows = list(sheet.iter_rows(min_row=first + 1, max_row=last, values_only=True))
    assert [row[0] for row in rows] == owing["dealer_id"].tolist()
    for at, name in enumerate(("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121", "receivables"), start=3):
        assert [row[at] for row in rows] == [pytest.approx(float(value), abs=0.005) for value in owing[name]]
        assert sum(row[at] for row in rows) == pytest.approx(float(total[name]), abs=0.01)
        assert sheet.cell(last + 1, at + 1).value.startswith("=SUBTOTAL(109,")
        assert sheet.cell(5, at + 1).value == pytest.approx(float(total[name]), abs=0.01)
    assert sheet.cell(first + 1, 4).number_format.startswith("#,##0,;")  # thousands on paper, cents in the cell
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    with use_language(lang):
        assert sheet["A1"].value == aging_form.form(ask(company, "receivables.aging", company.scope()), "CNY").title


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_scope_of_one_dealer_has_its_card_on_one_page(lang, company):
    scope = company.scope()
    dealer = ask(company, "dealers.list", scope).frames["dealers"]["dealer_id"].iloc[0]
    desk = Desk(company, scope.but(dealer=(dealer,)))
    with use_language(lang):
        data = workbook([], desk)
        answer = desk.ask("dealers.card")
        sheet = opened(data).worksheets[1]
        assert sheet["A1"].value == dealer_findings.page_title(answer)
    assert sheet["B6"].value == pytest.approx(answer.values["net_sales"], abs=0.005)
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    for id in ("in_term", "d1_30", "receivables"):
        assert round(float(answer.frames["aging"][id].iloc[0]), 2) in cells
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert {sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight} <= {None, 1}  # 1 where nothing is said
    assert sheet.page_setup.orientation == "portrait"
    assert len(parts(data, r"charts/chart\d+\.xml")) == 1


@pytest.fixture
def regions(desk):
    return briefing.regions(desk.ask("overview", decide=False), "CNY")


def test_text_is_never_a_formula_nor_a_link_in_cells_heads_and_charts(regions):
    frame = pd.DataFrame({"name": HOSTILE, "money": [1.005, -2.5, float("nan"), 0, 1e12, 3, 4, float("inf")],
                          "label": [str(name) for name in HOSTILE], "actual": range(8)})  # fmt: skip
    figure = regions.figure
    drawn = type(figure)(figure.func, frame)
    hostile = dataclasses.replace(
        regions, title="=1+1", subtitle="@x", frame=frame, figure=drawn,
        columns=(Column("name", "=Name"), Column("money", "+Money", "money")),
    )  # fmt: skip
    data = single(hostile)
    sheet = opened(data).worksheets[0]
    assert [sheet.cell(5 + row, 1).value for row in range(7)] == HOSTILE[:-1]
    assert [sheet.cell(5 + row, 2).value for row in range(8)] == [1.01, -2.5, None, 0, 1e12, 3, 4, None]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert not any("<f>" in xml for xml in parts(data, r"worksheets/sheet\d+\.xml"))
    assert not any(
        "cmd|" in reference for xml in parts(data, r"charts/") for reference in re.findall("<c:f>(.*?)<", xml)
    )


def test_names_of_sheets_are_valid_and_no_others():
    book = Book()
    wanted = ["a/b:[c]*?\\d", "'quoted'", "x" * 40, "X" * 40, "x" * 40, "", "History", "华" * 40, "😀" * 30, "华" * 40]
    names = [book.sheet_name(name) for name in wanted]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\'")
        assert name.casefold() != "history"
        book.file.add_worksheet(name)  # what XlsxWriter itself refuses raises
    book.close()


def test_heads_of_a_table_differ_in_any_case():
    assert headers(["Sales", "sales", "", "Sales", " "]) == ["Sales", "sales (2)", "–", "Sales (3)", "– (2)"]


def test_findings_with_the_same_title_have_sheets_of_their_own(desk, regions):
    book = opened(workbook([regions, regions], desk))
    assert len({sheet.title.casefold() for sheet in book}) == 5


def test_an_empty_finding_keeps_its_sheet(desk, regions):
    empty = dataclasses.replace(regions, frame=regions.frame.head(0))
    bare = dataclasses.replace(empty, columns=())
    data = workbook([empty, bare], desk)
    sheets = opened(data).worksheets
    assert sheets[2]["A1"].value == regions.title
    assert sheets[2]["A5"].value is None
    assert sheets[3]["A4"].value == "There are no rows for these filters."
    assert not parts(data, r"charts/")


def test_slides_of_a_deck_become_sheets_with_their_notes(desk, regions):
    deck = Deck("June", (slide(desk, regions, note="Read this first."),))
    book = opened(workbook(deck, desk))
    assert book.worksheets[0]["A1"].value == "June"
    assert book.sheetnames[0] == "Contents"
    assert book.worksheets[1]["A3"].value.startswith("Read this first.")


def test_worklists_become_tables(desk):
    listed = worklists(desk)
    assert [finding.key for finding in listed][:2] == ["actions", "worklist"]
    book = opened(workbook(listed, desk))
    for sheet, finding in zip(book.worksheets[2:], listed, strict=False):
        (table,) = sheet.tables.values()
        first, last = (int(re.sub(r"\D", "", end)) for end in table.ref.split(":"))
        assert last - first == len(finding.frame)


def test_what_progress_raises_stops_the_work(desk, regions):
    seen = []

    def told(what: str, done: int, total: int) -> None:
        seen.append((what, done, total))
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        workbook([regions, regions], desk, progress=told)
    assert [(done, total) for _what, done, total in seen] == [(0, 3), (1, 3)]
    assert seen[1][0] == regions.title


def test_money_has_the_decimals_of_its_currency(desk, regions):
    company = Company(desk.company.home, desk.settings.model_copy(update={"currency": "JPY"}), desk.company.snapshot)
    sheet = opened(workbook([regions], Desk(company, desk.scope))).worksheets[2]
    assert sheet["B5"].number_format == "#,##0"


def test_twenty_thousand_dealers_are_written_in_time(desk, regions):
    dealers = aging_form.dealers(desk.ask("receivables.aging"), "CNY", full=True)
    many = pd.concat([dealers.frame] * (20_000 // len(dealers.frame) + 1), ignore_index=True).head(20_000)
    started = time.process_time()
    data = single(dataclasses.replace(dealers, frame=many))
    spent = time.process_time() - started
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert b'r="20004"' in file.read("xl/worksheets/sheet1.xml")
    assert spent < 30, spent
