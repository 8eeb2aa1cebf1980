"""Alerts in words, and on the Briefing: what fires, in both languages; nothing where there is no rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from analytics.questions import ask
from dashboard import i18n
from dashboard.components.alerts import _page
from dashboard.findings import alerts
from dashboard.findings.model import LIMITS, length
from dashboard.i18n import use_language
from data.alerts import WATCHED
from data.company import Company
from tests.dashboard.test_pages import all_words, opened, wrong_words
from tests.golden_home import small_company

RULES = """
[[alerts]]
metric = "net_sales"
below = 50
clear = 90
by = "region"

[[alerts]]
metric = "orders"
between = [0, 1]
"""
SOLD = {"D1": [100, 10, 60], "D2": [40, 80, 95]}  # April, May, June: one is not back yet, one has cleared


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("card") / "home"
    lines = [
        {"line_id": f"{dealer}{n}", "document_id": f"{dealer}{n}", "dealer_id": dealer, "product_id": "P",
         "invoice_date": day, "quantity": 1, "line_type": "sale", "net_amount": amount}
        for dealer, amounts in SOLD.items()
        for n, (amount, day) in enumerate(zip(amounts, (dt.date(2026, 4, 1), dt.date(2026, 5, 6), dt.date(2026, 6, 30)),
                                              strict=True))
    ]  # fmt: skip
    small_company(home, {
        "dim_region": [{"region_id": "S", "region_name": "华南", "name_en": "South"},
                       {"region_id": "N", "region_name": "华北", "name_en": "North"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "S"}, {"dealer_id": "D2", "region_id": "N"}],
        "dim_product": [{"product_id": "P"}], "fact_sales": lines,
    })  # fmt: skip
    return home


@pytest.fixture(autouse=True)
def language_of_nobody() -> Iterator[None]:
    yield
    i18n.follow(None)


def said(home: Path, rules: str, lang: str) -> alerts.Finding:
    (home / "config.toml").write_text(rules, encoding="utf-8")
    company = Company.open(home)
    with use_language(lang):
        return alerts.alerts(ask(company, "alerts.list", company.scope()), "CNY")


def test_the_title_states_what_fires(home: Path):
    finding = said(home, RULES, "en")
    assert finding.title == "2 alerts; Net sales in South is 60, not back at 90 yet; 1 alert cleared"
    assert finding.frame["sentence"].tolist() == [
        "Net sales in South is 60, not back at 90 yet", "Orders is 2, above 1", "Net sales in North is back at 95",
    ]  # fmt: skip
    assert finding.frame["reason"].tolist() == [
        "since May 2026, clears at 90", "since Apr 2026, clears at 1", "cleared in Jun 2026",
    ]  # fmt: skip
    assert finding.subtitle == "3 values watched · CNY · data to 30 Jun 2026"
    assert finding.table["Region"].tolist() == ["South", "whole company", "North"]
    chinese = said(home, RULES, "zh")
    assert chinese.frame["sentence"].tolist()[0] == "华南销售净额为60，尚未回到90"
    assert length(chinese.title) <= LIMITS["zh"]


def test_one_alert_and_none(home: Path):
    one = said(home, '[[alerts]]\nname = "Low"\nmetric = "net_sales"\nbelow = 200\n', "en")
    assert one.title == "One alert: Net sales is 155, below 200"
    assert one.frame["reason"].tolist() == ["Low, since Apr 2026, clears at 200"]
    assert said(home, '[[alerts]]\nmetric = "net_sales"\nbelow = 1\n', "en").title == "No alert fires"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_briefing_lists_them_where_there_is_a_rule(home: Path, lang: str, monkeypatch: pytest.MonkeyPatch):
    finding = said(home, RULES, lang)
    app = opened(home, monkeypatch, lang, "briefing")
    words = " ".join(all_words(app))
    for sentence in finding.frame["sentence"]:
        assert sentence in words
    assert wrong_words(app, lang) == set()
    (home / "config.toml").write_text("", encoding="utf-8")
    assert finding.frame["sentence"][0] not in " ".join(all_words(opened(home, monkeypatch, lang, "briefing")))


def test_a_changed_rule_shows_at_once(home: Path, monkeypatch: pytest.MonkeyPatch):
    """Answers are kept for all viewers: not over a change of the settings."""
    for below in (45, 145):
        finding = said(home, f'[[alerts]]\nmetric = "net_sales"\nbelow = {below}\nby = "region"\n', "en")
        words = " ".join(all_words(opened(home, monkeypatch, "en", "briefing")))
        assert finding.title in words


def test_every_metric_has_its_page():
    pages = {id: _page(pd.Series({"measure": id, "band": False})) for id in WATCHED}
    assert pages["overdue_share"] == pages["dso"] == pages["unapplied"] == "receivables"
    assert (pages["net_sales"], pages["lost_dealers"], pages["attainment"]) == ("sales", "sales", "targets")
    assert pages["visit_coverage"] == "visits"
    assert _page(pd.Series({"measure": "net_sales", "band": True})) == "forecast"
