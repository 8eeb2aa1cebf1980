"""Titles of the Forecast page state what the data say, fit, and speak the reader's language."""

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
from dashboard.findings import briefing, forecast, forecast_accuracy, forecast_landing, forecast_moved
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language

SCOPES = [{}, {"region": "South"}, {"category": "茶饮料", "channel": "TT"}, {"product": "P0001"},
          {"as_of": "2026-03-31"}]  # fmt: skip
CASES = [*itertools.product(("zh",), SCOPES), ("en", SCOPES[0]), ("en", SCOPES[1])]


def scope_of(company, keys):
    product = {"product": company.store.names("product").index[0]} if "product" in keys else {}
    return company.scope(keys | product)


def findings(company, scope):
    outlook = ask(company, "forecast.outlook", scope)
    yield forecast.outlook(outlook, "CNY")
    yield forecast.months(outlook, "CNY")
    yield forecast.weeks(ask(company, "forecast.weeks", scope), outlook.values | {"tested": 0}, "CNY")
    yield briefing.trend(ask(company, "overview", scope, decide=False), "CNY", ahead=outlook)
    for over, by in zip(forecast.kinds(), forecast_landing.groupings(), strict=False):
        landing = ask(company, "forecast.landing", scope, over=over, by=by)
        yield forecast.periods(landing, "CNY")
        yield forecast_landing.by(landing, "CNY")
        yield forecast_landing.reliability(landing)
    accuracy = ask(company, "forecast.accuracy", scope)
    yield forecast_accuracy.levels(accuracy)
    yield forecast_accuracy.steps(accuracy)
    yield forecast_accuracy.said(accuracy, "CNY")
    yield forecast_accuracy.alarms(accuracy, "CNY")
    moved = ask(company, "forecast.moved", scope)
    yield forecast_moved.moved(moved, "CNY")
    yield forecast_moved.then_and_now(moved, "CNY")
    changes = ask(company, "forecast.changes", scope)
    yield forecast_moved.layers(changes, "CNY", company.store.names)
    yield forecast_moved.staircase(changes)


@pytest.mark.parametrize(("lang", "keys"), CASES)
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    scope = scope_of(company, keys)
    with use_language(lang):
        page = forecast.page_title(ask(company, "forecast.landing", scope))
        assert page
        assert length(page) <= PAGE_LIMITS[lang]
        for finding in findings(company, scope):
            assert finding.title, finding.key
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert "nan" not in (finding.title + finding.subtitle).lower()
            assert list(finding.table.columns) == [column.label for column in finding.columns]
            assert len({*finding.table.columns}) == len(finding.columns)
            if lang == "zh":
                words = set(re.findall(r"[A-Za-z]{4,}", finding.title + finding.subtitle))
                assert not words, words
            if finding.figure is not None and len(finding.frame):
                for mode in ("light", "dark"):
                    figure = finding.figure(Style(mode, "standard", lang))
                    assert figure.data
                    assert "NaN" not in json.dumps(figure.to_plotly_json(), default=str).replace("null", "")
            if finding.note is not None and len(finding.frame):
                assert "nan" not in finding.note(Style("light", "standard", lang)).lower()


def test_the_page_title_states_landing_gap_and_chance(company):
    landing = ask(company, "forecast.landing", company.scope())
    quarter = landing.frames["periods"].set_index("kind").loc["quarter"]
    title = forecast.page_title(landing)
    assert title.startswith(f"Q3 2026 should bring {formats.compact(quarter['expected'])}")
    assert formats.rate(abs(quarter["expected"] / quarter["target"] - 1)) in title
    assert ("under" in title) == (quarter["expected"] < quarter["target"])
    assert title.endswith(formats.probability(quarter["probability"]))


def test_months_and_quarters_stand_in_their_order_and_agree(company):
    outlook = ask(company, "forecast.outlook", company.scope())
    frame = forecast.months(outlook, "CNY").frame
    assert frame["label"].tolist()[:4] == ["Jul 2026", "Aug 2026", "Sep 2026", "Q3 2026"]
    assert frame["mean"].iloc[3] == pytest.approx(frame["mean"].iloc[:3].sum(), abs=0.005)


def test_the_trend_shows_the_months_to_come_and_says_whether_they_catch_up(company):
    scope = company.scope()
    outlook = ask(company, "forecast.outlook", scope)
    finding = briefing.trend(ask(company, "overview", scope, decide=False), "CNY", ahead=outlook)
    frame = finding.frame.set_index("start")
    means = outlook.frames["forecast"].set_index("ds")["mean"]
    ahead = frame[frame["actual"].isna()]
    assert len(ahead) == 6
    assert ahead["forecast"].tolist() == [means[pd.Timestamp(day)] for day in ahead.index]
    assert frame.loc[frame["actual"].notna(), "forecast"].isna().all()
    gap = (frame["actual"].fillna(frame["forecast"]) - frame["target"]).sum()
    done = (frame["actual"] - frame["target"]).sum()
    assert ("does not catch up" in finding.title) == (done < 0 and gap < 0)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2026-07-01", "2026-09-30", "Q3 2026"), ("2026-02-01", "2026-04-30", "Feb–Apr 2026"),
     ("2026-01-01", "2026-12-31", "2026"), ("2026-07-01", "2026-07-31", "Jul 2026")],
)  # fmt: skip
def test_periods_have_short_names(start, end, said):
    assert forecast.when(pd.Timestamp(start), pd.Timestamp(end)) == said


def test_the_chance_is_set_beside_what_such_chances_came_to(company):
    answer = ask(company, "forecast.landing", company.scope())
    said = pd.DataFrame({"said": [0.1, 0.5, 0.9], "happened": [0.21, 0.57, 0.67], "count": 9, "lo": 0.0, "hi": 1.0})
    known = replace(answer, frames=answer.frames | {"reliability": said}, values=answer.values | {"probability": 0.55})
    line = "Where past forecasts gave a chance of 50%, the target was reached in 57%."
    with use_language("en"):
        assert line in forecast.periods(known, "CNY").note(Style("light", "standard", "en"))
        unknown = replace(known, frames=answer.frames | {"reliability": said.head(0)})
        assert "past forecasts gave" not in forecast.periods(unknown, "CNY").note(Style("light", "standard", "en"))


def test_a_change_is_named_in_the_readers_language(company):
    row = pd.Series({"what": "region", "id": "South", "category": "茶饮料"})
    names, categories = company.store.names, company.store.categories
    with use_language("en"):
        assert forecast_moved.thing(row, names, categories) == f"South · {categories['茶饮料']}"
    with use_language("zh"):
        assert forecast_moved.thing(row, names, categories).endswith(" · 茶饮料")
