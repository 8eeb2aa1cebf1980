"""Titles of the Targets page state what the data say, fit, and speak the reader's language."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import gap, plan, potential, targets, variance_notes
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language

SCOPES = [{}, {"period": "2026", "region": "CN-GD"}, {"period": "2001-01"}, {"period": "2026-08", "compare": "target"},
          {"category": "茶饮料"}]  # fmt: skip
CASES = [*itertools.product(("zh",), SCOPES), ("en", SCOPES[0]), ("en", SCOPES[1])]


def findings(company, scope):
    for by in targets.groupings():
        answer = ask(company, "targets.attainment", scope, by=by)
        yield targets.reached(answer, by, "CNY")
        yield targets.rows(answer, by, "CNY")
        if by in targets.OF_DEALERS:
            yield targets.usual(answer, by)
    for by in ("dealer", "category", "product"):
        yield gap.gap(ask(company, "targets.gap", scope, by=by, side="short"), "CNY")
    yield targets.tasks(ask(company, "targets.tasks", scope), "CNY")
    levels = ask(company, "targets.decomposition", scope)
    yield plan.unsolved(levels, "CNY")
    yield plan.ladder(levels, "CNY")
    for pair in plan.pairs(levels):
        yield plan.parts(levels, pair, "CNY")
    for by in ("region", "employee"):
        answer = ask(company, "targets.potential", scope, by=by)
        yield potential.ranks(answer)
        yield potential.sheet(answer)
    yield variance_notes.notes(ask(company, "targets.notes", scope), "CNY")


@pytest.mark.parametrize(("lang", "keys"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    scope = company.scope(keys)
    with use_language(lang):
        page = targets.page_title(ask(company, "targets.attainment", scope))
        assert page
        assert length(page) <= PAGE_LIMITS[lang], page
        for finding in findings(company, scope):
            words = finding.title + finding.subtitle + " ".join(finding.table.columns)
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert "nan" not in words.lower()
            assert len({*finding.table.columns}) == len(finding.columns), finding.key
            if lang == "zh":
                assert not set(re.findall(r"[A-Za-z]{4,}", words)), words
            else:
                assert not re.search("[\u4e00-\u9fff]", words), words
            if finding.figure is not None and len(finding.frame):
                assert finding.figure(Style("light", "standard", lang)).data
                if finding.note:
                    finding.note(Style("light", "standard", lang))


def test_the_page_title_states_what_is_reached_and_who_misses_most(company):
    answer = ask(company, "targets.attainment", company.scope())
    title = targets.page_title(answer)
    assert formats.rate(answer.values["attainment"]) in title
    assert formats.compact(-answer.values["gap"]) in title
    worst = answer.frames["by"].iloc[0]
    assert f"{worst['region_name_en']} alone is {formats.compact(-worst['gap'])} short" in title
    ahead = targets.page_title(ask(company, "targets.attainment", company.scope({"period": "2026-09"})))
    assert "lies ahead" in ahead
    running = targets.page_title(ask(company, "targets.attainment", company.scope({"period": "2026"})))
    assert "behind pace" in running


def test_the_planted_gap_stands_in_the_titles_of_the_decomposition(company, demo_home):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["targets"]
    answer = ask(company, "targets.decomposition", company.scope())
    row = answer.frames["open"].iloc[0]
    amount = formats.compact(row["difference"])
    said = f"{truth['gap_region']}: the target is {amount} (2.4%) above the sum of its parts"
    assert plan.unsolved(answer, "CNY").title == f"1 target does not add up; {said}"
    pairs = plan.pairs(answer)
    first = next(iter(pairs))
    assert (first, pairs[first]) == ("region1>region2", "Regions → Regions, level 2")
    assert plan.parts(answer, first, "CNY").title == f"{said}; 1 of 7 does not add up"
    before = ask(company, "targets.decomposition", company.scope({"period": "2025"}))
    assert plan.unsolved(before, "CNY").title == "The plan adds up at every level"


def test_a_target_that_has_not_begun_is_not_reached(company):
    ahead = ask(company, "targets.attainment", company.scope({"period": "2026-08"}))
    assert targets.reached(ahead, "region", "CNY").title == "Target and actual"


def test_one_row_has_no_others(company):
    dealer = ask(company, "targets.gap", company.scope()).frames["gap"]["dealer_id"].iloc[0]
    alone = ask(company, "targets.attainment", company.scope({"dealer": dealer}), by="dealer")
    title = targets.reached(alone, "dealer", "CNY").title
    assert "under target" in title
    assert "none is ahead" not in title


def test_who_is_further_behind_than_usual_is_named(company):
    answer = ask(company, "targets.attainment", company.scope())
    below = answer.frames["by"].query("standing == 'below'")
    title = targets.usual(answer, "region").title
    if 0 < len(below) <= targets.NAMED:
        assert all(name in title for name in below["region_name_en"])
    else:
        assert (f"{len(below)} of" in title) == (len(below) > 0)


def test_the_sheet_tells_coefficient_and_evidence(company):
    answer = ask(company, "targets.potential", company.scope())
    rho = formats.number(answer.values["rho"], 2)
    assert f"rank correlation {rho}" in potential.title(answer)
    text = potential.evidence(answer)
    assert "the target stands in" in text
    assert f"n = 7 and Σd² = {answer.values['squares']:.0f}" in text
    assert "0.786" in text  # what seven rows must reach
    few = ask(company, "targets.potential", company.scope({"region": "South"}))
    assert "At least five" in potential.evidence(few)
