"""Alerts: each rule walked along the past equals a naive loop over rows counted by hand; who sees which."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.questions import Answer, ask
from analytics.questions.alerts_series import MOST
from analytics.targets import Limits, walk
from data.alerts import AlertRule
from data.company import Company
from data.scope import Entitlement, add_months, month_end
from tests.golden_home import small_company

START, MONTHS = dt.date(2024, 1, 1), 30
AS_OF = dt.date(2026, 7, 15)  # a month has begun and is not over
REGIONS = {"S1": "S", "S2": "S", "N1": "N"}
DEALERS = {"D1": "S1", "D2": "S2", "D3": "N1"}

VALUES = st.lists(
    st.one_of(st.floats(0, 10), st.just(float("nan")), st.sampled_from([3.0, 4.0, 6.0, 7.0])), max_size=40
)


def naive(values: list[float], low: float, high: float, clear_low: float, clear_high: float) -> list[tuple[int, int]]:
    """Another way to say it: for each place look back to the last value that decided anything."""
    out: list[tuple[int, int]] = []
    for place in range(len(values)):
        side = 0
        for back in range(place, -1, -1):
            value = values[back]
            if value != value:
                continue
            if value > high or value < low:
                side = 1 if value > high else -1
                break
            if clear_low <= value <= clear_high:
                break
            # in between: it clears one side and leaves the other; what stood before decides
            before = out[back - 1][0] if back else 0
            cleared = (before > 0 and value <= clear_high) or (before < 0 and value >= clear_low)
            side = 0 if cleared else before
            break
        since = out[-1][1] if out and out[-1][0] == side else place
        out.append((side, since if out or side else 0))
    return out


@given(VALUES)
def test_the_walk_equals_a_naive_one(values: list[float]):
    limits = Limits(low=3.0, high=7.0, clear_low=4.0, clear_high=6.0)
    steps = walk(values, [limits] * len(values))
    assert [(step.side, step.since) for step in steps] == naive(values, 3.0, 7.0, 4.0, 6.0)


def test_a_value_that_trembles_fires_once_and_clears_once():
    limits = Limits(float("-inf"), 0.25, float("-inf"), 0.22)
    values = [0.20, 0.25, 0.26, 0.24, 0.26, 0.23, 0.22, 0.24, 0.25, 0.251]
    assert [step.side for step in walk(values, [limits] * 10)] == [0, 0, 1, 1, 1, 1, 0, 0, 0, 1]
    assert [step.since for step in walk(values, [limits] * 10)][2:7] == [2, 2, 2, 2, 6]
    plain = Limits(float("-inf"), 0.25, float("-inf"), 0.25)
    assert [step.side for step in walk(values, [plain] * 10)] == [0, 0, 1, 0, 1, 0, 0, 0, 0, 1]


def test_from_too_high_to_too_low_begins_anew():
    limits = Limits(3, 7, 4, 6)
    steps = walk([8, 6.5, 2, 3.5, 9], [limits] * 5)
    assert [(step.side, step.since) for step in steps] == [(1, 0), (1, 0), (-1, 2), (-1, 2), (1, 4)]


# ------------------------------------------------------------------ a company


def amounts() -> dict[tuple[str, dt.date], int]:
    """What each dealer bought on the 10th of each month. D1 buys nothing in some."""
    draw = random.Random(5)
    months = [add_months(START, n) for n in range(MONTHS + 1)]
    return {(dealer, month): 0 if dealer == "D1" and n % 7 == 3 else draw.randint(50, 150)
            for dealer in DEALERS for n, month in enumerate(months)}  # fmt: skip


AMOUNTS = amounts()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("alerts")
    lines = [
        {"line_id": f"{dealer}{month}", "document_id": f"{dealer}{month}", "dealer_id": dealer, "product_id": "P",
         "invoice_date": month + dt.timedelta(9), "quantity": 1, "net_amount": amount, "line_type": "sale"}
        for (dealer, month), amount in AMOUNTS.items() if amount
    ]  # fmt: skip
    ends = [lines[-1] | {"line_id": f"at {day}", "invoice_date": day, "net_amount": 0} for day in (START, AS_OF)]
    lines += ends  # the data hold the first month whole
    invoices = [
        {"invoice_id": f"I{n}", "dealer_id": dealer, "invoice_date": add_months(START, 6), "amount": 100,
         "due_date": add_months(START, 7 + 3 * n)}
        for n, dealer in enumerate(("D1", "D2", "D3", "D1"))
    ]  # fmt: skip
    paid = [{"receipt_id": "R", "dealer_id": "D2", "invoice_id": "I1", "receipt_date": dt.date(2026, 7, 10),
             "amount": 100}]  # fmt: skip
    regions = [{"region_id": id, "region_name": f"region {id}", "parent_id": parent}
               for id, parent in REGIONS.items()]  # fmt: skip
    top = [{"region_id": id, "region_name": f"region {id}", "parent_id": None} for id in "SN"]
    small_company(home, {
        "dim_region": [*top, *regions], "dim_product": [{"product_id": "P"}],
        "dim_dealer": [{"dealer_id": id, "region_id": region} for id, region in DEALERS.items()],
        "fact_sales": lines, "fact_receivable": invoices, "fact_receipt": paid,
    })  # fmt: skip
    return home


def told(home: Path, rules: list[dict[str, Any]], viewer: Entitlement | None = None, **keys: str) -> Answer:
    company = Company.open(home)
    company.settings = company.settings.model_copy(update={"alerts": tuple(AlertRule(**rule) for rule in rules)})
    assert company.snapshot.as_of == AS_OF
    return ask(company, "alerts.list", company.scope(keys, *([viewer] if viewer else [])))


def sold(region: str) -> list[int]:
    """By month that is over; a region's own and those below it."""
    inside = [id for id, its in DEALERS.items() if region in ("", its, REGIONS[its])]
    return [sum(AMOUNTS[dealer, add_months(START, n)] for dealer in inside) for n in range(MONTHS)]


