"""The Promotions page as a reader meets it: the numbers of `qudao ask`, one promotion, an evaluation, a plan."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps

YEAR = "period=2025"


def test_the_figures_are_those_of_the_answer(app, open_page):
    page = open_page(f"/promotions?{YEAR}")
    v = app.ask("promotions.portfolio", period="2025")["values"]
    assert steps.kpi_values(page) == [
        formats.compact(v["cost"]), formats.compact(v["net_return"], signed=True),
        formats.number(v["roi"], 2, signed=True), formats.rate(v["efficiency"], 0),
        f"{v['promotions_profit'] + v['promotions_loss']} of {v['promotions']}",
    ]  # fmt: skip
    assert f"{v['promotions_profit']} of {v['promotions']} promotions paid" in steps.title(page)


def test_a_click_on_a_point_opens_that_promotion(app, open_page):
    page = open_page(f"/promotions?{YEAR}")
    best = app.ask("promotions.portfolio", period="2025")["rows"][0]
    point = page.locator(".st-key-chart_promotions_worth .scatterlayer .trace").last.locator("path.point").first
    point.click(force=True)
    steps.settled(page)
    assert steps.keys(page) | {"show": "one", "item": best["promotion_id"]} == steps.keys(page)
    expect(page.get_by_text(re.compile(re.escape(best["promotion_name_en"]) + ": .")).first).to_be_visible()


def test_an_evaluation_is_kept_and_told(app, open_page):
    page = open_page("/promotions?show=evaluation")
    first = app.ask("promotions.overdue")
    before = first["values"]["overdue"]
    page.get_by_role("radio", name="Repeat", exact=True).click()
    page.get_by_label("Conclusion").fill("It paid in every region.")
    page.get_by_role("button", name="Save").click()
    steps.settled(page)
    expect(page.get_by_text(f"Evaluation · {before - 1} overdue")).to_be_visible()
    now = app.ask("promotions.overdue", period="2025")  # the period does not act: the answer is asked for anew
    kept = {row["promotion_id"]: row for row in now["rows"]}[first["rows"][0]["promotion_id"]]
    assert (kept["state"], kept["decision"]) == ("evaluated", "repeat")
    assert kept["conclusion"] == "It paid in every region."
    expect(page.get_by_role("combobox", name="Promotion")).to_have_value(first["rows"][1]["promotion_name_en"])


def test_a_plan_stays_in_the_address(app, open_page):
    page = open_page("/promotions?show=plan&by=gift-box")
    box = page.get_by_role("spinbutton", name="Dealers")
    box.fill("40")
    box.press("Enter")
    expect(page).to_have_url(re.compile("cuts=dealers%3D40"))
    steps.settled(page)
    expect(page.get_by_text(re.compile("40 dealers, 4 weeks"))).to_be_visible()
