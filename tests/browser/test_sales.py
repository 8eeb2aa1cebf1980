"""The Sales page as a reader meets it: the way down and back by clicks, any two periods, the dealer behind a row."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from analytics.questions import ask
from dashboard import formats
from data.company import Company
from data.measures import measure
from tests.browser import steps

KPIS = ("net_sales", "gross_margin", "quantity", "price", "orders", "active_dealers")


def shown(values: dict[str, Any]) -> list[str]:
    """The KPI row that belongs to the values of sales.summary."""
    return [formats.measure(values[id], measure(id).unit, lang="en") for id in KPIS]


def values_of(company: Company, keys: dict[str, str]) -> list[str]:
    return shown(ask(company, "sales.summary", company.scope(keys)).values)


def click_bar(page: Page, row: int) -> None:
    """Click the AC bar of a row, where nothing stands before it."""
    bar = page.locator(".st-key-chart_drill g.trace.bars").nth(1).locator("g.point path").nth(row)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def crumbs(page: Page) -> list[str]:
    return page.locator("[class*=st-key-crumb_] button").all_inner_texts()


def test_down_to_a_product_and_back(app, open_page, company: Company):
    page = open_page("/sales")
    assert steps.kpi_values(page) == shown(app.ask("sales.summary")["values"])
    followed: list[dict[str, str]] = [{}]
    while not (below := ask(company, "sales.drill", company.scope(followed[-1]))).values["deepest"]:
        key = below.values["key"]
        id = below.frames["by"][f"{key}_id"].iloc[0]
        click_bar(page, 0)
        expect(page).to_have_url(re.compile(f"{key}={re.escape(id)}"))
        steps.settled(page)
        followed.append(followed[-1] | {key: id})
        assert {k: v for k, v in steps.keys(page).items() if k in ("region", "dealer", "product")} == followed[-1]
        assert steps.kpi_values(page) == values_of(company, followed[-1])
    assert list(followed[-1]) == ["region", "dealer", "product"]
    assert len(followed) >= 5
    expect(page.get_by_text("Nothing lies below: one product of one dealer.")).to_be_visible()
    assert crumbs(page)[:2] == [
        "Everything",
        company.store.names("region").loc[followed[1]["region"], "region_name_en"],
    ]
    page.go_back()
    steps.settled(page)
    assert "product" not in steps.keys(page)
    page.locator("[class*=st-key-crumb_1] button").click()
    expect(page).to_have_url(re.compile(f"region={followed[1]['region']}(&|$)"))
    steps.settled(page)
    assert steps.kpi_values(page) == values_of(company, followed[1])
    page.locator("[class*=st-key-crumb_0] button").click()
    expect(page.locator("[class*=st-key-crumb_]")).to_have_count(0)
    steps.settled(page)
    assert steps.kpi_values(page) == values_of(company, {})


def test_a_bridge_between_any_two_periods_travels_by_its_address(open_page):
    page = open_page("/sales", keys={"show": "bridge", "by": "region", "against": "2025-Q3", "period": "2026-Q2"})
    expect(page.get_by_role("combobox", name="From which period")).to_have_value(re.compile("Jul–Sep 2025"))
    expect(page.get_by_text(re.compile("Jul–Sep 2025 to Apr–Jun 2026")).first).to_be_visible()
    steps.choose(page, "From which period", "from the compared period")
    assert "against" not in steps.keys(page)
    expect(page.get_by_text(re.compile("Apr–Jun 2025 to Apr–Jun 2026")).first).to_be_visible()


def test_a_row_opens_the_dealer(open_page, company: Company):
    page = open_page("/sales", keys={"show": "dealers"})
    lost = ask(company, "sales.dealers", company.scope()).frames["dealers"].query("status == 'lost'")
    expect(page.get_by_text(re.compile(rf"^{len(lost)} dealers? to win back"))).to_be_visible()
    canvas = page.locator(".st-key-table_dealers_list canvas").first
    canvas.scroll_into_view_if_needed()
    table = canvas.bounding_box()
    assert table
    page.mouse.click(table["x"] + 60, table["y"] + 50)
    expect(page).to_have_url(re.compile(rf"/dealer\?.*dealer={lost['dealer_id'].iloc[0]}"))
