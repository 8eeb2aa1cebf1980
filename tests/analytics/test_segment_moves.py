"""Moves between groups: flows add up to the dealers of either day, and only who changed its group has moved."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analytics.questions import ask, segments_base, segments_job
from analytics.segmentation.migration import ABSENT
from data.scope import Entitlement, ScopeError

SINCE = ("2025-06-30", "2025-09-30", "2026-05-31")


def groups(company, kind, day):
    """The segment of each dealer that has one, as dealers.segments told it on that day."""
    scope = company.scope({"as_of": day})
    frame = ask(company, "dealers.segments", scope, kind=kind).frames["dealers"]
    return frame.set_index("dealer_id")["segment"].dropna()


@pytest.mark.parametrize("kind", segments_base.KINDS)
@pytest.mark.parametrize("since", SINCE)
def test_flows_and_moves_are_those_of_the_two_days(company, kind, since):
    answer = ask(company, "dealers.moves", company.scope(), kind=kind, since=since)
    before, after = groups(company, kind, since), groups(company, kind, "2026-06-30")
    assert (answer.values["since"], answer.values["day"]) == (dt.date.fromisoformat(since), dt.date(2026, 6, 30))
    flows = answer.frames["flows"]
    for side, told in (("before", before), ("after", after)):
        sums = flows.groupby(side)["dealers"].sum().drop(ABSENT, errors="ignore")
        assert sums.to_dict() == told.value_counts().to_dict(), side
    assert not flows.duplicated(["before", "after"]).any()
    assert flows["dealers"].sum() == answer.values["dealers"]
    both = before.index.intersection(after.index)
    changed = {dealer for dealer in both if before[dealer] != after[dealer]}
    found = answer.frames["moves"].set_index("dealer_id")
    assert set(found.index) - (set(before.index) ^ set(after.index)) == changed
    assert (answer.values["both"], answer.values["moved"]) == (len(both), len(changed))
    for side, told in (("before", before), ("after", after)):
        assert (found[side] == told.reindex(found.index).fillna(ABSENT)).all()
    assert found["net_sales"].fillna(0).is_monotonic_decreasing


def test_stages_do_move(company):
    """The test above would hold of a company where nothing happens."""
    moves = ask(company, "dealers.moves", company.scope(), kind="life_cycle").frames["moves"]
    pairs = set(zip(moves["before"], moves["after"], strict=True))
    assert {("new", "growing"), ("new", "declining"), ("new", "mature"), ("dormant", "lost")} & pairs
    assert not {pair for pair in pairs if pair[0] == "lost" and pair[1] == "dormant"}  # quiet days only grow


def test_money_of_flows_is_that_of_the_later_day(company):
    answer = ask(company, "dealers.moves", company.scope(), kind="abc")
    year = ask(company, "dealers.segments", company.scope(), kind="abc").frames["dealers"]
    assert answer.frames["flows"]["net_sales"].sum() == pytest.approx(year["net_sales"].sum())
    by = answer.frames["flows"].groupby("after")["net_sales"].sum()
    for segment, money in year.groupby("segment")["net_sales"].sum().items():
        assert by[segment] == pytest.approx(money)


def test_without_a_day_it_is_the_one_a_year_before(company):
    for since in ("", "2025-07-04", "last week"):
        answer = ask(company, "dealers.moves", company.scope(), since=since)
        assert answer.values["since"] == dt.date(2025, 6, 30)
    assert answer.values["days"] == sorted(answer.values["days"], reverse=True)
    assert "2026-06-30" not in answer.values["days"]
    with pytest.raises(ScopeError, match="kind"):
        ask(company, "dealers.moves", company.scope(), kind="colour")


@pytest.mark.parametrize("kind", segments_base.KINDS)
def test_how_steady_groups_are(company, kind):
    steady = ask(company, "dealers.moves", company.scope(), kind=kind).frames["steady"]
    assert steady["day"].is_monotonic_increasing
    assert pd.isna(steady["moved"].iloc[0])
    known = steady["moved"].iloc[1:].dropna()  # on the first days growth cannot be told yet, nor the quadrants
    assert len(known) >= (len(steady) - 1 if kind != "growth_share" else 4)
    assert known.between(0, 1).all()
    days = [day.isoformat() for day in steady["day"]]
    for at in (2, len(days) - 1):
        before, after = groups(company, kind, days[at - 1]), groups(company, kind, days[at])
        both = before.index.intersection(after.index)
        assert steady["moved"].iloc[at] == pytest.approx((before[both] != after[both]).mean())
    if kind == "learned":
        assert steady["moved"].max() < 0.1  # a year of style changes slowly; stages may do what they like
        assert steady["agreement"].dropna().between(-1, 1).all()
        assert pd.isna(steady["agreement"].iloc[-1])  # the last day agrees with itself, which says nothing


def test_the_first_day_has_no_moves(company):
    answer = ask(company, "dealers.moves", company.scope({"as_of": "2025-07-01"}))
    assert answer.verdict == "insufficient_evidence"
    assert all(frame.empty for frame in answer.frames.values())


def test_a_viewer_sees_its_own_dealers_move(company):
    whole = ask(company, "dealers.moves", company.scope(), kind="life_cycle").frames["moves"]
    viewer = Entitlement("wang", regions=("South",))
    answer = ask(company, "dealers.moves", company.scope({}, viewer), kind="life_cycle")
    seen = set(company.store.query("dealer_terms", company.scope({}, viewer))["dealer_id"])
    own = whole[whole["dealer_id"].isin(seen)]
    assert 0 < len(own) < len(whole)
    columns = ["dealer_id", "before", "after"]
    assert answer.frames["moves"][columns].to_numpy().tolist() == own[columns].to_numpy().tolist()
    assert answer.values["dealers"] <= len(seen)


def test_what_was_told_is_kept_and_set_beside_what_is_told_now(demo_home, copied, monkeypatch):
    """Groups kept on an earlier day count as told then; where nothing was kept, they are learned anew."""
    company = copied(demo_home)
    days = [day.date() for day in company.result(segments_job.STEADY)["day"]]
    earlier = days[-2]
    dealers = segments_base.by_day(company, company.scope({}))[earlier]["dealer_id"]
    told = pd.DataFrame({"dealer_id": dealers, "group": [i % 2 for i in range(len(dealers))]})
    monkeypatch.setattr(company.vintages, "_day", earlier)
    company.vintages.keep(segments_job.VINTAGE, told)
    monkeypatch.setattr(company.vintages, "_day", days[-1])
    found = segments_job.compute(company, company.scope(), lambda done, of: None)
    steady = found[segments_job.STEADY].set_index("day")
    row = steady.loc[pd.Timestamp(earlier)]
    assert row["kept"]
    assert row["groups"] == 2
    assert abs(row["agreement"]) < 0.1  # every second dealer is no group
    assert not steady["kept"].drop(pd.Timestamp(earlier)).any()
    kept = company.vintages.read(segments_job.VINTAGE, days[-1]).set_index("dealer_id")["group"]
    now = found[segments_job.GROUPS]
    now = now[now["day"] == pd.Timestamp(days[-1])].set_index("dealer_id")["group"]
    pd.testing.assert_series_equal(kept, now, check_dtype=False)
