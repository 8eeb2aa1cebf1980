"""The questions about visits and shelves on the demo company: brute force, identities, planted truth, rights."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from data.company import Company
from data.scope import Entitlement

RANDOM = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def rows(company):
    """Whole tables, past every filter, for brute force."""
    return {
        name: company.store._unscoped(f"SELECT * FROM {name}")
        for name in ("fact_visit", "dim_dealer", "dim_employee", "dim_region", "fact_shelf_check", "price_list")
    }


def above(tree: pd.DataFrame) -> dict[str, set[str]]:
    parents = tree.set_index("region_id")["parent_id"].to_dict()
    found = {}
    for region in parents:
        chain, here = set(), region
        while isinstance(here, str):
            chain.add(here)
            here = parents.get(here)
        found[region] = chain
    return found


@st.composite
def keys(draw, company):
    regions = list(company.store.region_tree["region_id"])
    given = {"period": draw(st.sampled_from(["2026-Q1", "2026-06", "2025-07..2026-06", "2024-05..2024-06"]))}
    if draw(st.booleans()):
        given["region"] = draw(st.sampled_from(regions))
    if draw(st.booleans()):
        given["employee"] = draw(st.sampled_from(list(company.store.names("employee").index)))
    if draw(st.booleans()):
        given["as_of"] = str(draw(st.dates(dt.date(2026, 3, 1), dt.date(2026, 6, 30))))
    return given


@RANDOM
@given(data=st.data())
def test_working_time_equals_pandas(company, rows, data):
    """All time of the people who work inside the region: visits to its dealers, and what names no dealer."""
    given_keys = data.draw(keys(company))
    scope = company.scope(given_keys)
    answer = ask(company, "visits.time", scope)
    done = rows["fact_visit"]
    end = min(scope.period.end, scope.as_of)
    done = done[done["visit_date"].between(pd.Timestamp(scope.period.start), pd.Timestamp(end))]
    if scope.employee:
        done = done[done["employee_id"].isin(scope.employee)]
    if scope.region:
        chain = above(rows["dim_region"])
        home = rows["dim_employee"].set_index("employee_id")["region_id"]
        place = rows["dim_dealer"].set_index("dealer_id")["region_id"]

        def inside(region):
            return isinstance(region, str) and not chain[region].isdisjoint(scope.region)

        done = done[done["employee_id"].astype(str).map(home).map(inside)]
        done = done[done["dealer_id"].isna() | done["dealer_id"].astype(str).map(place).map(inside)]
    hours = done.groupby(done["activity"].astype(str))["hours"].sum().astype(float)
    frame = answer.frames["activities"].set_index("activity")
    if not hours.sum():
        assert answer.verdict == "insufficient_evidence"
        return
    for activity in ("new", "existing", "planning", "phone"):
        assert frame.loc[activity, "hours"] == pytest.approx(hours.get(activity, 0.0), abs=1e-6)
    assert answer.values["new_visits"] == (done["activity"] == "new").sum()
    by = answer.frames["by"]
    assert by["hours"].sum() == pytest.approx(answer.values["hours"])
    assert by["new_visits"].sum() == answer.values["new_visits"]
    assert by["deviation"].is_monotonic_decreasing


def test_regions_of_people_add_up_to_the_company(company):
    whole = ask(company, "visits.time", company.scope())
    regions = ask(company, "visits.time", company.scope(), by="region").frames["by"]
    assert regions["hours"].sum() == pytest.approx(whole.values["hours"])
    parts = [ask(company, "visits.time", company.scope({"region": id})).values["hours"] for id in regions["region_id"]]
    # a region's dealers may be visited by people who work elsewhere: their time counts where they work
    assert sum(parts) == pytest.approx(whole.values["hours"], rel=0.02)


def test_a_viewer_of_a_region_sees_the_time_of_its_people_alone(company, rows):
    region = company.store.region_tree.iloc[0]["region_id"]
    viewer = Entitlement("south", regions=(region,))
    mine = ask(company, "visits.time", company.scope(entitlement=viewer))
    asked = ask(company, "visits.time", company.scope({"region": region}))
    assert mine.values["hours"] == asked.values["hours"]
    one = Entitlement("one dealer", dealers=(rows["dim_dealer"]["dealer_id"].astype(str).iloc[0],))
    closed = ask(company, "visits.time", company.scope(entitlement=one))
    assert closed.verdict == "insufficient_evidence"
    hours = company.store.query("working_hours", company.scope(entitlement=one), depth=1)
    assert set(hours["activity"].astype(str)) <= {"existing"}


def test_time_is_not_told_for_dealers(company):
    answer = ask(company, "visits.time", company.scope({"channel": "MT"}))
    assert answer.verdict == "insufficient_evidence"
    assert any("whole sales people" in str(note) for note in answer.notes)


def test_months_add_up_to_the_year(company):
    answer = ask(company, "visits.coverage", company.scope({"period": "2025-07..2026-06"}))
    for id in ("planned_visits", "planned_visits_done", "visits", "unplanned_visits"):
        assert answer.frames["months"][id].sum() == answer.values[id]
        assert answer.frames["by"][id].sum() == answer.values[id]


@RANDOM
@given(data=st.data())
def test_a_narrower_scope_never_calls_for_more(company, data):
    given_keys = data.draw(keys(company))
    wide = company.scope({key: text for key, text in given_keys.items() if key in ("period", "as_of")})
    narrow = company.scope(given_keys)
    for name, value in (("visits.calls", "due"), ("visits.frequency", "judged"), ("visits.frequency", "under_sales")):
        assert ask(company, name, narrow).values[value] <= ask(company, name, wide).values[value] + 1e-6
    mine, all_ = (ask(company, "visits.calls", scope, shown=10_000).frames["calls"] for scope in (narrow, wide))
    assert set(mine["dealer_id"]) <= set(all_["dealer_id"])
    # a dealer's class and norm do not depend on who else is looked at
    both = mine.merge(all_, on="dealer_id", suffixes=("", "_all"))
    assert (both["interval"] == both["interval_all"]).all()
    assert (both["urgency"] if "urgency" in both else both["overdue"]).notna().all()


def test_frequency_equals_pandas(company, rows):
    answer = ask(company, "visits.frequency", company.scope())
    frame = answer.frames["dealers"].set_index("dealer_id")
    done = rows["fact_visit"]
    done = done[done["visit_date"].between(pd.Timestamp(2025, 12, 31), pd.Timestamp(2026, 6, 30))]
    visits = done.groupby(done["dealer_id"].astype(str)).size().reindex(frame.index, fill_value=0)
    assert (frame["visits"] == visits).all()
    sold = company.store.measure(company.scope({"period": "2025-07-01..2026-06-30"}), ("net_sales",), ("dealer",))
    sold = sold.set_index("dealer_id")["net_sales"].reindex(frame.index)
    assert frame["sales"].to_numpy() == pytest.approx(sold.fillna(0).to_numpy())
    judged = frame[frame["served"] != ""]
    for _class, group in judged.groupby("value_class"):
        assert (group["per_month"] < group["norm"]).mean() <= 0.5
    assert answer.values["under"] == (frame["served"] == "under").sum()


def test_the_product_filter_does_not_act_on_visits_and_says_so(company):
    category = next(iter(company.store.categories))
    for name in ("visits.coverage", "visits.time", "visits.frequency", "visits.calls", "visits.effect"):
        plain, filtered = (ask(company, name, company.scope(k)) for k in ({}, {"category": category}))
        assert any("not split by product" in str(note) for note in filtered.notes), name
        numbers = [{k: v for k, v in answer.to_dict()["values"].items() if k != "who"} for answer in (plain, filtered)]
        assert numbers[0] == numbers[1], name


# ------------------------------------------------------------------ shelves


def test_distribution_equals_pandas(company, rows):
    answer = ask(company, "shelf.distribution", company.scope(), by="product")
    checks = rows["fact_shelf_check"]
    when = checks["check_date"]
    checks = checks[(when <= pd.Timestamp(2026, 6, 30)) & (when > pd.Timestamp(2026, 6, 30) - pd.Timedelta(days=90))]
    last = checks.loc[checks.groupby(["outlet_id", "product_id"], observed=True)["check_date"].idxmax()]
    assert answer.values["numeric_distribution"] == pytest.approx(last["is_present"].mean())
    weight = last["outlet_weight"]
    weighted = weight[last["is_present"]].sum() / weight.sum()
    assert answer.values["weighted_distribution"] == pytest.approx(weighted)
    by = answer.frames["by"].set_index("product_id")
    expected = last.groupby(last["product_id"].astype(str))["is_present"].mean()
    assert by["numeric"].to_dict() == pytest.approx(expected.to_dict())
    regions = ask(company, "shelf.distribution", company.scope()).frames["by"]
    for column in ("checked", "carrying"):
        assert regions[column].sum() == by[column].sum()


def test_shelf_prices_stand_above_the_list_price_of_their_day(company, rows):
    """The demo's retail price is 1.28 times the list price of the year."""
    answer = ask(company, "shelf.prices", company.scope())
    assert answer.values["shelf_price_gap"] == pytest.approx(0.28, abs=0.01)
    assert answer.values["below"] == 0
    listed = rows["price_list"]
    listed = listed[listed["valid_from"].astype(str) == "2026-01-01"]
    listed = dict(zip(listed["product_id"].astype(str), listed["list_price"].astype(float), strict=True))
    checks = company.store.query("shelf_checks", company.scope(), since=dt.date(2026, 4, 1), until=dt.date(2026, 6, 30),
                                 launched=None, depth=1)  # fmt: skip
    assert checks["list_price"].to_numpy() == pytest.approx(checks["product_id"].map(listed).to_numpy())


