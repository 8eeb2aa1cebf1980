"""Worked example 9: price, volume and mix of two text books."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analytics.questions import ask
from analytics.sales import bridge
from tests.golden_home import small_company


def cells(*rows):
    """(product, earlier price, earlier quantity, price, quantity)."""
    return pd.DataFrame(
        [
            {"product": product, "quantity_before": q0, "amount_before": p0 * q0, "quantity": q1, "amount": p1 * q1}
            for product, p0, q0, p1, q1 in rows
        ]
    )


TWO = cells(("A", 10, 100, 12, 90), ("B", 20, 100, 21, 130))
# The lines behind the second example are not given: these three add up to its totals (32,000 to 39,900), and to the
# split 2,500 / 4,500 / 900 of the book that puts the cross term elsewhere.
THREE = cells(("A", 5, 100, 6, 100), ("B", 30, 360, 29, 300), ("C", 45, 460, 51, 600))


@pytest.mark.parametrize(
    ("frame", "opening", "closing", "expected"),
    [
        (TWO, 3_000, 3_810, {"price": 310, "volume": 300, "mix": 200}),
        (THREE, 32_000, 39_900, {"price": 3_400, "volume": 2_782.61, "mix": 1_717.39}),
    ],
)
def test_price_volume_mix(frame, opening, closing, expected):
    assert (frame["amount_before"].sum(), frame["amount"].sum()) == (opening, closing)
    found = bridge.effects(frame).sum()
    assert found[["new", "discontinued", "unsplit"]].tolist() == [0, 0, 0]
    assert found[list(expected)].round(2).to_dict() == expected


def test_the_question_gives_the_same_as_the_method(tmp_path):
    lines = [
        {"line_id": f"{product}{year}", "line_type": "sale", "dealer_id": "D1", "product_id": product,
         "order_date": dt.date(year, 3, 2), "quantity": quantity, "net_amount": price * quantity}
        for year, product, price, quantity in [(2025, "A", 10, 100), (2025, "B", 20, 100), (2026, "A", 12, 90),
                                               (2026, "B", 21, 130), (2025, "gone", 7, 10), (2026, "fresh", 9, 5)]
    ]  # fmt: skip
    tables = {"dim_dealer": [{"dealer_id": "D1"}], "fact_sales": lines,
              "dim_product": [{"product_id": id} for id in ("A", "B", "gone", "fresh")]}  # fmt: skip
    company = small_company(tmp_path, tables)
    answer = ask(company, "sales.bridge", company.scope({"period": "2026-03"}), by="product")
    steps = answer.frames["bridge"].set_index("step")["value"]
    assert steps.to_dict() == pytest.approx({
        "opening": 3_070, "price": 310, "volume": 300, "mix": 200, "new": 45, "discontinued": -70, "unsplit": 0,
        "closing": 3_855,
    })  # fmt: skip
    parts = answer.frames["by"].set_index("product_id")
    assert parts.loc["A", ["price", "volume", "mix"]].tolist() == pytest.approx([180, -150, 50])
    assert parts.loc["B", ["price", "volume", "mix"]].tolist() == pytest.approx([130, 450, 150])
