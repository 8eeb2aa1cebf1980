"""Deck: what a meeting is shown, as data. PowerPoint and PDF are two ways to write the same slides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analytics.questions import Answer
from dashboard import formats
from dashboard.export.desk import Desk
from dashboard.findings import Finding
from dashboard.findings.kpis import Kpi
from dashboard.findings.model import period_words, subtitle, who
from dashboard.i18n import _
from data.measures import BY_ID

Progress = Callable[[str, int, int], None]  # (what, done, of how many); raises to cancel


@dataclass(frozen=True)
class Item:
    """One line of a ranked list: what to decide; below it the reason; at the right money, owner and day."""

    text: str
    reason: str = ""
    money: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Slide:
    """One finding: title, subtitle, and below them figures, a chart or table, and a list; each where there is one.

    `finding` brings its chart, else its table. `note`: words of whoever put the deck together. `missing`: why the
    slide has nothing to show. `footer`: scope, as-of day, unit and definition.
    """

    title: str
    subtitle: str
    footer: str
    kpis: tuple[Kpi, ...] = ()
    finding: Finding | None = None
    items: tuple[Item, ...] = ()
    note: str = ""
    missing: str = ""

    @property
    def name(self) -> str:
        """Key of the finding, for messages."""
        return self.finding.key if self.finding else self.title


@dataclass(frozen=True)
class Deck:
    """Slides in order, in the language in which they were made. `title` is the name of the file, too.

    whole: the briefing; a workbook of it has room for the forms and for whom to act on, in full.
    """

    title: str
    slides: tuple[Slide, ...]
    whole: bool = False


def footer(desk: Desk, answer: Answer, definitions: tuple[str, ...] = ()) -> str:
    """Company and scope, the day up to which data are known, unit, and what the figures mean."""
    meant = ""
    if definitions:
        measure = BY_ID[definitions[0]]
        meant = _("{name}: {meaning}", name=_(measure.label), meaning=_(measure.formula))
    return subtitle(
        desk.name, who(answer) or _("whole company"), period_words(answer),
        _("data to {day}", day=formats.date(answer.as_of)), formats.currency_name(desk.currency), meant,
    )  # fmt: skip


def slide(desk: Desk, finding: Finding, *, note: str = "") -> Slide:
    """A single card as a slide."""
    missing = "" if len(finding.frame) else finding.empty or _("There are no rows for these filters.")
    return Slide(finding.title, finding.subtitle, footer(desk, finding.answer, finding.definitions),
                 finding=finding, note=note, missing=missing)  # fmt: skip
