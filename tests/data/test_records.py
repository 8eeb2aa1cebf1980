"""What the ledger takes: required fields, dates, and what each kind asks for besides."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data import records
from data.ledger import Ledger

EXCEPTION = {"dealer_id": "D1", "region_id": "R1", "notified_date": dt.date(2026, 5, 1), "valid_from": "2026-05-01",
             "valid_to": "2026-05-31"}  # fmt: skip
APPEAL = {"about": "score", "text": "the June invoices were paid in cash", "state": "open"}
CHANGE = {"grade": "C", "reason": "two cheques came back", "known_on": "2026-06-29", "state": "applied"}


def test_blanks_are_left_out_and_dates_become_text() -> None:
    body = records.checked("collection_action", {"owner": " ", "next_step": " call ", "due": dt.date(2026, 7, 3)})
    assert body == {"next_step": "call", "due": "2026-07-03"}


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        ("collection_action", {"owner": "E1"}, "next_step"),
        ("collection_action", {"next_step": "x", "due": "tomorrow"}, "due"),
        ("variance_note", {"way": "x", "size": "much"}, "size"),
        ("action", {"state": "dismissed", "reason": "  "}, "reason"),
        ("action", {"state": "forgotten"}, "state"),
        ("territory_exception", EXCEPTION | {"valid_to": "2026-04-30"}, "valid_to"),
        ("dealer_note", {"text": "x" * 2001}, "text"),
        ("potential", {"amount": -1.0}, "amount"),
        ("forecast_override", {"amount": 1.0}, "reason"),
        ("forecast_override", {"reason": "a new listing"}, "amount"),
        ("forecast_override", {"amount": -0.01, "reason": "returns"}, "amount"),
        ("forecast_override", {"amount": float("inf"), "reason": "hope"}, "amount"),
        ("forecast_override", {"amount": float("nan"), "reason": "hope"}, "amount"),
        ("forecast_override", {"amount": 1.0, "reason": "x", "data_to": "June"}, "data_to"),
        ("forecast_override", {"amount": 1.8e10, "reason": "two zeros", "model": 1.7e8, "before": 1.6e8}, "amount"),
        ("dealer_appeal", APPEAL | {"about": "price"}, "about"),
        ("dealer_appeal", APPEAL | {"about": None}, "about"),
        ("dealer_appeal", APPEAL | {"text": " "}, "text"),
        ("dealer_appeal", APPEAL | {"state": None}, "state"),
        ("dealer_appeal", APPEAL | {"state": "applied"}, "state"),
        ("dealer_appeal", APPEAL | {"answer": "x" * 2001}, "answer"),
        ("grade_change", CHANGE | {"grade": "E"}, "grade"),
        ("grade_change", CHANGE | {"grade": ""}, "grade"),
        ("grade_change", CHANGE | {"reason": ""}, "reason"),
        ("grade_change", CHANGE | {"known_on": None}, "known_on"),
        ("grade_change", CHANGE | {"known_on": "2026-06-31"}, "known_on"),
        ("grade_change", CHANGE | {"state": "open"}, "state"),
        ("grade_change", CHANGE | {"result": "x" * 2001}, "result"),
    ],
)
def test_a_bad_record_names_its_field(kind: str, given: dict[str, object], field: str) -> None:
    with pytest.raises(records.RecordError) as caught:
        records.checked(kind, given)
    assert caught.value.field == field


def test_the_newest_record_of_a_subject_stands_and_a_withdrawn_one_is_gone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    before = ledger.version(("dealer_note",))
    for text in ("first", "second"):
        ledger.write("dealer_note", "dealer:D1", "somebody", records.checked("dealer_note", {"text": text}))
    ledger.write("dealer_note", "dealer:D2", "somebody", records.checked("dealer_note", {"text": "gone"}))
    ledger.write("dealer_note", "dealer:D2", "somebody", {})
    standing = records.frame("dealer_note", ledger.latest("dealer_note"))
    assert standing[["subject", "text"]].values.tolist() == [["dealer:D1", "second"]]
    assert ledger.version(("dealer_note",)) == before + 4
    assert ledger.version(("action",)) == 0


def test_a_change_of_a_forecast_keeps_what_was_said_before() -> None:
    given = {"amount": "1200", "reason": " a new listing ", "model": 1000.0, "before": None,
             "data_to": dt.date(2026, 6, 30)}  # fmt: skip
    assert records.checked("forecast_override", given) == {
        "amount": 1200.0, "reason": "a new listing", "model": 1000.0, "data_to": "2026-06-30",
    }  # fmt: skip
    assert records.checked("forecast_override", {"amount": 0, "reason": "closed"})["amount"] == 0.0
    assert records.about("forecast_override", "region:CN-GD|2026-Q3|beer") == ("region", "CN-GD")
    assert records.about("forecast_override", "company:all|2026") == ("company", "all")


def test_an_appeal_and_its_answer_are_entries_about_one_subject(tmp_path: Path) -> None:
    ledger, subject = Ledger(tmp_path), "dealer:D1|score"
    for given in (APPEAL, APPEAL | {"state": "accepted", "answer": " put right "}):
        ledger.write("dealer_appeal", subject, "somebody", records.checked("dealer_appeal", given))
    ledger.write("dealer_appeal", "dealer:D1|tier", "somebody", records.checked("dealer_appeal", APPEAL))
    standing = records.frame("dealer_appeal", ledger.latest("dealer_appeal")).set_index("subject")
    assert standing.loc[subject, ["state", "answer"]].tolist() == ["accepted", "put right"]
    assert standing.loc["dealer:D1|tier", ["state", "answer"]].tolist() == ["open", None]
    assert [entry.body["state"] for entry in ledger.history("dealer_appeal", subject)] == ["open", "accepted"]
    assert records.about("dealer_appeal", subject) == ("dealer", "D1")


def test_a_change_of_a_grade_knows_no_today() -> None:
    given = CHANGE | {"known_on": dt.date(2999, 1, 1), "result": ""}
    assert records.checked("grade_change", given) == CHANGE | {"known_on": "2999-01-01"}


def test_choices_of_a_kind_differ_and_have_words() -> None:
    for kind in records.KINDS:
        for field in kind.fields:
            values = [value for value, _ in field.choices]
            assert (len(values) > 0) == (field.kind == "choice")
            assert len(set(values)) == len(values)
            assert all(word for _, word in field.choices)
