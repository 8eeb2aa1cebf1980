"""Worked example 16: in a band of 95 to 105, 94.99 is low, 95 and 105 are in it, 105.01 is high."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from analytics.questions import Answer, ask
from data.company import Company
from tests.golden_home import small_company

DAY = dt.date(2026, 3, 10)
BAND = {"valid_from": dt.date(2026, 1, 1), "floor_price": 95, "cap_price": 105}
LOWER = BAND | {"floor_price": 90}
PRICES = (94.99, 95.0, 105.0, 105.01)
# Rows of the price list of a product, and how many of PRICES are low.
CASES: dict[str, tuple[list[dict[str, Any]], int]] = {
    "the worked example": ([BAND], 1),
    "the deepest region, whatever its channel or age": ([LOWER | {"region_id": "A1"},
                                                         BAND | {"region_id": "A", "channel_id": "TT"}], 0),
    "a region before all": ([LOWER | {"region_id": "A"}, BAND | {"channel_id": "TT"}], 0),
    "then the channel": ([LOWER | {"channel_id": "TT"}, BAND | {"valid_from": dt.date(2026, 2, 1)}], 0),
    "then the newest": ([LOWER | {"valid_from": dt.date(2026, 2, 1)}, BAND], 0),
    "not another region": ([LOWER | {"region_id": "B"}, BAND], 1),
    "not another channel": ([LOWER | {"channel_id": "MT"}, BAND], 1),
    "not before its time": ([LOWER | {"valid_from": DAY + dt.timedelta(1), "region_id": "A1"}, BAND], 1),
    "not after its time": ([LOWER | {"valid_to": DAY - dt.timedelta(1), "region_id": "A1"}, BAND], 1),
    "half a cent is rounding": ([BAND | {"floor_price": 94.994, "cap_price": 105.006}], 0),
    "no row": ([], 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """One unit of a product for each case at each of PRICES, bought by D1 (region A1 in A, channel TT), and ten sold
    on."""
    every = [(product, price) for product in CASES for price in PRICES]
    lines = [
        {"line_id": f"{product} {price}", "line_type": "sale", "dealer_id": "D1", "product_id": product,
         "order_date": DAY, "quantity": 1, "net_amount": price}
        for product, price in every
    ]  # fmt: skip
    resold = [
        {"dealer_id": "D1", "product_id": product, "sell_out_date": DAY, "outlet_id": f"{price}", "quantity": 10,
         "amount": 10 * price}
        for product, price in every
    ]  # fmt: skip
    tables = {
        "dim_region": [{"region_id": "A"}, {"region_id": "A1", "parent_id": "A"}, {"region_id": "B"}],
        "dim_channel": [{"channel_id": "TT"}, {"channel_id": "MT"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "A1", "channel_id": "TT"}],
        "dim_product": [{"product_id": product} for product in CASES],
        "fact_sales": lines, "fact_sell_out": resold,
        "price_list": [band | {"product_id": product} for product, (bands, _) in CASES.items() for band in bands],
    }  # fmt: skip
    return small_company(tmp_path_factory.mktemp("prices"), tables)


def answered(company: Company, product: str) -> Answer:
    return ask(company, "integrity.prices", company.scope({"period": "2026-03"}).but(product=(product,)))


def sides(company: Company, product: str, flow: str = "bought") -> dict[str, float]:
    """Units by side of the band."""
    frame = answered(company, product).frames["units"]
    own = frame[frame["flow"] == flow]
    return dict(zip(own["side"], own["units"], strict=True))


def test_the_band_of_the_worked_example_on_both_flows(company: Company) -> None:
    product = "the worked example"
    assert sides(company, product) == {"low": 1, "in": 2, "high": 1}
    assert sides(company, product, "resold") == {"low": 10, "in": 20, "high": 10}
    values = answered(company, product).values
    assert values["bought_gap"] == pytest.approx(0.02)
    assert values["resold_gap"] == pytest.approx(0.20)
    assert values["breach_share"] == pytest.approx(0.5)


@pytest.mark.parametrize("case", [case for case in CASES if case not in ("half a cent is rounding", "no row")])
def test_the_most_specific_row_of_the_price_list_applies(company: Company, case: str) -> None:
    found = sides(company, case)
    assert found.get("low", 0) == CASES[case][1]
    assert found["high"] == 1


def test_what_rounding_an_amount_to_the_cent_can_do_is_no_breach(company: Company) -> None:
    assert sides(company, "half a cent is rounding") == {"in": 4}


def test_an_approved_exception_takes_its_units_out_of_the_breaches(company: Company) -> None:
    product = "the worked example"
    allowed = {"dealer_id": "D1", "approved_by": "E1", "valid_from": str(DAY), "valid_to": str(DAY)}
    company.ledger.write("price_exception", "dealer:D1|1", "somebody", allowed | {"product_id": "no row"})
    assert sides(company, product)["low"] == 1  # another product
    company.ledger.write("price_exception", "dealer:D1|2", "somebody", allowed)
    assert sides(company, product) == {"in": 2, "approved": 2}
    company.ledger.write("price_exception", "dealer:D1|2", "somebody", allowed | {"valid_to": "2026-03-09"})
    assert sides(company, product)["low"] == 1


def test_without_a_band_nothing_is_said(company: Company) -> None:
    answer = answered(company, "no row")
    assert answer.verdict == "insufficient_evidence"
    assert answer.notes
    assert sides(company, "no row") == {"none": 4}
