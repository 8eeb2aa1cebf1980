"""Every view of every page, English in light on a phone and Chinese in dark on a desk: nothing cut off, axe content."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import axe, steps
from tests.dashboard.test_pages import PAGES

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def views(page: Page, lang: str) -> list[str]:
    """The words of the choice of views; one empty word for a page without any."""
    choice = page.locator(f".st-key-option_show_{lang} button")
    return choice.all_inner_texts() or [""]


@pytest.mark.parametrize(("lang", "scheme", "screen"), [("en", "light", PHONE), ("zh", "dark", DESK)])
@pytest.mark.parametrize("path", PAGES)
def test_every_view(app, open_page, path: str, lang: str, scheme: str, screen: dict[str, int]):
    page = open_page("/" if path == "briefing" else f"/{path}", lang=lang, scheme=scheme, **screen)
    troubles = []
    for view in views(page, lang):
        if view:
            page.locator(f".st-key-option_show_{lang} button", has_text=view).click()
            steps.settled(page)
        troubles += [f"{view}: {cut}" for cut in steps.overflow(page)]
        troubles += [f"{view}: {finding}" for finding in axe.findings(page)]
    assert not troubles, "\n".join(troubles)
