"""The action list as a reader uses it: evidence, taking, dismissing with a reason, looking at what was settled."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import steps


def open_item(page: Page, place: int):
    """The dialog of an item of the list."""
    page.locator("[class*=st-key-open_actions_] button:visible").nth(place).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    steps.settled(page)
    return dialog


def test_an_item_is_taken_and_another_dismissed(app, open_page):
    before = app.ask("actions.list")["frames"]["actions"]
    page = open_page()
    dialog = open_item(page, 1)
    assert steps.keys(page)["item"] == before[1]["key"]
    expect(dialog.get_by_role("combobox", name="Owner")).to_have_value(before[1]["owner_name_en"])
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    steps.settled(page)
    expect(page.get_by_text("1 taken")).to_be_visible()
    assert "item" not in steps.keys(page)

    dialog = open_item(page, 0)
    dialog.get_by_role("radio", name="Dismiss").click()
    steps.settled(page)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Say why it is dismissed.")).to_be_visible()
    dialog.get_by_role("textbox", name="Reason").fill("known, nothing to do")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    steps.settled(page)
    expect(page.get_by_text(re.compile("1 dismissed"))).to_be_visible()
    assert page.get_by_text(re.compile(r"^\d+ things? to decide, ")).count() == 1

    colleague = open_page(keys={"item": before[0]["key"]})  # a link to it, another reader
    dialog = colleague.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("local · .*Dismissed.*known, nothing to do"))).to_be_visible()
    dialog.get_by_role("button", name="Open it again").click()
    expect(dialog).to_be_hidden()
    steps.settled(colleague)
    expect(colleague.get_by_text(re.compile("dismissed"))).to_have_count(0)


def test_all_items_open_from_their_table(app, open_page):
    everything = app.ask("actions.list")["frames"]["all"]
    page = open_page()
    page.get_by_role("button", name="All items").click()
    dialog = page.get_by_role("dialog", name="All items")
    expect(dialog.get_by_text(re.compile(rf"^To decide {len(everything)}$"))).to_be_visible()
    steps.settled(page)
    dialog.get_by_test_id("stDataFrame").click(position={"x": 60, "y": 50})
    expect(page).to_have_url(re.compile("item="))
    expect(page.get_by_role("dialog").get_by_role("radio", name="Take it on")).to_be_visible()


def test_evidence_leads_to_the_page_that_shows_it(app, open_page):
    rows = app.ask("actions.list")["frames"]["actions"]
    row = next(row for row in rows if row["subject"] == "dealer")
    page = open_page(keys={"item": row["key"]})
    page.get_by_role("dialog").get_by_role("link", name="Dealer card").click()
    expect(page).to_have_url(re.compile(f"/dealer\\?.*dealer={row['subject_id']}"))
    steps.settled(page)
    assert steps.title(page).startswith(row["subject_name_en"])
