"""Features by hand: growth over comparable days, sales of a year of buying, rates of sums."""

import numpy as np
import pandas as pd
import pytest

from analytics.segmentation.features import RAW, STYLE, features


def raw(**changed):
    row = {
        "day": "2026-06-30", "dealer_id": "D1", "since": "2023-12-31", "first_order": "2024-01-01",
        "last_order": "2026-06-20",
        "net_sales": 1200.0, "compared_now": 1200.0, "compared_before": 1000.0, "compared_days": 365,
        "gross_margin": 300.0, "costed_sales": 1000.0, "promoted": 240.0, "orders": 12, "products": 5, "due": 900.0,
        "days_late": 4.5, "visits": 7, "style_days": 73, "style_net_sales": 400.0, "style_margin": 90.0,
        "style_costed": 300.0, "style_orders": 6, "style_products": 4, "style_promoted": 100.0,
        "style_discounts": 20.0, "style_list_sales": 420.0,
    }  # fmt: skip
    return pd.DataFrame([row | changed])


def test_by_hand():
    found = features(raw()).iloc[0]
    assert (found["recency"], found["tenure_days"]) == (10, 912)
    assert found["growth"] == pytest.approx(0.2)
    assert found["gross_margin_rate"] == pytest.approx(0.3)
    assert found["promoted_share"] == pytest.approx(0.2)
    assert found["style_net_sales"] == pytest.approx(2000)  # 400 in 73 days is 2,000 a year
    assert found["style_orders"] == pytest.approx(30)
    assert found["style_margin_rate"] == pytest.approx(0.3)
    assert found["style_discount_rate"] == pytest.approx(20 / 420)
    assert found["style_promoted_share"] == pytest.approx(0.25)


def test_what_cannot_be_told_is_missing_and_nothing_explodes():
    young = features(raw(compared_days=89)).iloc[0]
    assert np.isnan(young["growth"])
    none_then = features(raw(compared_before=0.0)).iloc[0]
    assert np.isnan(none_then["growth"])
    assert np.isnan(features(raw(since=None)).iloc[0]["tenure_days"])  # a dealer for longer than is known
    once = features(raw(style_days=1, style_net_sales=100.0)).iloc[0]
    assert once["style_net_sales"] == pytest.approx(100 / 28 * 365)  # one order is no order a day
    only_returns = features(raw(net_sales=-50.0, style_net_sales=-50.0)).iloc[0]
    assert np.isnan(only_returns["promoted_share"])
    assert only_returns["style_net_sales"] == 0
    assert set(STYLE) <= set(features(raw()).columns)
    with pytest.raises(ValueError, match="style_days"):
        features(raw()[[c for c in RAW if c != "style_days"]])
