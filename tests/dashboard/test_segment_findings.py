"""Titles of the Dealers page state what the data say, fit, and speak the reader's language."""

from __future__ import annotations

import itertools
import json
import re

import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions.segments_base import KINDS, ORDER
from analytics.segmentation.features import STYLE
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import grades, risk, scorecard, segment_moves, segments
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.findings.segment_words import names, treatment
from dashboard.i18n import use_language

SCOPES = [{}, {"region": "South"}, {"dealer": "D00001"}]
CASES = list(itertools.product(("en", "zh"), SCOPES))


def findings(company, scope):
    for kind in KINDS:
        answer = ask(company, "dealers.segments", scope, kind=kind)
        moved = ask(company, "dealers.moves", scope, kind=kind)
        first = answer.frames["segments"]["segment"].iloc[0]
        yield segments.chart(answer, "CNY", first)
        yield segments.listed(answer, "CNY", "")
        yield segments.listed(answer, "CNY", first)
        yield segments.tried(answer)
        if moved.verdict == "ok":
            yield segment_moves.flow(moved, answer)
            yield segment_moves.listed(moved, answer, "CNY")
            yield segment_moves.steady(moved)
    score = ask(company, "dealers.scorecard", scope)
    yield scorecard.table(score)
    if len(score.frames["dealers"]) == 1:
        yield scorecard.parts(score)
        yield scorecard.ways(score)
    grade = ask(company, "dealers.grades", scope)
    yield grades.money(grade, "CNY")
    yield grades.table(grade, "CNY")
    yield grades.requests(grade)
    at_risk = ask(company, "dealers.risk", scope)
    yield risk.table(at_risk, "CNY")
    yield risk.calibration(at_risk)
    yield risk.dependence(at_risk, "CNY")


@pytest.mark.parametrize(("lang", "keys"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    scope = company.scope(keys)
    with use_language(lang):
        page = segments.page_title(ask(company, "dealers.segments", scope),
                                   ask(company, "dealers.segments", scope, kind="life_cycle"))  # fmt: skip
        assert 0 < length(page) <= PAGE_LIMITS[lang]
        for finding in findings(company, scope):
            assert finding.title, finding.key
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert not re.search(r"nan|None|\{|\}", finding.title + finding.subtitle), finding.title
            assert list(finding.table.columns) == [column.label for column in finding.columns]
            if finding.figure and not finding.frame.empty:
                json.loads(finding.figure(Style(lang=lang)).to_json())


def test_the_title_names_the_group_with_most_sales(company):
    answer = ask(company, "dealers.segments", company.scope())
    cards = answer.frames["segments"]
    largest = cards.loc[cards["net_sales_share"].idxmax()]
    title = segments.page_title(answer, ask(company, "dealers.segments", company.scope(), kind="life_cycle"))
    assert title.startswith(names(cards)[largest["segment"]])
    assert formats.rate(largest["net_sales_share"], 0) in title


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_group_has_a_name_of_its_own_and_a_treatment(lang):
    with use_language(lang):
        for codes in ORDER.values():
            cards = pd.DataFrame({"segment": [*codes, None], "drivers": [[] for _ in range(len(codes) + 1)]})
            told = names(cards)
            assert len(set(told.values())) == len(codes) + 1
            assert len({treatment(code, []) for code in codes}) == len(codes)
        drivers = [[[column, sign]] for column in STYLE for sign in (1.0, -1.0)]
        learned = pd.DataFrame({"segment": [f"G{i}" for i in range(len(drivers))], "drivers": drivers})
        assert len(set(names(learned).values())) == len(drivers)
        words = {treatment("G1", driver) for driver in drivers}
        assert len(words) >= len(drivers) - 2
        assert ("_" in "".join(words)) is False


def test_two_groups_with_the_same_drivers_get_different_names():
    same = [["style_orders", 1.2], ["style_products", 0.9], ["days_late", 0.6]]
    cards = pd.DataFrame({"segment": ["G1", "G2", "G3"], "drivers": [same, same, same]})
    told = names(cards)
    assert told["G1"] == "Order often, wide range"
    assert told["G2"] == "Order often, wide range, pay late"
    assert told["G3"] == "Group 3"


def test_who_is_nearest_to_leaving_has_the_smallest_gap(company):
    answer = ask(company, "dealers.segments", company.scope(), kind="life_cycle")
    frame = answer.frames["dealers"]
    own = frame[frame["segment"] == "mature"].nsmallest(segments.NEAR, "gap")
    said = segments.leaving(answer, "mature", names(answer.frames["segments"]))
    assert [words.split(" → ")[0] for words in said] == own["dealer_name_en"].tolist()
