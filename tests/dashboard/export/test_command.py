"""`qudao export` as a shell sees it, and a company without visits, receivables and promotions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pptx import Presentation

from dashboard.export import briefing, command, files
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick, Selection
from data.company import Company
from tests.golden_home import small_company


def quiet(_stage: str, _at: int, _of: int) -> None:
    pass


def run(company: Company, kind: str, to: Path, **given) -> Path:
    options = {"cards": [], "deck": "", "form": "", "lang": "en", "progress": quiet} | given
    return command.export(company, kind, to, company.scope(), **options)


def test_a_folder_gets_the_files_own_name(company: Company, tmp_path: Path):
    path = run(company, "pptx", tmp_path, cards=["sales.trend", "sales.bridge!by=category"])
    assert path.parent == tmp_path
    assert path.suffix == ".pptx"
    assert len(Presentation(str(path)).slides) == 2
    assert [other for other in tmp_path.iterdir() if other != path] == []  # nothing half-written beside it


@pytest.mark.parametrize(
    ("kind", "given", "says"),
    [
        ("docx", {}, "docx: write one of pptx, pdf, xlsx, svg, png"),
        ("pptx", {"lang": "fr"}, "--lang fr"),
        ("pptx", {"cards": ["sales.nonsense"]}, "sales.nonsense: no such card"),
        ("pptx", {"deck": "Monday"}, "no such saved deck"),
        ("svg", {}, "a picture shows one card"),
        ("pptx", {"form": "aging"}, "--form aging: a PDF"),
        ("pdf", {"form": "nonsense"}, "--form nonsense: a PDF"),
    ],
)
def test_wrong_calls_say_what_is_wrong(company: Company, tmp_path: Path, kind: str, given: dict, says: str):
    with pytest.raises(command.WrongCall, match=says):
        run(company, kind, tmp_path / "x", **given)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_keeps_the_old_file(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old = tmp_path / "deck.pptx"
    old.write_bytes(b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        run(company, "pptx", old, cards=["sales.trend"])
    assert old.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["deck.pptx"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company of sales alone."""
    dealers = [{"dealer_id": f"D{n}", "dealer_name": f"Dealer {n}"} for n in range(3)]
    sales = [
        {"line_id": f"S{month}{n}", "dealer_id": f"D{n}", "product_id": "P1",
         "order_date": dt.date(2029 + month // 12, month % 12 + 1, 5), "quantity": 1, "net_amount": 100.0 * (n + 1)}
        for month in range(20) for n in range(3)
    ]  # fmt: skip
    return small_company(tmp_path_factory.mktemp("bare"), {
        "dim_dealer": dealers, "dim_product": [{"product_id": "P1", "product_name": "Tea"}], "fact_sales": sales,
    }, dt.date(2030, 8, 31))  # fmt: skip


def test_a_company_without_receivables_is_told_what_is_missing(bare: Company):
    deck = briefing.deck(Desk(bare, bare.scope()))
    assert len(deck.slides) == 8
    missing = {page.title: page.missing for page in deck.slides if page.missing}
    assert "No receivables imported yet" in missing
    assert "receivable" in missing["No receivables imported yet"].lower()
    assert missing["No promotions imported yet"]
    sales = deck.slides[0]
    assert sales.finding is not None  # what is there is shown
    file = files.write("pptx", Desk(bare, bare.scope()), deck)
    assert len(file.data) > 10_000


def test_a_card_that_is_no_more_says_so(bare: Company):
    desk = Desk(bare, bare.scope())
    deck = files.assembled(desk, Selection("", (Pick("sales.gone"), Pick("visits.coverage_region"))))
    assert deck.slides[0].missing == "There is no such card any more."
    assert deck.slides[1].missing
