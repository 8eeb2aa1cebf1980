"""The Forecast page as a reader meets it: the numbers of `qudao ask`, an own number that is kept, and its way back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps


def test_the_title_and_the_figures_are_those_of_the_answer(app, open_page):
    page, landing = open_page("/forecast"), app.ask("forecast.landing")
    values = landing["values"]
    title = steps.title(page)
    assert formats.compact(values["expected"], lang="en") in title
    assert formats.probability(values["probability"], lang="en") in title
    order = ["month", "quarter", "next_quarter", "year"]
    rows = sorted(landing["frames"]["periods"], key=lambda row: order.index(row["kind"]))
    shown = steps.kpi_values(page)
    assert shown[: len(rows)] == [formats.compact(row["expected"], lang="en") for row in rows]
    outlook = app.ask("forecast.outlook")["values"]
    assert shown[-1] == formats.rate(outlook["wape"])
    assert page.locator(".stPlotlyChart").count() == 2


def test_a_link_shows_the_same_view_to_a_colleague(app, open_page):
    page = open_page("/forecast?region=South&show=landing&over=year&by=channel")
    assert steps.keys(page) == {"region": "South", "show": "landing", "over": "year", "by": "channel"}
    landing = app.ask("forecast.landing", region="South")
    assert formats.compact(landing["values"]["expected"], lang="en") in steps.title(page)
    expect(page.get_by_role("radio", name="Year", exact=True)).to_be_checked()


def test_an_own_number_stands_flows_up_and_can_be_withdrawn(app, open_page):
    page = open_page("/forecast?region=South&show=changes")
    whole, south = app.ask("forecast.outlook"), app.ask("forecast.outlook", region="South")
    month = south["rows"][0]
    new = round(month["mean"] * 1.5)
    page.get_by_label("New number").fill(str(new))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Reason is needed.")).to_be_visible()
    page.get_by_label("Reason").fill("A new warehouse opens")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("1 change stands above the model"))).to_be_visible()
    app.ask.cache_clear()
    after, south_after = app.ask("forecast.outlook"), app.ask("forecast.outlook", region="South")
    assert south_after["rows"][0]["mean"] == new
    assert south_after["rows"][0]["model"] == month["model"]
    moved = after["rows"][0]["mean"] - whole["rows"][0]["mean"]
    assert moved == pytest.approx(new - month["mean"], abs=0.001)
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("0 changes stand above the model")).to_be_visible()
    app.ask.cache_clear()
    assert app.ask("forecast.outlook")["rows"] == whole["rows"]


def test_the_page_waits_for_the_forecast_and_shows_it_once_it_is_there(app, open_page):
    results = next((app.home / "warehouse" / "snapshots").glob("*/results"))
    kept = {path.name: path.read_bytes() for path in results.glob("forecast_*.parquet")}
    for name in kept:
        (results / name).unlink()
    page = open_page("/forecast")
    expect(page.get_by_role("button", name="Compute it now")).to_be_visible()
    (results / "progress.json").write_text('{"job": "forecast", "done": 120, "of": 300}', encoding="utf-8")
    expect(page.get_by_text("The forecast is being computed: 120 of 300 series")).to_be_visible()
    for name, data in kept.items():
        (results / f"{name}.part").write_bytes(data)
        (results / f"{name}.part").rename(results / name)
    expect(page.locator(".stPlotlyChart")).to_have_count(2)
    assert "should bring" in steps.title(page)
