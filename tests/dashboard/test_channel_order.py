"""The findings of channel order: titles say what the answers say, within their limits, and never accuse."""

from __future__ import annotations

import pytest

from analytics.questions import ask
from dashboard import formats
from dashboard.findings import integrity, integrity_loading, integrity_prices, integrity_territory
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import LANGUAGES, use_language
from data.company import Company

SCOPES = ({}, {"region": "Southwest"}, {"region": "North"}, {"period": "2025-Q3"}, {"period": "2026-05"},
          {"period": "2001-01"}, {"dealer": "D00001"})  # fmt: skip


def findings(company: Company, keys: dict[str, str]):
    scope = company.scope(keys)
    territory, prices, loading = (
        ask(company, name, scope) for name in ("integrity.territory", "integrity.prices", "integrity.loading")
    )
    yield integrity_territory.register(territory)
    if territory.verdict == "ok":
        yield integrity_territory.shares(territory, None)
        yield integrity_territory.asked(territory)
        yield integrity_territory.flows(territory, None, "CNY")
        if dealer := integrity_territory.chosen(territory, None):
            one = scope.but(dealer=(dealer,))
            yield integrity_territory.flows(territory, dealer, "CNY")
            yield integrity_territory.deliveries(ask(company, "integrity.deliveries", one))
    if prices.verdict == "ok":
        yield from (integrity_prices.months(prices, "CNY"), integrity_prices.dealers(prices, None, "CNY"))
        yield from (integrity_prices.asked(prices), integrity_prices.register(prices))
        if dealer := integrity_prices.chosen(prices, None):
            yield integrity_prices.lines(ask(company, "integrity.breaches", scope.but(dealer=(dealer,))))
    if loading.verdict == "ok":
        yield integrity_loading.cover(loading)
        yield from (integrity_loading.bridge(loading, "CNY"), integrity_loading.asked(loading))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_titles_fit_and_tables_hold_what_they_promise(company: Company, lang: str) -> None:
    with use_language(lang):
        for keys in SCOPES:
            title = integrity.page_title(ask(company, "integrity.summary", company.scope(keys)))
            assert length(title) <= PAGE_LIMITS[lang], title
            for finding in findings(company, keys):
                assert length(finding.title) <= LIMITS[lang], finding.title
                assert len(finding.table.columns) == len(finding.columns)


def test_titles_say_what_the_answers_say(company: Company) -> None:
    scope = company.scope()
    summary, territory = ask(company, "integrity.summary", scope), ask(company, "integrity.territory", scope)
    kinds = summary.frames["kinds"].set_index("rule")
    title = integrity.page_title(summary)
    assert title.startswith("Suspected: ")
    assert formats.compact(kinds["money"].max()) in title
    suspects = territory.frames["dealers"].query("suspected")
    shares = integrity_territory.shares(territory, None)
    assert shares.title.startswith(f"{len(suspects)} dealers are suspected: ")
    assert formats.compact(suspects["suspect_amount"].sum()) in shares.title
    flows = integrity_territory.flows(territory, None, "CNY")
    assert flows.frame["amount"].sum() == pytest.approx(suspects["suspect_amount"].sum())
    loading = ask(company, "integrity.loading", scope)
    assert formats.compact(loading.values["loading"]) in integrity_loading.asked(loading).title
    for answer in (territory, loading, ask(company, "integrity.prices", scope)):
        words = integrity.accuracy(answer)
        assert f"found {answer.values['measured_found']:.0f} of {answer.values['measured_planted']:.0f} " in words
        assert f"named {answer.values['measured_false_per_100']:.1f} of 100" in words


def test_nothing_suspected_is_said_with_what_cannot_be_told(company: Company) -> None:
    order = ask(company, "integrity.territory", company.scope()).frames["dealers"]
    reports = ask(company, "integrity.loading", company.scope()).frames["dealers"]["dealer_id"]
    silent = order.loc[~order["dealer_id"].isin(reports) & (order["away_deliveries"] == 0), "dealer_id"].iloc[0]
    answer = ask(company, "integrity.summary", company.scope({"dealer": silent}))
    assert integrity.page_title(answer) == "No dealer is suspected; stock loading cannot be told"
    nothing = ask(company, "integrity.summary", company.scope({"period": "2001-01"}))
    assert "cannot be judged" in integrity.page_title(nothing)
