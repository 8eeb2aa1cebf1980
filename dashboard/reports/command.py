"""`qudao report FILE`: what it prints, and how it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rich.console import Console

from dashboard.export.deck import Progress
from dashboard.reports.file import Recipient, load
from dashboard.reports.send import Outcome, Run
from data.company import Company

_WORDS = {"sent": "sent", "due": "would be sent", "already": "already sent", "unclear": "unclear", "failed": "failed",
          "nothing": "nothing to send"}  # fmt: skip


def report(open_company: Callable[[], Company], file: Path, *, out: Console, err: Console, dry_run: bool,
           day: dt.date | None, resend: Sequence[str],
           progress: Callable[[], AbstractContextManager[Progress]]) -> int:  # fmt: skip
    """Send the report of the file, or say who would get what. Returns the exit code: 1 when somebody's failed.

    Raises ReportError for a file that cannot be used.
    """
    read = load(file)
    company = open_company()
    run = Run(company, read, file, day or dt.date.today(), resend=resend)
    if dry_run:
        out.print(f"{read.name}: {run.register.slot}, dry run: nothing is sent", markup=False, highlight=False)
        outcomes = run.plan(lambda outcome: _tell(out, outcome))
    else:
        with progress() if err.is_terminal else nullcontext() as told:  # a scheduler's log holds lines alone
            run = Run(company, read, file, run.day, resend=resend, progress=told)
            outcomes = run.send(lambda outcome: _tell(err if outcome.failed else out, outcome))
    return int(any(outcome.failed for outcome in outcomes))


def _tell(console: Console, outcome: Outcome) -> None:
    """One line a recipient."""
    parts = [_WORDS[outcome.state], _whom(outcome.recipient), outcome.language, outcome.rights, outcome.subject,
             ", ".join(outcome.files), outcome.why]  # fmt: skip
    console.print(" | ".join(part for part in parts if part), markup=False, highlight=False, soft_wrap=True)


def _whom(recipient: Recipient) -> str:
    return f"{recipient.name} <{recipient.email}>" if recipient.email else f"{recipient.name} in {recipient.folder}"
