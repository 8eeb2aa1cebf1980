"""The Dealers page as a reader meets it: groups, moves, scores, grades and risk, with the numbers of `qudao ask`."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps


def test_the_figures_are_those_of_the_answers(app, open_page):
    page = open_page("/dealers")
    stages = app.ask("dealers.segments", kind="life_cycle")
    by_stage = {row["segment"]: row for row in stages["frames"]["segments"]}
    risk, score = app.ask("dealers.risk")["values"], app.ask("dealers.scorecard")["values"]
    silent = by_stage["dormant"]["dealers"] + by_stage["lost"]["dealers"]
    assert steps.kpi_values(page) == [
        formats.count(by_stage["growing"]["dealers"]), formats.count(by_stage["declining"]["dealers"]),
        formats.count(silent), formats.compact(risk["at_risk"]), formats.rate(risk["promoted_share"]),
        formats.count(score["up"] + score["down"]),
    ]  # fmt: skip


def test_a_card_shows_its_dealers_and_a_link_shows_them_to_a_colleague(app, open_page):
    page = open_page("/dealers?by=life_cycle")
    answer = app.ask("dealers.segments", kind="life_cycle")
    declining = [row for row in answer["rows"] if row["segment"] == "declining"]
    card = page.locator(".st-key-group_declining button")
    card.click()
    steps.settled(page)
    assert steps.keys(page)["item"] == "declining"
    words = f"“Declining”: {len(declining)} dealer"
    expect(page.get_by_text(re.compile(re.escape(words))).first).to_be_visible()
    again = open_page("/dealers?by=life_cycle&item=declining")
    shown = steps.grid(again.locator(".st-key-table_segment_dealers").get_by_test_id("stDataFrame"))
    assert shown[1][0] == declining[0]["dealer_name_en"]
    expect(again.get_by_role("button", name="Show the dealers of all groups")).to_be_visible()


def test_a_click_on_a_disc_picks_the_group(app, open_page):
    page = open_page("/dealers?by=life_cycle")
    point = page.locator(".st-key-chart_segment_map .scatterlayer .trace").last.locator("path.point").first
    point.click(force=True)
    steps.settled(page)
    codes = {row["segment"] for row in app.ask("dealers.segments", kind="life_cycle")["frames"]["segments"]}
    assert steps.keys(page)["item"] in codes


def test_other_thresholds_move_dealers_and_stay_in_the_address(app, open_page):
    page = open_page("/dealers?by=life_cycle")
    page.get_by_role("button", name="What if the thresholds were others").click()
    slider = page.get_by_role("slider", name="Growing from, %")
    slider.focus()
    for _step in range(20):
        slider.press("ArrowRight")
    expect(page).to_have_url(re.compile("cuts=growing%3D0.3(&|$)"))
    steps.settled(page)
    expect(page.get_by_text(re.compile("dealers are in another group than by the settings"))).to_be_visible()
    tried = app.ask("dealers.segments", kind="life_cycle", cuts="growing=0.3")
    expect(page.get_by_text(f"{tried['values']['changed']} dealers are in another group")).to_be_visible()
    unreadable = open_page("/dealers?by=life_cycle&cuts=growing=much")
    expect(unreadable.get_by_text(re.compile("could not be read"))).to_be_visible()
    assert unreadable.get_by_text(re.compile("Traceback")).count() == 0


def test_moves_add_up_and_the_day_can_be_chosen(app, open_page):
    page = open_page("/dealers?show=moves&by=abc")
    values = app.ask("dealers.moves", kind="abc")["values"]
    words = f"{values['moved']} of {formats.count(values['both'])} dealers changed"
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()
    earlier = values["days"][-1]
    page = open_page(f"/dealers?show=moves&by=abc&against={earlier}")
    then = app.ask("dealers.moves", kind="abc", since=earlier)["values"]
    expect(page.get_by_text(re.compile(f"^{then['moved']} of")).first).to_be_visible()


def test_a_score_shows_its_parts_and_takes_an_appeal(app, open_page):
    dealer = app.ask("dealers.scorecard")["rows"][3]
    page = open_page(f"/dealers?show=score&item={dealer['dealer_id']}")
    expect(
        page.get_by_text(re.compile(f"{dealer['dealer_name_en']}: {dealer['score']:.0f} points")).first
    ).to_be_visible()
    page.get_by_role("button", name="Write or answer an appeal").click()
    page.get_by_label("What is objected to").fill("The hail of May closed our shop")
    page.get_by_role("button", name="Save").click()
    steps.settled(page)
    app.ask.cache_clear()
    row = next(r for r in app.ask("dealers.scorecard")["rows"] if r["dealer_id"] == dealer["dealer_id"])
    assert (row["appeal"], row["appeal_state"]) == ("The hail of May closed our shop", "open")
    expect(page.get_by_text("The hail of May closed our shop").first).to_be_visible()


def test_a_grade_is_asked_for_and_its_clock_runs(app, open_page):
    dealer = app.ask("dealers.grades")["rows"][0]
    page = open_page(f"/dealers?show=grades&item={dealer['dealer_id']}")
    page.get_by_role("button", name="Ask for a change, verify or refuse it").click()
    form = page.get_by_test_id("stPopoverBody")
    form.get_by_role("radio", name="B", exact=True).click()
    form.get_by_label("Reason", exact=True).fill("Paid everything last week")
    form.get_by_role("spinbutton").first.click()
    page.keyboard.type("20260629")
    form.get_by_label("Reason", exact=True).click()  # the calendar closes
    form.get_by_role("button", name="Save").click()
    steps.settled(page)
    expect(page.get_by_text(re.compile("1 change of a grade is waiting")).first).to_be_visible()
    app.ask.cache_clear()
    (request,) = app.ask("dealers.grades")["frames"]["requests"]
    assert (request["grade"], request["stage"]) == ("B", "to_verify")


def test_where_groups_are_not_computed_yet_the_page_says_so(app, open_page):
    results = next((app.home / "warehouse" / "snapshots").glob("*/results"))
    kept = results / "dealer_features.parquet"
    data = kept.read_bytes()
    kept.unlink()
    page = open_page("/dealers?show=moves")
    try:
        expect(page.get_by_role("button", name="Compute it now")).to_be_visible()
        assert page.get_by_text(re.compile("Traceback")).count() == 0
    finally:
        kept.write_bytes(data)
