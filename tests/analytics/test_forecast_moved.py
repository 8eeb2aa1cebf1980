"""What lies between what was said and what is said: steps add up; what was kept goes before what is recomputed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from analytics.questions import ask
from analytics.questions import forecast_job as job
from analytics.questions.answer import Answer
from data.company import Company
from data.vintages import Vintages
from tests.analytics import planted


@dataclass(frozen=True)
class Earlier:
    """A snapshot of an earlier day of the same company."""

    id: str
    origin: str
    as_of: dt.date


def keep(company: Company, day: dt.date, frame: pd.DataFrame) -> None:
    Vintages(company.home, Earlier(company.snapshot.id, company.snapshot.origin, day)).keep(job.VINTAGE, frame)


def said_in_may(company: Company, level: str, key: str) -> pd.DataFrame:
    rows = company.result(job.TRACK)
    return rows[(rows["level"] == level) & (rows["key"] == key) & (rows["cutoff"] == "2026-05-01")]


def moved(company: Company, back: int = 1, over: str = "year", **keys: str) -> Answer:
    return ask(company, "forecast.moved", company.scope(keys), back=back, over=over)


@pytest.mark.parametrize("keys", [{}, {"region": "N"}, {"region": "N1,S2"}, {"channel": "KA"}, {"dealer": "D03"},
                                  {"category": "beer"}])  # fmt: skip
@pytest.mark.parametrize(("back", "over"), [(3, "year"), (1, "next_quarter")])
def test_the_steps_lead_from_then_to_now(whole, running, keys, back, over):
    for company in (whole, running):
        answer = moved(company, back, over, **keys)
        values, steps, said = answer.values, answer.frames["steps"], answer.frames["said"]
        assert answer.verdict == "ok"
        assert values["made"] == "recomputed"
        assert steps["value"].sum() == pytest.approx(values["now"] - values["then"], abs=0.02)
        assert values["change"] == values["now"] - values["then"]
        landing = ask(company, "forecast.landing", company.scope(keys), over=over).frames["periods"].set_index("kind")
        assert values["now"] == pytest.approx(landing.loc[over, "expected"], abs=0.02)
        over_since = said.loc[said["known"], "ds"]
        assert len(over_since) == (back if over == "year" else 0)
        assert (steps["kind"] == "came_in").sum() == len(over_since)
        # what was known then cancels out of the change
        assert values["change"] == pytest.approx(said["now"].sum() - said["then"].sum(), abs=0.02)


def test_what_came_in_is_what_was_sold_less_what_was_said(whole):
    """June by hand: the sales of the month less the forecast made at the end of May."""
    answer = moved(whole, region="N")
    track = said_in_may(whole, "region1", "N")
    lines = planted.sales(planted.END).query("day >= '2026-06-01'")
    june = lines.loc[lines["dealer_id"].map(planted.region_of).str[0] == "N", "amount"].sum()
    step = answer.frames["steps"].query("kind == 'came_in'").iloc[0]
    said = track.set_index("ds")["mean"]
    assert step["value"] == pytest.approx(june - said["2026-06-01"], abs=0.01)
    year = said["2026-06-01":"2026-12-01"].sum()
    first = planted.sales(planted.END).query("'2026-01-01' <= day < '2026-06-01'")
    first = first.loc[first["dealer_id"].map(planted.region_of).str[0] == "N", "amount"].sum()
    assert answer.values["then"] == pytest.approx(first + year, abs=0.01)
    assert answer.values["day"] == dt.date(2026, 5, 31)


@pytest.mark.parametrize("keys", [{}, {"region": "N"}, {"channel": "KA"}, {"employee": "E1"}, {"dealer": "D01,D02"}])
def test_parts_are_compared_with_themselves(whole, keys):
    """A channel's part of a region is not set beside all of the region."""
    answer = moved(whole, **keys)
    steps = answer.frames["steps"]
    parts = steps[steps["kind"] == "revised"]
    whole_regions = {(): ["N", "S"], ("region",): ["N1", "N2"]}.get(tuple(keys), [])
    assert sorted(parts["key"]) == whole_regions
    stored, above = whole.result(job.NODES), {(): ("company", ""), ("region",): ("region1", "N")}.get(tuple(keys))
    then = {key: said_in_may(whole, f"region{len(key)}", key).set_index("ds")["mean"] for key in whole_regions}
    ahead = slice("2026-07-01", "2026-12-01")
    if above:  # parts are set to add up to what was said of the whole, so that nothing is left for others
        share = said_in_may(whole, *above).set_index("ds")["mean"] / sum(then.values())
        assert "others" not in steps["kind"].tolist()
    for part in parts.itertuples():
        level = f"region{len(part.key)}"
        mine = stored[(stored["level"] == level) & (stored["key"] == part.key) & (stored["ds"] <= "2026-12-01")]
        now = mine["mean"].sum()
        assert part.value == pytest.approx(now - (then[part.key] * share)[ahead].sum(), abs=0.02)


