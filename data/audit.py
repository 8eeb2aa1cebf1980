"""What people did, into the ledger: who signed in or was refused, saw a page, exported. Nobody waits for it.

One thread writes; notes wait in a queue while another process holds the ledger. What cannot be kept is in the log.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.ledger import Ledger, now

KINDS = ("sign_in", "sign_out", "refused", "seen", "export")
MOST = 10_000  # notes that wait
TRIES, PAUSE = 30, 2.0  # times that a note is tried, seconds between
LONGEST = 300  # characters of a text
LEAVING = 5.0  # seconds that a process that ends waits for its notes

_log = logging.getLogger("qudao")
_Note = tuple[str, str, str, dict[str, Any], str]


class Audit:
    """The notes of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: queue.Queue[_Note] = queue.Queue(MOST)
        threading.Thread(target=self._write, name="audit", daemon=True).start()
        atexit.register(self.flush, LEAVING)

    def note(self, kind: str, subject: str, who: str, body: Mapping[str, str]) -> None:
        """Keep what somebody did now. Returns at once and never raises."""
        short = {key: str(text)[:LONGEST] for key, text in body.items()}
        try:
            self._waiting.put_nowait((kind, subject[:LONGEST], who[:LONGEST], short, now()))
        except queue.Full:
            _log.error("audit: not kept: %s %s by %s %s", kind, subject, who, short)

    def flush(self, seconds: float) -> bool:
        """Wait until everything is written; False when it takes longer."""
        end = time.monotonic() + seconds
        while self._waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.01)
        return not self._waiting.unfinished_tasks

    def _write(self) -> None:
        while True:
            note = self._waiting.get()
            try:
                self._keep(note)
            finally:
                self._waiting.task_done()

    def _keep(self, note: _Note) -> None:
        kind, subject, who, body, at = note
        for attempt in range(1, TRIES + 1):
            try:
                self._ledger.write(kind, subject, who, body, at=at)
                return
            except Exception as error:
                if attempt == TRIES:
                    _log.error("audit: not kept: %s %s by %s %s (%s)", kind, subject, who, body, error)
                    return
                time.sleep(PAUSE)


@lru_cache(maxsize=4)
def audit(home: Path) -> Audit:
    """The notes of a home: one thread a process."""
    return Audit(Ledger(home))
