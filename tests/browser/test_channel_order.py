"""Channel order: the numbers of the questions, a suspect picked, a permission recorded and withdrawn."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard import formats
from tests.browser.steps import grid, keys, kpi_values, overflow, settled


def test_the_page_shows_what_the_question_says(app, open_page):
    said = app.ask("integrity.summary")["values"]
    page = open_page("/channel_order")
    values = kpi_values(page)
    assert values[:3] == [formats.compact(said[key]) for key in ("territory", "loading", "prices")]
    assert values[3] == f"{said['dealers']} of {said['selling']}"
    first = app.ask("integrity.territory")["rows"][0]
    table = page.locator(".st-key-table_asked")
    assert grid(table)[1][0] == first["dealer_name_en"]
    expect(page.get_by_text("wrongly named")).to_be_visible()
    for view, words in (("prices", "Ask about"), ("stock", "Of 4 quarters")):
        other = open_page("/channel_order", keys={"show": view})
        expect(other.get_by_text(re.compile(words)).first).to_be_attached()


def test_a_click_shows_the_deliveries_of_a_suspect(app, open_page):
    rows = app.ask("integrity.territory")["rows"]
    page = open_page("/channel_order")
    expect(page.get_by_text(f"{rows[0]['dealer_name_en']}:").first).to_be_visible()
    mark = page.locator(".st-key-chart_shares .scatterlayer .trace").last.locator(".point").nth(1)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(page)
    assert keys(page)["item"] == rows[1]["dealer_id"]
    expect(page.get_by_text(re.compile(rf"^{rows[1]['dealer_name_en']}: \d+ deliver"))).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_text(re.compile(rf"^{rows[1]['dealer_name_en']}: \d+ deliver"))).to_be_visible()


def test_a_permission_is_recorded_clears_and_is_withdrawn(app, open_page):
    before = app.ask("integrity.territory", dealer=app.ask("integrity.territory")["rows"][0]["dealer_id"])
    suspect = before["rows"][0]
    page = open_page("/channel_order")
    start = kpi_values(page)
    page.get_by_role("button", name="Record a permission").click()
    dialog = page.get_by_role("dialog")
    settled(page)
    assert suspect["dealer_name_en"] in dialog.get_by_role("combobox", name="Dealer", exact=True).input_value()
    region = dialog.get_by_role("combobox", name="Region where the sale is allowed")
    region.click()
    region.fill(suspect["into_name_en"])
    page.get_by_role("option", name=suspect["into_name_en"], exact=True).click()
    agreed = next(row for row in app.ask("dealers.list")["rows"] if row["territory_id"] == suspect["into_id"])
    local = dialog.get_by_role("combobox", name="Agreed by (local dealer)")
    local.click()
    local.fill(agreed["dealer_name_en"])
    page.get_by_role("option", name=agreed["dealer_name_en"], exact=True).first.click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("is needed")).to_be_visible()  # the dates
    for label, day in (("Notified on", "2025-12-01"), ("Valid from", "2025-12-01"), ("Valid to", "2026-12-31")):
        for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
            dialog.get_by_role("spinbutton", name=re.compile(f"{part}.*{label}")).press_sequentially(text)
        dialog.get_by_text("Your name and the time").click()  # the calendar closes
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    settled(page)
    assert kpi_values(page)[0] != start[0]
    assert kpi_values(page)[4] != start[4]
    page.get_by_role("button", name="Withdraw a permission").click()
    settled(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Permission").click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Withdraw", exact=True).click()
    expect(dialog).to_be_hidden()
    settled(page)
    assert kpi_values(page) == start
    page.get_by_role("button", name="Who wrote what").click()
    expect(page.get_by_role("dialog").get_by_text("withdrawn")).to_be_visible()


def test_nothing_is_cut_off_on_a_phone(open_page):
    for lang, view in (("en", "territory"), ("zh", "prices"), ("en", "stock")):
        page = open_page("/channel_order", lang=lang, width=390, height=844, keys={"show": view})
        assert overflow(page) == []