def test_launches_of_the_demo_are_followed(company):
    answer = ask(company, "shelf.launches", company.scope())
    frame, months = answer.frames["launches"], answer.frames["months"]
    assert len(frame) == answer.values["launched"] > 0
    assert (frame["launched_date"] >= pd.Timestamp(2024, 12, 30)).all()
    assert months["numeric"].between(0, 1).all()
    rising = months.groupby("product_id")["numeric"].agg(["first", "last"])
    assert (rising["last"] >= rising["first"]).mean() > 0.5
    earlier = ask(company, "shelf.launches", company.scope({"as_of": "2026-03-31", "period": "2026-Q1"}))
    assert len(earlier.frames["months"]) < len(months)


def test_without_shelf_checks_the_answers_say_what_to_import(company, monkeypatch):
    scope = company.scope({"period": "2001-01"})
    for name in ("shelf.distribution", "shelf.launches", "shelf.prices"):
        answer = ask(company, name, scope)
        assert answer.verdict == "insufficient_evidence"
        json.dumps(answer.to_dict(), allow_nan=False)
    fresh = Company.open(company.home)
    fresh.store.rows["fact_shelf_check"] = 0
    assert any("No shelf checks imported" in str(note) for note in ask(fresh, "shelf.prices", scope).notes)


# ------------------------------------------------------------------ visits and orders


