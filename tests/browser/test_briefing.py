"""The Briefing as a reader meets it: the numbers are those of `qudao ask`, and the address holds the view."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from dashboard import formats
from dashboard.i18n import Lang
from data.company import Company
from data.measures import measure
from tests.browser import steps
from tests.browser.conftest import App

KPIS = ("net_sales", "attainment", "gross_margin_rate", "overdue_share", "visit_coverage")


def shown(app: App, answer: dict[str, Any], lang: Lang = "en") -> list[str]:
    """The KPI row that belongs to an answer; the year's landing stands third."""
    row = [formats.measure(answer["values"][id], measure(id).unit, lang=lang) for id in KPIS]
    landing = app.ask("forecast.landing", **{key: text for key, text in answer["scope"].items() if key != "as_of"})
    year = next(period for period in landing["frames"]["periods"] if period["kind"] == "year")
    return [*row[:2], formats.compact(year["expected"], lang=lang), *row[2:]]


def expect_kpis(app: App, page: Page, answer: dict[str, Any], lang: Lang = "en") -> None:
    expected = [re.compile(rf"^{re.escape(text)}\s*$") for text in shown(app, answer, lang)]
    expect(page.get_by_test_id("stMetricValue")).to_have_text(expected)


def test_opens_with_the_numbers_of_the_answer(app, open_page):
    page, answer = open_page(), app.ask()
    assert steps.kpi_values(page) == shown(app, answer)
    sales = next(row for row in answer["rows"] if row["measure"] == "net_sales")
    direction = "under" if sales["target_change"] < 0 else "above"
    amount = formats.compact(abs(sales["target_change"]), lang="en")
    share = formats.rate(abs(sales["target_change_rate"]))
    assert f"{amount} ({share}) {direction} target" in steps.title(page)
    assert page.locator(".stPlotlyChart").count() == 3
    for chart in page.locator(".stPlotlyChart").all():
        assert len(chart.get_attribute("aria-label") or "") > 20
    listed = page.get_by_text(re.compile(r"^\d+ things? to decide, "))
    expect(listed).to_have_text(re.compile(rf"^{len(answer['frames']['exceptions'])} "))


def test_a_view_travels_by_its_address(app, open_page):
    page = open_page()
    steps.choose(page, "Period", "May 2026")
    assert steps.keys(page) == {"period": "2026-05"}
    may = app.ask(period="2026-05")
    expect_kpis(app, page, may)
    steps.choose(page, "Region", "South")
    here = steps.keys(page)
    assert here["period"] == "2026-05"
    south = app.ask(**here)
    assert south["values"]["net_sales"] < may["values"]["net_sales"]
    expect_kpis(app, page, south)

    colleague = open_page(page.url, lang="zh")  # another reader, another language, the same numbers
    expect_kpis(app, colleague, south, "zh")
    assert re.search("[\u4e00-\u9fff]", steps.title(colleague))

    page.go_back()
    steps.settled(page)
    expect_kpis(app, page, may)
    expect(page.get_by_role("combobox", name="Region")).to_have_value("All regions")
    page.go_back()
    steps.settled(page)
    expect_kpis(app, page, app.ask())
    page.go_forward()
    steps.settled(page)
    expect_kpis(app, page, may)


