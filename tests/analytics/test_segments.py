"""Groups of dealers: what was planted is found, figures equal brute force, filters and viewers move nobody."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analytics.questions import ask, segments_base, segments_job
from analytics.questions.segments import FIGURES
from data import demo
from data.scope import Entitlement, Period, ScopeError
from tests.analytics.receivables.by_hand import books

DAY = dt.date(2026, 6, 30)
TOLD = ["segment", "next", "gap", "probability"]


def told(company, kind="learned", cuts="", viewer=None, **keys):
    """The answer, and its frame `dealers` by dealer_id."""
    scope = company.scope(keys, viewer) if viewer else company.scope(keys)
    answer = ask(company, "dealers.segments", scope, kind=kind, cuts=cuts)
    frame = answer.frames["dealers"]
    return answer, frame.set_index("dealer_id") if len(frame) else frame


@pytest.fixture(scope="module")
def features(company):
    """The stored features of the last day."""
    return segments_base.by_day(company, company.scope({}))[DAY].set_index("dealer_id")


@pytest.fixture(scope="module")
def lines(table):
    """Sales and returns of dealers, with the days before DAY that they lie (0 = that day)."""
    frame = table("fact_sales")
    frame = frame[frame["line_type"].isin(["sale", "return"]) & frame["dealer_id"].notna()]
    money = {name: frame[name].astype(float) for name in ("net_amount", "cost_amount", "list_amount")}
    return frame.assign(ago=(pd.Timestamp(DAY) - pd.to_datetime(frame["sales_date"])).dt.days, **money)


# ---------------------------------------------------------------- learned groups


def test_planted_segments_are_found(peopled):
    answer, dealers = told(peopled)
    planted = json.loads((peopled.home / demo.TRUTH_FILE).read_text(encoding="utf-8"))["segments"]["dealers"]
    assert (answer.values["kind"], answer.values["verdict"]) == ("learned", "stable")
    assert answer.values["stability"] >= 0.9
    assert dealers["segment"].notna().all()
    assert adjusted_rand_score(dealers.index.map(planted), dealers["segment"]) >= 0.8
    assert dealers["probability"].between(0.5, 1).mean() > 0.95
    cards = answer.frames["segments"]
    assert cards["name"].is_unique
    assert (cards["drivers"].str.len() > 0).all()


def test_the_planted_groups_of_a_small_company_come_out(company, truth):
    answer, dealers = told(company)
    assert answer.values["verdict"] == "stable"
    planted = dealers.index.map(truth["segments"]["dealers"])
    assert adjusted_rand_score(planted, dealers["segment"]) >= 0.8


@pytest.mark.parametrize("kind", segments_base.KINDS)
def test_every_dealer_once_and_groups_add_up(company, lines, kind):
    answer, dealers = told(company, kind)
    cards = answer.frames["segments"]
    assert dealers.index.is_unique
    assert set(dealers.index) == set(lines.loc[lines["line_type"] == "sale", "dealer_id"])
    assert cards["segment"].is_unique
    assert cards["dealers"].sum() == len(dealers) == answer.values["dealers"]
    for share in ("dealers_share", "net_sales_share"):
        assert cards[share].sum() == pytest.approx(1)
    for column in ("net_sales", "gross_margin"):
        assert cards[column].sum() == pytest.approx(dealers[column].sum(), abs=0.005)
    by = dealers.groupby(dealers["segment"].fillna(""))
    wanted = cards.set_index(cards["segment"].fillna(""))
    assert by.size().to_dict() == {group: n for group, n in wanted["dealers"].items() if n}
    for group, part in by:
        assert wanted.loc[group, "net_sales"] == pytest.approx(part["net_sales"].sum(), abs=0.005)
        assert wanted.loc[group, "orders"] == pytest.approx(part["orders"].mean())


def test_rates_of_a_group_are_sums_over_sums(company, lines, table):
    answer, dealers = told(company)
    year = lines[lines["ago"] < 365].assign(segment=lambda rows: rows["dealer_id"].map(dealers["segment"]))
    margin = (year["net_amount"] - year["cost_amount"]).groupby(year["segment"]).sum()
    net = year.groupby("segment")["net_amount"].sum()
    promoted = year[year["promotion_id"].notna()].groupby("segment")["net_amount"].sum()
    cards = answer.frames["segments"].set_index("segment")
    for group in cards.index:
        assert cards.loc[group, "gross_margin_rate"] == pytest.approx(margin[group] / net[group])
        assert cards.loc[group, "promoted_share"] == pytest.approx(promoted.get(group, 0) / net[group])
    now, before = pd.Series(0.0, cards.index), pd.Series(0.0, cards.index)
    for dealer, rows in lines.groupby("dealer_id"):
        shared, later, earlier = compared(rows)
        if shared >= 90 and earlier > 0:
            now[dealers.loc[dealer, "segment"]] += later
            before[dealers.loc[dealer, "segment"]] += earlier
    invoices = table("fact_receivable")
    ago = (pd.Timestamp(DAY) - pd.to_datetime(invoices["due_date"])).dt.days
    amount = invoices["amount"].astype(float)
    due = amount[ago.between(0, 364) & (amount > 0)].groupby(invoices["dealer_id"]).sum().reindex(dealers.index)
    waited = (dealers["days_late"] * due).groupby(dealers["segment"]).sum() / due.groupby(dealers["segment"]).sum()
    assert cards["growth"].to_dict() == pytest.approx((now / before - 1).to_dict())
    assert cards["days_late"].to_dict() == pytest.approx(waited.to_dict())


def test_net_sales_are_those_of_the_registry(company):
    scope = company.scope().but(period=Period(DAY - dt.timedelta(364), DAY))
    measured = company.store.measure(scope, ("net_sales", "gross_margin"), ("dealer",)).set_index("dealer_id")
    dealers = told(company)[1]
    for column in ("net_sales", "gross_margin"):
        there = measured[column].reindex(dealers.index).fillna(0).round(2)
        assert (dealers[column].fillna(0).round(2) == there).all(), column


@pytest.mark.parametrize("kind", segments_base.KINDS)
def test_a_filter_picks_dealers_and_moves_nobody(company, kind):
    whole, part = told(company, kind)[1], told(company, kind, region="South")[1]
    assert 0 < len(part) < len(whole)
    assert set(part.index) == set(whole.index[whole["region_id"] == "South"])
    pd.testing.assert_frame_equal(part[TOLD], whole.loc[part.index, TOLD])


def test_filters_on_products_do_not_act_and_say_so(company):
    first = company.store.names("product").index[0]
    answer, part = told(company, product=first)
    pd.testing.assert_frame_equal(part[TOLD], told(company)[1][TOLD])
    assert segments_base.WHOLE in [note.message for note in answer.notes]


@pytest.mark.parametrize("kind", segments_base.KINDS)
def test_a_viewer_of_one_region_sees_its_dealers_in_the_same_groups(company, kind):
    whole, seen = told(company, kind)[1], told(company, kind, viewer=Entitlement("wang", regions=("South",)))[1]
    assert set(seen.index) == set(whole.index[whole["region_id"] == "South"])
    pd.testing.assert_frame_equal(seen[TOLD], whole.loc[seen.index, TOLD])
    assert seen["net_sales_share"].sum() == pytest.approx(1)


# ---------------------------------------------------------------- rules


def test_planted_lives_are_told(company, truth):
    dealers, lives = told(company, "life_cycle")[1], truth["lifecycle"]
    since = {dealer: (pd.Timestamp(DAY) - pd.Timestamp(day)).days
             for kind in ("lost", "stopped", "new") for dealer, day in lives[kind].items()}  # fmt: skip
    quiet = dealers.loc[[*lives["lost"], *lives["stopped"]]]
    assert (quiet["recency"] > [since[dealer] for dealer in quiet.index]).all()
    assert set(dealers.loc[[*lives["lost"]], "segment"]) <= {"lost", "dormant"}
    assert (dealers.loc[[d for d in lives["lost"] if since[d] > 365], "segment"] == "lost").all()
    young = [dealer for dealer in lives["new"] if since[dealer] < 365]
    assert young
    assert (dealers.loc[young, "segment"] == "new").all()
    # who stopped 8 to 14 weeks ago is dormant as soon as the threshold is seven weeks
    shorter = told(company, "life_cycle", "dormant_days=49")[1]
    assert (shorter.loc[[*lives["stopped"]], "segment"] == "dormant").all()
    others = dealers.index.difference([*since, *lives["returning"]])
    assert (dealers.loc[others, "segment"].isin(["dormant", "lost"])).mean() < 0.05


def test_stages_by_hand(company):
    for dealer in told(company, "life_cycle")[1].itertuples():
        if dealer.recency > 365:
            stage = "lost"
        elif dealer.recency > 90:
            stage = "dormant"
        elif dealer.tenure_days < 365:
            stage = "new"
        else:
            stage = "growing" if dealer.growth >= 0.1 else "declining" if dealer.growth <= -0.1 else "mature"
        assert dealer.segment == stage, dealer.Index


def test_classes_by_hand(company, lines):
    sold = lines[lines["ago"] < 365].groupby("dealer_id")["net_amount"].sum().sort_values(ascending=False)
    dealers, before = told(company, "abc")[1], 0.0
    for dealer, money in sold.items():
        named = "A" if before < 0.8 * sold.sum() else "B" if before < 0.95 * sold.sum() else "C"
        assert dealers.loc[dealer, "segment"] == named, dealer
        before += money
    assert set(dealers["segment"][~dealers.index.isin(sold.index)]) <= {"C"}


def test_cuts_to_try_move_those_between_them(company):
    answer, dealers = told(company, "life_cycle", "growing=0.3")
    standing = told(company, "life_cycle")[1]["segment"]
    moved = dealers["segment"] != standing
    between = (standing == "growing") & (dealers["growth"] < 0.3)
    assert between.any()
    assert (moved == between).all()
    assert (dealers.loc[moved, "segment"] == "mature").all()
    assert (dealers["standing"] == standing).all()
    assert answer.values["changed"] == moved.sum()
    assert answer.values["thresholds"]["growing"] == 0.3
    cards = answer.frames["segments"].set_index("segment")
    assert cards["standing"].to_dict() == standing.value_counts().reindex(cards.index).fillna(0).to_dict()


@pytest.mark.parametrize(("cuts", "named"), [
    ("growth=0.1", "growth"), ("growing", "growing"), ("growing=much", "growing"), ("growing=nan", "growing"),
    ("a_up_to=1.5", "a_up_to"), ("large=0", "large"), ("dormant_days=0", "dormant_days"),
    ("growing=0.1;lost_days=-3", "lost_days"),
])  # fmt: skip
def test_bad_cuts_are_named(company, cuts, named):
    with pytest.raises(ScopeError, match=f"cuts: .*{named}"):
        told(company, "life_cycle", cuts)
    with pytest.raises(ScopeError, match="kind"):
        told(company, "colour")


def test_thresholds_of_a_region_act_there_alone(company, demo_home, copied):
    plain = told(company, "life_cycle")[1]
    own = told(copied(demo_home, "[segment_rules_by_region.Northeast]\ndormant_days = 10\n"), "life_cycle")[1]
    changed = own["segment"] != plain["segment"]
    expected = (plain["region_id"] == "Northeast") & plain["recency"].between(11, 90)
    assert expected.any()
    assert (plain["recency"].between(11, 90) & (plain["region_id"] != "Northeast")).any()
    assert (changed == expected).all()
    assert (own.loc[changed, "segment"] == "dormant").all()


# ---------------------------------------------------------------- figures


def compared(rows):
    """Days that two years of a dealer share, and its sales in them now and a year before."""
    tenure = int(rows.loc[rows["line_type"] == "sale", "ago"].max())
    shared = max(min(365, tenure - 364), 0)
    now, before = rows["ago"] < shared, rows["ago"].between(365, 364 + shared)
    return shared, rows.loc[now, "net_amount"].sum(), rows.loc[before, "net_amount"].sum()


def test_growth_by_hand(features, lines):
    """365 days against the 365 before; of a dealer of less than two years the days that have a year before them."""
    old, young = 0, 0
    for dealer, rows in lines.groupby("dealer_id"):
        shared, now, before = compared(rows)
        if shared < 90 or before <= 0:
            assert np.isnan(features.loc[dealer, "growth"]), dealer
            continue
        old, young = old + (shared == 365), young + (shared < 365)
        assert features.loc[dealer, "growth"] == pytest.approx(now / before - 1), dealer
    assert old > 50
    assert young > 0


def test_days_late_by_hand(company, features):
    """Each invoice's open balance on each day past due, from invoices and receipts alone."""
    invoices, receipts = books(company)
    invoices = invoices.assign(**{name: pd.to_datetime(invoices[name]) for name in ("invoice_date", "due_date")})
    receipts = receipts.assign(receipt_date=pd.to_datetime(receipts["receipt_date"]))
    paid = dict(list(receipts.sort_values("receipt_date").groupby(receipts["invoice_id"].astype(str))))
    today = pd.Timestamp(DAY)
    for dealer in features["days_late"].dropna().sort_values().index[::10]:
        ago = (today - invoices["due_date"]).dt.days
        own = invoices[(invoices["dealer_id"] == dealer) & (invoices["amount"] > 0) & ago.between(0, 364)]
        waited = 0.0
        for invoice in own.itertuples():
            got = paid.get(str(invoice.invoice_id), receipts.iloc[:0])
            days = pd.date_range(invoice.due_date, today - pd.Timedelta(1, "D"))  # nights past the due day
            so_far = np.r_[0.0, got["amount"].cumsum()][np.searchsorted(got["receipt_date"], days, side="right")]
            waited += np.round(invoice.amount - so_far, 2).clip(min=0).sum()
        assert features.loc[dealer, "days_late"] == pytest.approx(waited / own["amount"].sum()), dealer


