"""Questions: identities, worked examples, planted truths, and what JSON says."""

from __future__ import annotations

import datetime as dt
import json
import math

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import questions, refresh
from analytics.questions import ask
from analytics.questions.answer import TOP, Note, answer, cents
from analytics.questions.sales import grain_of, trend_span
from data.scope import Period
from tests.golden_home import small_company

SALE = {"line_type": "sale", "dealer_id": "D1"}


def test_cost_that_is_unknown_gives_no_margin_but_a_note(tmp_path):
    lines = [
        SALE | {"line_id": "1", "order_date": dt.date(2026, 1, 5), "net_amount": 100, "cost_amount": 60},
        SALE | {"line_id": "2", "order_date": dt.date(2026, 1, 6), "net_amount": 300, "cost_amount": None},
    ]
    company = small_company(tmp_path, {"dim_dealer": [{"dealer_id": "D1"}], "fact_sales": lines})
    answer = ask(company, "sales.summary", company.scope({"period": "2026-01"}))
    assert (answer.values["net_sales"], answer.values["gross_margin"]) == (400.0, 40.0)
    assert answer.values["gross_margin_rate"] == pytest.approx(0.4)  # of the 100 whose cost is known
    assert [str(note) for note in answer.notes if "25%" in str(note)]


def test_gifts_and_allowances_stay_apart(tmp_path):
    day = dt.date(2026, 1, 5)
    lines = [
        SALE | {"line_id": "1", "order_date": day, "quantity": 10, "net_amount": 100, "cost_amount": 60},
        {"line_id": "2", "line_type": "return", "dealer_id": "D1", "order_date": day, "quantity": -1, "net_amount": -10,
         "cost_amount": -6},
        {"line_id": "3", "line_type": "gift", "dealer_id": "D1", "order_date": day, "quantity": 2, "net_amount": 0,
         "cost_amount": 12},
        {"line_id": "4", "line_type": "allowance", "dealer_id": "D1", "order_date": day, "net_amount": -5,
         "cost_amount": 0},
    ]  # fmt: skip
    company = small_company(tmp_path, {"dim_dealer": [{"dealer_id": "D1"}], "fact_sales": lines})
    values = ask(company, "sales.summary", company.scope({"period": "2026-01"})).values
    expected = {"net_sales": 90, "gross_margin": 36, "quantity": 9, "returns": 10, "gift_cost": 12, "allowances": -5}
    assert {key: values[key] for key in expected} == expected


# ------------------------------------------------------------------ identities over the demo company

PERIODS = ("2026-01..2026-06", "2026-Q2", "2026-06", "2025", "2026-03-10..2026-05-20", "2026")
ANY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ANY
@given(period=st.sampled_from(PERIODS), region=st.sampled_from(["", "South", "East", "CN-GD"]),
       compare=st.sampled_from(["last_year", "previous", "selling_days", "lunar", "target"]),
       category=st.integers(-3, 5))  # fmt: skip
def test_overview_holds_together(company, period, region, compare, category):
    names = list(company.store.categories)
    keys = {
        "period": period,
        "region": region,
        "compare": compare,
        "category": names[category] if category >= 0 else "",
    }
    scope = company.scope(keys)
    overview, summary = ask(company, "overview", scope), ask(company, "sales.summary", scope)
    assert overview.values["net_sales"] == pytest.approx(summary.values["net_sales"])
    kpis = overview.frames["kpis"].set_index("measure")
    assert kpis.loc["net_sales", "value"] == pytest.approx(summary.values["net_sales"])
    gap = overview.frames["gap"]
    if len(gap):
        parts = gap[gap["kind"] != "total"]["gap"].sum()
        assert parts == pytest.approx(gap[gap["kind"] == "total"]["gap"].iloc[0], abs=1.0)
        whole = kpis.loc["net_sales", "target_change" if overview.values["gap_base"] == "target" else "change"]
        assert gap["gap"].iloc[-1] == pytest.approx(whole, abs=0.01)
    regions = overview.frames["regions"]
    assert regions["actual"].sum() == pytest.approx(summary.values["net_sales"], abs=0.01)
    exceptions = overview.frames["exceptions"]
    assert exceptions["money"].is_monotonic_decreasing
    assert overview.values["exceptions_money"] == pytest.approx(exceptions["money"].sum())
    json.dumps(overview.to_dict(), allow_nan=False)


def test_balances_of_a_past_period_are_those_of_its_end(company):
    quarter = ask(company, "overview", company.scope({"period": "2026-Q1"})).values
    then = ask(company, "receivables.aging", company.scope({"as_of": "2026-03-31"})).values
    for id in ("receivables", "overdue", "overdue_share", "dso"):
        assert quarter[id] == pytest.approx(then[id])
    assert quarter["overdue"] != ask(company, "overview", company.scope()).values["overdue"]


def test_a_period_after_the_data_is_unknown_not_zero(company):
    answer = ask(company, "overview", company.scope({"period": "2026-07"}))
    assert answer.compared is None
    assert answer.values["after_data"]
    assert any("The data end on" in str(note) for note in answer.notes)


def test_the_trend_adds_up_to_the_summary(company):
    trend = ask(company, "sales.trend", company.scope({"period": "2025"})).frames["trend"]
    values = ask(company, "sales.summary", company.scope({"period": "2025"})).values
    assert len(trend) == 12
    assert trend["actual"].sum() == pytest.approx(values["net_sales"])
    ahead = ask(company, "sales.trend", company.scope()).frames["trend"]
    assert ahead["actual"].isna().tolist() == [False] * 6 + [True] * 6  # July to December 2026 are to come
    assert ahead["target"].notna().all()


