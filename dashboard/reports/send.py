"""Send a report: to each recipient the own view, nobody twice within the slot, nobody stopped by another's failure."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from analytics.questions import Answer
from dashboard.export import files as export
from dashboard.export.deck import Progress
from dashboard.export.desk import Desk
from dashboard.export.files import File, Kind
from dashboard.export.selection import Selection
from dashboard.i18n import use_language
from dashboard.reports import mail as post
from dashboard.reports.file import PASSWORD, Recipient, Report, ReportError
from dashboard.reports.letter import Letter, letter, may_see
from dashboard.reports.names import file_name, folder, one_line
from dashboard.reports.register import Register, slot
from data.company import Company
from data.scope import ScopeError

_log = logging.getLogger("qudao")
State = Literal["sent", "due", "already", "unclear", "failed", "nothing"]
SAVED = "deck"  # kind of the saved selections in the ledger


class Render(Protocol):
    """Makes a file: see dashboard.export.files.render."""

    def __call__(self, kind: Kind, desk: Desk, selection: Selection | None = None, *,
                 progress: Progress | None = None) -> File: ...  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one recipient.

    `due`: would be sent (dry run). `already`: sent in this slot. `unclear`: an earlier run ended between sending and
    recording. `nothing`: no alert to tell of.
    """

    recipient: Recipient
    state: State
    language: str = ""
    rights: str = ""
    subject: str = ""
    files: tuple[str, ...] = ()
    why: str = ""

    @property
    def failed(self) -> bool:
        return self.state in ("failed", "unclear")


class Nothing(Exception):
    """There is nothing to send; failed: and there should be."""

    def __init__(self, why: str, *, failed: bool) -> None:
        super().__init__(why)
        self.why, self.failed = why, failed


