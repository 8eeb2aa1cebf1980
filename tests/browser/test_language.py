"""Two languages, two modes, two sizes of window."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps

CHINESE = re.compile("[\u4e00-\u9fff]")
PHONE = {"width": 390, "height": 844}


def test_switching_the_language_and_back(app, open_page):
    page = open_page(keys={"period": "2026-05"})
    values, answer = steps.kpi_values(page), app.ask(period="2026-05")["values"]
    expect(page.locator("h1").first).not_to_have_text(CHINESE)

    steps.switch_language(page, "中文")
    assert steps.keys(page) == {"period": "2026-05", "lang": "zh"}
    expect(page.locator("h1").first).to_have_text(CHINESE)
    expect(page.get_by_role("banner").get_by_role("link").nth(0)).to_have_text(CHINESE)
    expect(page.get_by_role("combobox", name="期间")).to_have_value("2026年5月")
    assert steps.kpi_values(page)[0] == formats.compact(answer["net_sales"], lang="zh")
    steps.choose(page, "期间", "2026年4月")  # filters act the same
    assert steps.keys(page) == {"period": "2026-04", "lang": "zh"}

    for _step in range(2):
        page.go_back()
        steps.settled(page)
    expect(page.locator("h1").first).not_to_have_text(CHINESE)
    assert steps.kpi_values(page) == values
    expect(page.get_by_role("banner").get_by_role("link").nth(0)).to_have_text(re.compile("Briefing"))


def test_a_menu_keeps_the_view_and_the_language(app, open_page):
    page = open_page(keys={"period": "2026-05", "lang": "zh"})  # an address outweighs the browser's language
    numbers = steps.kpi_values(page)
    menu = page.get_by_role("banner").get_by_role("link")
    menu.filter(has_text="指标口径").click()
    expect(page).to_have_url(re.compile("/definitions"))
    expect(page.locator("h1")).to_have_text(re.compile("个指标"))
    steps.settled(page)
    menu.nth(0).click()
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible()
    steps.settled(page)
    assert steps.keys(page) == {"period": "2026-05", "lang": "zh"}
    assert steps.kpi_values(page) == numbers


def test_the_browser_chooses_the_language_where_nothing_else_does(app, open_page):
    assert CHINESE.search(steps.title(open_page(lang="zh")))


@pytest.mark.parametrize("path", ["/", "/definitions"])
def test_dark_pages_are_dark(app, open_page, path: str):
    page = open_page(path, scheme="dark")
    assert steps.background(page) == "rgb(16, 21, 29)"
    for chart in page.locator(".stPlotlyChart .main-svg").all():
        assert "rgb(255, 255, 255)" not in (chart.get_attribute("style") or "")
    if path == "/":  # what leaves is light
        figure = steps.open_details(page, "trend").locator(".main-svg").first
        assert re.search(r"background:\s*rgb\(255, 255, 255\)|white|#fff", figure.get_attribute("style") or "", re.I)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_cut_off(app, open_page, lang: str):
    assert steps.overflow(open_page(lang=lang)) == []
    for path in ("/", "/definitions"):
        page = open_page(path, lang=lang, **PHONE)
        assert steps.overflow(page) == [], path
        if path == "/":
            for chart in page.locator(".stPlotlyChart").all():
                box = chart.bounding_box()
                assert box
                assert box["width"] > 280
            dialog = steps.open_details(page, "trend")
            box = dialog.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
