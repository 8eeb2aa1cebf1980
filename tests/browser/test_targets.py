"""Targets as a reader meets them: the numbers of the answer, drilling by click, a variance note, written potentials."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from dashboard import formats
from data.ledger import Ledger
from tests.browser import steps

ROW = 31  # px of a table row


def kpis(values: dict[str, Any]) -> list[str]:
    money = [formats.compact(values[id], lang="en") for id in ("target", "net_sales")]
    rates = [formats.rate(values[id]) for id in ("attainment", "pace")]
    return [*money, *rates, formats.compact(values["gap"], lang="en", signed=True)]


def expect_kpis(page: Page, values: dict[str, Any]) -> None:
    expected = [re.compile(rf"^{re.escape(text)}\s*$") for text in kpis(values)]
    for place, text in enumerate(expected):
        expect(page.get_by_test_id("stMetricValue").nth(place)).to_have_text(text)


def click_bar(page: Page, row: int) -> None:
    """Click the AC bar of a row, where nothing stands before it."""
    bar = page.locator(".st-key-chart_reached_region g.trace.bars").nth(1).locator("g.point path").nth(row)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_the_numbers_of_the_answer_and_down_by_a_click(app, open_page):
    page, answer = open_page("/targets"), app.ask("targets.attainment")
    expect_kpis(page, answer["values"])
    assert formats.compact(-answer["values"]["gap"], lang="en") in steps.title(page)
    table = steps.grid(page.get_by_test_id("stDataFrame").first)
    assert table[1][0] == answer["rows"][0]["region_name_en"]
    assert round(float(table[1][3]), 2) == answer["rows"][0]["gap"]

    click_bar(page, 0)
    expect(page).to_have_url(re.compile("region="))
    steps.settled(page)
    region = steps.keys(page)["region"]
    assert region == answer["rows"][0]["region_id"]
    below = app.ask("targets.attainment", region=region)
    expect_kpis(page, below["values"])

    table = page.get_by_test_id("stDataFrame").first  # further down by a click on a row, and only one step
    table.scroll_into_view_if_needed()
    table.click(position={"x": 60, "y": ROW * 1.5})
    expect(page).to_have_url(re.compile(f"region={below['rows'][0]['region_id']}"))
    steps.settled(page)
    assert steps.keys(page)["region"] == below["rows"][0]["region_id"]
    page.go_back()
    steps.settled(page)
    expect_kpis(page, below["values"])
    page.go_back()
    steps.settled(page)
    expect_kpis(page, answer["values"])


def test_a_year_that_runs_says_what_each_day_must_bring(app, open_page):
    page = open_page("/targets", keys={"period": "2026"})
    values = app.ask("targets.attainment", period="2026")["values"]
    assert steps.kpi_values(page)[-1] == formats.compact(values["needed_a_day"], lang="en")
    expect(page.get_by_text(f"{values['days_left']} selling days left")).to_be_visible()


def test_the_plan_that_does_not_add_up(app, open_page):
    page = open_page("/targets", keys={"show": "plan"})
    answer = app.ask("targets.decomposition")
    (found,) = answer["frames"]["open"]
    said = f"{found['region_name_en']}: the target is {formats.compact(found['difference'], lang='en')}"
    expect(page.get_by_text(f"1 target does not add up; {said}")).to_be_visible()
    page.get_by_role("combobox", name="Levels").click()
    page.get_by_role("option", name="Sales people → Dealers").click()
    expect(page.get_by_text(re.compile(r"^All \d+ targets add up over the dealers"))).to_be_visible()
    assert steps.keys(page)["item"] == "employee>dealer"


def test_a_variance_note_is_kept_with_its_history(app, open_page):
    page = open_page("/targets", keys={"show": "gap", "region": "South"})
    gap = app.ask("targets.notes", region="South")["frames"]["subjects"][0]["gap"]
    assert page.get_by_label("Size of the variance").input_value() == str(round(gap))
    for text in ("Visit the five", "Visit the five by June"):
        page.get_by_label("Way to close it").fill(text)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text(re.compile(f"Way to close it: {text}$"))).to_be_visible()
        steps.settled(page)
    expect(page.get_by_text("1 variance note", exact=True)).to_be_visible()
    kept = Ledger(app.home).latest("variance_note")[-1]
    assert (kept.body["way"], kept.body["size"]) == ("Visit the five by June", round(gap))
    page.reload()
    steps.settled(page)
    expect(page.get_by_text(re.compile("Visit the five by June"))).not_to_have_count(0)
    assert len(page.get_by_text(re.compile("· local ·")).all()) == 2


def test_potentials_are_written_and_compared(app, open_page):
    page = open_page("/targets", keys={"show": "potential"})
    expect(page.get_by_text(re.compile("^Sales follow the targets"))).to_be_visible()
    editor = page.get_by_test_id("stDataFrame").first
    rows = app.ask("targets.potential")["rows"]
    for place, amount in enumerate((10, 70, 60, 50, 40, 30, 20)):  # the largest region has the smallest potential
        box = editor.bounding_box()
        assert box is not None
        page.mouse.dblclick(box["x"] + box["width"] * 0.5, box["y"] + ROW * (place + 1) + ROW / 2)
        cell = page.locator("#portal textarea, #portal input").first
        expect(cell).to_be_visible()
        cell.fill(str(amount))
        cell.press("Enter")
        steps.settled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("Potential is what was written down here"))).to_be_visible()
    steps.settled(page)
    kept = {entry.subject: entry.body["amount"] for entry in Ledger(app.home).latest("potential")}
    assert kept[f"region:{rows[0]['region_id']}"] == 10
    assert len(kept) == 7
    expect(page.get_by_text(re.compile(r"rank correlation"))).not_to_have_count(0)
