"""The dealer card: its numbers are those of the other questions, its parts add up, it shows only what one may see."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.questions import ask
from analytics.questions.dealers import BALANCES
from data.scope import Entitlement
from tests.golden_home import small_company

ANY = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
PERIODS = ("2026-Q2", "2026-05", "2025-H2", "2026", "2026-02-10..2026-04-20")


def card(company, dealer, period="2026-H1", viewer=None, **options):
    keys = {"dealer": dealer, "period": period}
    scope = company.scope(keys, viewer) if viewer else company.scope(keys)
    return ask(company, "dealers.card", scope, **options)


@pytest.fixture(scope="module")
def dealers(company):
    return list(ask(company, "dealers.list", company.scope()).frames["dealers"]["dealer_id"])


@ANY
@given(data=st.data(), period=st.sampled_from(PERIODS))
def test_every_number_is_that_of_its_own_question(company, dealers, data, period):
    dealer = data.draw(st.sampled_from(dealers))
    answer = card(company, dealer, period)
    scope = company.scope({"dealer": dealer, "period": period})
    sold = ask(company, "sales.summary", scope)
    kpis = answer.frames["kpis"].set_index("measure")
    for id in ("net_sales", "orders", "gross_margin", "gross_margin_rate"):
        assert kpis.loc[id, "value"] == pytest.approx(sold.values[id], nan_ok=True), id
        assert kpis.loc[id, "compared"] == pytest.approx(sold.values[f"{id}_compared"], nan_ok=True), id
    then = scope.but(as_of=min(scope.as_of, scope.period.end))  # balances of a past period: those of its end
    owed = ask(company, "receivables.aging", then)
    for id in BALANCES:
        assert kpis.loc[id, "value"] == pytest.approx(owed.values[id], nan_ok=True), id
    own = owed.frames["aging"][owed.frames["aging"]["dealer_id"] == dealer]
    assert len(answer.frames["aging"]) == len(own)
    for column in ("in_term", "d1_30", "d121", "headroom", "credit", "unapplied") if len(own) else ():
        assert answer.frames["aging"].iloc[0][column] == pytest.approx(own.iloc[0][column], nan_ok=True)
    went = ask(company, "visits.coverage", scope)
    assert answer.values["planned_visits"] == went.values["planned_visits"]
    shelves = ask(company, "shelf.distribution", then)
    assert answer.values["numeric_distribution"] == pytest.approx(shelves.values["numeric_distribution"], nan_ok=True)
    listed = ask(company, "dealers.list", company.scope({"period": period})).frames["dealers"].set_index("dealer_id")
    for id in ("net_sales", "overdue"):
        known = listed.loc[dealer, id]
        assert (0.0 if known != known else known) == pytest.approx(kpis.loc[id, "value"], nan_ok=True)


@ANY
@given(data=st.data(), period=st.sampled_from(PERIODS))
def test_parts_add_up_to_the_whole(company, dealers, data, period):
    answer = card(company, data.draw(st.sampled_from(dealers)), period)
    whole = answer.values["net_sales"]
    assert answer.frames["mix"]["net_sales"].sum() == pytest.approx(whole)
    assert answer.frames["products"]["net_sales"].sum() == pytest.approx(whole)
    if whole > 0:
        assert answer.frames["mix"]["share"].sum() == pytest.approx(1)
    cost = answer.frames["promotions"]["cost_amount"].sum()
    assert answer.values["promotion_cost"] == pytest.approx(cost)
    assert answer.values["exceptions_money"] == pytest.approx(answer.frames["exceptions"]["money"].sum())


@pytest.mark.parametrize("by", ["tier", "region"])
def test_peers_by_hand(company, dealers, by):
    dealer = dealers[0]
    scope = company.scope({"period": "2026-H1"})
    sold = company.store.measure(scope, ("net_sales",), ("dealer", "category"))
    profiles = ask(company, "dealers.list", scope).frames["dealers"].set_index("dealer_id")
    tree = company.store.region_tree.set_index("region_id")

    def top(region):
        while isinstance(tree.loc[region, "parent_id"], str) and tree.loc[region, "depth"] > 1:
            region = tree.loc[region, "parent_id"]
        return region

    kind = profiles["tier"] if by == "tier" else profiles["region_id"].map(top)
    peers = set(kind[kind == kind[dealer]].index) - {dealer}
    theirs = sold[sold["dealer_id"].isin(peers)].groupby("category")["net_sales"].sum()
    answer = card(company, dealer, peers=by)
    assert answer.values["peers"] == len(peers)
    mix = answer.frames["mix"].set_index("category")
    for category, share in (theirs / theirs.sum()).items():
        if category in mix.index:
            assert mix.loc[category, "peer_share"] == pytest.approx(share)


def test_its_exceptions_are_those_of_the_list(company):
    items = ask(company, "actions.list", company.scope()).frames["all"]
    for kind, rows in items[items["kind"] != "overspend"].groupby("kind"):
        parts = rows.iloc[0]["facts"].get("dealers") or {rows.iloc[0]["subject_id"]: rows.iloc[0]["money"]}
        dealer, money = next(iter(parts.items()))
        own = ask(company, "dealers.card", company.scope({"dealer": dealer})).frames["exceptions"].set_index("key")
        assert own.loc[rows.iloc[0]["key"], "money"] == pytest.approx(money), kind


def test_what_one_may_not_see_is_refused(company, dealers):
    places = ask(company, "dealers.list", company.scope({"region": "South"})).frames["dealers"]
    inside, outside = places["dealer_id"].iloc[0], next(d for d in dealers if d not in set(places["dealer_id"]))
    viewer = Entitlement("wang", regions=("South",))
    refused = card(company, outside, viewer=viewer)
    assert refused.verdict == "insufficient_evidence"
    assert set(refused.frames) == {"dealer"}
    assert refused.frames["dealer"].empty
    assert [str(note) for note in refused.notes] == ["This dealer is not among those that you may see."]
    seen = card(company, inside, viewer=viewer)
    assert len(seen.frames["dealer"]) == 1
    assert seen.values["net_sales"] == pytest.approx(card(company, inside).values["net_sales"])
    assert set(ask(company, "dealers.list", company.scope({}, viewer)).frames["dealers"]["dealer_id"]) == set(
        places["dealer_id"]
    )


def test_a_card_is_about_one_dealer(company, dealers):
    for keys in ({}, {"dealer": ",".join(dealers[:2])}):
        answer = ask(company, "dealers.card", company.scope(keys))
        assert answer.verdict == "insufficient_evidence"
        assert [str(note) for note in answer.notes] == ["Choose one dealer."]
    placed = card(company, dealers[0])  # filters of place are left aside: the dealer is what was asked for
    elsewhere = ask(company, "dealers.card", company.scope({"dealer": dealers[0], "region": "Northwest",
                                                            "period": "2026-H1"}))  # fmt: skip
    assert elsewhere.values["net_sales"] == placed.values["net_sales"]


def test_a_company_with_sales_alone_says_what_is_missing(tmp_path):
    day = dt.date(2026, 6, 1)
    company = small_company(tmp_path, {
        "dim_dealer": [{"dealer_id": "A", "dealer_name": "Acme"}, {"dealer_id": "B", "dealer_name": "Bolt"}],
        "fact_sales": [{"line_id": n, "dealer_id": dealer, "line_type": "sale", "order_date": day, "quantity": 1,
                        "net_amount": 100} for n, dealer in enumerate("AAB")],
    })  # fmt: skip
    answer = card(company, "A", "2026-06")
    assert answer.values["net_sales"] == 200
    assert answer.values["peers"] == 0
    for part in ("aging", "visits", "promotions", "shelf", "exceptions", "notes"):
        assert answer.frames[part].empty, part
    notes = " ".join(str(note) for note in answer.notes)
    for table in ("visits", "promotions", "shelf checks", "receivables"):
        assert f"No {table} imported yet" in notes


def test_notes_stay_newest_first(tmp_path):
    company = small_company(tmp_path, {"dim_dealer": [{"dealer_id": "A"}]})
    company.ledger.write("dealer_note", "dealer:A", "chen", {"text": "first"})
    company.ledger.write("dealer_note", "dealer:A", "liu", {"text": "second"})
    company.ledger.write("dealer_note", "dealer:B", "liu", {"text": "another"})
    notes = ask(company, "dealers.card", company.scope({"dealer": "A"})).frames["notes"]
    assert notes[["who", "text"]].to_numpy().tolist() == [["liu", "second"], ["chen", "first"]]
