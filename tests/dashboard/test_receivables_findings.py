"""Titles and tables of Receivables say what the answer says."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.export.workbook import single
from dashboard.findings import aging_form, collections, receivables
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language


@pytest.fixture(scope="module")
def answer(company):
    return ask(company, "receivables.aging", company.scope())


def everything(company, answer):
    scope = answer.scope
    yield receivables.by_month(answer, "CNY")
    yield receivables.by_office(answer, "CNY")
    yield receivables.movement(ask(company, "receivables.movement", scope), "CNY")
    yield aging_form.form(answer, "CNY")
    yield aging_form.offices(answer, "CNY")
    yield aging_form.dealers(answer, "CNY")
    yield collections.worklist(ask(company, "receivables.worklist", scope), "CNY", 10)
    yield collections.limits(ask(company, "receivables.limits", scope), "CNY")
    yield collections.concentration(ask(company, "receivables.concentration", scope), "CNY")


@pytest.mark.parametrize("keys", [{}, {"region": "South"}, {"as_of": "2026-06-17"}, {"as_of": "2020-01-31"}])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_titles_fit_and_tables_leave(company, keys, lang):
    answer = ask(company, "receivables.aging", company.scope(keys))
    with use_language(lang):
        assert length(receivables.page_title(answer)) <= PAGE_LIMITS[lang]
        for finding in everything(company, answer):
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert "nan" not in finding.title + finding.subtitle
            assert single(finding)


def test_the_page_title_counts_those_who_hold_half(answer):
    overdue = answer.frames["aging"]["overdue"].iloc[:-1].sort_values(ascending=False)
    held = overdue.cumsum()
    few = int(answer.values["half_dealers"])
    assert held.iloc[few - 1] >= overdue.sum() / 2 > (held.iloc[few - 2] if few > 1 else 0)
    assert f"{few} dealer" in receivables.page_title(answer)
    assert formats.compact(answer.values["overdue"]) in receivables.page_title(answer)


def test_what_is_shown_in_thousands_leaves_in_thousands(answer):
    for full, factor in ((True, 1), (False, 1000)):
        finding = aging_form.dealers(answer, "CNY", full=full)
        owed = answer.frames["aging"]["receivables"].iloc[0]
        assert finding.table["Total"].iloc[0] == pytest.approx(owed / factor)
        assert ("thousand" in finding.subtitle) is not full
    form = aging_form.form(answer, "CNY").frame.set_index("class")
    assert form.loc["Total", "share"] == pytest.approx(1.0)


def test_reasons_are_the_numbers_of_the_row():
    row = pd.Series({
        "name": "A", "overdue": 2_000_000.0, "overdue_long": 1_500_000.0, "headroom": -300_000.0, "late_rate": 0.25,
        "own_rate": True, "last_paid": None, "unapplied": 0.0, "promise_passed": "2026-06-27", "next_step": "call",
        "average_days": 41.6, "due_soon": 0.0,
    })  # fmt: skip
    assert collections.sentence(row) == "2.0M overdue, 42 days late on average"
    assert collections.chip(row) == "Promise passed"
    assert collections.reason(row) == (
        "“call” was due on 27 Jun, no result yet, 1.5M over 30 days late, 300k over the limit, "
        "25% of a year’s money over 30 days late, never paid"
    )
