"""The dealer card as a reader meets it: opened by a click, searched, written on, printed on one sheet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps


@pytest.fixture(scope="module")
def busy(app) -> str:
    """A dealer with much to show: promotions, shelf checks, items."""
    rows = app.ask("actions.list", period="2026-H1")["frames"]["all"]
    return next(row["subject_id"] for row in rows if row["kind"] == "overdue")


def test_a_click_opens_the_card_with_the_numbers_of_the_answer(app, open_page):
    page = open_page("/dealer")
    steps.settled(page)
    first = app.ask("dealers.list")["frames"]["dealers"][0]
    canvas = page.get_by_test_id("stDataFrame").first
    canvas.click(position={"x": 60, "y": 50})
    expect(page).to_have_url(re.compile(f"dealer={first['dealer_id']}"))
    steps.settled(page)
    assert steps.title(page).startswith(f"{first['dealer_name_en']}: sales {formats.compact(first['net_sales'])}")
    values = app.ask("dealers.card", dealer=first["dealer_id"])["values"]
    shown = [formats.compact(values["net_sales"]), formats.rate(values["attainment"]),
             formats.rate(values["gross_margin_rate"]), formats.count(values["orders"]),
             formats.compact(values["overdue"]), formats.rate(values["visit_coverage"])]  # fmt: skip
    assert steps.kpi_values(page) == shown

    other = app.ask("dealers.list")["frames"]["dealers"][7]
    box = page.get_by_role("combobox", name="Dealer")
    box.click()
    box.fill(other["dealer_id"])
    page.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile(f"dealer={other['dealer_id']}"))
    heading = page.locator("h1").first
    expect(heading).to_have_text(re.compile(f"^{other['dealer_name_en']}: "))
    steps.settled(page)
    page.go_back()
    expect(heading).to_have_text(re.compile(f"^{first['dealer_name_en']}: "))


def test_a_note_and_a_step_are_kept(app, open_page, busy):
    page = open_page("/dealer", keys={"dealer": busy})
    page.get_by_role("button", name="Write a note").click()
    note = page.get_by_test_id("stPopoverBody")
    note.get_by_role("textbox", name="Note").fill("The son takes over in autumn")
    note.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 note", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("local · Note: The son takes over in autumn"))).to_be_visible()
    colleague = open_page("/dealer", keys={"dealer": busy}, lang="zh")
    expect(colleague.get_by_text(re.compile("The son takes over in autumn"))).to_be_visible()


@pytest.mark.parametrize(("lang", "width"), [("en", 1440), ("zh", 1024)])
def test_the_sheet_is_one_page_of_a4(app, open_page, busy, lang, width):
    page = open_page("/dealer", keys={"dealer": busy, "show": "print"}, lang=lang, width=width)
    page.wait_for_timeout(500)
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    size = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert size is not None
    assert [float(side) for side in size.groups()] == pytest.approx([595, 842], abs=1.5)
    page.emulate_media(media="print")
    assert page.locator(".stPlotlyChart:visible").count() == 2
    assert page.get_by_test_id("stDataFrame").count() >= 3
    assert page.get_by_test_id("stMetric").count() == 6
    expect(page.get_by_role("button", name=re.compile("Back to the page|返回页面"))).to_be_hidden()
    smallest = page.evaluate("""() => Math.min(...[...document.querySelectorAll('.stMain p')]
        .filter(p => p.offsetParent).map(p => parseFloat(getComputedStyle(p).fontSize)))""")
    assert smallest * 0.655 * 0.75 >= 5.5  # points on paper
    page.emulate_media(media="screen")
    page.get_by_role("button", name=re.compile("Back to the page|返回页面")).click()
    expect(page).not_to_have_url(re.compile("show="))


def test_nothing_is_cut_off_on_a_phone(open_page, busy):
    page = open_page("/dealer", keys={"dealer": busy}, width=390, height=844, lang="zh")
    assert steps.overflow(page) == []
