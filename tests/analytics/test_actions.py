"""The action list: every item's money is that of the question it comes from; what people decide stays, with history."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pandas as pd
import pytest

from analytics.questions import actions, ask
from analytics.refresh import refresh
from data import records
from data.company import Company
from data.records import RecordError
from data.scope import Entitlement


@pytest.fixture(scope="module")
def writable(demo_home, tmp_path_factory):
    """A company in which people write."""
    home = tmp_path_factory.mktemp("actions") / "home"
    shutil.copytree(demo_home, home)
    opened = Company.open(home)
    refresh(opened)
    return opened


@pytest.fixture
def written(writable):
    """That company, without a standing record."""
    yield writable
    for kind in ("action", "collection_action"):
        for entry in writable.ledger.latest(kind):
            writable.ledger.write(kind, entry.subject, "nobody", {})


def listed(company, scope=None, **options):
    return ask(company, "actions.list", scope or company.scope(), **options)


def write(company, answer, key, state, who="chen", **fields):
    """As the page writes it."""
    row = answer.frames["all"].set_index("key").loc[key]
    body = {"state": state, "money": row["money"], "data_to": answer.as_of, "view": answer.values["view"], **fields}
    return company.ledger.write("action", key, who, records.checked("action", body))


def state_of(company, key, scope=None):
    return listed(company, scope).frames["all"].set_index("key").loc[key, "state"]


# ------------------------------------------------------------------ the money of an item


def money_by(frame, id="dealer_id", money="money"):
    return dict(zip(frame[id], frame[money], strict=True))


def test_money_is_that_of_the_question_behind_the_item(company):
    scope = company.scope()
    items = listed(company).frames["all"]
    assert {"drop", "silent", "overdue", "stock", "territory"} <= set(items["kind"])

    risk = money_by(ask(company, "receivables.worklist", scope).frames["worklist"], money="at_risk")
    suspicions = ask(company, "integrity.summary", scope).frames["suspicions"]
    by_kind = {kind: money_by(rows) for kind, rows in suspicions.groupby("kind")}
    sold = ask(company, "sales.by", scope, by="dealer").frames["by"].set_index("dealer_id")
    missing = (sold["last_year"] - sold["actual"]).to_dict()
    prices = suspicions[~suspicions["kind"].isin(["territory", "loading"])].groupby("dealer_id")["money"].sum()
    source = {"overdue": risk, "territory": by_kind["territory"], "stock": by_kind["loading"], "drop": missing,
              "silent": missing, "price": prices.to_dict()}  # fmt: skip
    for row in items[items["kind"] != "overspend"].itertuples():
        parts = row.facts.get("dealers") or {row.subject_id: row.money}
        assert row.count == len(parts)
        assert row.money == pytest.approx(sum(parts.values()))
        for dealer, money in parts.items():
            assert money == pytest.approx(source[row.kind][dealer]), row.key


def test_who_bought_nothing_before_misses_nothing(company):
    """A dealer that gave goods back on a day, and bought nothing a year before, sells less than nothing: no item."""
    days = [company.snapshot.as_of - dt.timedelta(days=back) for back in range(60)]
    scopes = [company.scope({"period": str(day)}) for day in days]
    for scope in scopes:
        now = company.store.measure(scope, ("net_sales",), ("dealer",)).set_index("dealer_id")["net_sales"]
        then = company.store.measure(scope, ("net_sales",), ("dealer",), period=company.compared(scope))
        returned = set(now[now < 0].index) - set(then.loc[then["net_sales"] > 0, "dealer_id"])
        if returned:
            break
    assert returned
    items = listed(company, scope).frames["all"]
    assert not returned & set(items.loc[items["kind"].isin(["drop", "silent"]), "subject_id"])


def test_overspend_by_hand(company):
    scope = company.scope()
    costs = company.store.query("dealer_promotions", scope.but(period=company.store.sales_span))
    ended = costs["end_date"].between(pd.Timestamp(scope.period.start), pd.Timestamp(scope.period.end))
    sums = costs[ended & (costs["planned_cost"] > 0)].groupby("promotion_id")[["planned_cost", "cost_amount"]].sum()
    over = sums[sums["cost_amount"] > 1.1 * sums["planned_cost"]]
    items = listed(company).frames["all"]
    found = items[items["kind"] == "overspend"].set_index("subject_id")["money"]
    assert found.to_dict() == pytest.approx((over["cost_amount"] - over["planned_cost"]).to_dict())


def test_the_list_is_the_first_of_all_and_adds_up(company):
    answer = listed(company, shown=5, each=2)
    first, everything = answer.frames["actions"], answer.frames["all"]
    assert len(first) == 5
    assert first["kind"].value_counts().max() <= 2
    assert first["money"].is_monotonic_decreasing
    assert everything["money"].is_monotonic_decreasing
    assert everything["key"].is_unique
    assert answer.values["money"] == pytest.approx(first["money"].sum())
    assert answer.values["waiting_money"] == pytest.approx(everything["money"].sum())
    assert list(first["key"]) == [k for k in everything["key"] if k in set(first["key"])]
    assert set(listed(company, shown=500, each=500).frames["actions"]["key"]) == set(everything["key"])


def test_planted_stories_are_on_the_list(company, demo_home):
    truth = json.loads((demo_home / "demo-truth.json").read_text(encoding="utf-8"))
    items = listed(company).frames["all"]
    dealers = {kind: {d for row in rows.itertuples() for d in (row.facts.get("dealers") or [row.subject_id])}
               for kind, rows in items.groupby("kind")}  # fmt: skip
    assert set(truth["lifecycle"]["stopped"]) <= dealers["silent"] | dealers["drop"]
    assert dealers["silent"] <= set(truth["lifecycle"]["stopped"]) | set(truth["lifecycle"]["lost"])
    assert set(truth["gap"]["still_buys"]) <= dealers["drop"]
    assert dealers["territory"] <= set(truth["diversion"]["dealers"])


# ------------------------------------------------------------------ taking and settling


def test_taken_stays_with_a_name_and_settled_leaves(written):
    before = listed(written)
    first, second, third = before.frames["actions"]["key"].iloc[:3]
    write(written, before, first, "taken", owner="E0001", due="2026-07-15")
    write(written, before, second, "done", reason="paid on 2 July")
    write(written, before, third, "dismissed", reason="closed for rebuilding, known")
    after = listed(written)
    shown, rows = after.frames["actions"], after.frames["all"].set_index("key")
    assert first in set(shown["key"])
    assert not {second, third} & set(shown["key"])
    assert len(shown) == len(before.frames["actions"])  # others move up
    assert rows.loc[first, ["state", "taken_id", "due", "who"]].tolist() == ["taken", "E0001", "2026-07-15", "chen"]
    assert rows.loc[third, ["state", "why"]].tolist() == ["dismissed", "closed for rebuilding, known"]
    assert [after.values[state] for state in ("taken", "done", "dismissed")] == [1, 1, 1]
    assert after.values["waiting"] == after.values["found"] - 2
    written.ledger.write("action", second, "liu", {})  # taken back
    assert state_of(written, second) == "open"


def test_dismissed_without_a_reason_is_refused():
    with pytest.raises(RecordError, match="Say why"):
        records.checked("action", {"state": "dismissed", "reason": "  "})
    with pytest.raises(RecordError):
        records.checked("action", {"state": "forgotten"})
    assert records.checked("action", {"state": "done"}) == {"state": "done"}


def test_two_people_append_and_the_newest_stands(written):
    answer = listed(written)
    key = answer.frames["actions"]["key"].iloc[0]
    write(written, answer, key, "taken", who="chen", owner="E0001")
    write(written, answer, key, "dismissed", who="liu", reason="known")
    write(Company.open(written.home), answer, key, "taken", who="chen", owner="E0002")
    history = written.ledger.history("action", key)[-3:]
    assert [(entry.who, entry.body["state"]) for entry in history] == [
        ("chen", "taken"), ("liu", "dismissed"), ("chen", "taken")
    ]  # fmt: skip
    row = listed(written).frames["all"].set_index("key").loc[key]
    assert (row["state"], row["taken_id"]) == ("taken", "E0002")


def test_settled_comes_back_with_a_later_month_or_more_money(written):
    answer = listed(written)
    key, money = answer.frames["actions"][["key", "money"]].iloc[0]
    scope = written.scope()
    for then, data_to, view, state in (
        (money, scope.as_of, answer.values["view"], "done"),
        (money, scope.as_of.replace(day=1), answer.values["view"], "done"),  # earlier in the same month
        (money, scope.as_of.replace(day=1) - dt.timedelta(1), answer.values["view"], "open"),  # the month before
        (money / 1.24, scope.as_of, answer.values["view"], "done"),
        (money / 1.26, scope.as_of, answer.values["view"], "open"),  # a quarter more
        (money / 1.26, scope.as_of, "period=2026-05", "done"),  # another view shows other money
    ):
        body = {"state": "done", "money": then, "data_to": data_to, "view": view}
        written.ledger.write("action", key, "chen", records.checked("action", body))
        assert state_of(written, key) == state, (then, data_to, view)


def test_a_standing_collection_action_takes_an_overdue_item(written):
    items = listed(written).frames["all"]
    row = items[items["kind"] == "overdue"].iloc[0]
    subject = f"dealer:{row['subject_id']}"
    agreed = {"owner": "E0002", "next_step": "visit", "due": "2026-07-05"}
    written.ledger.write("collection_action", subject, "liu", records.checked("collection_action", agreed))
    taken = listed(written).frames["all"].set_index("key").loc[row["key"]]
    assert taken[["state", "taken_id", "due", "why"]].tolist() == ["taken", "E0002", "2026-07-05", "visit"]
    done = records.checked("collection_action", agreed | {"result": "paid half"})
    written.ledger.write("collection_action", subject, "liu", done)
    assert state_of(written, row["key"]) == "open"


# ------------------------------------------------------------------ who sees what


def test_a_viewer_of_a_region_sees_its_items_alone(written):
    whole = written.scope()
    south = written.scope(entitlement=Entitlement("wang", regions=("South",)))
    key = listed(written).frames["actions"]["key"].iloc[0]
    write(written, listed(written), key, "dismissed", reason="known elsewhere")
    items = listed(written, south).frames["all"]
    inside = set(written.store.query("dealer_profiles", south, depth=1)["dealer_id"])
    assert len(items)
    assert len(items) < len(listed(written, whole).frames["all"])
    dealers = items[items["subject"] == "dealer"]
    assert set(dealers["subject_id"]) <= inside
    for facts in items["facts"]:
        assert set(facts.get("dealers", {})) <= inside
    regions = items[items["subject"] == "region"]["subject_id"]
    assert all(written.sees_region(south.entitlement, region) for region in regions)


def test_a_viewer_of_dealers_gets_no_item_of_a_region(company):
    items = listed(company).frames["all"]
    groups = items[(items["subject"] == "region") & (items["count"] > 1)]
    dealers = tuple(groups["facts"].iloc[0]["dealers"])
    own = listed(company, company.scope(entitlement=Entitlement("li", dealers=dealers))).frames["all"]
    assert set(own["subject"]) <= {"dealer", "promotion"}
    assert set(own[own["subject"] == "dealer"]["subject_id"]) <= set(dealers)


def test_whom_a_record_is_about():
    assert records.about("action", "drop:dealer:D0412") == ("dealer", "D0412")
    assert records.about("action", "stock:region:CN-GD") == ("region", "CN-GD")
    assert records.about("dealer_note", "dealer:D0412") == ("dealer", "D0412")
    assert records.about("variance_note", "region:CN-GD|2026-06") == ("region", "CN-GD")


def test_the_view_of_a_record_leaves_the_place_out(company):
    keys = {"region": "South", "category": next(iter(company.store.categories))}
    assert actions.view(company.scope({"region": "South"})) == actions.view(company.scope())
    assert actions.view(company.scope(keys)) != actions.view(company.scope())
