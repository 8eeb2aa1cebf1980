"""Credit grades: planted late payers are found, criteria equal brute force, and requests keep their clocks."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analytics.questions import ask
from analytics.segmentation.grades import CRITERIA
from data import ledger
from data.scope import Entitlement, ScopeError
from tests.analytics.receivables.by_hand import books

DAY = pd.Timestamp("2026-06-30")


def told(company, viewer=None, **keys):
    scope = company.scope(keys, viewer) if viewer else company.scope(keys)
    answer = ask(company, "dealers.grades", scope, today=str(DAY)[:10])
    return answer, answer.frames["dealers"].set_index("dealer_id")


@pytest.fixture(scope="module")
def graded(company):
    return told(company)


@pytest.fixture(scope="module")
def invoices(company):
    """Invoices with a positive amount: days past due on DAY, and what was open on DAY and 30 days past due."""
    issued, received = books(company)
    issued = issued[issued["amount"] > 0].assign(due_date=lambda rows: pd.to_datetime(rows["due_date"]))
    received = received.assign(day=pd.to_datetime(received["receipt_date"]), id=received["invoice_id"].astype(str))
    paid = received.merge(issued[["invoice_id", "due_date"]].astype({"invoice_id": str}), left_on="id",
                          right_on="invoice_id")  # fmt: skip
    id = issued["invoice_id"].astype(str)
    parts = {"balance": paid["day"] <= DAY, "open_30": paid["day"] <= paid["due_date"] + pd.Timedelta(30, "D")}
    for name, counts in parts.items():
        sums = paid[counts].groupby("id")["amount"].sum()
        issued[name] = (issued["amount"] - id.map(sums).fillna(0)).round(2).clip(lower=0)
    return issued.assign(dealer_id=issued["dealer_id"].astype(str), ago=(DAY - issued["due_date"]).dt.days)


def test_planted_late_payers_have_the_worst_grades(graded, truth):
    answer, dealers = graded
    planted = list(truth["late_payers"]["dealers"])
    assert dealers.loc[planted, "grade"].isin(["C", "D"]).all()
    others = dealers.loc[dealers.index.difference(planted), "grade"]
    assert others.isin(["A", "B"]).mean() > 0.7
    assert dealers.loc[planted, "points"].min() > dealers.loc[others.index, "points"].median()
    counted = answer.frames["grades"].set_index("grade")
    assert counted["dealers"].to_dict() == dealers["grade"].value_counts().reindex(counted.index).fillna(0).to_dict()
    assert counted["receivables"].sum() == pytest.approx(dealers["receivables"].sum())


def test_what_binds_explains_the_grade(graded):
    dealers = graded[1]
    penalties = dealers[[f"{name}_penalty" for name in CRITERIA]].set_axis(list(CRITERIA), axis=1)
    for dealer in dealers[dealers["grade"] == "D"].itertuples():
        own = penalties.loc[dealer.Index]
        assert own[dealer.binding] == 3 or own.sum() > 8, dealer.Index
        if dealer.hard_stop:
            assert dealer.binding == "longest_overdue"
            assert dealer.longest_overdue > 90
        else:
            assert own[dealer.binding] == own.max() > 0
            assert own.sum() == dealer.points > 8
    rest = dealers[(dealers["grade"] != "D") & (dealers["grade"] != "")]
    assert (rest["longest_overdue"].fillna(0) <= 90).all()
    assert (penalties.loc[rest.index].sum(axis=1) == rest["points"]).all()


def test_the_longest_overdue_by_hand(graded, invoices):
    """The oldest tenth of the open balance: a small old invoice does not count, a large one does."""
    owed = invoices[invoices["balance"] > 0]
    skipped = 0
    for dealer, rows in owed.groupby("dealer_id"):
        if dealer not in graded[1].index:
            continue
        older = rows.groupby("ago")["balance"].sum().sort_index(ascending=False).cumsum()
        ago = older.index[older >= 0.1 * rows["balance"].sum() - 1e-9][0]
        skipped += ago < rows["ago"].max()
        assert graded[1].loc[dealer, "longest_overdue"] == max(ago, 0), dealer
    assert skipped > 0


def test_shares_by_hand(graded, invoices):
    dealers = graded[1]
    for dealer, rows in invoices.groupby("dealer_id"):
        if dealer not in dealers.index:
            continue
        open_, known = rows["balance"].sum(), rows[rows["ago"].between(30, 394)]
        if open_ > 0:
            expected = rows.loc[rows["ago"] > 0, "balance"].sum() / open_
            assert dealers.loc[dealer, "overdue_share"] == pytest.approx(expected), dealer
        late = known["open_30"].sum() / known["amount"].sum() if len(known) else float("nan")
        assert dealers.loc[dealer, "late_share"] == pytest.approx(late, nan_ok=True), dealer


def test_days_late_are_those_of_the_groups(company, graded):
    """One figure, told by two queries."""
    groups = ask(company, "dealers.segments", company.scope()).frames["dealers"].set_index("dealer_id")["days_late"]
    own = graded[1]["days_late"]
    assert own.to_dict() == pytest.approx(groups.reindex(own.index).to_dict(), nan_ok=True)


def test_a_viewer_of_one_region_sees_its_dealers_with_the_same_grades(graded, company):
    seen = told(company, Entitlement("wang", regions=("South",)))[1]
    assert set(seen.index) == set(graded[1].index[graded[1]["region_id"] == "South"])
    columns = ["grade", "points", "binding", *CRITERIA]
    pd.testing.assert_frame_equal(seen[columns], graded[1].loc[seen.index, columns])


# ---------------------------------------------------------------- requests


@pytest.fixture
def asking(demo_home, copied, monkeypatch):
    """Write a request (or without a state withdraw it) as if on that day."""
    company = copied(demo_home)

    def write(dealer, on, state, **body):
        clock = SimpleNamespace(now=lambda _zone: dt.datetime.fromisoformat(on).replace(hour=9, tzinfo=dt.UTC))
        monkeypatch.setattr(ledger, "dt", SimpleNamespace(datetime=clock, UTC=dt.UTC))
        full = {"reason": "sold the shop", "known_on": on, "state": state} | body if state else {}
        company.ledger.write("grade_change", f"dealer:{dealer}", "wang", full)

    return company, write


def worked(company, start, end):
    """Working days after the start, up to the end."""
    days = company.store.calendar
    days = days[days["is_selling_day"]]["date"]
    return int(((days > pd.Timestamp(start)) & (days <= pd.Timestamp(end))).sum())


def test_the_life_of_a_request(asking):
    company, write = asking
    before = told(company)
    dealer = before[1].index[before[1]["grade"] == "A"][0]
    assert (before[0].values["open"], len(before[0].frames["requests"])) == (0, 0)
    write(dealer, "2026-06-29", "applied", grade="C", known_on="2026-06-26")
    answer, dealers = told(company)
    request = answer.frames["requests"].iloc[0]
    assert (request["stage"], request["grade"], request["dealer_id"]) == ("to_verify", "C", dealer)
    assert request["verify_by"] == pd.Timestamp("2026-07-02")
    assert request["days_left"] == worked(company, DAY, "2026-07-02") == 2
    assert not request["applied_late"]
    assert (answer.values["open"], answer.values["overdue"]) == (1, 0)
    assert dealers.loc[dealer, "standing"] == "A"  # asked for is not decided
    write(dealer, "2026-06-30", "verified", grade="C", known_on="2026-06-26", result="confirmed")
    answer, dealers = told(company)
    request = answer.frames["requests"].iloc[0]
    assert len(answer.frames["requests"]) == 1
    assert (request["stage"], request["state"], request["result"]) == ("decided", "verified", "confirmed")
    assert (request["applied_on"], request["decided_on"]) == (pd.Timestamp("2026-06-29"), DAY)
    assert (request["applied_late"], request["decided_late"]) == (False, False)
    assert np.isnan(request["days_left"])
    assert dealers.loc[dealer, ["grade", "decided", "standing"]].tolist() == ["A", "C", "C"]
    assert (dealers.drop(dealer)["standing"] == dealers.drop(dealer)["grade"]).all()
    assert answer.values["open"] == 0
    write(dealer, "2026-06-30", "")
    answer, dealers = told(company)
    assert answer.frames["requests"]["state"].tolist() == ["withdrawn"]
    assert dealers.loc[dealer, "standing"] == "A"  # back to the rules


def test_clocks_that_ran_out(asking):
    company, write = asking
    slow, prompt = told(company)[1].index[:2]
    write(slow, "2026-06-15", "applied", grade="B", known_on="2026-01-05")
    write(prompt, "2026-06-26", "applied", grade="B", known_on="2026-06-25")
    answer, _ = told(company)
    requests = answer.frames["requests"].set_index("dealer_id")
    assert requests.loc[slow, "apply_by"] == pd.Timestamp("2026-01-07")
    assert requests.loc[slow, "verify_by"] == pd.Timestamp("2026-06-18")
    assert requests.loc[slow, "days_left"] == -worked(company, "2026-06-18", DAY) < -3
    assert requests.loc[slow, ["applied_late", "decided_late"]].tolist() == [True, True]
    assert requests.loc[prompt, ["applied_late", "decided_late"]].tolist() == [False, False]
    assert requests.loc[prompt, "days_left"] == worked(company, DAY, "2026-07-01") == 1
    assert (answer.values["open"], answer.values["overdue"]) == (2, 1)
    later = ask(company, "dealers.grades", company.scope(), today="2026-07-20").values
    assert (later["open"], later["overdue"]) == (2, 2)  # clocks run on, whatever day the data end on
    with pytest.raises(ScopeError, match="today"):
        ask(company, "dealers.grades", company.scope(), today="soon")
    write(slow, "2026-06-30", "refused", grade="B", known_on="2026-01-05")
    answer, dealers = told(company)
    late = answer.frames["requests"].set_index("dealer_id").loc[slow]
    assert (late["stage"], late["decided_late"]) == ("decided", True)
    assert pd.isna(dealers.loc[slow, "decided"])
    assert (answer.values["open"], answer.values["overdue"]) == (1, 0)
    assert answer.frames["requests"]["dealer_id"].tolist() == [prompt, slow]  # open ones first


def test_the_last_verified_change_stands_and_a_withdrawal_takes_a_request_back(asking):
    company, write = asking
    dealer = told(company)[1].index[0]
    for on, state, grade in (("2026-05-04", "applied", "B"), ("2026-05-06", "verified", "B"),
                             ("2026-06-01", "applied", "A"), ("2026-06-02", "refused", "A"),
                             ("2026-06-08", "applied", "C"), ("2026-06-09", "verified", "C"),
                             ("2026-06-20", "applied", "A"), ("2026-06-22", "", "")):  # fmt: skip
        write(dealer, on, state, grade=grade)
    answer, dealers = told(company)
    assert dealers.loc[dealer, "standing"] == "C"
    assert sorted(answer.frames["requests"]["state"]) == ["refused", "verified", "verified"]
    assert answer.values["open"] == 0


def test_a_viewer_sees_no_request_of_others(asking):
    company, write = asking
    dealers = told(company)[1]
    inside = dealers.index[dealers["region_id"] == "South"][0]
    outside = dealers.index[dealers["region_id"] != "South"][0]
    for dealer in (inside, outside):
        write(dealer, "2026-06-29", "applied", grade="B")
    answer, _ = told(company, Entitlement("wang", regions=("South",)))
    assert answer.frames["requests"]["dealer_id"].tolist() == [inside]
    assert answer.values["open"] == 1
