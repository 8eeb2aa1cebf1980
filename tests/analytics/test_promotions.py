"""Questions about promotions: sums add up, planted truths lie within the bands, nobody sees what is not theirs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask, promotions_job
from analytics.questions.promotions import VERDICTS
from analytics.questions.promotions_overdue import KIND
from data import records
from data.scope import Entitlement, ScopeError
from tests.golden_home import small_company

YEAR = {"period": "2025"}
SUMS = ("cost", "spend", "gross_margin", "net_margin", "net_revenue")


@pytest.fixture(scope="module")
def year(company):
    return ask(company, "promotions.portfolio", company.scope(YEAR))


@pytest.fixture(scope="module")
def costs(table):
    """Executions of the demo with money as float."""
    frame = table("fact_promotion_cost")
    return frame.assign(spend=frame["cost_amount"].astype(float), planned=frame["planned_cost"].astype(float))


def test_promotions_are_those_that_ended_in_the_period(year, costs):
    ended = costs[pd.to_datetime(costs["end_date"]).dt.year == 2025]
    shown = year.frames["promotions"].set_index("promotion_id")
    by = ended.groupby("promotion_id")
    assert set(shown.index) == set(by.groups)
    for column, sums in (("cost", by["spend"].sum()), ("planned_cost", by["planned"].sum()), ("executions", by.size())):
        assert shown[column].astype(float).to_dict() == pytest.approx(sums.astype(float).to_dict())
    assert year.values["dealers"] == ended["dealer_id"].nunique()


@pytest.mark.parametrize("frame", ["promotions", "types", "cells"])
def test_groups_add_up_to_the_whole(year, frame):
    rows = year.frames[frame]
    for name in ("cost", "spend", "gross_margin", "net_margin"):
        assert rows[name].sum() == pytest.approx(year.values[name]), name
    executions = rows["n_executions"].sum() + rows["n_refused"].sum()
    assert executions == year.frames["promotions"]["executions"].sum()


def test_verdicts_share_out_promotions_and_cost(year):
    values = year.values
    assert sum(values[f"promotions_{v}"] for v in VERDICTS) == values["promotions"]
    assert sum(values[f"cost_{v}"] for v in VERDICTS) == pytest.approx(values["cost"])
    assert values["net_return"] == pytest.approx(values["net_margin"] - values["spend"])
    assert values["net_return"] == pytest.approx(values["roi"] * values["spend"])
    sure = year.frames["promotions"]
    assert (sure.loc[sure["verdict"] == "profit", "roi_lo_80"] > 0).all()
    assert (sure.loc[sure["verdict"] == "loss", "roi_hi_80"] < 0).all()


def test_planted_returns_lie_within_the_bands(company, truth):
    told = company.result(promotions_job.EXECUTIONS)
    told = told[told["net_margin"].notna()]
    planted = truth["promotions"]["executions"]
    real = pd.DataFrame({name: planted[name] for name in ("execution_id", "type", "net_margin", "spend")})
    real = real[real["execution_id"].isin(told["execution_id"])].groupby("type")[["net_margin", "spend"]].sum()
    real = real["net_margin"] / real["spend"] - 1
    types = ask(company, "promotions.portfolio", company.scope({"period": "all"})).frames["types"]
    types = types.set_index("promotion_type")
    inside = [types.loc[t, "roi_lo_95"] <= real[t] <= types.loc[t, "roi_hi_95"] for t in real.index]
    assert len(inside) == 6
    assert sum(inside) >= 5
    assert np.corrcoef(types.loc[real.index, "roi"], real)[0, 1] > 0.8


def test_before_and_after_flatters_and_the_difference_adds_up(company):
    answer = ask(company, "promotions.one", company.scope(YEAR))
    parts = answer.frames["parts"]["value"]
    assert parts.sum() == pytest.approx(answer.values["net_return"])
    assert answer.frames["naive"]["value"].sum() == pytest.approx(answer.values["net_margin"])
    whole = ask(company, "promotions.portfolio", company.scope({"period": "all"}))
    told = company.result(promotions_job.OVERALL).iloc[0]
    assert told["naive_roi"] > told["roi"]
    assert whole.values["roi"] == pytest.approx(told["roi"])


def test_one_promotion_is_the_same_everywhere(company, year, table):
    row = year.frames["promotions"].iloc[0]
    answer = ask(company, "promotions.one", company.scope(YEAR), promotion=row["promotion_id"])
    values = answer.values
    assert values["verdict"] == row["verdict"]
    for name in ("cost", "spend", "roi", "roi_lo_80", "lift"):
        assert values[name] == pytest.approx(row[name]), name
    executions = answer.frames["executions"]
    assert executions["spend"].sum() == pytest.approx(values["cost"])
    assert answer.frames["regions"]["cost"].sum() == pytest.approx(values["cost"])
    lines = answer.frames["cost_lines"]
    assert lines["spent"].sum() == pytest.approx(values["cost"])
    assert lines["planned"].sum() == pytest.approx(values["planned_cost"])
    plan = table("fact_promotion_plan")
    plan = plan[plan["promotion_id"] == row["promotion_id"]]
    assert values["planned_net_amount"] == pytest.approx(float(plan["planned_net_amount"].astype(float).sum()))
    weeks = pd.to_datetime(answer.frames["weekly"]["week"])
    assert (weeks.dt.weekday == 0).all()
    assert weeks.min() == pd.Timestamp(row["start_date"]) - pd.Timedelta(weeks=12)
    with pytest.raises(ScopeError, match="promotion"):
        ask(company, "promotions.one", company.scope(YEAR), promotion="PR0000")


def test_a_filter_takes_those_rows_and_their_own_band(company, year, costs):
    south = ask(company, "promotions.portfolio", company.scope(YEAR | {"region": "South"}))
    own = costs[(costs["region_id"] == "South") & (pd.to_datetime(costs["end_date"]).dt.year == 2025)]
    assert south.values["cost"] == pytest.approx(own["spend"].sum())
    wide = [a.values["roi_hi_80"] - a.values["roi_lo_80"] for a in (south, year)]
    assert wide[0] > wide[1]
    cell = year.frames["cells"].query("region_id == 'South'").set_index("promotion_type")
    types = south.frames["types"].set_index("promotion_type")
    assert types["net_margin"].to_dict() == pytest.approx(cell["net_margin"].to_dict(), nan_ok=True)
    juice = ask(company, "promotions.portfolio", company.scope(YEAR | {"category": "果汁"}))
    assert set(juice.frames["promotions"]["category"]) == {"果汁"}


def test_a_viewer_sees_the_executions_of_his_region_alone(company):
    viewer = Entitlement("wang", regions=("South",))
    scope = company.scope(YEAR, entitlement=viewer)
    own = ask(company, "promotions.portfolio", company.scope(YEAR | {"region": "South"}))
    seen = ask(company, "promotions.portfolio", scope)
    assert seen.values["cost"] == pytest.approx(own.values["cost"])
    assert set(seen.frames["cells"]["region_id"]) == {"South"}
    one = ask(company, "promotions.one", scope)
    assert set(one.frames["executions"]["region_id"]) == {"South"}
    assert one.frames["weekly"].empty  # they are of all dealers of the promotion
    assert one.values["partly"]
    assert one.frames["cost_lines"]["spent"].sum() == pytest.approx(one.values["cost"])
    overdue = ask(company, "promotions.overdue", scope).frames["promotions"]
    everything = ask(company, "promotions.overdue", company.scope(YEAR)).frames["promotions"]
    assert overdue["cost"].sum() < everything["cost"].sum()
    products = company.scope(YEAR, entitlement=Entitlement("li", products=("P001",)))
    assert ask(company, "promotions.portfolio", products).verdict == "insufficient_evidence"


def test_every_promotion_waits_for_its_evaluation_until_one_is_recorded(copied, demo_home, costs):
    company = copied(demo_home)
    scope = company.scope()
    first = ask(company, "promotions.overdue", scope)
    ends = pd.to_datetime(costs.groupby("promotion_id")["end_date"].max())
    over = set(ends.index[ends + pd.Timedelta(weeks=8) < pd.Timestamp(scope.as_of)])
    frame = first.frames["promotions"].set_index("promotion_id")
    assert set(frame.index[frame["state"] == "overdue"]) == over
    assert set(frame.index) == set(ends.index)
    chosen = sorted(over)[0]
    body = records.checked(KIND, {"decision": "stop", "conclusion": "It cost more than it brought."})
    company.ledger.write(KIND, f"promotion:{chosen}", "wang", body)
    then = ask(company, "promotions.overdue", scope)
    row = then.frames["promotions"].set_index("promotion_id").loc[chosen]
    assert (row["state"], row["decision"], row["who"]) == ("evaluated", "stop", "wang")
    assert then.values["overdue"] == first.values["overdue"] - 1
    company.ledger.write(KIND, f"promotion:{chosen}", "wang", {})
    assert ask(company, "promotions.overdue", scope).values["overdue"] == first.values["overdue"]
    with pytest.raises(records.RecordError):
        records.checked(KIND, {"decision": "stop"})


def test_a_plan_follows_from_the_past_of_its_type(company):
    scope = company.scope()
    answer = ask(company, "promotions.plan", scope, type="gift-box", dealers=50, weeks=4)
    v = answer.values
    past = company.result(promotions_job.BY_TYPE).set_index("type").loc["gift-box"]
    assert v["lift"] == pytest.approx(past["lift"], rel=0.02)
    assert v["cost"] == pytest.approx(v["cost_rate"] * (v["baseline_revenue"] + v["extra_revenue"]))
    steps = answer.frames["steps"].set_index("step")["value"]
    assert steps["gross"] + steps["after"] + steps["cost"] == pytest.approx(steps["return"])
    twice = ask(company, "promotions.plan", scope, type="gift-box", dealers=100, weeks=4)
    assert twice.values["net_margin"] == pytest.approx(2 * v["net_margin"])
    assert twice.values["roi"] == pytest.approx(v["roi"])
    assert (np.diff(answer.frames["arms"]["detectable"]) < 0).all()
    assert ask(company, "promotions.plan", scope, type="buy-n-get-one").values["disguise"]
    assert not v["disguise"]


def test_a_plan_warns_of_what_runs_around_it(company):
    crowded = ask(company, "promotions.plan", company.scope(), type="display", start="2026-05-18")
    found = crowded.frames["overlaps"]
    assert {"PR2605", "PR2606", "PR2607"} & set(found["promotion_id"])
    quiet = ask(company, "promotions.plan", company.scope(), type="display", start="2027-03-01")
    assert quiet.frames["overlaps"].empty
    with pytest.raises(ScopeError, match="start"):
        ask(company, "promotions.plan", company.scope(), start="soon")
    assert ask(company, "promotions.plan", company.scope(), type="skywriting").verdict == "insufficient_evidence"


def test_without_promotions_or_results_nothing_is_told(copied, demo_home, tmp_path):
    day = dt.date(2026, 6, 1)
    bare = small_company(tmp_path / "bare", {
        "dim_dealer": [{"dealer_id": "D1"}],
        "fact_sales": [{"line_id": "1", "line_type": "sale", "order_date": day, "invoice_date": day, "dealer_id": "D1",
                        "net_amount": 10}],
    })  # fmt: skip
    for name in ("portfolio", "one", "overdue", "plan"):
        answer = ask(bare, f"promotions.{name}", bare.scope())
        assert answer.verdict == "insufficient_evidence"
        assert answer.values["missing"]
    frames = promotions_job.compute(bare, bare.scope(), lambda done, of: None)
    assert set(frames) == set(promotions_job.RESULTS)
    company = copied(demo_home)
    (company.snapshot.results / f"{promotions_job.ERRORS}.parquet").unlink()
    assert ask(company, "promotions.portfolio", company.scope()).values["pending"]


def test_without_anybody_to_compare_with_it_refuses(company):
    """Every dealer of a category promoted at once: no verdict, with the reason."""
    scope = company.scope()
    told = promotions_job.executions(company, scope)
    dealers = promotions_job._dealers(company, scope)
    one = told.iloc[[0]]
    everybody = pd.concat([one.assign(dealer_id=d, execution_id=f"X{n}", region=r, product_ids="",
                                      start_week=pd.Timestamp("2025-09-01"), end_week=pd.Timestamp("2025-09-29"))
                           for n, (d, r) in enumerate(dealers.itertuples(index=False))], ignore_index=True)  # fmt: skip
    sales = company.store.query("promotion_sales", scope)
    found = promotions_job.measure(sales, everybody, dealers, company.store.query("promotion_products", scope))
    assert set(found.executions["verdict"]) == {"refused"}
    assert (found.executions["reason"] == "controls").mean() > 0.9
    assert found.overall["verdict"].tolist() == ["refused"]
