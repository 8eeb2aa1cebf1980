"""The register of what was sent, in the ledger: nothing goes out twice within its slot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from filelock import FileLock, Timeout

from dashboard.reports.file import Recipient, Report, ReportError
from data.company import Company

KIND = "report_sent"
State = Literal["open", "sending", "sent", "failed"]


def slot(every: str, day: dt.date) -> str:
    """The month, week or day within which a report goes out once: 2026-07, 2026-W27, 2026-07-01."""
    if every == "month":
        return f"{day:%Y-%m}"
    if every == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return day.isoformat()


@dataclass(frozen=True)
class Register:
    """What became of a report for each recipient in one slot.

    `sending` is written before a message leaves and `sent` after: a `sending` without a `sent` says that a run ended in
    between, and nobody but the mail server knows whether it arrived. `failed` says that it surely did not.
    """

    company: Company
    report: Report
    slot: str

    def _subject(self, recipient: Recipient) -> str:
        return f"{self.report.name.casefold()}|{recipient.key}|{self.slot}"

    def state(self, recipient: Recipient) -> tuple[State, str]:
        """The state, and when it was written (UTC)."""
        entries = self.company.ledger.history(KIND, self._subject(recipient))
        if not entries or not entries[-1].body:
            return "open", ""
        return entries[-1].body["state"], entries[-1].at

    def write(self, recipient: Recipient, state: State, **facts: Any) -> None:
        body = {"state": state, "snapshot": self.company.snapshot.id, **facts}
        self.company.ledger.write(KIND, self._subject(recipient), recipient.name, body)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time sends a report. Raises ReportError in the second."""
        place = self.company.home / "reports"
        place.mkdir(parents=True, exist_ok=True)
        mark = sha256(self.report.name.casefold().encode()).hexdigest()[:16]
        lock = FileLock(place / f"{mark}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ReportError(f"{self.report.name}: another process is sending this report", code=1) from None
        try:
            yield
        finally:
            lock.release()
