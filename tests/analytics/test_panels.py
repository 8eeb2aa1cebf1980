"""The frames for whoever works with a method: whole, in scope, and what the company's own results rest on."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.questions import ask, panels
from analytics.questions import segments_job as job
from analytics.segmentation.features import STYLE
from data.scope import Entitlement, ScopeError


@pytest.mark.parametrize("by", ["", "region", "category", "dealer"])
def test_months_add_up_to_net_sales(company, by):
    frame = panels.monthly(company, company.scope(), by)
    months = pd.date_range("2024-05-01", "2026-06-01", freq="MS")
    assert len(frame) == frame["unique_id"].nunique() * len(months)  # months without a sale, too
    assert list(frame["ds"].unique()) == list(months)
    whole = ask(company, "sales.summary", company.scope({"period": "2024-05..2026-06"})).values["net_sales"]
    assert frame["y"].sum() == pytest.approx(whole, abs=0.01)


def test_months_end_before_one_that_is_running(company):
    frame = panels.monthly(company, company.scope({"as_of": "2026-05-15", "region": "South"}), "region")
    assert frame["ds"].max() == pd.Timestamp("2026-04-01")
    there = ask(company, "sales.summary", company.scope({"period": "2026-04", "region": "South"}))
    assert frame.loc[frame["ds"] == "2026-04-01", "y"].sum() == pytest.approx(there.values["net_sales"], abs=0.01)


def test_an_unknown_grouping_is_refused(company):
    with pytest.raises(ScopeError, match="planet"):
        panels.monthly(company, company.scope(), "planet")


def test_dealers_are_what_groups_are_learned_from(company):
    stored = company.result(job.FEATURES)
    stored = stored[stored["day"] == pd.Timestamp(company.snapshot.as_of)].set_index("dealer_id")[list(STYLE)]
    frame = panels.dealers(company, company.scope())
    pd.testing.assert_frame_equal(frame[list(STYLE)].sort_index(), stored.sort_index(), check_dtype=False)


def test_promotions_hold_the_weeks_of_the_scope_alone(company, table):
    everything = panels.promotions(company, company.scope())
    products = table("dim_product").set_index("product_id")["category"]
    category = products.iloc[0]
    given = panels.promotions(company, company.scope({"category": category}))
    assert set(given) == {"sales", "promotions", "dealers", "products"}
    assert set(given["promotions"]["category"]) == {category}
    assert set(given["sales"]["product_id"].map(products)) == {category}
    inside = everything["sales"]["product_id"].map(products) == category
    assert given["sales"]["units"].sum() == everything["sales"].loc[inside, "units"].sum()


def test_who_may_see_a_region_gets_its_rows_alone(company):
    scope = company.scope({}, Entitlement("south", regions=("South",)))
    dealers = set(panels.dealers(company, scope).index)
    theirs = set(ask(company, "sales.by", company.scope({"region": "South", "period": "all"}), by="dealer")
                 .frame("by")["dealer_id"].dropna())  # fmt: skip
    assert dealers
    assert dealers <= theirs
    assert set(panels.promotions(company, scope)["sales"]["dealer_id"]) <= theirs
    assert set(panels.monthly(company, scope, "region")["unique_id"]).isdisjoint({"North", "East", "Central"})


def test_the_default_home_is_opened(company, demo_home, monkeypatch):
    monkeypatch.setenv("QUDAO_HOME", str(demo_home))
    assert type(company).open().snapshot.id == company.snapshot.id
