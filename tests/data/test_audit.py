"""The audit log: nobody waits for it, a locked ledger loses nothing, and what was written stays."""

from __future__ import annotations

import logging
import sqlite3
import time

import pytest

from data import audit
from data.audit import Audit
from data.ledger import FILE, Ledger


def test_what_was_noted_is_in_the_ledger(tmp_path):
    ledger = Ledger(tmp_path)
    notes = Audit(ledger)
    notes.note("seen", "sales", "li@example.com", {"region": "S", "plan": "x" * 5000})
    assert notes.flush(20)
    (entry,) = ledger.trail()
    assert (entry.kind, entry.subject, entry.who) == ("seen", "sales", "li@example.com")
    assert entry.body == {"region": "S", "plan": "x" * audit.LONGEST}


def test_a_locked_ledger_delays_the_note_and_nobody_else(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "PAUSE", 0.05)
    ledger = Ledger(tmp_path)
    ledger.write("note", "dealer:D1", "li", {"text": "first"})
    notes = Audit(ledger)
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.perf_counter()
        notes.note("seen", "sales", "li", {})
        assert time.perf_counter() - began < 0.1
        assert not notes.flush(0.3)
        other.execute("ROLLBACK")
    assert notes.flush(20)
    assert [entry.kind for entry in ledger.trail()] == ["seen", "note"]


def test_what_cannot_be_kept_is_in_the_log(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(audit, "PAUSE", 0.0)
    ledger = Ledger(tmp_path / "file")
    (tmp_path / "file").write_text("no folder")
    notes = Audit(ledger)
    with caplog.at_level(logging.ERROR, "qudao"):
        notes.note("refused", "stranger", "li@example.com", {})
        assert notes.flush(20)
    assert "not kept: refused stranger by li@example.com" in caplog.text


@pytest.mark.parametrize("sql", ["UPDATE entry SET who = 'nobody'", "DELETE FROM entry"])
def test_entries_cannot_be_changed_or_deleted(tmp_path, sql):
    ledger = Ledger(tmp_path)
    ledger.write("seen", "sales", "li", {})
    with sqlite3.connect(tmp_path / FILE) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(sql)
    assert [entry.who for entry in ledger.trail()] == ["li"]


def test_the_trail_can_be_narrowed(tmp_path):
    ledger = Ledger(tmp_path)
    for day, who, kind in ((1, "li", "seen"), (2, "wang", "export"), (3, "li", "export")):
        ledger.write(kind, "sales", who, {}, at=f"2026-06-0{day}T00:00:00+00:00")
    assert [entry.id for entry in ledger.trail(who="li")] == [3, 1]
    assert [entry.id for entry in ledger.trail(kinds=("export",), since="2026-06-03")] == [3]
    assert [entry.id for entry in ledger.trail(until="2026-06-03T00:00:00+00:00")] == [2, 1]
    assert [entry.id for entry in ledger.trail(most=1)] == [3]
    assert (ledger.distinct("who"), ledger.distinct("kind")) == (["li", "wang"], ["export", "seen"])