def test_a_column_that_the_data_end_in_compares_with_the_same_days(company):
    scope = company.scope({"as_of": "2026-06-17", "period": "2026-06-01..2026-06-17"})
    last = ask(company, "sales.trend", scope).frames["trend"].iloc[-1]
    assert last["partial"]
    june = ask(company, "sales.summary", company.scope({"period": "2025-06-01..2025-06-17"})).values["net_sales"]
    assert last["last_year"] == pytest.approx(june)
    whole = company.store.measure(company.scope({"period": "2026-06"}), ("target",)).iloc[0, 0]
    assert last["target"] < whole


def test_the_named_dealers_are_the_largest_shortfalls(company):
    answer = ask(company, "targets.gap", company.scope({"region": "South"}))
    named = answer.frames["gap"].query("kind == 'dealer'")
    scope = company.scope({"region": "South"})
    wide = company.store.measure(scope, ("net_sales", "target_to_date"), ("dealer",)).set_index("dealer_id")
    expected = (wide["net_sales"].fillna(0) - wide["target_to_date"].fillna(0)).nsmallest(len(named))
    assert list(named["dealer_id"]) == list(expected.index)
    assert list(named["gap"]) == pytest.approx(list(expected))


def test_planted_stories_lead_the_exceptions(company, demo_home):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))
    refresh.refresh(company)
    found = ask(company, "exceptions", company.scope(), shown=50).frames["exceptions"]
    assert truth["loading"]["region"] in set(found.loc[found["kind"] == "stock", "subject_id"])
    diverters = {dealer if isinstance(dealer, str) else dealer["dealer_id"] for dealer in truth["diversion"]["dealers"]}
    accused = set(found.loc[found["kind"] == "territory", "subject_id"])
    assert accused
    assert accused <= diverters
    assert found["owner_id"].notna().all()
    assert (found["money"] > 0).all()


def test_no_comparison_where_the_data_do_not_reach(company):
    answer = ask(company, "sales.summary", company.scope({"period": "2024-06"}))
    assert answer.compared is None
    assert answer.frames["summary"]["compared"].isna().all()
    assert any("No comparison" in str(note) for note in answer.notes)


def test_an_empty_scope_gives_empty_frames_not_errors(company):
    scope = company.scope({"period": "2001-01"})
    for name in questions.QUESTIONS:
        answer = ask(company, name, scope)
        json.dumps(answer.to_dict(), allow_nan=False)
    assert ask(company, "sales.summary", scope).values["net_sales"] == 0


# ------------------------------------------------------------------ small parts


def test_json_rounds_money_to_the_cent_and_leaves_rates(company):
    """A page says 33.0 %: the same question at the shell must not say 0.33."""
    answer = ask(company, "sales.summary", company.scope())
    kpis = answer.frames["summary"].set_index("measure")
    said = {row["measure"]: row for row in answer.to_dict()["rows"]}
    for id in ("gross_margin_rate", "discount_rate"):
        assert said[id]["value"] == pytest.approx(kpis.loc[id, "value"], abs=1e-6)
        assert said[id]["value"] != round(said[id]["value"], 2)
    for column in ("value", "change"):
        assert said["net_sales"][column] == cents(float(kpis.loc["net_sales", column]))
    values = ask(company, "targets.attainment", company.scope()).to_dict()["values"]
    assert values["gap"] == round(values["gap"], 2)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.005, 0.01), (2.675, 2.68), (-0.125, -0.13), (1e9 + 0.014, 1e9 + 0.01)]
)
def test_cents_round_half_up(value, expected):
    assert cents(value) == expected


def test_grain_keeps_a_trend_within_a_phone():
    for months, grain in ((1, 1), (18, 1), (19, 3), (54, 3), (55, 12), (120, 12)):
        end = (pd.Timestamp("2020-01-01") + pd.DateOffset(months=months) - pd.Timedelta(days=1)).date()
        assert grain_of(Period(dt.date(2020, 1, 1), end)) == grain


def test_a_trend_shows_the_year_of_a_short_period():
    june = Period(dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    assert trend_span(june, 1) == Period(dt.date(2025, 7, 1), dt.date(2026, 6, 30))
    half = Period(dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    assert trend_span(half, 1) == Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    assert trend_span(Period(dt.date(2026, 4, 1), dt.date(2026, 6, 30)), 4).end == dt.date(2027, 3, 31)


def test_refresh_computes_each_result_once_and_a_broken_one_again(company):
    refresh.refresh(company)
    assert refresh.refresh(company) == []
    path = company.snapshot.results / "dealer_rhythm.parquet"
    path.unlink()
    assert refresh.refresh(company) == ["dealer_rhythm"]
    rhythm = company.result("dealer_rhythm")
    assert set(rhythm.columns) == {"dealer_id", "last_order", "order_days", "median_gap"}
    assert not math.isnan(rhythm["median_gap"].median())


# ------------------------------------------------------------------ what a notebook shows


def test_a_notebook_shows_headline_numbers_notes_and_the_first_frame(company):
    answer = ask(company, "sales.by", company.scope({"period": "2026-Q2"}), by="dealer")
    shown = answer._repr_html_()
    assert "period = 2026-Q2" in shown
    assert f"{answer.values['actual']:,.0f}" in shown
    assert shown.count("<tr>") + shown.count("<tr ") == 2 + 1 + TOP  # two heads, one row of values, the top of the rows
    assert f"by ({len(answer.frames['by'])} × " in shown


def test_what_a_notebook_shows_is_escaped(company):
    frame = pd.DataFrame({"label": ["<script>alert(1)</script>"]})
    note = Note("{name} & co", {"name": "<b>"})
    made = answer("sales.by", company, company.scope(), {"by": frame}, definitions=(), notes=(note,))
    assert "<script>" not in made._repr_html_()
    assert "&lt;b&gt; &amp; co" in made._repr_html_()