def test_more_filters_act_and_land_in_the_address(app, open_page, company: Company):
    page = open_page()
    category, spoken = next((id, name) for id, name in company.store.categories.items() if name != id)
    names = company.store.names("dealer")["dealer_name_en"]
    dealer, called = next((id, name) for id, name in names.items() if (names == name).sum() == 1)
    page.get_by_role("button", name="More filters").click()
    popover = page.get_by_test_id("stPopoverBody")
    popover.get_by_role("combobox", name="Category").click()
    page.get_by_role("option", name=spoken, exact=True).click()
    expect(page).to_have_url(re.compile("category="))
    steps.settled(page)
    assert steps.keys(page) == {"category": category}
    expect_kpis(app, page, app.ask(category=category))

    popover.get_by_text("Category", exact=True).click()  # the list closes, the filters stay open
    box = popover.get_by_role("combobox", name="Dealer")
    box.click()
    box.fill(called)
    page.get_by_role("option", name=called, exact=True).click()
    expect(page).to_have_url(re.compile("dealer="))
    steps.settled(page)
    assert steps.keys(page) == {"category": category, "dealer": dealer}
    expect_kpis(app, page, app.ask(category=category, dealer=dealer))
    expect(page.get_by_text(f"{spoken} · {called}", exact=True)).to_be_visible()

    popover.get_by_text("Dealer", exact=True).click()
    popover.get_by_role("button", name="Clear these filters").click()
    expect_kpis(app, page, app.ask())
    assert steps.keys(page) == {}


def test_a_period_of_ones_own(app, open_page):
    page = open_page()
    page.get_by_role("button", name="More filters").click()
    popover = page.get_by_test_id("stPopoverBody")
    for day, parts in (("start", ("2026", "03", "05")), ("end", ("2026", "04", "18"))):
        for name, text in zip(("year", "month", "day"), parts, strict=True):
            popover.get_by_role("spinbutton", name=f"{name}, Custom period {day} date").press_sequentially(text)
    popover.get_by_text("Custom period", exact=True).click()  # the calendar closes, the period counts
    expect(page).to_have_url(re.compile(r"period=2026-03-05\.\.2026-04-18"))
    steps.settled(page)
    expect_kpis(app, page, app.ask(period="2026-03-05..2026-04-18"))
    expect(page.get_by_role("combobox", name="Period")).to_have_value("5 Mar – 18 Apr 2026")


def test_share_gives_a_link_to_this_view(app, open_page):
    page = open_page(keys={"period": "2026-Q1", "compare": "previous", "category": "白酒"})
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share this view")
    link = dialog.get_by_test_id("stCode").inner_text().strip()
    assert link.startswith(app.url)
    dialog.get_by_role("textbox").fill("Monday meeting")
    dialog.get_by_role("textbox").press("Tab")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()

    other = open_page(link)
    steps.settled(page)
    assert steps.kpi_values(other) == steps.kpi_values(page)
    assert steps.title(other) == steps.title(page)

    third = open_page(keys={"region": "South"})
    third.get_by_role("button", name="Share", exact=True).click()
    saved = third.get_by_role("dialog", name="Share this view")
    saved.get_by_role("button", name="Open view", exact=True).click()
    expect(third).to_have_url(re.compile("period=2026-Q1"))
    steps.settled(third)
    assert "region" not in steps.keys(third)
    assert steps.kpi_values(third) == steps.kpi_values(page)


def test_an_address_of_nonsense_says_so(app, open_page):
    page = open_page(keys={"period": "yesterdayish", "region": "Atlantis", "compare": "vibes", "lang": "tlh", "x": "1"})
    for nonsense in ("yesterdayish", "Atlantis", "vibes"):
        expect(page.get_by_text(f"“{nonsense}” could not be read")).to_be_visible()
    expect_kpis(app, page, app.ask())
    assert page.get_by_text("Traceback").count() == 0


def test_a_view_without_sales_explains_itself(app, open_page, company: Company):
    scope = company.scope({"period": "2026-06"})
    selling = set(company.store.measure(scope, ("net_sales",), ("dealer",)).dropna()["dealer_id"].astype(str))
    silent = next(id for id in company.store.names("dealer").index if str(id) not in selling)
    page = open_page(keys={"period": "2026-06", "dealer": str(silent)})
    answer = app.ask(period="2026-06", dealer=str(silent))
    assert not answer["values"]["net_sales"]
    expect_kpis(app, page, answer)
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("This page could not be shown").count() == 0
    expect(page.get_by_text(re.compile("Nothing to show here|Nothing stands out")).first).to_be_visible()
    assert not re.search(r"\bnan\b|\bNone\b|inf\b", page.get_by_test_id("stMain").inner_text())