@dataclass(frozen=True)
class Run:
    """One call: the report, where its file lies, the day whose slot counts, whom to send to again."""

    company: Company
    report: Report
    path: Path
    day: dt.date
    render: Render = export.render
    resend: Collection[str] = ()
    progress: Progress | None = None

    def send(self, told: Callable[[Outcome], None] = lambda _outcome: None) -> list[Outcome]:
        """Send to everybody who is due. told: called after each. Raises ReportError when nobody can be sent to."""
        selection = self._selection()
        password = self._password()
        with self.register.alone():
            return self._each(lambda recipient: self._send(recipient, selection, password), told)

    def plan(self, told: Callable[[Outcome], None] = lambda _outcome: None) -> list[Outcome]:
        """Who would get what; sends and records nothing. Raises ReportError as `send` does."""
        self._selection()
        return self._each(self._planned, told)

    @property
    def register(self) -> Register:
        return Register(self.company, self.report, slot(self.report.every, self.day))

    # ------------------------------------------------------------------ what all share

    def _password(self) -> str:
        needed = self.report.mail and self.report.mail.user and any(r.email for r in self.report.recipients)
        password = os.environ.get(PASSWORD, "")
        if needed and not password:
            raise ReportError(f"{self.path}: mail.user: {PASSWORD} is not set in the environment", code=1)
        if not password.isascii():
            raise ReportError(f"{self.path}: mail.user: smtplib takes passwords of ASCII characters only", code=1)
        return password if needed else ""

    def _selection(self) -> Selection | None:
        """The cards, and whether the rest of the file fits the company."""
        known = {recipient.name.casefold() for recipient in self.report.recipients}
        for name in self.resend:
            if name.casefold() not in known:
                raise ReportError(f"{self.path}: recipients: there is no {name!r} to send to again")
        try:
            self.company.scope(self.report.scope)
        except ScopeError as error:
            raise ReportError(f"{self.path}: scope: {error}") from None
        if self.report.kind == "alerts" and not self.company.settings.alerts:
            raise ReportError(f"{self.path}: kind: the settings have no [[alerts]]")
        wanted = self.report.selection
        if not isinstance(wanted, str):
            from dashboard.export.cards import CARDS

            for pick in wanted.picks if wanted else ():
                if pick.card not in CARDS:
                    raise ReportError(f"{self.path}: selection: no card is called {pick.card!r} "
                                      "(`qudao export --list` names them)")  # fmt: skip
            return wanted
        found = [entry for entry in self.company.ledger.latest(SAVED)
                 if wanted in (entry.subject, entry.body.get("title"))]  # fmt: skip
        if not found:
            raise ReportError(f"{self.path}: selection: nothing was saved under the name {wanted!r}")
        if len(found) > 1:
            subjects = ", ".join(repr(entry.subject) for entry in found)
            raise ReportError(f"{self.path}: selection: several were saved as {wanted!r}; write one of {subjects}")
        try:
            return Selection.from_body(found[0].body)
        except ValueError as error:
            raise ReportError(f"{self.path}: selection: {wanted!r}: {error}") from None

    def _each(self, act: Callable[[Recipient], Outcome], told: Callable[[Outcome], None]) -> list[Outcome]:
        done = []
        for recipient in self.report.recipients:
            try:
                outcome = act(recipient)
            except Nothing as nothing:
                outcome = Outcome(recipient, "failed" if nothing.failed else "nothing", why=nothing.why)
            except ScopeError as error:
                outcome = Outcome(recipient, "failed", why=one_line(str(error)))
            except Exception as error:  # whatever it is, the others get theirs
                _log.debug("report %s, %s", self.report.name, recipient.name, exc_info=True)
                outcome = Outcome(recipient, "failed", why=one_line(f"{type(error).__name__}: {error}"))
            told(outcome)
            done.append(outcome)
        return done

    # ------------------------------------------------------------------ one recipient

    def _settled(self, recipient: Recipient) -> Outcome | None:
        """What the register says of a recipient that must not be sent to now."""
        state, at = self.register.state(recipient)
        if recipient.name.casefold() in {name.casefold() for name in self.resend} or state in ("open", "failed"):
            return None
        if state == "sent":
            return Outcome(recipient, "already", why=f"sent {at}")
        why = f"began to send {at} and never ended: look whether it arrived, then --resend {recipient.name!r}"
        return Outcome(recipient, "unclear", why=why)

    def _language(self, recipient: Recipient) -> str:
        return recipient.language or self.company.settings.language or "en"

    def _desk(self, recipient: Recipient) -> Desk:
        """Where the recipient's questions are asked. Raises ScopeError for rights on what the data do not hold."""
        ids = {
            grouping: tuple(self.company.store.resolve(grouping, name) for name in names or ())
            for grouping, names in (("region", recipient.regions), ("dealer", recipient.dealers),
                                    ("product", recipient.products))
        }  # fmt: skip
        entitlement = recipient.entitlement(ids["region"], ids["dealer"], ids["product"])
        return Desk(self.company, self.company.scope(self.report.scope, entitlement))

    def _letter(self, desk: Desk) -> Letter:
        """The letter. Raises Nothing."""
        if not desk.ask("overview", decide=False).values["dealers"]:
            raise Nothing("the report's scope holds nothing that this recipient may see", failed=True)
        alerts: Answer | None = None
        viewer = desk.scope.entitlement
        if viewer is not None and not viewer.headquarters:
            if self.report.kind == "alerts":
                raise Nothing("alerts state headquarters' rules, which a field role is not shown", failed=True)
        elif (self.report.alerts or self.report.kind == "alerts") and self.company.settings.alerts:
            alerts = desk.ask("alerts.list")
        if self.report.kind == "alerts" and alerts is not None:
            if not alerts.values["watched"]:
                raise Nothing("no alert is about what this recipient may see", failed=True)
            if not len(alerts.frames["alerts"]):
                raise Nothing("no alert fires, none cleared", failed=False)
        return letter(self.report, desk, alerts)

    def _planned(self, recipient: Recipient) -> Outcome:
        lang = self._language(recipient)
        desk = self._desk(recipient)
        with use_language("en"):
            rights = may_see(self.company, desk.scope.entitlement) if desk.scope.entitlement else ""
        with use_language(lang):
            subject = self._letter(desk).subject
        settled = self._settled(recipient)
        kinds = self.report.formats if self.report.kind == "deck" else ()
        return Outcome(recipient, settled.state if settled else "due", lang, rights, subject, kinds,
                       settled.why if settled else "")  # fmt: skip

    def _send(self, recipient: Recipient, selection: Selection | None, password: str) -> Outcome:
        if settled := self._settled(recipient):
            return settled
        with use_language(self._language(recipient)):
            desk = self._desk(recipient)
            said = self._letter(desk)
            kinds = self.report.formats if self.report.kind == "deck" else ()
            files = named([self.render(kind, desk, selection, progress=self.progress) for kind in kinds])
            names = tuple(file.name for file in files)
            text = said.text(names)
            sender = desk.name
        if recipient.folder:
            self.register.write(recipient, "sending", files=list(names))
            note = File(file_name(f"{said.subject}.txt"), "text/plain", text.encode())
            try:
                put(folder(recipient.folder, self.path.parent), [*files, note])
            except OSError as error:
                return self._failed(recipient, one_line(str(error)))
        else:
            assert self.report.mail is not None
            assert recipient.email is not None
            out = post.message(self.report.mail, sender, (recipient.name, recipient.email), said.subject, text, files)
            self.register.write(recipient, "sending", files=list(names), message_id=str(out["Message-ID"]))
            try:
                post.deliver(self.report.mail, password, out)
            except post.NotSent as error:
                return self._failed(recipient, str(error))
            except post.Unclear as error:
                return Outcome(recipient, "unclear", why=f"{error}: it may have arrived, so it is not sent again")
        self.register.write(recipient, "sent", files=list(names))
        return Outcome(recipient, "sent", self._language(recipient), subject=said.subject, files=names)

    def _failed(self, recipient: Recipient, why: str) -> Outcome:
        """It surely did not go out: the next run tries again."""
        self.register.write(recipient, "failed", why=why)
        return Outcome(recipient, "failed", why=why)


def named(files: Sequence[File]) -> list[File]:
    """The files under names that are safe and differ."""
    taken: set[str] = set()
    out = []
    for file in files:
        name, stem, n = file_name(file.name), Path(file_name(file.name)), 2
        while name.casefold() in taken:
            name, n = f"{stem.stem} ({n}){stem.suffix}", n + 1
        taken.add(name.casefold())
        out.append(File(name, file.media, file.data))
    return out


def put(place: Path, files: Sequence[File]) -> None:
    """Write files into a folder, each whole or not at all; one of the same name is replaced."""
    place.mkdir(parents=True, exist_ok=True)
    for file in files:
        aside = place / f".{os.getpid()}.{file.name}.part"
        try:
            aside.write_bytes(file.data)
            os.replace(aside, place / file.name)
        finally:
            aside.unlink(missing_ok=True)