@pytest.mark.parametrize("below", [80, 160, 240])
def test_each_region_equals_its_own_loop(home: Path, below: int):
    rule = {"metric": "net_sales", "below": below, "clear": below + 40, "by": "region", "regions": {"N": 75, "S1": 60}}
    answer = told(home, [rule])
    rows = answer.frames["all"].set_index("region_id")
    assert set(rows.index) == {"S", "N", "S1"}
    for region, own in (("S", below), ("N", 75), ("S1", 60)):
        values = sold(region)
        history = answer.frames["history"][answer.frames["history"]["region_id"] == region]
        assert history["value"].tolist() == values
        states = naive(values, own, float("inf"), own + 40, float("inf"))
        assert history["side"].tolist() == [side for side, _ in states]
        side, since = states[-1]
        expected = "firing" if side else "cleared" if states[-2][0] else "quiet"
        assert rows.loc[region, "state"] == expected
        if expected != "quiet":
            assert rows.loc[region, "since"] == add_months(START, since)
            assert (rows.loc[region, "threshold"], rows.loc[region, "clear"]) == (own, own + 40)
    assert answer.frames["history"]["side"].ne(0).any()
    assert answer.frames["history"]["side"].eq(0).any()


def test_a_month_that_is_running_does_not_count(home: Path):
    answer = told(home, [{"metric": "net_sales", "below": 1}])
    assert answer.frames["all"].iloc[0][["start", "end"]].tolist() == [dt.date(2026, 6, 1), dt.date(2026, 6, 30)]


def test_weeks_are_whole_ones_from_monday(home: Path):
    answer = told(home, [{"metric": "net_sales", "above": 0, "period": "week"}])
    history = answer.frames["history"]
    assert (history["start"].map(lambda day: day.weekday()) == 0).all()
    assert history["end"].max() == dt.date(2026, 7, 12)
    assert len(history) == MOST["week"]
    by_week = {row.start: row.value for row in history.itertuples()}
    for _dealer, month in AMOUNTS:
        monday = month + dt.timedelta(9) - dt.timedelta((month + dt.timedelta(9)).weekday())
        if monday in by_week:
            assert by_week[monday] == sum(AMOUNTS[dealer, month] for dealer in DEALERS)
    assert sum(value == 0 for value in by_week.values()) > 50


