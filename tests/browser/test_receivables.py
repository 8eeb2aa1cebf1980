"""Receivables as a reader meets them: the form's numbers, drilling down to the invoices, writing what was agreed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard import formats
from data.ledger import Ledger
from tests.browser import steps

ROW = 31  # px of a table row
NAME, NEXT_STEP, RESULT = 60, 960, 1210  # px from the left edge of the debtors' table at 1440


def debtors(page: Page) -> Locator:
    table = page.locator("[class*=st-key-actions_] [data-testid=stDataFrame]")
    table.scroll_into_view_if_needed()
    return table


def write(page: Page, row: int, place: int, text: str) -> None:
    """Write into a cell of the debtors' table, as a reader would: double click, type, Enter."""
    box = debtors(page).bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + place, box["y"] + ROW * (row + 1) + ROW / 2)
    cell = page.locator("#portal textarea, #portal input").first
    expect(cell).to_be_visible()
    cell.fill(text)
    cell.press("Enter")
    steps.settled(page)


def test_the_form_shows_the_numbers_of_the_answer(app, open_page):
    page, answer = open_page("/receivables"), app.ask("receivables.aging")
    values = answer["values"]
    assert formats.compact(values["overdue"], lang="en") in steps.title(page)
    assert steps.kpi_values(page)[:2] == [formats.compact(values[id], lang="en") for id in ("receivables", "overdue")]
    form = steps.grid(page.get_by_test_id("stDataFrame").first)
    total = answer["rows"][-1]
    columns = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121", "receivables", "credit", "unapplied")
    assert form[1][1:] == [formats.thousands(total[id]) for id in columns]
    assert form[2][7] == "100.0%"
    page.get_by_role("radio", name="in full").click()
    steps.settled(page)
    assert steps.keys(page)["unit"] == "full"
    assert steps.grid(page.get_by_test_id("stDataFrame").first)[1][1] == formats.full_money(total["in_term"])


def test_from_office_to_dealer_to_invoice_and_back(app, open_page):
    page = open_page("/receivables", keys={"as_of": "2026-05-31", "by": "office"})
    offices = page.get_by_test_id("stDataFrame").last
    first = steps.grid(offices)[1][0]
    offices.scroll_into_view_if_needed()
    offices.click(position={"x": 60, "y": ROW * 1.5})
    expect(page).to_have_url(re.compile("region="))
    steps.settled(page)
    keys = steps.keys(page)
    region = next(row for row in app.ask("receivables.aging", as_of="2026-05-31")["frames"]["offices"]
                  if row["region_name_en"] == first)  # fmt: skip
    assert (keys["region"], keys["as_of"]) == (region["region_id"], "2026-05-31")
    assert steps.kpi_values(page)[0] == formats.compact(region["receivables"], lang="en")
    debtors(page).click(position={"x": NAME, "y": ROW * 1.5})
    expect(page).to_have_url(re.compile("item="))
    steps.settled(page)
    dealer = steps.keys(page)["item"]
    owed = app.ask("receivables.aging", as_of="2026-05-31", dealer=dealer)["values"]["receivables"]
    expect(page.get_by_text(re.compile(rf"owes {re.escape(formats.compact(owed, lang='en'))} on"))).to_be_visible()
    page.go_back()
    steps.settled(page)
    assert "item" not in steps.keys(page)


def test_what_was_agreed_is_kept_and_nothing_typed_is_lost(app, open_page):
    page = open_page("/receivables")
    ids = [row["dealer_id"] for row in app.ask("receivables.aging")["rows"][:2]]
    ledger = Ledger(app.home)
    write(page, 0, NEXT_STEP, "Call on Monday")
    write(page, 0, NEXT_STEP, "Visit on Tuesday")
    steps_of = [e.body["next_step"] for e in ledger.history("collection_action", f"dealer:{ids[0]}")]
    assert steps_of == ["Call on Monday", "Visit on Tuesday"]
    write(page, 1, RESULT, "promised half")  # a result without a step cannot be kept yet
    expect(page.get_by_text("Next step is needed.")).to_be_visible()
    assert ledger.history("collection_action", f"dealer:{ids[1]}") == []
    page.get_by_role("radio", name="Collect").click()
    steps.settled(page)
    page.get_by_role("radio", name="Aging").click()
    steps.settled(page)
    expect(page.get_by_text("Next step is needed.")).to_be_visible()
    assert steps.grid(debtors(page))[2][-1] == "promised half"
    write(page, 1, NEXT_STEP, "Ask for the rest")
    expect(page.get_by_text("Next step is needed.")).to_be_hidden()
    assert ledger.history("collection_action", f"dealer:{ids[1]}")[-1].body["result"] == "promised half"
    page.reload()
    steps.settled(page)
    rows = steps.grid(debtors(page))
    assert [rows[1][13], rows[2][13]] == ["Visit on Tuesday", "Ask for the rest"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_list_of_the_week_leads_to_invoices_and_action(app, open_page, lang):
    page = open_page("/receivables", lang=lang, width=390, height=844, keys={"show": "collect"})
    first = app.ask("receivables.worklist")["rows"][0]
    name = first["dealer_name_en"] if lang == "en" else first["dealer_name"]
    listed = page.locator(f".st-key-collect_{first['dealer_id']} button:visible")
    expect(listed).to_contain_text(name)
    expect(page.get_by_text(formats.compact(first["at_risk"], lang=lang), exact=True).first).to_be_visible()
    listed.click()
    expect(page).to_have_url(re.compile(f"item={first['dealer_id']}"))
    steps.settled(page)
    field = page.get_by_role("textbox", name={"en": "Next step", "zh": "下一步"}[lang])
    field.fill("Ring the owner")
    page.get_by_role("button", name={"en": "Save", "zh": "保存"}[lang], exact=True).click()
    expect(page.get_by_text(re.compile("Ring the owner")).last).to_be_visible()
    assert Ledger(app.home).history("collection_action", f"dealer:{first['dealer_id']}")[-1].body["owner"]
    assert not steps.overflow(page)
