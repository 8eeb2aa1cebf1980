"""Titles of the Sales page state what its answers say, in both languages, for odd scopes too."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.charts.style import Style
from dashboard.findings import groups, sales, sales_bridge, sales_concentration, sales_dealers, sales_mix
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language

SCOPES = [
    {}, {"period": "2026-Q1"}, {"period": "2025", "compare": "previous"}, {"compare": "target"}, {"period": "2024-05"},
    {"period": "2001-01"}, {"period": "2026-12"}, {"period": "2026-02", "compare": "lunar", "region": "CN-GD"},
]  # fmt: skip


def findings(company, scope):
    alike, way = ask(company, "sales.like_for_like", scope), ask(company, "sales.drill", scope)
    yield sales.like_for_like(alike)
    yield sales.drill(way, "CNY")
    for by in ("category", "region", "dealer"):
        bridge = ask(company, "sales.bridge", scope, by=by)
        yield sales_bridge.steps(bridge, "CNY", ends=by != "region")
        yield sales_bridge.parts(bridge, by, "CNY")
    for by in ("category", "price_class", "channel"):
        mix = ask(company, "sales.mix", scope, by=by)
        yield sales_mix.shares(mix, by)
        yield sales_mix.table(mix, by, "CNY")
    for by in ("dealer", "product"):
        answer = ask(company, "sales.concentration", scope, by=by)
        yield sales_concentration.largest(answer, by, "CNY")
        yield sales_concentration.classes(answer, by, "CNY")
    dealers = ask(company, "sales.dealers", scope)
    yield sales_dealers.heads(dealers)
    yield sales_dealers.money(dealers, "CNY")
    for status in sales_dealers.statuses(dealers):
        yield sales_dealers.listed(dealers, status, "CNY")


@pytest.mark.parametrize(("lang", "keys"), list(itertools.product(("en", "zh"), SCOPES)))
def test_every_title_fits_and_every_chart_draws(company, lang, keys):
    scope = company.scope(keys)
    with use_language(lang):
        page = sales.page_title(ask(company, "sales.summary", scope), ask(company, "sales.like_for_like", scope))
        assert 0 < length(page) <= PAGE_LIMITS[lang], page
        for finding in findings(company, scope):
            assert 0 < length(finding.title) <= LIMITS[lang], finding.title
            words = finding.title + finding.subtitle + (finding.note(Style()) if finding.note else "")
            assert not re.search(r"\bnan\b|None|\binf\b", words), words
            assert len({*finding.table.columns}) == len(finding.columns)
            if lang == "zh":
                assert set(re.findall(r"[A-Za-z]{4,}", finding.title + finding.subtitle)) == set()
            if finding.figure is not None and len(finding.frame):
                assert finding.figure(Style("dark", "standard", lang)).data


def test_the_page_title_says_what_another_calendar_says(company):
    scope = company.scope({"period": "2026-Q1"})
    summary, alike = ask(company, "sales.summary", scope), ask(company, "sales.like_for_like", scope)
    title = sales.page_title(summary, alike)
    assert formats.compact(summary.values["net_sales"]) in title
    assert formats.rate(abs(alike.values["last_year"])) in title
    assert alike.values["differ"]
    assert f"{formats.rate(alike.values['lunar'], signed=True)} by Spring Festival" in title


def test_the_bridge_title_names_its_two_largest_causes(company):
    answer = ask(company, "sales.bridge", company.scope())
    title = sales_bridge.steps(answer, "CNY", ends=True).title
    causes = answer.frames["bridge"].set_index("step")["value"].drop(["opening", "closing"])
    for name in causes.abs().nlargest(2).index:
        assert formats.compact(causes[name], signed=True) in title
    assert formats.compact(abs(answer.values["change"])) in title


def test_the_waterfall_leads_from_one_period_to_the_other(company):
    answer = ask(company, "sales.bridge", company.scope())
    bars = sales_bridge.steps(answer, "CNY", ends=True).figure(Style()).data[0]
    assert bars.x[0] == pytest.approx(answer.values["opening"])
    assert bars.x[-1] == pytest.approx(answer.values["closing"])
    change = sales_bridge.steps(answer, "CNY", ends=False).figure(Style()).data[0]
    assert change.x[-1] == pytest.approx(answer.values["change"])


def test_returning_dealers_that_never_left_for_a_year_are_explained(company):
    answer = ask(company, "sales.dealers", company.scope())
    frame = answer.frame("movement").set_index("status")
    frame = frame.astype({"dealers": "float64"})
    frame.loc["returning", ["dealers", "active", "active_compared"]] = [8.0, 8.0, 2.0]
    told = dataclasses.replace(answer, frames=answer.frames | {"movement": frame.reset_index()})
    note = sales_dealers.heads(told).note
    assert note is not None
    assert note(Style()).startswith("2 of 8 returning dealers")


def test_crumbs_lead_back_with_one_click(company):
    store = company.store
    dealer = store.names("dealer").index[0]
    answer = ask(company, "sales.drill", company.scope({"region": "CN-GD-GUANGZHOU", "dealer": dealer}))
    steps = sales.crumbs(answer)
    assert [name for name, _ in steps][:4] == ["Everything", "South", "Guangdong", "Guangzhou"]
    assert steps[0][1] == {"region": "", "dealer": "", "product": ""}
    assert steps[2][1] == {"region": "CN-GD", "dealer": "", "product": ""}
    assert steps[-1][1] == {"dealer": dealer, "product": ""}
    several = ask(company, "sales.drill", company.scope({"region": "South,East"}))
    assert sales.crumbs(several)[-1] == ("South +1", {"region": "South,East", "dealer": "", "product": ""})


def test_price_classes_read_in_the_readers_language(company):
    frame = ask(company, "sales.mix", company.scope(), by="price_class").frame("mix")
    assert set(groups.group_names(frame, "price_class")) == {"Economy", "Core", "Premium"}
    with use_language("zh"):
        assert set(groups.group_names(frame, "price_class")) == {"经济型", "主流型", "高端型"}