def test_what_was_kept_is_preferred(copied, whole_home):
    """A forecast of a million a month was kept on the last day of May, and another day's must not be taken for it."""
    company = copied(whole_home)
    ahead = pd.date_range("2026-06-01", periods=15, freq="MS")
    said = pd.DataFrame({"level": "company", "key": "", "ds": ahead, "mean": 1e6, "lo-80": 9e5, "hi-80": 1.1e6})
    keep(company, dt.date(2026, 5, 20), said.assign(mean=5.0))  # within the month: another question
    keep(company, dt.date(2026, 4, 30), said.assign(mean=7.0, ds=ahead - pd.DateOffset(months=1)))
    assert moved(company).values["made"] == "recomputed"
    keep(company, dt.date(2026, 5, 31), said)
    answer = moved(company)
    booked = planted.sales(planted.END).query("'2026-01-01' <= day < '2026-06-01'")["amount"].sum()
    assert answer.values["made"] == "kept"
    assert answer.values["then"] == pytest.approx(booked + 7e6, abs=0.01)
    assert answer.frames["steps"]["value"].sum() == pytest.approx(answer.values["change"], abs=0.02)
    assert moved(company, back=2).values["then"] == pytest.approx(
        planted.sales(planted.END).query("'2026-01-01' <= day < '2026-05-01'")["amount"].sum() + 8 * 7.0, abs=0.01
    )


def test_a_month_is_over_when_its_last_selling_day_is(copied, whole_home):
    """The data ended on Friday 29 May; nobody sells on the Sunday that ends the month."""
    company = copied(whole_home)
    ahead = pd.date_range("2026-06-01", periods=15, freq="MS")
    said = pd.DataFrame({"level": "company", "key": "", "ds": ahead, "mean": 1e6, "lo-80": 9e5, "hi-80": 1.1e6})
    keep(company, dt.date(2026, 5, 28), said.assign(mean=5.0))
    assert moved(company).values["made"] == "recomputed"
    keep(company, dt.date(2026, 5, 29), said)
    assert moved(company).values["made"] == "kept"


def test_the_job_keeps_what_it_says(copied, whole_home: Path):
    company = copied(whole_home)
    later = Vintages(company.home, Earlier(company.snapshot.id, company.snapshot.origin, dt.date(2026, 7, 31)))
    assert later.days(job.VINTAGE) == [planted.END]
    kept = later.read(job.VINTAGE, planted.END).set_index(["level", "key", "ds"])["mean"].sort_index()
    stored = pd.concat([company.result(job.NODES), company.result(job.DEALERS)])
    pd.testing.assert_series_equal(kept, stored.set_index(["level", "key", "ds"])["mean"].sort_index())


def test_what_nobody_said_is_not_guessed(whole, company):
    for answer in (moved(whole, back=12), moved(company), moved(whole, category="beer", channel="KA")):
        assert answer.verdict == "insufficient_evidence"
        assert answer.frames["steps"].empty
        assert len(answer.notes) > 0


def test_what_people_changed_is_a_step_of_its_own(copied, whole_home):
    company = copied(whole_home)
    before = moved(company)
    company.ledger.write("forecast_override", "region:N|2026-Q3", "me", {"amount": 2e6, "reason": "a new listing"})
    after = moved(company)
    steps = after.frames["steps"].set_index("kind")
    assert steps.loc["people", "value"] == pytest.approx(after.values["now"] - before.values["now"], abs=0.02)
    others = after.frames["steps"].query("kind != 'people'")["value"].tolist()
    assert others == pytest.approx(before.frames["steps"]["value"].tolist(), abs=0.02)
