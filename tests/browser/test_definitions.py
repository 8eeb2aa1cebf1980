"""Definitions: every measure, found by a word of its name or formula in either language."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from data.measures import MEASURES


def test_search_finds_measures(app, open_page):
    page = open_page("/definitions")
    main = page.get_by_test_id("stMain")
    expect(page.locator("h1")).to_have_text(re.compile(rf"^{len(MEASURES)} measures"))
    text = main.inner_text()
    assert [m.id for m in MEASURES if m.label not in text or m.id not in text] == []

    search = page.get_by_role("textbox", name="Search")
    search.fill("overdue")
    search.press("Enter")
    expect(main.get_by_text("Gross margin", exact=True)).to_be_hidden()
    expect(main.get_by_text("Overdue share", exact=True)).to_be_visible()

    search.fill("no such thing *at all*")
    search.press("Enter")
    expect(main.get_by_text("No measure matches “no such thing *at all*”")).to_be_visible()

    chinese = open_page("/definitions", lang="zh")
    search = chinese.get_by_role("textbox")
    search.fill("毛利")
    search.press("Enter")
    expect(chinese.get_by_test_id("stMain").get_by_text("gross_margin_rate")).to_be_visible()
    expect(chinese.get_by_test_id("stMain").get_by_text("· dso")).to_be_hidden()
