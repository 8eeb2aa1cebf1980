"""Worked example 15: of three sales out of territory one is cleared (notified in time, agreed, valid), two stay."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics.questions import ask
from data.company import Company
from tests.golden_home import small_company

DAY = dt.date(2026, 3, 10)
CLEARING = {"exception_id": "X1", "dealer_id": "D1", "region_id": "B", "notified_date": DAY, "agreed_by_id": "D2",
            "valid_from": DAY, "valid_to": DAY}  # fmt: skip


def company_with(home: Path, *exceptions: dict[str, Any], territory: str | None = "A") -> Company:
    """D1 belongs to region A; its goods went to A, thrice elsewhere (B1, which lies in B, and C twice), and once to no
    nearer place than the country, which holds A."""
    places = [("1", "A", 100), ("2", "B1", 10), ("3", "C", 20), ("4", "C", 30), ("5", "ALL", 40)]
    lines = [
        {"line_id": id, "document_id": id, "line_type": "sale", "dealer_id": "D1", "order_date": DAY,
         "ship_to_region_id": place, "net_amount": amount, "quantity": 1, "batch_no": f"B{id}"}
        for id, place, amount in places
    ]  # fmt: skip
    tables = {
        "dim_region": [{"region_id": "ALL"}, *({"region_id": id, "parent_id": "ALL"} for id in "ABC"),
                       {"region_id": "B1", "parent_id": "B"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "A", "territory_id": territory},
                       {"dealer_id": "D2", "region_id": "B1"}, {"dealer_id": "D3", "region_id": "C"}],
        "fact_sales": lines, "territory_exception": list(exceptions),
    }  # fmt: skip
    return small_company(home, tables)


def reasons(company: Company) -> dict[str, str]:
    """Why each delivery out of territory is not cleared, by document."""
    frame = ask(company, "integrity.deliveries", company.scope({"period": "2026-03"})).frames["deliveries"]
    return dict(zip(frame["document_id"], frame["reason"], strict=True))


def test_one_of_three_is_cleared_and_two_stay_suspect(tmp_path: Path) -> None:
    company = company_with(tmp_path, CLEARING)
    answer = ask(company, "integrity.territory", company.scope({"period": "2026-03"}))
    assert reasons(company) == {"3": "no_exception", "4": "no_exception"}
    expected = {"amount": 200, "away_amount": 60, "cleared_amount": 10, "suspect_amount": 50}
    assert {key: answer.values[key] for key in expected} == expected
    row = answer.frames["dealers"].iloc[0]
    assert (row["deliveries"], row["away_deliveries"], row["suspect_deliveries"]) == (5, 3, 2)
    assert row["into_id"] == "C"
    register = answer.frames["register"].iloc[0]
    assert (register["clears"], register["clears_amount"]) == (1, 10)


def test_nobody_is_suspected_where_no_dealer_has_a_territory(tmp_path: Path) -> None:
    company = company_with(tmp_path, territory=None)
    scope = company.scope({"period": "2026-03"})
    answer = ask(company, "integrity.territory", scope)
    assert answer.verdict == "insufficient_evidence"
    assert answer.values["dealers"] == 0
    assert "import the dealers' territories" in answer.notes[0].message
    assert ask(company, "integrity.summary", scope).frames["suspicions"].empty


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Without an imported exception."""
    return company_with(tmp_path_factory.mktemp("territory"))


def record(company: Company, body: dict[str, Any]) -> None:
    """Record an exception as the page does; an empty body withdraws it."""
    kept = {key: str(value) for key, value in body.items() if key != "exception_id" and value is not None}
    company.ledger.write("territory_exception", "dealer:D1|1", "somebody", kept)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"notified_date": DAY + dt.timedelta(1)}, "notified_late"),
        ({"notified_date": None}, "notified_late"),
        ({"agreed_by_id": None}, "not_agreed"),
        ({"agreed_by_id": "D1"}, "not_agreed"),  # its own word
        ({"agreed_by_id": "D3"}, "not_agreed"),  # a dealer of another region
        ({"valid_from": DAY + dt.timedelta(1), "valid_to": DAY + dt.timedelta(9)}, "not_valid"),
        ({"valid_from": DAY - dt.timedelta(9), "valid_to": DAY - dt.timedelta(1)}, "not_valid"),
        ({"region_id": "C", "agreed_by_id": "D2"}, "no_exception"),
        ({"dealer_id": "D2"}, "no_exception"),
    ],
)
def test_an_exception_that_lacks_one_thing_clears_nothing(
    company: Company, change: dict[str, Any], reason: str
) -> None:
    record(company, CLEARING | change)
    assert reasons(company)["2"] == reason


@pytest.mark.parametrize("region", ["B1", "ALL"])
def test_an_exception_for_the_place_itself_or_for_all_above_it_clears_as_well(company: Company, region: str) -> None:
    record(company, CLEARING | {"region_id": region})
    assert "2" not in reasons(company)


def test_what_is_recorded_on_the_page_clears_and_what_is_withdrawn_does_not(company: Company) -> None:
    record(company, CLEARING)
    assert set(reasons(company)) == {"3", "4"}
    record(company, {})
    assert len(reasons(company)) == 3
