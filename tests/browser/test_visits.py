"""Visits as a reader meets them: numbers of `qudao ask`, a click that looks closer, a list that opens the dealer."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from dashboard import formats
from tests.browser import steps


def expect_kpis(page, coverage, time, shelf):
    values = coverage["values"]
    expected = [formats.rate(values["visit_coverage"]), *(formats.count(values[id]) for id in (
        "planned_visits", "planned_visits_done", "unplanned_visits")), formats.rate(values["strike_rate"]),
        formats.number(time["values"]["time_deviation"] * 100, 1),
        formats.rate(shelf["values"]["numeric_distribution"])]  # fmt: skip
    expect(page.get_by_test_id("stMetricValue")).to_have_text([re.compile(rf"^{re.escape(t)}\s*$") for t in expected])


def click(page: Page, box: Any) -> None:
    """A click into the middle of a box: what is drawn there lies below the layer that takes the pointer."""
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_page_says_what_the_questions_say_and_a_click_looks_closer(app, open_page):
    page = open_page("/visits")
    expect_kpis(page, app.ask("visits.coverage"), app.ask("visits.time"), app.ask("shelf.distribution"))
    lowest = app.ask("visits.coverage")["rows"][0]
    bars = page.locator(".st-key-chart_coverage_region .barlayer .trace").last
    bars.scroll_into_view_if_needed()
    click(page, bars.locator(".point path").first.bounding_box())
    expect(page).to_have_url(re.compile(f"region={lowest['region_id']}"))
    steps.settled(page)
    keys = steps.keys(page)
    expect_kpis(page, *(app.ask(name, **keys) for name in ("visits.coverage", "visits.time", "shelf.distribution")))
    page.go_back()
    steps.settled(page)
    expect_kpis(page, app.ask("visits.coverage"), app.ask("visits.time"), app.ask("shelf.distribution"))


def test_a_view_travels_and_the_list_of_a_person_opens_its_dealers(app, open_page):
    page = open_page("/visits", keys={"show": "whom"})
    calls = app.ask("visits.calls")
    expect(page.get_by_text(re.compile(rf"^Call on {len(calls['rows'])} dealers next week"))).to_be_visible()
    person = calls["rows"][0]["employee_id"]
    name = calls["rows"][0]["employee_name_en"]
    steps.choose(page, "Sales person", name)
    assert steps.keys(page) == {"show": "whom", "employee": person}
    mine = app.ask("visits.calls", employee=person)["rows"]
    table = page.locator(".st-key-table_calls")
    shown = steps.grid(table)
    assert [row[0] for row in shown[1 : len(mine) + 1]] == [row["dealer_name_en"] for row in mine]
    canvas = table.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    click(page, {"x": box["x"], "y": box["y"] + 31, "width": 120, "height": 31})  # the first row, below the head
    expect(page).to_have_url(re.compile(rf"/dealer\?.*dealer={mine[0]['dealer_id']}"))
    steps.settled(page)
    assert mine[0]["dealer_name_en"] in steps.title(page)


def test_the_effect_is_told_with_its_placebo(app, open_page):
    page = open_page("/visits", keys={"show": "effect"})
    answer = app.ask("visits.effect")
    share = formats.rate(answer["values"]["visit_association"])
    expect(page.get_by_text(f"A visit goes with {share} more orders in each of the next four weeks")).to_be_visible()
    expect(page.get_by_text("The placebo holds")).to_be_visible()
    narrow = open_page("/visits", keys={"show": "effect", "employee": answer["scope"].get("employee") or "E0012"})
    expect(narrow.get_by_text(re.compile("^Cannot tell")).first).to_be_visible()
