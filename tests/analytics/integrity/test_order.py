"""Channel order on the demo company: identities over random scopes, and the same numbers by brute force in pandas."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from data.company import Company
from data.scope import Entitlement

ANY = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PERIODS = ("2026-01..2026-06", "2025-Q4", "2026-03-10..2026-05-20", "2025")
KEYS = st.fixed_dictionaries({
    "period": st.sampled_from(PERIODS), "region": st.sampled_from(["", "Southwest", "North,East", "CN-GD"]),
    "channel": st.sampled_from(["", "TT", "MT,FS"]), "category": st.sampled_from(["", "饮用水"]),
})  # fmt: skip


def sales(company: Company) -> pd.DataFrame:
    """Every sale line of the first half of 2026."""
    return company.store._unscoped(
        """SELECT line_id, document_id, s.dealer_id::VARCHAR AS dealer, s.product_id::VARCHAR AS product, sales_date,
            ship_to_region_id::VARCHAR AS place, coalesce(territory_id, region_id)::VARCHAR AS territory,
            quantity::DOUBLE AS quantity, net_amount::DOUBLE AS amount
        FROM fact_sales s JOIN dim_dealer USING (dealer_id)
        WHERE line_type = 'sale' AND sales_date BETWEEN '2026-01-01' AND '2026-06-30'"""
    )


@ANY
@given(keys=KEYS)
def test_what_is_cleared_and_what_is_not_are_all_that_went_out_of_territory(company: Company, keys: dict[str, str]):
    answer = ask(company, "integrity.territory", company.scope(keys))
    values = answer.values
    assert values["cleared_amount"] + values["suspect_amount"] == pytest.approx(values["away_amount"])
    if answer.verdict == "ok":
        frame, flows = answer.frames["dealers"], answer.frames["flows"]
        assert frame["amount"].sum() == pytest.approx(values["amount"])
        assert (frame["cleared_amount"] + frame["suspect_amount"]).sum() == pytest.approx(values["away_amount"])
        assert flows["amount"].sum() == pytest.approx(values["suspect_amount"])
        months = answer.frames["months"].drop(columns="month")
        assert months.to_numpy().sum() == pytest.approx(values["away_amount"])
        assert answer.frames["register"]["clears_amount"].sum() == pytest.approx(values["cleared_amount"])
    found = ask(company, "integrity.deliveries", company.scope(keys)).values["amount"]
    assert found == pytest.approx(values["suspect_amount"])


@ANY
@given(keys=KEYS)
def test_units_lie_below_in_or_above_the_band(company: Company, keys: dict[str, str]):
    scope = company.scope(keys)
    answer = ask(company, "integrity.prices", scope)
    units = answer.frames["units"]
    sold = company.store.query("price_band", scope)
    banded = units[units["side"] != "none"]
    assert banded["units"].sum() == pytest.approx(answer.values["units"])
    assert units.loc[units["flow"] == "bought", "units"].sum() == pytest.approx(
        sold.loc[sold["flow"] == "bought", "units"].sum()
    )
    outside = units[units["side"].isin(["low", "high"])]
    assert outside["units"].sum() == pytest.approx(answer.values["breach_units"])
    assert answer.frames["dealers"]["units"].sum() == pytest.approx(answer.values["breach_units"])
    assert answer.frames["dealers"]["gap"].sum() == pytest.approx(answer.values["gap"])
    assert answer.values["low_gap"] + answer.values["high_gap"] == pytest.approx(answer.values["gap"])
    assert (units.loc[units["side"].isin(["in", "none"]), "gap"] == 0).all()


@ANY
@given(keys=KEYS, region=st.sampled_from(["North", "CN-SC", "South"]))
def test_a_narrower_scope_never_exceeds_a_wider_one(company: Company, keys: dict[str, str], region: str):
    wide, narrow = company.scope(keys | {"region": ""}), company.scope(keys | {"region": region})
    for name, counted in (("integrity.territory", ("amount", "away_amount", "cleared_amount", "suspect_amount")),
                          ("integrity.prices", ("gap", "units", "breach_units")),
                          ("integrity.loading", ("loading", "dealers", "reporting", "judged"))):  # fmt: skip
        whole, part = ask(company, name, wide).values, ask(company, name, narrow).values
        for key in counted:
            assert part[key] <= whole[key] + 0.01, (name, key)


def test_the_summary_repeats_its_parts(company: Company):
    scope = company.scope()
    values = ask(company, "integrity.summary", scope).values
    assert values["territory"] == pytest.approx(ask(company, "integrity.territory", scope).values["suspected_amount"])
    assert values["prices"] == pytest.approx(ask(company, "integrity.prices", scope).values["suspected_gap"])
    assert values["loading"] == pytest.approx(ask(company, "integrity.loading", scope).values["loading"])
    assert 0 < values["dealers_share"] < 1


def test_out_of_territory_by_brute_force(company: Company):
    lines, parent = sales(company), company.store.region_tree.set_index("region_id")["parent_id"]
    register = company.store._unscoped("SELECT * FROM territory_exception").astype(object)

    def above(region: object) -> list[object]:
        return [region, *above(parent[region])] if isinstance(region, str) else []

    away = lines[
        [t not in above(p) and p not in above(t) for t, p in zip(lines["territory"], lines["place"], strict=True)]
    ]
    assert len(away) > 100

    def cleared(line: pd.Series) -> bool:
        return any(
            e["dealer_id"] == line["dealer"] and e["region_id"] in above(line["place"])
            and isinstance(e["agreed_by_id"], str) and e["notified_date"] <= line["sales_date"]
            and e["valid_from"] <= line["sales_date"] <= e["valid_to"]
            for _, e in register.iterrows()
        )  # fmt: skip

    left = away[~away.apply(cleared, axis=1)]
    answer = ask(company, "integrity.territory", company.scope())
    assert answer.values["amount"] == pytest.approx(lines["amount"].sum())
    assert answer.values["away_amount"] == pytest.approx(away["amount"].sum())
    assert answer.values["suspect_amount"] == pytest.approx(left["amount"].sum())
    frame = answer.frames["dealers"].set_index("dealer_id")
    pd.testing.assert_series_equal(
        frame["deliveries"].sort_index(), lines.groupby("dealer")["document_id"].nunique().rename("deliveries"),
        check_dtype=False, check_names=False,
    )  # fmt: skip
    suspect = left.groupby("dealer")["document_id"].nunique()
    assert (frame.loc[suspect.index, "suspect_deliveries"] == suspect).all()
    assert frame["suspect_deliveries"].sum() == suspect.sum()


def test_prices_by_brute_force(company: Company):
    bands = company.store._unscoped("SELECT * FROM price_list").astype({"product_id": str})
    lines = sales(company)
    lines = lines[lines["quantity"] > 0].merge(bands, left_on="product", right_on="product_id", how="left")
    lines = lines[(lines["sales_date"] >= lines["valid_from"]) & (lines["sales_date"] <= lines["valid_to"])]
    low = lines[lines["amount"] < lines["floor_price"] * lines["quantity"] - 0.005]
    high = lines[lines["amount"] > lines["cap_price"] * lines["quantity"] + 0.005]
    values = ask(company, "integrity.prices", company.scope()).values
    gap = (low["floor_price"] * low["quantity"] - low["amount"]).sum()
    gap += (high["amount"] - high["cap_price"] * high["quantity"]).sum()
    assert len(low) > 50
    assert len(high) > 50
    assert values["bought_gap"] == pytest.approx(gap)
    units = ask(company, "integrity.prices", company.scope()).frames["units"].set_index(["flow", "side"])["units"]
    assert units["bought", "low"] == pytest.approx(low["quantity"].sum())
    assert units["bought", "high"] == pytest.approx(high["quantity"].sum())


def test_a_viewer_learns_of_their_dealers_alone(company: Company):
    scope = company.scope({}, Entitlement("somebody", regions=("Southwest",)))
    mine = set(company.store.query("dealer_terms", scope)["dealer_id"])
    for name in ("integrity.territory", "integrity.prices", "integrity.loading", "integrity.summary",
                 "integrity.deliveries", "integrity.breaches"):  # fmt: skip
        answer = ask(company, name, scope)
        for key, frame in answer.frames.items():
            if "dealer_id" in frame:
                assert set(frame["dealer_id"]) <= mine, (name, key)
        json.dumps(answer.to_dict(), allow_nan=False)
