"""The ledger keeps history: a change is a new entry."""

import sqlite3

from data.ledger import FILE, Ledger


def test_the_latest_entry_stands_and_history_stays(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write("saved_view", "Monday", "chen", {"period": "2026-06"})
    ledger.write("saved_view", "South", "chen", {"region": "South"})
    ledger.write("saved_view", "Monday", "liu", {"period": "2026-07"})
    assert [(e.subject, e.who, e.body) for e in ledger.latest("saved_view")] == [
        ("South", "chen", {"region": "South"}), ("Monday", "liu", {"period": "2026-07"})
    ]  # fmt: skip
    ledger.write("saved_view", "South", "chen", {})
    assert [e.subject for e in ledger.latest("saved_view")] == ["Monday"]
    assert [e.body for e in ledger.history("saved_view", "South")] == [{"region": "South"}, {}]
    assert ledger.latest("note") == []


def test_opening_again_finds_what_was_written(tmp_path):
    Ledger(tmp_path).write("note", "dealer:D1", "chen", {"text": "先款后货"})
    assert Ledger(tmp_path).latest("note")[0].body == {"text": "先款后货"}
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0002",)