def test_style_is_that_of_the_last_year_of_buying(features, lines, truth):
    dealer = min(truth["lifecycle"]["lost"], key=truth["lifecycle"]["lost"].get)
    own = lines[lines["dealer_id"] == dealer]
    sales = own[own["line_type"] == "sale"]
    last, first = sales["ago"].min(), sales["ago"].max()
    assert last > 365
    assert features.loc[dealer, "net_sales"] == 0
    own = own[own["ago"].between(last, last + 364)]
    sales = own[own["line_type"] == "sale"]
    whole = 365 / max(min(365, first - last + 1), 28)
    net, listed = own["net_amount"].sum(), own["list_amount"].sum()
    expected = {
        "style_net_sales": net * whole, "style_orders": sales["document_id"].nunique() * whole,
        "style_products": sales["product_id"].nunique(), "style_margin_rate": 1 - own["cost_amount"].sum() / net,
        "style_discount_rate": 1 - net / listed,
        "style_promoted_share": own.loc[own["promotion_id"].notna(), "net_amount"].sum() / net,
    }  # fmt: skip
    assert features.loc[dealer, [*expected]].to_dict() == pytest.approx(expected)


# ---------------------------------------------------------------- days


def test_a_day_in_the_past_takes_the_end_of_a_quarter(company, lines):
    answer, dealers = told(company, "life_cycle", as_of="2026-02-15")
    assert answer.values["day"] == dt.date(2025, 12, 31)
    assert any("2025-12-31" in str(note) for note in answer.notes)
    ago = (DAY - dt.date(2025, 12, 31)).days
    assert set(dealers.index) == set(lines.loc[(lines["ago"] >= ago) & (lines["line_type"] == "sale"), "dealer_id"])
    year = lines[lines["ago"].between(ago, ago + 364)].groupby("dealer_id")["net_amount"].sum()
    assert (dealers["net_sales"] - year.reindex(dealers.index).fillna(0)).abs().max() < 0.005
    today = told(company)[0]
    assert (today.values["day"], today.notes) == (DAY, ())