def test_a_balance_is_looked_at_on_the_last_day_too(home: Path):
    rules = [{"metric": "overdue_share", "above": 0.5}, {"metric": "overdue", "above": 350}]
    answer = told(home, rules)
    share = answer.frames["history"][answer.frames["history"]["rule"] == 1]
    due = [add_months(START, 7 + 3 * n) for n in range(4)]
    for row in share.itertuples():
        open_ones = [day for n, day in enumerate(due) if not (n == 1 and row.end >= dt.date(2026, 7, 10))]
        assert row.value == pytest.approx(sum(day < row.end for day in open_ones) / len(open_ones))
    assert share["start"].min() == add_months(START, 6)  # before the first invoice nobody knows
    assert share["end"].max() == AS_OF
    cleared = answer.frames["all"].set_index("rule").loc[2]  # 400 overdue on 30 June, paid down on 10 July
    assert (cleared["state"], cleared["value"], cleared["since"]) == ("cleared", 300, dt.date(2026, 7, 1))
    june = told(home, rules, as_of="2026-06-30").frames["all"].set_index("rule").loc[2]
    assert (june["state"], june["value"]) == ("firing", 400)


def test_a_viewer_sees_the_own_regions_and_no_part_of_another(home: Path):
    rules = [{"metric": "net_sales", "below": 1e9}, {"metric": "net_sales", "below": 1e9, "by": "region"}]
    south = told(home, rules, Entitlement("li", regions=("S",)))
    assert set(south.frames["all"]["region_id"]) == {"S"}
    assert south.frames["all"]["value"].tolist() == [sold("S")[-1]]
    part = told(home, rules, Entitlement("wu", regions=("S2",)))
    assert set(part.frames["all"]["region_id"]) == {"S2"}
    assert part.frames["history"]["value"].tolist() == sold("S2")
    for narrow in (Entitlement("x", dealers=("D1",)), Entitlement("x", products=("P",))):
        nothing = told(home, rules, narrow)
        assert nothing.frames["all"].empty
        assert nothing.frames["history"].empty
        assert "holds none of them" in str(nothing.notes[0])


def test_the_region_of_the_view_chooses_and_other_filters_change_no_value(home: Path):
    rules = [{"metric": "net_sales", "below": 1e9}, {"metric": "net_sales", "below": 1e9, "by": "region"}]
    assert set(told(home, rules).frames["all"]["region_id"]) == {"", "S", "N"}
    one = told(home, rules, region="N")
    assert set(one.frames["all"]["region_id"]) == {"N"}
    deeper = told(home, rules, region="S1", dealer="D2", period="2025")
    assert set(deeper.frames["all"]["region_id"]) == {"S1"}
    assert deeper.frames["history"]["value"].tolist() == sold("S1")


def test_a_threshold_holds_below_its_region(home: Path):
    rule = {"metric": "net_sales", "below": 1e9, "by": "region", "regions": {"S": 1}}
    frame = told(home, [rule], region="S1").frames["all"]
    assert frame["state"].tolist() == ["quiet"]
    assert told(home, [rule], region="N1").frames["all"]["state"].tolist() == ["firing"]


def test_what_cannot_be_told_says_so(home: Path):
    answer = told(home, [{"metric": "net_sales", "band": 80}, {"metric": "attainment", "below": 0.9},
                         {"metric": "net_sales", "above": 1, "by": "region", "regions": {"Mars": 2}}])  # fmt: skip
    states = answer.frames["all"].groupby("rule")["state"].unique().map(list)
    assert states[1] == states[2] == ["unknown"]
    assert answer.values["unknown"] == 2
    said = " ".join(map(str, answer.notes))
    assert "Mars" in said
    assert "cannot tell" in said
    assert answer.to_dict()["frames"]["all"]


def test_no_rules_no_alerts(home: Path):
    answer = told(home, [])
    assert (answer.values["rules"], len(answer.frames["all"]), answer.notes) == (0, 0, ())


