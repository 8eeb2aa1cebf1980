"""A company of which only sales are known, with few dealers: what is missing is said, and never shown as zero."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.questions import QUESTIONS, ask
from data.scope import Entitlement
from tests.analytics import planted


@pytest.fixture(scope="module")
def groups(whole):
    return ask(whole, "dealers.segments", whole.scope())


def test_too_few_to_learn_from_shows_the_life_cycle(groups):
    assert groups.values["verdict"] == "too_few"
    assert groups.values["kind"] == "life_cycle"
    assert any("too few" in str(note) for note in groups.notes)
    stage = groups.frames["dealers"].set_index("dealer_id")["segment"]
    assert stage[planted.STOPPED] == "lost"
    assert stage[planted.NEWCOMER] == "new"
    others = stage.drop([planted.STOPPED, planted.NEWCOMER, planted.FRESH], errors="ignore")
    assert "new" not in set(others)  # who bought when the data begin may have bought before


def test_long_known_dealers_are_not_new_on_an_early_day(whole):
    early = ask(whole, "dealers.segments", whole.scope({"as_of": "2024-06-30"}), kind="life_cycle")
    assert "new" not in set(early.frames["dealers"]["segment"])
    assert early.frames["dealers"]["tenure_days"].isna().all()


def test_visits_promotions_and_margins_that_nobody_recorded_are_missing(groups, whole):
    for frame in (groups.frames["dealers"], groups.frames["segments"]):
        for column in ("visits", "promoted_share", "gross_margin_rate", "days_late"):
            assert frame[column].isna().all(), column
    risk = ask(whole, "dealers.risk", whole.scope())
    assert risk.verdict == "insufficient_evidence"
    assert risk.frames["dealers"][["expected_margin", "at_risk"]].isna().all(axis=None)
    for name in ("at_risk", "expected_margin", "expected_quarter", "promoted_share"):
        assert pd.isna(risk.values[name]), name


def test_a_company_without_tiers_is_told_none(whole):
    score = ask(whole, "dealers.scorecard", whole.scope())
    assert score.values["scored"] > 5  # a sale without a document is an order of its day
    assert score.values["cuts"] == {}
    assert score.values["moves"] == 0
    assert score.frames["dealers"]["proposed"].isna().all()
    assert any("criteria cannot be told" in str(note) for note in score.notes)


@pytest.mark.parametrize("name", ["dealers.segments", "dealers.scorecard", "dealers.card", "sales.summary"])
def test_a_filter_on_a_dealer_of_others_tells_no_name(whole, name):
    viewer = Entitlement("wang", regions=("N",))
    assert name in QUESTIONS
    hidden = ask(whole, name, whole.scope({"dealer": "D08"}, viewer)).values["who"]
    assert hidden in ([], [{"name": "N", "name_en": None}])  # the viewer's own region at most
    own = ask(whole, name, whole.scope({"dealer": "D01"}, viewer)).values["who"]
    assert len(own) == 1
