"""What the audit log and the rights cost a rerun: `qudao bench audit`.

How long a page waits for a note, also while another process holds the ledger; how fast the thread writes; and what
a run pays to know its viewer's rights.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from data import access
from data.audit import Audit
from data.ledger import FILE, Ledger

NOTES = 1000
KEYS = {"period": "2026-Q2", "region": "South", "compare": "last_year"}


def waits(notes: Audit, times: int) -> list[float]:
    """Milliseconds that the caller of `note` waits, each time."""
    found = []
    for at in range(times):
        began = time.perf_counter()
        notes.note("seen", f"page {at}", "li@example.com", KEYS)
        found.append((time.perf_counter() - began) * 1000)
    return found


def said(what: str, found: list[float]) -> None:
    print(f"{what}: median {statistics.median(found):.3f} ms, slowest {max(found):.2f} ms")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        ledger = Ledger(home)
        ledger.write("note", "dealer:D1", "li", {"text": "the file is there"})
        notes = Audit(ledger)
        began = time.perf_counter()
        said("a page waits for a note", waits(notes, NOTES))
        notes.flush(300)
        print(f"the thread writes {NOTES / (time.perf_counter() - began):,.0f} notes a second")
        with sqlite3.connect(home / FILE) as other:
            other.execute("BEGIN EXCLUSIVE")
            said("... while another process holds the ledger", waits(notes, 100))
            other.execute("ROLLBACK")
        notes.flush(60)
        assert len(ledger.trail(kinds=("seen",))) == NOTES + 100
        people = "".join(f'[people."p{n}@example.com"]\nrole = "manager"\nregions = ["R{n}"]\n' for n in range(1000))
        (home / access.FILE).write_text(people, encoding="utf-8")
        began = time.perf_counter()
        rules = access.load(home)
        print(f"access.toml with 1,000 people is read in {(time.perf_counter() - began) * 1000:.0f} ms, once a change")
        assert rules is not None
        found = []
        for n in range(200):
            began = time.perf_counter()
            rules.person(access.Identity.of({"email": f"p{n}@example.com", "iat": time.time()}))
            found.append((time.perf_counter() - began) * 1000)
        said("a viewer is looked up among 1,000", found)


if __name__ == "__main__":
    main()