def test_a_forecast_kept_a_month_before_is_the_band(home: Path, monkeypatch: pytest.MonkeyPatch):
    company = Company.open(home)
    folder = home / "vintages" / "forecast" / "import"
    folder.mkdir(parents=True, exist_ok=True)
    last = sold("")[-1]
    rows = [("company", "", 0.5), ("region1", "N", 2.0), ("region1+category", "S\tbeer", 9.0)]
    said = pd.DataFrame([
        {"level": level, "key": key, "ds": pd.Timestamp("2026-06-01"), "mean": last * times,
         "lo-80": last * times * 0.8, "hi-80": last * times * 1.2} for level, key, times in rows
    ])  # fmt: skip
    said.to_parquet(folder / "2026-05-31.parquet")
    said.assign(ds=pd.Timestamp("2026-05-01")).to_parquet(folder / "2026-05-20.parquet")  # kept within a month: not it
    try:
        answer = told(home, [{"metric": "net_sales", "band": 80}, {"metric": "net_sales", "band": 80, "by": "region"}])
    finally:
        for path in folder.glob("*"):
            path.unlink()
    assert company.vintages.days("forecast") == []
    rows_by = answer.frames["all"].set_index("region_id")
    assert rows_by.loc["", ["state", "side", "threshold"]].tolist() == ["firing", "above", pytest.approx(last * 0.6)]
    assert rows_by.loc["", "clear"] == pytest.approx(last * 0.55)  # the inner half of the band
    assert rows_by.loc["N", ["state", "side"]].tolist() == ["firing", "below"]
    assert rows_by.loc["S", "state"] == "unknown"
    assert len(answer.frames["history"]) == 2


def test_what_the_method_would_have_said_is_the_band_where_nothing_was_kept(whole: Company):
    """The planted company's own forecasts, recomputed: the months outside their band, counted from the stored frame."""
    company = Company.open(whole.home)
    company.settings = company.settings.model_copy(update={"alerts": (AlertRule(metric="net_sales", band=80),)})
    history = ask(company, "alerts.list", company.scope()).frames["history"]
    track = company.result("forecast_track")
    assert track is not None
    track = track[(track["level"] == "company") & (track["horizon"] == 1) & track["y"].notna()].sort_values("ds")
    assert len(history) == len(track) > 6
    assert history["start"].tolist() == [day.date() for day in track["ds"]]
    assert history["value"].tolist() == pytest.approx(track["y"].tolist(), rel=1e-6)
    outside = (track["y"] > track["hi-80"]) | (track["y"] < track["lo-80"])
    assert (history.loc[outside.to_numpy(), "side"] != 0).all()


@pytest.mark.parametrize(
    ("rule", "says"),
    [({"metric": "sales", "above": 1}, "metric sales: no alert can be raised on it"),
     ({"metric": "hhi", "above": 1}, "no alert can be raised on it"),
     ({"metric": "dso"}, "exactly one of above"), ({"metric": "dso", "above": 1, "below": 0}, "exactly one of above"),
     ({"metric": "dso", "above": 40, "clear": 41}, "good side"), ({"metric": "dso", "below": 40, "clear": 39}, "good"),
     ({"metric": "dso", "between": [5, 1]}, "good side"), ({"metric": "dso", "between": [1, 5], "clear": 2}, "a pair"),
     ({"metric": "dso", "above": 1, "by": "region", "regions": {"S": [1, 2]}}, "regions.S: between takes a pair"),
     ({"metric": "dso", "above": 1, "regions": {"S": 2}}, 'need by = "region"'),
     ({"metric": "dso", "band": 80}, "only the months of net_sales"),
     ({"metric": "net_sales", "band": 80, "period": "week"}, "only the months of net_sales"),
     ({"metric": "net_sales", "band": 80, "clear": 1}, "brings its own limits"),
     ({"metric": "dso", "above": float("nan")}, "finite"), ({"metric": "dso", "over": 1}, "over")],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any], says: str):
    with pytest.raises(ValueError, match="AlertRule") as caught:
        AlertRule(**rule)
    assert says in str(caught.value)


def test_thresholds_of_regions_keep_their_distance():
    rule = AlertRule(metric="dso", between=(30, 40), clear=(32, 37), by="region", regions={"S": (20, 60)})
    assert rule.limits() == (30, 40, 32, 37)
    assert rule.limits("S") == (20, 60, 22, 57)
    assert AlertRule(metric="dso", above=0.25, clear=0.22).limits()[3] == 0.22
    assert month_end(START) == dt.date(2024, 1, 31)
