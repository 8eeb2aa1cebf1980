"""Questions on sales: identities over random scopes, brute force over plain frames, and where they refuse."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.sales.bridge import EFFECTS
from data.scope import Entitlement, Period, ScopeError
from tests.golden_home import small_company

RANDOM = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PERIODS = ("2026-01..2026-06", "2026-Q2", "2026-06", "2025-H2", "2026-03-10..2026-05-20", "2026", "2025-05")
COMPARED = ("last_year", "previous", "selling_days", "lunar")
EARLIER = ("", "2025-Q3", "2024-06", "2025-02-03..2025-03-09", "2024-H2")


@st.composite
def keys(draw, company):
    """Any period, comparison and up to two filters."""
    store = company.store
    ids = {"region": list(store.region_tree["region_id"]), "channel": list(store.names("channel").index),
           "category": list(store.categories), "dealer": list(store.names("dealer").index),
           "product": list(store.names("product").index)}  # fmt: skip
    chosen = draw(st.sets(st.sampled_from(sorted(ids)), max_size=2))
    picked = {name: ",".join(draw(st.lists(st.sampled_from(ids[name]), min_size=1, max_size=3, unique=True)))
              for name in sorted(chosen)}  # fmt: skip
    return {"period": draw(st.sampled_from(PERIODS)), "compare": draw(st.sampled_from(COMPARED))} | picked


# ------------------------------------------------------------------ the bridge


@RANDOM
@given(data=st.data(), against=st.sampled_from(EARLIER),
       by=st.sampled_from(["region", "dealer", "product", "category", "channel", "price_class", "brand"]))  # fmt: skip
def test_the_bridge_sums_to_the_change_however_it_is_split(company, data, against, by):
    scope = company.scope(data.draw(keys(company)))
    answer = ask(company, "sales.bridge", scope, by=by, against=against)
    if answer.compared is None:
        assert answer.verdict == "insufficient_evidence"
        return
    steps = answer.frames["bridge"].set_index("step")["value"]
    opening = company.store.measure(scope, ("net_sales",), period=answer.compared).iloc[0, 0]
    closing = company.store.measure(scope, ("net_sales",)).iloc[0, 0]
    assert steps["opening"] == pytest.approx(opening, abs=0.005)
    assert steps["closing"] == pytest.approx(closing, abs=0.005)
    assert steps[list(EFFECTS)].sum() == pytest.approx(closing - opening, abs=0.005)
    parts = answer.frames["by"]
    for column in ("opening", *EFFECTS, "closing"):
        assert parts[column].sum() == pytest.approx(steps[column], abs=0.005), column
    across = parts[list(EFFECTS)].sum(axis=1)
    assert across.tolist() == pytest.approx(parts["change"].tolist(), abs=0.005)


@RANDOM
@given(data=st.data())
def test_the_bridge_equals_the_definition_over_plain_frames(company, table, data):
    scope = company.scope(data.draw(keys(company)) | {"channel": "", "product": "", "category": ""})
    answer = ask(company, "sales.bridge", scope, by="product")
    if answer.compared is None:
        return
    lines = sold(table, scope, company)
    now, before = within(lines, scope.period), within(lines, answer.compared)
    sums = pd.concat([part.groupby("product_id")[["quantity", "net_amount"]].sum() for part in (before, now)], axis=1)
    sums = sums.fillna(0).set_axis(["q0", "r0", "q1", "r1"], axis=1)
    both = sums[(sums["q0"] > 0) & (sums["q1"] > 0)]
    price = ((both["r1"] / both["q1"] - both["r0"] / both["q0"]) * both["q1"]).sum()
    volume = (both["q1"].sum() - both["q0"].sum()) * both["r0"].sum() / both["q0"].sum() if len(both) else 0.0
    values = answer.values
    assert values["price"] == pytest.approx(price, abs=0.01)
    assert values["volume"] == pytest.approx(volume, abs=0.01)
    assert values["mix"] == pytest.approx((both["r1"] - both["r0"]).sum() - price - volume, abs=0.01)
    fresh = sums[(sums["q0"] == 0) & (sums["r0"] == 0) & (sums["q1"] > 0)]
    assert values["new"] == pytest.approx(fresh["r1"].sum(), abs=0.01)


def test_a_bridge_starts_from_any_period_and_says_when_it_cannot(company):
    scope = company.scope({"period": "2026-06"})
    answer = ask(company, "sales.bridge", scope, against="2025-Q3")
    assert answer.compared == Period(dt.date(2025, 7, 1), dt.date(2025, 9, 30))
    assert any("30 days against 92" in str(note) for note in answer.notes)
    assert not ask(company, "sales.bridge", scope, against="2024-09").notes
    assert ask(company, "sales.bridge", scope, against="2020").verdict == "insufficient_evidence"
    assert ask(company, "sales.bridge", scope.but(compare="target")).verdict == "insufficient_evidence"
    with pytest.raises(ScopeError, match="against"):
        ask(company, "sales.bridge", scope, against="some time ago")


def test_sales_without_quantities_have_no_price(tmp_path):
    lines = [{"line_id": str(year), "line_type": "sale", "dealer_id": "D", "order_date": dt.date(year, 3, 2),
              "net_amount": 10 * (year - 2020)} for year in (2025, 2026)]  # fmt: skip
    company = small_company(tmp_path, {"dim_dealer": [{"dealer_id": "D"}], "fact_sales": lines})
    answer = ask(company, "sales.bridge", company.scope({"period": "2026-03"}))
    assert answer.verdict == "insufficient_evidence"
    assert (answer.values["unsplit"], answer.values["change"]) == (10, 10)


# ------------------------------------------------------------------ dealers


def sold(table, scope, company):
    """Sale and return lines of the regions and dealers of a scope, up to its as-of day."""
    lines = table("fact_sales")
    lines = lines[lines["line_type"].isin(["sale", "return"]) & (lines["sales_date"] <= pd.Timestamp(scope.as_of))]
    parents = company.store.region_tree.set_index("region_id")["parent_id"].to_dict()

    def above(region):
        while isinstance(region, str):
            yield region
            region = parents.get(region)

    dealers = table("dim_dealer").set_index("dealer_id")["region_id"]
    if scope.region:
        inside = {id for id, region in dealers.items() if set(above(region)) & set(scope.region)}
        lines = lines[lines["dealer_id"].isin(inside)]
    return lines[lines["dealer_id"].isin(scope.dealer)] if scope.dealer else lines


def within(lines, period):
    return lines[lines["sales_date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]


@RANDOM
@given(start=st.dates(dt.date(2024, 6, 1), dt.date(2026, 6, 1)), days=st.integers(1, 500), gap=st.integers(20, 400),
       region=st.sampled_from(["", "South", "CN-GD"]), then=st.integers(0, 300))  # fmt: skip
def test_new_returning_and_lost_dealers_equal_brute_force(company, table, start, days, gap, region, then):
    period = Period(start, start + dt.timedelta(days))
    compared = Period(start - dt.timedelta(then + 1), start - dt.timedelta(1))
    scope = company.scope({"period": str(period), "region": region})
    lines = sold(table, scope, company)
    bought = lines.loc[lines["line_type"] == "sale"].groupby("dealer_id")["sales_date"].agg(lambda d: sorted(set(d)))
    new = returning = lost = 0
    for dates in bought:
        inside = [d for d in dates if pd.Timestamp(period.start) <= d <= pd.Timestamp(period.end)]
        before = [d for d in dates if pd.Timestamp(compared.start) <= d <= pd.Timestamp(compared.end)]
        if not inside:
            lost += bool(before)
        elif inside[0] == dates[0]:
            new += 1
        else:
            previous = dict(zip(dates[1:], dates, strict=False))
            returning += any((d - previous[d]).days >= gap for d in inside)
    store = company.store
    kept = store.settings
    store.settings = kept.model_copy(update={"reactivation_gap_days": gap})
    try:
        found = store.measure(scope, ("new_dealers", "returning_dealers", "lost_dealers"), compared=compared).iloc[0]
    finally:
        store.settings = kept
    assert found.tolist() == [new, returning, lost]


def test_boundaries_of_the_gap(tmp_path):
    """Back after 365 days is returning, after 364 resumed; a return line is no purchase."""

    def line(i, dealer, day, kind="sale"):
        sign = 1 if kind == "sale" else -1
        return {"line_id": str(i), "line_type": kind, "dealer_id": dealer, "order_date": day, "quantity": sign,
                "net_amount": 10 * sign}  # fmt: skip

    june = dt.date(2026, 6, 10)
    days = {"year": [june - dt.timedelta(365), june], "less": [june - dt.timedelta(364), june],
            "fresh": [june], "steady": [dt.date(2025, 6, 20), dt.date(2026, 5, 25), june],
            "gone": [dt.date(2025, 6, 3)], "old": [dt.date(2023, 1, 5)]}  # fmt: skip
    lines = [line(f"{dealer}{day}", dealer, day) for dealer, dates in days.items() for day in dates]
    lines.append(line("back", "gone", june, "return"))
    tables = {"dim_dealer": [{"dealer_id": id} for id in days], "fact_sales": lines}
    company = small_company(tmp_path, tables)
    scope = company.scope({"period": "2026-06", "compare": "previous"})
    answer = ask(company, "sales.dealers", scope)
    status = answer.frames["dealers"].set_index("dealer_id")["status"].to_dict()
    assert status == {"year": "returning", "less": "resumed", "fresh": "new", "steady": "kept", "gone": "returns"}
    values = ask(company, "sales.summary", scope).values
    assert (values["active_dealers"], values["new_dealers"], values["returning_dealers"]) == (4, 1, 1)
    year = ask(company, "sales.dealers", scope.but(compare="last_year")).frames["dealers"].set_index("dealer_id")
    assert year.loc["gone", "status"] == "lost"
    assert year.loc["gone", "last_sale"] == dt.date(2025, 6, 3)


@RANDOM
@given(data=st.data())
def test_the_movement_of_dealers_adds_up(company, data):
    scope = company.scope(data.draw(keys(company)))
    answer = ask(company, "sales.dealers", scope)
    summary = ask(company, "sales.summary", scope).values
    moved = answer.frames["movement"]
    assert moved["net_sales"].sum() == pytest.approx(summary["net_sales"], abs=0.01)
    assert moved["active"].sum() == summary["active_dealers"]
    if answer.compared is not None:
        assert moved["net_sales_compared"].sum() == pytest.approx(summary["net_sales_compared"], abs=0.01)
        assert moved["active_compared"].sum() == summary["active_dealers_compared"]
        counted = moved.set_index("status")["dealers"]
        assert counted.get("lost", 0) == summary["lost_dealers"]
        assert counted.get("new", 0) == summary["new_dealers"]
        assert counted.get("returning", 0) == summary["returning_dealers"]
    assert len(answer.frames["dealers"]) == moved["dealers"].sum()


@RANDOM
@given(data=st.data())
def test_a_narrower_scope_never_exceeds_a_wider_one(company, data):
    scope = company.scope(data.draw(keys(company)))
    compared = company.compared(scope)

    def counts(of):
        row = company.store.measure(of, ("net_sales", "returns", "orders", "active_dealers"), compared=compared).iloc[0]
        return [row["net_sales"] + row["returns"], row["orders"], row["active_dealers"]]

    wider = counts(scope.but(**dict.fromkeys(scope.filters, ())))
    assert all(narrow <= wide + 0.001 for narrow, wide in zip(counts(scope), wider, strict=True))
    ids = (
        "new_dealers",
        "returning_dealers",
        "lost_dealers",
    )  # a filter on lines may make a dealer new, not one on dealers
    of_dealers = scope.but(channel=(), category=(), product=())
    narrow = company.store.measure(of_dealers, ids, compared=compared).iloc[0]
    wide = company.store.measure(of_dealers.but(region=(), dealer=()), ids, compared=compared).iloc[0]
    assert (narrow <= wide).all()


def test_a_viewer_of_a_region_counts_its_dealers_alone(company):
    scope = company.scope({"period": "2026-H1"})
    south = company.scope({"period": "2026-H1"}, Entitlement("south", regions=("South",)))
    assert (
        ask(company, "sales.dealers", south).values["active_dealers"]
        == (ask(company, "sales.dealers", scope.but(region=("South",))).values["active_dealers"])
    )
    regions = set(company.store.region_tree.query("parent_id == 'South'")["region_id"])
    assert set(ask(company, "sales.drill", south).frames["by"]["region_id"]) <= regions


# ------------------------------------------------------------------ mix and concentration


@RANDOM
@given(data=st.data(), by=st.sampled_from(["category", "brand", "price_class", "channel"]))
def test_shares_add_up_to_one(company, data, by):
    scope = company.scope(data.draw(keys(company)))
    answer = ask(company, "sales.mix", scope, by=by)
    frame, total = answer.frames["mix"], ask(company, "sales.summary", scope).values["net_sales"]
    assert frame["net_sales"].sum() == pytest.approx(total, abs=0.01)
    if total > 0:
        assert frame["share"].sum() == pytest.approx(1)
    if answer.compared is not None and frame["net_sales_compared"].sum() > 0 and total > 0:
        assert frame["share_change"].sum() == pytest.approx(0, abs=1e-9)


@RANDOM
@given(data=st.data(), by=st.sampled_from(["dealer", "product"]))
def test_concentration_equals_plain_arithmetic(company, table, data, by):
    scope = company.scope(data.draw(keys(company)) | {"channel": "", "product": "", "category": ""})
    answer = ask(company, "sales.concentration", scope, by=by, top=5)
    amounts = within(sold(table, scope, company), scope.period).groupby(f"{by}_id")["net_amount"].sum()
    amounts = amounts[amounts > 0].sort_values(ascending=False)
    if amounts.empty:
        assert pd.isna(answer.values["hhi"])
        return
    share = amounts / amounts.sum()
    assert answer.values["hhi"] == pytest.approx((share**2).sum())
    assert answer.values["top_share"] == pytest.approx(share.head(5).sum())
    start = share.cumsum() - share
    expected = {"A": int((start < 0.8 - 1e-9).sum()), "B": int(((start >= 0.8 - 1e-9) & (start < 0.95 - 1e-9)).sum())}
    got = answer.frames["classes"].set_index("class")["members"]
    assert {name: got[name] for name in expected} == expected


# ------------------------------------------------------------------ like for like


def test_the_ways_are_those_of_the_comparison(company):
    scope = company.scope({"period": "2026-Q1"})
    answer = ask(company, "sales.like_for_like", scope)
    ways = answer.frames["ways"].set_index("way")
    assert list(ways.index) == ["last_year", "selling_days", "lunar"]
    for way in ways.index:
        summary = ask(company, "sales.summary", scope.but(compare=way)).values
        assert ways.loc[way, "compared"] == pytest.approx(summary["net_sales_compared"])
        assert answer.values[way] == pytest.approx(summary["net_sales"] / summary["net_sales_compared"] - 1)
    assert ways.loc["selling_days", "selling_days"] == ways.loc["selling_days", "selling_days_compared"]
    assert ways.loc["lunar", "start"] == dt.date(
        2024, 12, 13
    )  # 17 February 2026 and 29 January 2025 lie 384 days apart
    assert answer.values["differ"] == (answer.values["spread"] > 0.005)


def test_the_lunar_way_is_refused_away_from_the_festival_and_beyond_the_data(company):
    half = ask(company, "sales.like_for_like", company.scope({"period": "2026-H1"}))
    assert "lunar" not in half.values
    assert any("Spring Festival" in str(note) for note in half.notes)
    assert any("19 Dec 2025" in str(note) or "2025-12-19" in str(note) for note in half.notes)
    asked = ask(company, "sales.like_for_like", company.scope({"period": "2026-H1", "compare": "lunar"}))
    title = ask(company, "sales.summary", asked.scope).values
    assert asked.values["lunar"] == pytest.approx(title["net_sales"] / title["net_sales_compared"] - 1)  # as the title
    assert asked.notes == half.notes
    autumn = ask(company, "sales.like_for_like", company.scope({"period": "2025-09"}))
    assert "lunar" not in autumn.values
    assert not autumn.notes  # nobody expects it there
    early = ask(company, "sales.like_for_like", company.scope({"period": "2024-08"}))
    assert early.verdict == "insufficient_evidence"
    assert early.frames["ways"].empty
    assert any("No comparison" in str(note) for note in early.notes)
    ahead = ask(company, "sales.like_for_like", company.scope({"period": "2026-09"}))
    assert ahead.verdict == "insufficient_evidence"


def test_a_calendar_that_ends_too_early_is_no_calendar(company, monkeypatch):
    scope = company.scope({"period": "2026-Q1"})
    later = company.store.calendar
    monkeypatch.setitem(company.store.__dict__, "calendar", later[later["date"] >= "2025-03-01"])
    answer = ask(company, "sales.like_for_like", scope)
    assert "selling_days" not in answer.values
    assert any("same number of selling days" in str(note) for note in answer.notes)
    monkeypatch.setitem(company.store.__dict__, "calendar", later[later["date"] >= "2025-09-01"])
    answer = ask(company, "sales.like_for_like", scope)
    assert "lunar" not in answer.values
    assert any("does not reach the Spring Festival" in str(note) for note in answer.notes)


# ------------------------------------------------------------------ the way down


@settings(RANDOM, max_examples=2)
@given(data=st.data())
def test_each_level_adds_up_and_leads_deeper(company, data):
    scope = company.scope({"period": "2026-Q2"})
    total = ask(company, "sales.summary", scope).values["net_sales"]
    seen = []
    while True:
        answer = ask(company, "sales.drill", scope)
        by, frame = answer.values["by"], answer.frames["by"]
        assert frame["actual"].sum() == pytest.approx(total, abs=0.01)
        seen.append(by)
        if answer.values["deepest"]:
            break
        rows = frame[frame[f"{by}_id"].notna() & (frame["actual"] > 0)]
        row = rows.iloc[data.draw(st.integers(0, len(rows) - 1))]
        scope, total = scope.but(**{answer.values["key"]: (row[f"{by}_id"],)}), row["actual"]
    assert seen[0] == "region"
    assert seen[-3:] == ["dealer", "product", "product"]
    path = answer.frames["path"]
    assert path["level"].tolist()[0] == "all"
    assert path["level"].tolist()[-2:] == ["dealer", "product"]
    regions = path.loc[path["level"] == "region", "id"].tolist()
    parents = company.store.region_tree.set_index("region_id")["parent_id"]
    assert all(parents[below] == above for above, below in pairwise(regions))
    json.dumps(answer.to_dict(), allow_nan=False)


def drill(tmp_path, regions, dealers, **keys):
    lines = [{"line_id": id, "line_type": "sale", "dealer_id": id, "order_date": dt.date(2026, 3, 2), "net_amount": 10}
             for id, _region in dealers]  # fmt: skip
    tables = {"dim_region": [{"region_id": id, "parent_id": parent} for id, parent in regions],
              "dim_dealer": [{"dealer_id": id, "region_id": region} for id, region in dealers],
              "fact_sales": lines}  # fmt: skip
    company = small_company(tmp_path, tables)
    return ask(company, "sales.drill", company.scope({"period": "2026-03"} | keys))


TREE = [("S", None), ("S1", "S"), ("S1a", "S1"), ("S1b", "S1"), ("N", None), ("N1", "N")]


def test_a_level_with_one_region_is_passed_over(tmp_path):
    answer = drill(tmp_path, TREE, [("D1", "S1a"), ("D2", "S1b"), ("D3", "N1")], region="S")
    assert answer.frames["by"]["region_id"].tolist() == ["S1a", "S1b"]


def test_below_a_region_with_one_city_come_dealers(tmp_path):
    answer = drill(tmp_path, TREE, [("D1", "S1a"), ("D2", "S1b"), ("D3", "N1"), ("D4", "N1")], region="N")
    assert answer.frames["by"]["dealer_id"].tolist() == ["D3", "D4"]


def test_without_regions_come_dealers(tmp_path):
    answer = drill(tmp_path, [], [("D1", None), ("D2", None)])
    assert (answer.values["by"], len(answer.frames["by"])) == ("dealer", 2)


def test_regions_that_no_dealer_has_are_passed_over(tmp_path):
    answer = drill(tmp_path, TREE, [("D1", None), ("D2", None)])
    assert answer.values["by"] == "dealer"


def test_dealers_without_a_region_are_a_row_of_their_own(tmp_path):
    answer = drill(tmp_path, TREE, [("D1", "S1a"), ("D2", None)])
    found = answer.frames["by"].set_index("region_id")["actual"]
    assert len(found) == 2
    assert found.index.isna().sum() == 1
    assert found.sum() == 20
