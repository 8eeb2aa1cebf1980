"""axe-core finds nothing of ours in dialogs and filters either; the keyboard reaches everything in reading order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser import axe, steps


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_and_filters(app, open_page, scheme: str):
    page = open_page(scheme=scheme)
    page.get_by_role("button", name="More filters").click()
    steps.settled(page)
    assert axe.findings(page) == []
    page.keyboard.press("Escape")
    dialog = steps.open_details(page, "trend")
    assert axe.findings(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Share", exact=True).click()
    steps.settled(page)
    assert axe.findings(page) == []


def test_the_keyboard_reaches_everything_in_reading_order(app, open_page):
    """Title row, filters, cards: Tab goes down the page, never back up by more than a row."""
    page = open_page()
    tops: list[float] = []
    page.get_by_role("combobox", name="Period").focus()
    for _press in range(30):
        page.keyboard.press("Tab")
        box = page.evaluate(
            "(() => { const r = document.activeElement.getBoundingClientRect();"
            "return [r.top + document.querySelector('[data-testid=stMain]').scrollTop, r.width] })()"
        )
        if box[1] == 0 or page.evaluate("!document.activeElement.closest('[data-testid=stMain]')"):
            break
        tops.append(box[0])
    assert len(tops) > 8
    assert all(after > before - 60 for before, after in pairwise(tops)), tops
