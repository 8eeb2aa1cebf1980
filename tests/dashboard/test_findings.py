"""Titles state what the data say: numbers read back from the title equal the answer, in both languages."""

from __future__ import annotations

import itertools
import re

import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import actions, briefing
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length, titled
from dashboard.i18n import use_language

SCOPES = [
    {}, {"period": "2026-Q2"}, {"period": "2026-06", "region": "South"}, {"period": "2025", "compare": "previous"},
    {"period": "2026", "compare": "selling_days"}, {"period": "2026-02", "compare": "lunar"}, {"compare": "target"},
    {"period": "2024-06"}, {"period": "2001-01"}, {"period": "all"}, {"region": "CN-GD"},
]  # fmt: skip
CASES = list(itertools.product(("en", "zh"), SCOPES))


def findings(company, answer):
    return [briefing.trend(answer, "CNY"), briefing.gap(answer, "CNY"), briefing.regions(answer, "CNY"),
            actions.actions(ask(company, "actions.list", answer.scope))]  # fmt: skip


@pytest.mark.parametrize(("lang", "keys"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    answer = ask(company, "overview", company.scope(keys))
    with use_language(lang):
        page = briefing.page_title(answer)
        assert page
        assert length(page) <= PAGE_LIMITS[lang]
        for finding in findings(company, answer):
            assert finding.title, finding.key
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert "nan" not in finding.title.lower()
            assert "nan" not in finding.subtitle.lower()
            assert list(finding.table.columns) == [column.label for column in finding.columns]
            assert len({*finding.table.columns}) == len(finding.columns)  # a table with two equal heads cannot be shown
            if lang == "zh":
                words = set(re.findall(r"[A-Za-z]{4,}", finding.title + finding.subtitle))
                assert not words, words
            if finding.figure is not None and len(finding.frame):
                for mode in ("light", "dark"):
                    assert finding.figure(Style(mode, "standard", lang)).data


def test_the_page_title_states_the_gap_and_the_region_that_misses_most(company):
    answer = ask(company, "overview", company.scope())
    sales = answer.frames["kpis"].set_index("measure").loc["net_sales"]
    worst = answer.frames["regions"].nsmallest(1, "gap").iloc[0]
    title = briefing.page_title(answer)
    assert formats.compact(abs(sales["target_change"])) in title
    assert formats.rate(abs(sales["target_change_rate"])) in title
    assert ("under target" in title) == (sales["target_change"] < 0)
    if "alone" in title:
        assert f"{worst['region_name_en']} alone is {formats.compact(-worst['gap'])} short" in title


def test_without_targets_the_title_compares_with_the_period_asked_for(company):
    product = company.store.names("product").index[0]  # nobody sets targets by product
    scope = company.scope({"period": "2026-Q2", "compare": "previous", "product": product})
    answer = ask(company, "overview", scope)
    sales = answer.frames["kpis"].set_index("measure").loc["net_sales"]
    title = briefing.page_title(answer)
    assert formats.rate(abs(sales["change_rate"])) in title
    assert ("above the period before" if sales["change"] >= 0 else "below the period before") in title


def test_titles_say_when_a_period_lies_outside_the_data(company):
    after = ask(company, "overview", company.scope({"period": "2026-07"}))
    assert briefing.page_title(after) == "Nothing is known of Jul 2026 yet: the data end on 30 Jun 2026"
    before = ask(company, "overview", company.scope({"period": "1990"}))
    assert briefing.page_title(before) == "1990 lies before the data begin"


def test_subtitles_say_whom_a_filtered_view_is_about(company):
    category, english = next(iter(company.store.categories.items()))
    answer = ask(company, "overview", company.scope({"region": "South", "category": category}))
    for finding in findings(company, answer):
        assert finding.subtitle.startswith(f"South, {english} · ")
    with use_language("zh"):
        assert briefing.trend(answer, "CNY").subtitle.startswith(f"华南、{category} · ")


def test_the_trend_title_counts_the_months_that_missed(company):
    answer = ask(company, "overview", company.scope())
    frame = answer.frames["trend"].dropna(subset=["actual", "target"])
    missed = int((frame["actual"] < frame["target"]).sum())
    title = briefing.trend(answer, "CNY").title
    if 0 < missed < len(frame):
        assert title.startswith(f"{missed} of {len(frame)} months missed target")
        worst = (frame["actual"] / frame["target"] - 1).min()
        assert formats.rate(-worst) in title


def test_the_bridge_is_drawn_from_steps_that_add_up(company):
    finding = briefing.gap(ask(company, "overview", company.scope()), "CNY")
    steps = finding.frame[finding.frame["kind"] != "total"]["gap"].sum()
    assert steps == pytest.approx(finding.frame.iloc[-1]["gap"], abs=1)


def test_exceptions_name_subject_money_and_owner(company):
    finding = actions.actions(ask(company, "actions.list", company.scope()))
    assert len(finding.frame) >= 3
    assert finding.frame["owner"].ne("–").all()
    for _, row in finding.frame.iterrows():
        name = row["subject_name_en"] or row["subject_name"]
        assert name in row["sentence"]
    assert formats.compact(finding.frame["money"].sum()) in finding.title


def test_clauses_fall_off_from_the_end():
    first, second = "a" * 60, "b" * 60
    assert titled(first, second) == first
    assert titled("short", "", "other") == "short; other"
    with use_language("zh"):
        assert titled("短", "另") == "短；另"


def test_length_counts_two_digits_as_one_chinese_character():
    with use_language("zh"):
        assert length("差2,663万") == 2 + 2.5
    assert length("abc") == 3


def test_file_names_hold_finding_scope_and_day(company):
    finding = briefing.trend(ask(company, "overview", company.scope({"region": "South"})), "CNY")
    assert "missed" in finding.file_name or "target" in finding.file_name or "above" in finding.file_name
    assert "South" in finding.file_name
    assert finding.file_name.endswith("2026-06-30")
    assert not set('/\\:*?"<>|') & set(finding.file_name)
