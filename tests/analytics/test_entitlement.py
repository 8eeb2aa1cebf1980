"""Every question, asked by viewers who may not see everything: what they are told does not depend on the rest."""

from __future__ import annotations

import pytest

from analytics import questions
from data.company import Company
from data.scope import Entitlement
from tests import walk
from tests.elsewhere import Elsewhere

# `qudao bench entitlement` walks more viewers, and each question in every grouping
VIEWER = Entitlement("northeast", regions=("Northeast",))


@pytest.fixture(scope="module")
def viewed(company: Company, tmp_path_factory: pytest.TempPathFactory) -> tuple[Elsewhere, Company]:
    elsewhere = Elsewhere(company, VIEWER)
    return elsewhere, elsewhere.changed(tmp_path_factory.mktemp("changed") / "home")


def test_no_question_tells_of_elsewhere(viewed: tuple[Elsewhere, Company]) -> None:
    elsewhere, changed = viewed
    assert len(elsewhere.dealers) > 50
    found = [line for name in questions.QUESTIONS for line in walk.leaks(elsewhere, changed, name, {}, {})]
    assert not found, "\n".join(found[:40])


@pytest.mark.parametrize("name", ["sales.drill", "dealers.card", "forecast.outlook", "receivables.invoices"])
def test_an_address_of_elsewhere_shows_nothing(viewed: tuple[Elsewhere, Company], name: str) -> None:
    elsewhere, changed = viewed
    found = [line for keys in walk.addresses(elsewhere) for line in walk.leaks(elsewhere, changed, name, keys, {})]
    assert not found, "\n".join(found[:40])


def test_the_walk_finds_what_leaks(viewed: tuple[Elsewhere, Company], monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that forgets the viewer is found, by its numbers and by its words."""
    elsewhere, changed = viewed

    def forgetful(company: Company, scope):
        return questions.QUESTIONS["dealers.list"](company, scope.but(entitlement=Entitlement("all")))

    monkeypatch.setitem(questions.QUESTIONS, "forgetful", forgetful)
    found = walk.leaks(elsewhere, changed, "forgetful", {}, {})
    assert any("net_sales" in line for line in found)
    assert any(line.endswith("says ELSEWHERE") for line in found)