def test_before_the_first_stored_day_nothing_can_be_told(company):
    answer, dealers = told(company, as_of="2024-08-01")
    assert answer.verdict == "insufficient_evidence"
    assert dealers.empty
    assert [note.message for note in answer.notes] == [segments_base.YOUNG]


def test_days_are_ends_of_quarters_with_a_year_behind_them(company):
    first = company.store.sales_span.start
    days = segments_job.days(DAY, first)
    assert days == sorted(segments_base.by_day(company, company.scope({})))
    assert days[-2:] == [dt.date(2026, 5, 31), DAY]
    assert all(day.month % 3 == 0 for day in days[:-2])
    assert all((day - first).days >= 364 for day in days[:-1])


def test_until_results_exist_the_answer_says_so(demo_home, copied):
    company = copied(demo_home)
    shutil.rmtree(company.snapshot.results)
    for name in ("dealers.segments", "dealers.moves", "dealers.scorecard", "dealers.risk"):
        answer = ask(company, name, company.scope())
        assert answer.verdict == "insufficient_evidence", name
        assert all(frame.empty for frame in answer.frames.values()), name
        assert [note.message for note in answer.notes] == [segments_base.PENDING], name


def test_figures_are_all_shown(company):
    answer, dealers = told(company)
    assert {*FIGURES} <= {*dealers.columns} & {*answer.frames["segments"].columns}