def test_the_planted_effect_is_recovered(company, demo_home):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["visits"]["effect"]
    answer = ask(company, "visits.effect", company.scope())
    terms = answer.frames["terms"].set_index("term")
    assert answer.verdict == "ok"
    assert terms.loc["within", "lo-95"] < truth < terms.loc["within", "hi-95"]
    assert terms.loc["within", "hi-95"] - terms.loc["within", "lo-95"] < truth  # narrow enough to be of use
    assert terms.loc["pooled", "mean"] > 5 * truth
    values = answer.values
    assert values["visit_orders"] == pytest.approx(values["visit_association"] * values["weekly"] * 4)


def test_a_narrow_view_computes_its_own_or_refuses(company):
    person = company.store.names("employee").index[20]
    answer = ask(company, "visits.effect", company.scope({"employee": person}))
    assert answer.values["reason"] in ("few_dealers", "few_periods")
    assert answer.verdict == "insufficient_evidence"
    assert "visit_orders" not in answer.values
    early = ask(company, "visits.effect", company.scope({"as_of": "2024-07-31", "period": "2024-07"}))
    assert early.values["reason"] == "few_periods"


def test_a_limited_viewer_never_reads_the_stored_result(company):
    region = company.store.region_tree.iloc[0]["region_id"]
    viewer = Entitlement("one region", regions=(region,))
    mine, whole = (ask(company, "visits.effect", company.scope(entitlement=e)) for e in (viewer, Entitlement("all")))
    assert mine.values["dealers"] < whole.values["dealers"]


def test_until_it_is_computed_the_answer_says_so(company, monkeypatch):
    monkeypatch.setattr(Company, "result", lambda _self, _name: None)
    answer = ask(company, "visits.effect", company.scope())
    assert answer.values["reason"] == "computing"
    assert any("being computed" in str(note) for note in answer.notes)
