"""A shared or saved view is the page, its view and its scope."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import steps


def test_a_view_of_a_page_travels_and_is_found_again(app, open_page):
    page = open_page("/receivables", keys={"show": "collect", "region": "South"})
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share this view")
    link = dialog.get_by_test_id("stCode").inner_text().strip()
    dialog.get_by_role("textbox").fill("Collect in the South")
    dialog.get_by_role("textbox").press("Tab")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()

    colleague = open_page(link)
    assert steps.keys(colleague)["show"] == "collect"
    assert steps.title(colleague) == steps.title(page)
    expect(colleague.locator(".st-key-option_show_en").get_by_role("radio", name="Collect")).to_be_checked()

    later = open_page("/")
    later.get_by_role("button", name="Share", exact=True).click()
    later.get_by_role("dialog").get_by_role("button", name="Open view", exact=True).click()
    expect(later).to_have_url(re.compile(r"/receivables\?.*show=collect"))
    steps.settled(later)
    assert steps.title(later) == steps.title(page)
