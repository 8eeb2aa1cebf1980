"""The Budget page as a reader meets it: sliders dragged, figures as `qudao ask` tells them at once, plans kept."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from dashboard import formats
from tests.browser import steps

SOON = 3.0  # seconds from a key to the new title: the server's part takes hundredths, see the test of the question


def answer_of(app, page: Page) -> dict:
    """What `qudao ask` says of the plan in the address."""
    return app.ask("budget.evaluate", plan=steps.keys(page)["plan"])


def figures_agree(app, page: Page) -> None:
    plans = {row["plan"]: row for row in answer_of(app, page)["frames"]["plans"]}
    mine = plans["mine"]
    assert steps.kpi_values(page) == [
        formats.probability(mine["p_gain"]), formats.probability(mine["p_profit"]),
        formats.compact(mine["gain_lo_80"], signed=True),
    ]  # fmt: skip
    rows = steps.grid(page.locator(".st-key-table_budget_figures"))
    assert rows[1][2] == formats.compact(mine["spend"])
    assert rows[3][1:] == [formats.compact(plans[plan]["profit"], signed=True) for plan in plans]
    gain = mine["expected_gain"]
    assert formats.compact(abs(gain)) in steps.title(page) or "toss-up" in steps.title(page)


def test_the_untouched_page_recommends(app, open_page):
    page = open_page("/budget")
    told = app.ask("budget.evaluate")
    best = {row["plan"]: row for row in told["frames"]["plans"]}["recommended"]
    assert formats.compact(best["expected_gain"]) in steps.title(page)
    assert steps.kpi_values(page)[0] == formats.probability(best["p_gain"])
    expect(page.get_by_text("What this rests on")).to_be_visible()


def test_a_dragged_slider_is_answered_at_once_and_tells_what_the_answer_says(app, open_page):
    page = open_page("/budget?item=South")
    slider = page.get_by_role("slider").first
    took = []
    for _press in range(6):
        before = steps.title(page)
        began = time.monotonic()
        slider.press("ArrowRight")
        page.wait_for_function("before => document.querySelector('h1').innerText !== before", arg=before)
        took.append(time.monotonic() - began)
    steps.settled(page)
    assert sorted(took)[len(took) // 2] < SOON, took
    figures_agree(app, page)
    box, track = slider.bounding_box(), page.get_by_test_id("stSlider").first.bounding_box()
    assert box
    assert track
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x - (x - track["x"]) * 0.8 * step / 10, y)
        page.wait_for_timeout(40)
    page.mouse.up()
    page.wait_for_timeout(400)
    steps.settled(page)
    figures_agree(app, page)
    ((cell, amount),) = (part.split("=") for part in steps.keys(page)["plan"].split(";"))
    row = next(r for r in answer_of(app, page)["rows"] if f"{r['type']}|{r['region_id']}" == cell)
    assert row["lower"] - 1 <= float(amount) < row["current"]
    assert row["region_id"] == "South"


def test_recommended_and_back_and_the_browsers_way_back(app, open_page):
    page = open_page("/budget")
    page.get_by_role("button", name="Use recommended").click()
    expect(page).to_have_url(re.compile("plan="))
    steps.settled(page)
    figures_agree(app, page)
    told = answer_of(app, page)["frames"]["types"]
    shown = [slider.get_attribute("aria-valuetext") or "" for slider in page.get_by_role("slider").all()]
    assert len(shown) == len(told)
    used = steps.title(page)
    page.get_by_role("button", name="Back to current").click()
    expect(page).not_to_have_url(re.compile("plan="))
    steps.settled(page)
    assert steps.title(page) != used
    page.go_back()
    steps.settled(page)
    assert steps.title(page) == used
    assert [slider.get_attribute("aria-valuetext") or "" for slider in page.get_by_role("slider").all()] == shown


def test_a_plan_is_kept_and_opened_by_another_reader(app, open_page):
    page = open_page("/budget", keys={"plan": app.ask("budget.evaluate")["values"]["recommended"]})
    title = steps.title(page)
    page.get_by_role("button", name="Keep this plan").click()
    box = page.get_by_label("Name of the plan")
    box.fill("As recommended in June")
    box.press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("As recommended in June")).to_be_visible()
    other = open_page("/budget")
    assert steps.title(other) != title
    other.locator("[class*=st-key-budget_open] button:visible").click()
    expect(other).to_have_url(re.compile("plan="))
    steps.settled(other)
    assert steps.title(other) == title


def test_floors_change_what_is_recommended(app, open_page):
    page = open_page("/budget")
    page.get_by_role("button", name="Recommended by…").click()
    page.get_by_role("button", name="Stop where the next unit no longer pays").click()
    expect(page).to_have_url(re.compile("marginal_floor"))
    steps.settled(page)
    told = app.ask("budget.evaluate", marginal_floor="0")
    saved = told["values"]["total_current"] - told["values"]["total_recommended"]
    assert saved > 0
    assert f"Spending {formats.compact(saved)} less" in steps.title(page)


def test_a_plan_that_cannot_be_used_is_left_out_with_a_word(open_page):
    page = open_page("/budget", keys={"plan": "gift-box|South=999999999999"})
    expect(page.get_by_text(re.compile("cannot be used with the data"))).to_be_visible()
    assert "plan" not in steps.keys(page)
