"""Titles of the Promotions page state what the data say, fit, and speak the reader's language."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import promotion, promotion_words, promotions, promotions_overdue, promotions_plan
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language

SCOPES = [{}, {"period": "2025"}, {"region": "South", "period": "2025"}, {"dealer": "D00001"}, {"period": "2026-03"}]
CASES = list(itertools.product(("en", "zh"), SCOPES))


def findings(company, scope):
    told = ask(company, "promotions.portfolio", scope)
    yield promotions.worthwhile(told)
    yield promotions.listed(told, {})
    yield promotions.quadrant(told, "CNY")
    yield promotions.cells(told)
    yield promotions.forward(told)
    yield promotions_overdue.table(ask(company, "promotions.overdue", scope))
    one = ask(company, "promotions.one", scope)
    if one.verdict == "ok":
        for item in (one, *(ask(company, "promotions.one", scope, promotion=id["promotion_id"])
                            for id in one.values["options"][::5])):  # fmt: skip
            yield promotion.weeks(item, "CNY")
            yield promotion.gross_to_net(item, "CNY")
            yield promotion.naive(item, "CNY")
            yield promotion.checks(item)
            yield promotion.regions(item)
            yield promotion.planned(item)
            yield promotion.cost_lines(item, "CNY")
            yield promotion.dealers(item)
    for kind in ask(company, "promotions.plan", scope).values["types"]:
        plan = ask(company, "promotions.plan", scope, type=kind)
        if plan.verdict == "ok":
            yield promotions_plan.steps(plan, "CNY")
            yield promotions_plan.reckoning(plan, "CNY")
            yield promotions_plan.experiment(plan)
            yield promotions_plan.history(plan)


@pytest.mark.parametrize(("lang", "keys"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    scope = company.scope(keys)
    with use_language(lang):
        page = promotions.page_title(ask(company, "promotions.portfolio", scope))
        assert 0 < length(page) <= PAGE_LIMITS[lang], page
        for finding in findings(company, scope):
            assert finding.title, finding.key
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert not re.search(r"nan|None|\{|\}|_", finding.title + finding.subtitle), (
                finding.title + finding.subtitle
            )
            assert list(finding.table.columns) == [column.label for column in finding.columns]
            if finding.figure and not finding.frame.empty:
                json.loads(finding.figure(Style(lang=lang)).to_json())


def test_the_title_counts_what_paid_lost_and_cannot_be_told(company):
    answer = ask(company, "promotions.portfolio", company.scope({"period": "2025"}))
    frame = answer.frames["promotions"]
    counts = frame["verdict"].value_counts()
    gone = frame[frame["verdict"] == "loss"]
    title = promotions.page_title(answer)
    assert title.startswith(f"{counts['profit']} of {len(frame)} promotions paid")
    assert f"{counts['loss']} lost {formats.compact(float((gone['spend'] - gone['net_margin']).sum()))}" in title
    open_ = counts.get("cannot_tell", 0) + counts.get("refused", 0) - answer.values["promotions_early"]
    assert (f"{open_} we cannot tell" in title) == bool(open_)
    with use_language("zh"):
        assert promotions.page_title(answer).startswith(f"{len(frame)}场促销：{counts['profit']}场赚")


def test_a_promotion_too_young_says_so(company):
    answer = ask(company, "promotions.portfolio", company.scope({"period": "2026-05"}))
    young = answer.frames["promotions"]["end_date"] > pd.Timestamp("2026-05-03")
    assert answer.values["promotions_early"] == young.sum() > 0
    assert f"{young.sum()} too early to tell" in promotions.page_title(answer)
    said = promotions.listed(answer, {}).frame["said"]
    assert said[young].str.contains("eight weeks").all()


def test_a_net_return_names_the_spend_it_is_of(company):
    told = ask(company, "promotions.portfolio", company.scope({}))
    for spend, words in ((3.2e6, "; +2.2M net return on 3.2M measured"), (5.7e6, "; +2.2M net return")):
        values = dict(told.values) | {"cost": 5.7e6, "spend": spend, "net_return": 2.2e6}
        assert promotions.listed(replace(told, values=values), {}).title.endswith(words)


def test_best_first_and_the_charts_hold_the_promotions(company):
    answer = ask(company, "promotions.portfolio", company.scope({"period": "2025"}))
    figure = promotions.worthwhile(answer).figure(Style())
    points = next(trace for trace in figure.data if trace.name == "mean")
    assert list(points.x) == sorted(points.x, reverse=True)
    assert list(points.customdata) == answer.frames["promotions"]["promotion_id"].tolist()[: promotions.SHOWN]


def test_names_lose_the_year_that_all_of_them_bear():
    assert promotion_words.short(["Summer price-off 2026", "Display 2026"]) == ["Summer price-off", "Display"]
    assert promotion_words.short(["2026年夏季特价", "2026年春节礼盒"]) == ["夏季特价", "春节礼盒"]
    mixed = ["Summer 2026", "Summer 2025"]
    assert promotion_words.short(mixed) == mixed
    assert promotion_words.short([]) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_code_has_words(company, lang):
    from analytics.questions import promotions_job

    told = company.result(promotions_job.EXECUTIONS)
    with use_language(lang):
        for code in set(told["reason"]) - {""}:
            assert promotion_words.reason(code) != code
        for code in set(company.result(promotions_job.BY_TYPE)["type"]):
            assert promotion_words.type_name(code) != code
        one = ask(company, "promotions.one", company.scope({"period": "2025"}))
        assert set(one.frames["checks"]["gate"]) <= set(promotion_words.gates())
