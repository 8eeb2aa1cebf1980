"""axe-core finds nothing serious or critical of ours, on every page, light and dark, in both languages."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import steps

PAGES = ("/", "/data", "/definitions")
GRAVE = ("serious", "critical")
# Streamlit's own, by rule and what the element's selector or source holds; what we pass to it cannot change these.
KNOWN = {
    ("svg-img-alt", "metric_chart_"): "the sparkline in a metric: its points get a role without a name; the two lines "
    "under the value say the trend in words",
}


def findings(page: Page) -> list[str]:
    response: dict[str, Any] = Axe().run(page).response
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]}"
        for violation in response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if not any(rule == violation["id"] and part in f"{node['target']} {node['html']}" for rule, part in KNOWN)
    ]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages(app, open_page, path: str, lang: str):
    page = open_page(path, lang=lang)
    light = steps.background(page)
    assert findings(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("light => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
                           " !== light", arg=light)  # fmt: skip
    steps.settled(page)
    assert findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_and_filters(app, open_page, scheme: str):
    page = open_page(scheme=scheme)
    page.get_by_role("button", name="More filters").click()
    steps.settled(page)
    assert findings(page) == []
    page.keyboard.press("Escape")
    dialog = steps.open_details(page, "trend")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Share", exact=True).click()
    steps.settled(page)
    assert findings(page) == []


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
