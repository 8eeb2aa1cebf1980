"""The questions about targets: brute force, identities over random scopes, the planted dealers, what people wrote."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.questions.variance_notes import subject
from data.company import Company
from data.scope import Entitlement, ScopeError
from tests.golden_home import small_company

RANDOM = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PERIODS = st.sampled_from(["2026-01..2026-06", "2026", "2026-06", "2025-Q3", "2026-03-10..2026-05-20"])
REGIONS = st.sampled_from(["", "South", "Central", "CN-GD"])


@pytest.fixture
def written(demo_home, tmp_path):
    """A company whose ledger a test may write to."""
    shutil.copytree(demo_home, tmp_path / "home")
    return Company.open(tmp_path / "home")


# ------------------------------------------------------------------ attainment


@RANDOM
@given(period=PERIODS, region=REGIONS, by=st.sampled_from(["region", "employee", "dealer", "category", "channel"]))
def test_parts_and_what_is_not_split_make_the_whole(company, period, region, by):
    answer = ask(company, "targets.attainment", company.scope({"period": period, "region": region}), by=by)
    frame, values = answer.frames["by"], answer.values
    assert frame["net_sales"].sum() == pytest.approx(values["net_sales"], abs=0.01)
    if frame["target"].notna().any():
        assert frame["target_to_date"].sum() + values["not_split"] == pytest.approx(values["target_to_date"], abs=0.01)
    assert values["gap"] == pytest.approx(values["net_sales"] - values["target_to_date"], nan_ok=True)
    assert frame["gap"].dropna().is_monotonic_increasing
    judged = frame[frame["standing"].notna()]
    assert (judged["low"] <= judged["high"]).all()
    below = judged[judged["standing"] == "below"]
    assert (below["pace"] < below["low"]).all()


def test_what_each_selling_day_left_must_bring(tmp_path):
    """Worked by hand: 22 selling days, ten gone, 3,000 sold of 9,000."""
    company = small_company(tmp_path, {
        "dim_dealer": [{"dealer_id": "D1"}],
        "fact_target": [{"scenario": "plan", "period_start": "2026-06-01", "period_end": "2026-06-30",
                         "measure": "net_sales", "target_value": 9000}],
        "fact_sales": [{"line_id": "1", "line_type": "sale", "dealer_id": "D1", "order_date": "2026-06-12",
                        "net_amount": 3000}],
    })  # fmt: skip
    scope = company.scope({"period": "2026-06", "as_of": "2026-06-12"})
    days = company.store.calendar
    selling = days.loc[days["is_selling_day"], "date"].dt.date
    left = sum(dt.date(2026, 6, 12) < day <= dt.date(2026, 6, 30) for day in selling)
    gone = sum(dt.date(2026, 6, 1) <= day <= dt.date(2026, 6, 12) for day in selling)
    values = ask(company, "targets.attainment", scope).values
    assert (values["days_left"], values["running"]) == (left, True)
    assert values["needed_a_day"] == pytest.approx(6000 / left)
    assert values["made_a_day"] == pytest.approx(3000 / gone)
    assert values["attainment"] == pytest.approx(1 / 3)
    assert values["pace"] == pytest.approx(3000 / (9000 * gone / (gone + left)))
    over = ask(company, "targets.attainment", company.scope({"period": "2026-06", "as_of": "2026-06-30"})).values
    assert (over["running"], over["days_left"]) == (False, 0)
    assert pd.isna(over["needed_a_day"])


def test_targets_are_given_by_what_they_are_given_by(company):
    answer = ask(company, "targets.attainment", company.scope(), by="product")
    assert answer.values["groupings"] == ["region", "employee", "dealer", "category", "channel"]
    assert answer.frames["by"]["target"].isna().all()
    assert [str(note) for note in answer.notes] == ["Targets are not given by product."]


def test_tasks_are_the_targets_of_the_sales_people(company):
    answer = ask(company, "targets.tasks", company.scope({"period": "2026"}))
    frame, values = answer.frames["tasks"], answer.values
    cells = company.store._unscoped("SELECT employee_id, sum(target_value) AS task FROM fact_target WHERE "
                                    "target_level = 'employee' AND year(period_start) = 2026 GROUP BY 1")  # fmt: skip
    assert frame["task"].sum() == pytest.approx(float(cells["task"].sum()))
    assert values["average"] == pytest.approx(float(cells["task"].mean()))
    ratio = cells["task"].astype(float) / float(cells["task"].mean())
    assert values["outside"] == int(((ratio < 0.8) | (ratio > 1.2)).sum())
    wide = ask(company, "targets.tasks", company.scope({"period": "2026"}), width=10.0)
    assert wide.values["outside"] == 0


# ------------------------------------------------------------------ the gap


@RANDOM
@given(period=PERIODS, region=REGIONS, by=st.sampled_from(["dealer", "product", "category"]),
       side=st.sampled_from(["total", "short", "ahead"]), named=st.integers(1, 8))  # fmt: skip
def test_named_others_and_not_split_make_the_gap(company, period, region, by, side, named):
    scope = company.scope({"period": period, "region": region})
    answer = ask(company, "targets.gap", scope, by=by, side=side, named=named)
    frame, values = answer.frames["gap"], answer.values
    parts, total = frame[frame["kind"] != "total"], frame[frame["kind"] == "total"]
    assert parts["gap"].sum() == pytest.approx(total["gap"].iloc[0], abs=1.0)
    whole = company.store.measure(scope, ("net_sales", "target_to_date")).iloc[0]
    if values["base"] == "target":
        assert values["total"] == pytest.approx(whole["net_sales"] - whole["target_to_date"])
    assert values["base"] == ("compared" if by == "product" else "target")  # no target is spread over products
    shown = frame[frame["kind"] == by]
    assert (shown["actual"] - shown["base"] - shown["gap"]).abs().max() < 0.01 or shown.empty
    if side != "total":
        assert ((shown["gap"] < 0) == (side == "short")).all()


def test_the_planted_gap_dealers_come_first(company, demo_home):
    """The five named in the region whose gap they make: precision and recall one."""
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))["gap"]
    planted = set(truth["still_buys"])
    answer = ask(company, "targets.gap", company.scope({"region": truth["region"]}))
    named = answer.frames["gap"].query("kind == 'dealer'")["dealer_id"].tolist()
    assert set(named) == planted


def test_the_gap_of_every_dealer_by_brute_force(company):
    answer = ask(company, "targets.gap", company.scope({"period": "2026-Q1"}), named=10**6, side="short")
    span = "BETWEEN '2026-01-01' AND '2026-03-31' GROUP BY 1"
    lines = f"net_amount)::DOUBLE AS v FROM fact_sales WHERE line_type IN ('sale', 'return') AND sales_date {span}"
    plan = f"target_value)::DOUBLE AS v FROM fact_target WHERE target_level = 'dealer' AND period_start {span}"
    sold, planned = (
        company.store._unscoped(f"SELECT dealer_id::VARCHAR AS id, sum({text}").set_index("id")["v"]
        for text in (lines, plan)
    )
    gap = sold.sub(planned, fill_value=0)
    frame = answer.frames["gap"].query("kind == 'dealer'").set_index("dealer_id")["gap"]
    pd.testing.assert_series_equal(frame.sort_index().astype(float), gap[gap < 0].sort_index(), check_names=False,
                                   check_index_type=False, rtol=1e-9)  # fmt: skip


# ------------------------------------------------------------------ variance notes


def test_a_note_stands_beside_the_gap_that_the_data_say(written):
    scope = written.scope({"region": "South"})
    dealer = ask(written, "targets.gap", scope).frames["gap"].iloc[0]
    about = subject("dealer", dealer["dealer_id"], scope.period)
    assert not ask(written, "targets.notes", scope).frames["subjects"]["written"].any()
    written.ledger.write("variance_note", about, "somebody", {"size": -1.0, "way": "first"})
    written.ledger.write("variance_note", about, "somebody",
                         {"size": -5.0, "way": "visit", "cost": 100.0, "due": "2026-06-29"})  # fmt: skip
    written.ledger.write("variance_note", "region:South|2026-05", "somebody", {"way": "May"})
    written.ledger.write("variance_note", "region:North|2026-05", "somebody", {"way": "elsewhere"})
    written.ledger.write("variance_note", "region:South|2025-05", "somebody", {"way": "long ago"})
    written.ledger.write("variance_note", "region:South|whenever", "somebody", {"way": "unreadable"})
    answer = ask(written, "targets.notes", scope)
    rows = answer.frames["notes"].set_index("way")
    assert set(rows.index) == {"visit", "May"}
    assert rows.loc["visit", "gap"] == pytest.approx(dealer["gap"])
    assert bool(rows.loc["visit", "late"])  # due before the as-of day
    may = ask(written, "targets.attainment", written.scope({"period": "2026-05", "region": "South"})).values["gap"]
    assert rows.loc["May", "gap"] == pytest.approx(may)
    assert (answer.values["size"], answer.values["cost"]) == (-5.0, 100.0)
    subjects = answer.frames["subjects"].set_index("subject")
    assert subjects["written"].sum() == 1
    assert bool(subjects.loc[about, "written"])


def test_notes_are_for_those_who_may_see_what_they_are_about(written):
    dealer = ask(written, "targets.gap", written.scope({"region": "South"})).frames["gap"]["dealer_id"].iloc[0]
    for about in (f"dealer:{dealer}|2026", "region:South|2026", "region:CN-GD|2026"):
        written.ledger.write("variance_note", about, "somebody", {"way": "x"})

    def seen(**entitled):
        scope = written.scope({"period": "2026"}, Entitlement("viewer", **entitled))
        answer = ask(written, "targets.notes", scope)
        return {row["id"] for _, row in answer.frames["notes"].iterrows()}, set(answer.frames["subjects"]["what"])

    assert seen()[0] == {dealer, "South", "CN-GD"}
    assert seen(regions=("North",)) == (set(), {"region", "dealer"})
    assert seen(regions=("CN-GD",))[0] <= {dealer, "CN-GD"}
    assert seen(dealers=(dealer,)) == ({dealer}, {"dealer"})


# ------------------------------------------------------------------ potential


def test_the_target_stands_in_until_a_potential_is_written(written):
    scope = written.scope()
    before = ask(written, "targets.potential", scope)
    assert (before.values["base"], before.values["n"]) == ("target", 7)
    sold = before.frames["ranks"].set_index("region_id")["net_sales"]
    for place, region in enumerate(sold.sort_values().index):  # written in the order of sales, but one
        amount = 10.0 * (place + 1) if place != 6 else 1.0
        written.ledger.write("potential", f"region:{region}", "somebody", {"amount": amount, "source": "census"})
    after = ask(written, "targets.potential", scope)
    ranks = after.frames["ranks"].set_index("region_id")
    assert after.values["base"] == "written"
    assert ranks.loc[sold.idxmax(), "rank_potential"] == 7
    assert ranks.loc[sold.idxmax(), "difference"] == 6
    assert after.values["squares"] == 36 + 6  # one falls six places, the six below rise by one
    assert after.values["rho"] == pytest.approx(1 - 6 * 42 / (7 * 48))
    assert after.values["words"] == "loose"
    assert not after.values["proven"]


def test_fewer_than_five_are_refused(written):
    for region in ("South", "North", "East", "Central"):
        written.ledger.write("potential", f"region:{region}", "somebody", {"amount": 5.0})
    answer = ask(written, "targets.potential", written.scope())
    assert (answer.verdict, answer.values["n"], answer.values["lacking"]) == ("insufficient_evidence", 4, 3)
    assert pd.isna(answer.values["rho"])
    assert "fewer than 5" in str(answer.notes[0])
    with pytest.raises(ScopeError):
        ask(written, "targets.potential", written.scope(), by="product")


def test_a_potential_that_is_not_for_ones_eyes_is_not_shown(written):
    for region in written.store.region_tree["region_id"]:
        written.ledger.write("potential", f"region:{region}", "somebody", {"amount": 5.0})
    scope = written.scope({}, Entitlement("rep", dealers=("D00001",)))
    assert ask(written, "targets.potential", scope).frames["ranks"]["written"].isna().all()


def test_without_any_target_the_questions_say_what_to_import(tmp_path):
    company = small_company(tmp_path, {
        "dim_dealer": [{"dealer_id": "D1"}],
        "fact_sales": [{"line_id": "1", "line_type": "sale", "dealer_id": "D1", "order_date": "2026-06-12",
                        "net_amount": 3000}],
    })  # fmt: skip
    scope = company.scope({"period": "2026-06"})
    answer = ask(company, "targets.attainment", scope)
    assert "No targets imported yet" in str(answer.notes[0])
    assert pd.isna(answer.values["needed_a_day"])
    assert answer.values["groupings"] == []
    assert ask(company, "targets.decomposition", scope).verdict == "insufficient_evidence"
    assert ask(company, "targets.tasks", scope).values["people"] == 0
    assert ask(company, "targets.notes", scope).frames["subjects"]["what"].tolist() == ["dealer"]
