"""The scorecard: parts add up, criteria equal brute force, a tier needs two quarters, and a way leads to its goal."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analytics.questions import ask, segments_base
from analytics.segmentation import scorecard as method
from analytics.segmentation.tiers import SLACK
from data.scope import Entitlement, ScopeError

DAY = dt.date(2026, 6, 30)
QUARTER = dt.date(2026, 3, 31)


def told(company, weights="", viewer=None, **keys):
    scope = company.scope(keys, viewer) if viewer else company.scope(keys)
    answer = ask(company, "dealers.scorecard", scope, weights=weights)
    return answer, answer.frames["dealers"].set_index("dealer_id")


def active(company, day=DAY):
    frame = segments_base.by_day(company, company.scope({}))[day]
    return frame[frame["orders"] > 0].reset_index(drop=True)


@pytest.fixture(scope="module")
def card(company):
    return told(company)


@pytest.fixture(scope="module")
def year(table):
    """Sale lines of the year to DAY."""
    frame = table("fact_sales")
    ago = (pd.Timestamp(DAY) - pd.to_datetime(frame["sales_date"])).dt.days
    return frame[ago.between(0, 364) & (frame["line_type"] == "sale")]


def test_parts_add_up_to_the_score(company, card, open_ones):
    answer, dealers = card
    parts = dealers[[f"{c.id}_share" for c in method.CRITERIA]]
    assert (parts.sum(axis=1) - dealers["score"]).abs().max() < 1e-9
    points = dealers[[f"{c.id}_points" for c in method.CRITERIA]].stack().dropna()
    assert len(points) > 6 * len(dealers)
    assert points.between(0, 100).all()
    assert set(dealers.index) == set(active(company)["dealer_id"]) & open_ones
    assert answer.values["scored"] == dealers["score"].notna().sum() > 100
    assert dealers["score"].is_monotonic_decreasing
    assert answer.frames["criteria"]["weight"].sum() == pytest.approx(1)
    assert dealers["score"].std() > 10  # it tells dealers apart


def test_who_bought_nothing_for_a_year_or_is_closed_has_no_score(card, year, open_ones):
    assert set(card[1].index) == set(year["dealer_id"].dropna()) & open_ones


def test_range_coverage_by_hand(card, year):
    sold = year.groupby("product_id")["quantity"].sum()
    own = year.groupby("dealer_id")["product_id"].nunique()
    assert card[1]["coverage_value"].to_dict() == pytest.approx(
        (own / (sold > 0).sum()).reindex(card[1].index).to_dict()
    )


def test_price_discipline_by_hand(company, card, year, table):
    """Units outside the band of the price list over units with a band, line by line."""
    place = table("dim_dealer").set_index("dealer_id")
    paths = {region: rows.set_index("ancestor_id")["depth"].to_dict()
             for region, rows in company.store.region_path.groupby("region_id")}  # fmt: skip
    prices = {product: list(rows.itertuples()) for product, rows in table("price_list").groupby("product_id")}

    def given(value):
        return value if isinstance(value, str) else None

    def band(product, channel, path, day):
        """Floor and cap: the deepest region first, then the channel, then the newest."""
        fits = [row for row in prices.get(product, ()) if row.valid_from <= day and not row.valid_to < day]
        fits = [row for row in fits if given(row.channel_id) in (None, channel)]
        fits = [row for row in fits if given(row.region_id) is None or row.region_id in path]
        best = max(fits, default=None, key=lambda row: (path.get(given(row.region_id), 0),
                                                        given(row.channel_id) is not None, row.valid_from))  # fmt: skip
        return (float(best.floor_price), float(best.cap_price)) if best else None

    breached, lines = card[1]["price_discipline_value"], year.groupby("dealer_id").size()
    few = lines[breached.index[breached > 0]].nsmallest(4).index
    for dealer in [*few, breached.index[breached == 0][-1]]:
        path, outside, banded = paths[place.loc[dealer, "region_id"]], 0.0, 0.0
        for line in year[(year["dealer_id"] == dealer) & (year["quantity"] > 0)].itertuples():
            channel = given(line.channel_id) or place.loc[dealer, "channel_id"]
            found = band(line.product_id, channel, path, line.sales_date)
            units, paid = float(line.quantity), float(line.net_amount)
            if found:
                banded += units
                outside += units if paid < found[0] * units - 0.005 or paid > found[1] * units + 0.005 else 0.0
        assert breached[dealer] == pytest.approx(outside / banded), dealer


def test_planted_breaches_of_price_are_among_the_worst(card, truth):
    planted = {*truth["prices"]["sold_below_floor"], *truth["prices"]["sold_above_cap"]}
    worst = card[1]["price_discipline_value"].sort_values().index[-2 * len(planted) :]
    assert planted <= set(worst)


def test_promotion_discipline_by_hand(card, table):
    costs = table("fact_promotion_cost")
    ago = (pd.Timestamp(DAY) - pd.to_datetime(costs["end_date"])).dt.days
    costs = costs[ago.between(0, 364) & (costs["planned_cost"] > 0) & costs["cost_amount"].notna()]
    kept = costs["cost_amount"].astype(float) <= costs["planned_cost"].astype(float) * 1.1
    expected = kept.groupby(costs["dealer_id"]).mean()
    value = card[1]["promotion_value"]
    assert 0 < expected.mean() < 1
    assert value.dropna().to_dict() == pytest.approx(expected.reindex(value.index).dropna().to_dict())


def test_weights_to_try(company, card):
    _, alone = told(company, "growth=0;margin=0;payment=0;coverage=0;price_discipline=0;promotion=0")
    assert (alone["score"] - alone["sales_points"]).abs().max() < 1e-9
    answer, tried = told(company, " growth = 30 ; payment=10")
    weight = answer.frames["criteria"].set_index("criterion")["weight"]
    assert weight["growth"] == pytest.approx(30 / 105)
    assert weight["payment"] == pytest.approx(10 / 105)
    full = tried[tried["known"] > 0.999]
    by_hand = sum(weight[c.id] * full[f"{c.id}_points"] for c in method.CRITERIA)
    assert (by_hand - full["score"]).abs().max() < 1e-9
    assert not tried["score"].round(6).equals(card[1]["score"].reindex(tried.index).round(6))


@pytest.mark.parametrize("weights", ["colour=3", "growth=much", "growth", "growth=-1", "growth=nan", "growth=inf",
                                     ";".join(f"{criterion.id}=0" for criterion in method.CRITERIA)])  # fmt: skip
def test_weights_that_cannot_be_used_are_refused(company, weights):
    with pytest.raises(ScopeError, match="weights: "):
        told(company, weights)


def test_a_filter_or_a_viewer_changes_no_score(company, card):
    columns = ["score", "rank", "tier", "proposed", "move"]
    for part in (told(company, region="South")[1], told(company, viewer=Entitlement("wang", regions=("South",)))[1]):
        assert 0 < len(part) < len(card[1])
        assert set(part.index) == set(card[1].index[card[1]["region_id"] == "South"])
        pd.testing.assert_frame_equal(part[columns], card[1].loc[part.index, columns])


# ---------------------------------------------------------------- tiers


def test_a_move_is_one_step_beyond_the_slack_in_both_quarters(company, card):
    answer, dealers = card
    cuts, lowest = answer.values["cuts"], answer.values["lowest"]
    steps = [*cuts, lowest]
    before = method.score(active(company, QUARTER), company.settings.score_weights,
                          bounds=answer.frames["criteria"]).set_index("dealer_id")["score"]  # fmt: skip
    for dealer in dealers.itertuples():
        place, earlier = steps.index(dealer.tier), before.get(dealer.Index, float("nan"))
        up = place > 0 and dealer.score > cuts[steps[place - 1]] + SLACK and earlier >= cuts[steps[place - 1]]
        down = place < len(cuts) and dealer.score < cuts[dealer.tier] - SLACK and earlier < cuts[dealer.tier]
        assert dealer.move == ("up" if up else "down" if down else "none"), dealer.Index
        assert dealer.proposed == steps[place - up + down]
        assert bool(dealer.reasons) == (dealer.move != "none")
    assert answer.values["up"] == (dealers["move"] == "up").sum() > 0
    assert answer.values["down"] == (dealers["move"] == "down").sum() > 0


def test_without_the_quarter_before_nobody_moves_up(company, card, demo_home, copied):
    up = card[1].index[card[1]["move"] == "up"]
    other = copied(demo_home)
    path = other.snapshot.results / "dealer_features.parquet"
    stored = pd.read_parquet(path)
    poor = (stored["day"] == pd.Timestamp(QUARTER)) & (stored["dealer_id"] == up[0])
    assert poor.sum() == 1
    stored.loc[poor, ["net_sales", "growth", "days_late", "gross_margin_rate"]] = [1.0, -1.0, 300.0, 0.0]
    stored.to_parquet(path)
    dealers = told(other)[1]
    assert dealers.loc[up[0], "move"] == "none"
    assert dealers.loc[up[0], "score"] == pytest.approx(card[1].loc[up[0], "score"])
    assert (dealers.loc[up[1:], "move"] == "up").all()


def test_cuts_of_the_settings_stand(demo_home, copied):
    answer, dealers = told(copied(demo_home, "[tier_cuts]\nA = 60\nB = 40\n"))
    assert answer.values["cuts"] == {"A": 60, "B": 40}
    assert set(dealers["proposed"]) <= {"A", "B", "C"}


@pytest.mark.parametrize("place", [-1, 60, 80])
def test_a_way_leads_to_its_goal(company, card, place):
    """The value needed, put into the features, gives the goal; nothing less would do."""
    below = card[1].index[card[1]["tier"] != "A"]
    dealer = below[place if place < len(below) else -2]
    answer, own = told(company, dealer=dealer)
    goal, ways, bounds = answer.values["goal"], answer.frames["ways"], answer.frames["criteria"]
    steps = [*answer.values["cuts"], answer.values["lowest"]]
    assert answer.values["next_tier"] == steps[steps.index(own["tier"].iloc[0]) - 1]
    assert goal == pytest.approx(answer.values["cuts"][answer.values["next_tier"]] + SLACK)
    assert len(ways) == len(method.CRITERIA)
    features = active(company).set_index("dealer_id")
    for way in ways.itertuples():
        changed = features.copy()
        column = method.BY_ID[way.criterion].column
        if way.reachable:
            changed.loc[dealer, column] = way.needed
            score = method.score(changed, company.settings.score_weights, bounds=bounds).set_index("dealer_id")
            assert score.loc[dealer, "score"] == pytest.approx(max(goal, own["score"].iloc[0])), way.criterion
        else:
            assert pd.isna(way.needed)
            side = bounds.set_index("criterion").loc[way.criterion]
            changed.loc[dealer, column] = side["high"] if method.BY_ID[way.criterion].direction > 0 else side["low"]
            score = method.score(changed, company.settings.score_weights, bounds=bounds).set_index("dealer_id")
            assert pd.isna(way.value) or score.loc[dealer, "score"] < goal, way.criterion


def test_ways_are_for_one_dealer_below_the_best_tier(company, card):
    assert card[0].frames["ways"].empty
    best = card[1].index[card[1]["tier"] == "A"][0]
    answer, _ = told(company, dealer=best)
    assert answer.frames["ways"].empty
    assert answer.values["next_tier"] == ""


def test_an_appeal_shows_up(demo_home, copied):
    company = copied(demo_home)
    first = told(company)[1].index[0]
    subject = f"dealer:{first}"
    company.ledger.write("dealer_appeal", subject, "wang", {"about": "tier", "text": "Too low", "state": "open"})
    answer, dealers = told(company)
    assert dealers.loc[first, ["appeal", "appeal_about", "appeal_state"]].tolist() == ["Too low", "tier", "open"]
    assert dealers["appeal"].notna().sum() == answer.values["appeals"] == 1
    company.ledger.write("dealer_appeal", subject, "li", {"about": "tier", "text": "Too low", "state": "refused",
                                                          "answer": "The margin decided"})  # fmt: skip
    answer, dealers = told(company)
    assert dealers.loc[first, ["appeal_state", "appeal_answer"]].tolist() == ["refused", "The margin decided"]
    assert answer.values["appeals"] == 0
