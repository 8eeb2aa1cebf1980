"""The Briefing as a reader meets it: the numbers are those of `qudao ask`, the address holds the view."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard import formats
from tests.browser import steps


def shown(answer: dict, lang: str = "en") -> list[str]:
    """The KPI row that belongs to an answer."""
    values = answer["values"]
    kinds = {"net_sales": "money", "attainment": "rate", "gross_margin_rate": "rate", "overdue_share": "rate",
             "dso": "days", "visit_coverage": "rate"}  # fmt: skip
    return [formats.measure(values[id], kind, lang=lang) for id, kind in kinds.items()]


def test_opens_with_the_numbers_of_the_answer(app, open_page):
    page = open_page("/")
    answer = app.ask()
    assert steps.kpi_values(page) == shown(answer)
    gap = next(row for row in answer["rows"] if row["measure"] == "net_sales")["target_change"]
    assert formats.compact(abs(gap), lang="en") in steps.title(page)
    assert page.locator(".stPlotlyChart").count() == 3
    assert "Qinghe Drinks" in page.locator("body").inner_text()
    expect(page).to_have_title(re.compile("Briefing|Qudao"))
