"""Titles of the Budget page state what the plans bring, fit, and speak the language; sliders know their steps."""

from __future__ import annotations

import itertools
import json
import re

import pandas as pd
import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import budget, budget_cells, budget_words
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language

PLANS = ["", "recommended", "gift-box|South={less}", "tasting|East={more};gift-box|East={more}", "out and in"]
SCOPES = [{}, {"region": "South"}]
CASES = list(itertools.product(("en", "zh"), SCOPES, PLANS))


def told(company, keys, plan, **options):
    """The answer for a plan: amounts are parts of the current spend."""
    scope = company.scope(keys)
    now = ask(company, "budget.evaluate", scope)
    cells = now.frames["cells"].set_index(["type", "region_id"])["current"]
    if plan == "recommended":
        text = now.values["recommended"]
    elif plan == "out and in":  # money changes regions, not types
        if keys:
            return now
        kind = "gift-box"
        amount = 0.3 * min(cells[kind, "South"], cells[kind, "East"])
        text = ";".join(f"{kind}|{region}={cells[kind, region] + sign * amount:.0f}"
                        for region, sign in (("South", 1), ("East", -1)))  # fmt: skip
    else:
        parts = []
        for part in filter(None, plan.split(";")):
            cell, _, word = part.partition("=")
            now_there = cells.get(tuple(cell.split("|")))
            if now_there is not None:
                parts.append(f"{cell}={now_there * {'{less}': 0.5, '{more}': 1.8}[word]:.0f}")
        text = ";".join(parts)
    return ask(company, "budget.evaluate", scope, plan=text, **options)


@pytest.mark.parametrize(("lang", "keys", "plan"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys, plan):
    answer = told(company, keys, plan)
    with use_language(lang):
        page = budget.page_title(answer)
        assert 0 < length(page) <= PAGE_LIMITS[lang], page
        findings = [budget.compared(answer, "CNY"), budget.figures(answer), budget_cells.table(answer, "CNY")]
        findings += [budget_cells.curves(answer, "CNY", region) for region in budget_cells.regions(answer)]
        for finding in findings:
            assert 0 < length(finding.title) <= LIMITS[lang], finding.title
            words = finding.title + finding.subtitle + (finding.note(Style(lang=lang)) if finding.note else "")
            assert not re.search(r"nan|None|\{|\}|_", words), words
            assert list(finding.table.columns) == [column.label for column in finding.columns]
            if finding.figure:
                json.loads(finding.figure(Style(lang=lang)).to_json())
        for text in budget_cells.rests_on(answer):
            assert not re.search(r"nan|None|\{|\}", text), text


def test_the_page_says_what_the_recommended_plan_would_bring(company):
    answer = told(company, {}, "")
    row = answer.frames["plans"].set_index("plan").loc["recommended"]
    cells = answer.frames["cells"]
    moved = (cells["recommended"] - cells["current"]).clip(lower=0).sum()
    title = budget.page_title(answer)
    assert title.startswith(f"Moving {formats.compact(moved)}")
    assert f"{formats.compact(row['expected_gain'])} more" in title
    assert title.endswith(f"{formats.probability(row['p_gain'])} sure")


@pytest.mark.parametrize("plan", PLANS[1:])
def test_the_page_says_what_my_plan_earns_and_how_surely(company, plan):
    answer = told(company, {}, plan)
    row = answer.frames["plans"].set_index("plan").loc["mine"]
    title = budget.page_title(answer)
    assert title.startswith("Your plan ")
    if 0.4 < row["p_gain"] < 0.6:
        assert "toss-up" in title
    elif row["expected_gain"] >= 0:
        assert f"earns about {formats.compact(row['expected_gain'])} more" in title
        assert formats.probability(row["p_gain"]) in title
    else:
        assert f"earns about {formats.compact(-row['expected_gain'])} less" in title
        assert formats.probability(1 - row["p_gain"]) in title


def test_a_plan_that_only_cuts_is_told_so(company):
    answer = told(company, {}, "gift-box|South={less}")
    cut = answer.values["total_current"] - answer.values["total_mine"]
    assert f"cuts {formats.compact(cut)} from Gift box" in budget.page_title(answer)


def test_spending_less_is_recommended_where_the_last_money_loses(company):
    answer = ask(company, "budget.evaluate", company.scope(), marginal_floor=0.0)
    saved = answer.values["total_current"] - answer.values["total_recommended"]
    if saved > 0.01 * answer.values["total_current"]:
        assert budget.page_title(answer).startswith(f"Spending {formats.compact(saved)} less")


def test_the_table_adds_up_to_the_plan(company):
    answer = told(company, {}, "recommended")
    finding = budget_cells.table(answer, "CNY")
    cells = answer.frames["cells"]
    unit = formats.choose_unit([cells.groupby("type")["mine"].sum().max()])
    last = finding.frame.iloc[-1]
    assert last["sum_mine"] == unit.label(cells["mine"].sum())
    for region, part in cells.groupby("region_id"):
        change = unit.label(part["mine"].sum() - part["current"].sum(), signed=True)
        assert last[region] == f"{unit.label(part['mine'].sum())} ({change})"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("now", [1379988.12, 60_123.0, 9_960_000.0, 594_107.6, 412.0, 23_000_000.0])
def test_no_two_steps_of_a_slider_read_alike(lang, now):
    with use_language(lang):
        row = pd.Series({"current": now, "recommended": 0.934 * now, "lower": 0.25 * now, "upper": 2 * now})
        steps = budget_words.steps(row)
        assert len(set(steps.values())) == len(steps) >= 36
        assert list(steps) == sorted(steps)
        assert min(steps) == pytest.approx(0.25 * now, abs=1)
        assert max(steps) == pytest.approx(2 * now, abs=1)
        assert budget_words.nearest(steps, now) == round(now)


def test_there_is_a_title_without_curves(company):
    for values, words in (({"pending": True}, "being computed"), ({"missing": True}, "No promotions imported")):
        answer = told(company, {}, "")
        answer = type(answer)(**{**vars(answer), "values": values, "verdict": "insufficient_evidence"})
        assert words in budget.page_title(answer)
