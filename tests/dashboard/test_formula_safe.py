"""Whatever leaves as csv, xlsx or inside a chart: a name that looks like a formula is text there, and whole."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest

from dashboard.export import files, tables
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick, Selection
from dashboard.i18n import use_language
from data.company import Company
from data.spreadsheets import plain, shielded
from tests.golden_home import small_company
from tests.walk import every_card

ROOT = Path(__file__).resolve().parents[2]
EVIL = "=cmd|' /C calc'!A0"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# who writes csv or xlsx: a new one belongs here, and into the test below
WRITERS = {"data/importing/quarantine.py", "dashboard/export/tables.py", "dashboard/export/excel/book.py",
           "dashboard/export/powerpoint/embedded.py"}  # fmt: skip
_WRITES = re.compile(r"csv\.writer|\.to_csv\(|\.to_excel\(|Workbook\(")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Two dealers, regions and products, all of whose names are formulas."""

    def named(what: str, id: str, **more: str) -> dict[str, str]:
        return {f"{what}_id": id, f"{what}_name": EVIL + id, "name_en": "@" + EVIL + id, **more}

    lines = [
        {"line_id": f"{dealer}{month}", "document_id": f"{dealer}{month}", "dealer_id": dealer, "product_id": product,
         "invoice_date": dt.date(2026, month, 15), "quantity": 1, "line_type": "sale", "net_amount": 100 * month}
        for dealer, product in (("D1", "P1"), ("D2", "P2")) for month in range(1, 7)
    ]  # fmt: skip
    return small_company(tmp_path_factory.mktemp("formulas") / "home", {
        "dim_region": [named("region", "S"), named("region", "N")],
        "dim_product": [named("product", "P1", category="=c1"), named("product", "P2", category="＝c2")],
        "dim_dealer": [named("dealer", "D1", region_id="S"), named("dealer", "D2", region_id="N")],
        "fact_sales": lines,
    })  # fmt: skip


@pytest.fixture(scope="module")
def desk(company: Company) -> Desk:
    return Desk(company, company.scope({"period": "2026-04..2026-06", "compare": "previous"}))


def test_a_shielded_text_is_no_formula_and_comes_back():
    for start in STARTS:
        for text in (start + "1", "'" + start + "1", start, "''" + start):
            assert not shielded(text).startswith(STARTS)
            assert plain(shielded(text)) == text
    for text in ("-2", "+3", "-1,234.50", "恒达商贸", "'quoted'", ""):
        assert shielded(text, numbers=True) == text
        assert plain(text) == text


def test_every_writer_is_known():
    found = {str(path.relative_to(ROOT)) for folder in ("data", "analytics", "dashboard")
             for path in (ROOT / folder).rglob("*.py") if _WRITES.search(path.read_text(encoding="utf-8"))}  # fmt: skip
    assert found == WRITERS


def test_no_card_leaves_a_formula_as_csv(desk: Desk):
    seen = 0
    with use_language("zh"):
        for id, finding in every_card(desk):
            for row in csv.reader(io.StringIO(tables.safe_csv(finding).decode("utf-8-sig"))):
                for cell in row:
                    seen += EVIL in cell
                    assert not cell.startswith(STARTS) or re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell), (id, cell)
    assert seen > 20


def formulas(data: bytes) -> list[str]:
    """The formulas of a workbook, and those of the workbooks inside a deck."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                found += formulas(archive.read(name))
            elif "worksheets/" in name and name.endswith(".xml"):
                found += re.findall(r"<f>(.*?)</f>", archive.read(name).decode())
    return found


@pytest.mark.parametrize("kind", ["xlsx", "pptx"])
def test_no_file_leaves_with_a_formula_of_the_data(desk: Desk, kind: files.Kind):
    with use_language("zh"):
        chosen = Selection("=1+1", (Pick("briefing.regions"), Pick("dealer.dealers"), Pick("sales.trend")))
        for selection in (None, chosen):
            data = files.render(kind, desk, selection).data
            assert not [text for text in formulas(data) if "cmd" in text or "1+1" in text]
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                inner = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
            assert "cmd|" in inner.decode()
