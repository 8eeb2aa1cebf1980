"""The briefing as a deck: where we stand, why, where it leads, whom to act on, money owed, promotions, decisions."""

from __future__ import annotations

from collections.abc import Callable

from analytics.questions import Answer
from dashboard import formats
from dashboard.export.deck import Deck, Item, Progress, Slide, footer
from dashboard.export.desk import Desk
from dashboard.findings import Finding, actions, briefing, collections, forecast, promotions, receivables, stakes
from dashboard.findings.kpis import briefing as kpis
from dashboard.findings.model import note
from dashboard.i18n import _

COLLECT = 6  # debtors beside the chart of receivables


def deck(desk: Desk, *, progress: Progress | None = None) -> Deck:
    """The slides in order, without those of pages that the viewer may not open; one without data says what is missing
    instead."""
    pages: list[Callable[[Desk], Slide]] = [stand, why, regions, ahead, dealers]
    viewer = desk.scope.entitlement
    pages += [page for name, page in (("receivables", owed), ("promotions", campaigns)) if not viewer
              or viewer.opens(name)]  # fmt: skip
    pages.append(decisions)
    slides = []
    for at, page in enumerate(pages):
        if progress:
            progress(_("Asking"), at, len(pages))
        slides.append(page(desk))
    title = _("Briefing {company} {day}", company=desk.name, day=formats.date(desk.scope.as_of))
    return Deck(title, tuple(slides), whole=True)


def stand(desk: Desk) -> Slide:
    """Where we stand: the KPIs, and net sales over time."""
    answer, landing = desk.ask("overview", decide=False), desk.ask("forecast.landing", over="year")
    finding = briefing.trend(answer, desk.currency, ahead=desk.ask("forecast.outlook"))
    return Slide(briefing.page_title(answer), briefing.page_subtitle(answer, desk.name, desk.currency),
                 footer(desk, answer, finding.definitions), kpis=tuple(kpis(answer, landing)),
                 finding=finding)  # fmt: skip


def why(desk: Desk) -> Slide:
    """The dealers that explain the gap."""
    finding = briefing.gap(desk.ask("overview", decide=False), desk.currency)
    return _slide(desk, finding, missing=_("A target by dealer or a year of history is needed."))


def regions(desk: Desk) -> Slide:
    """The parts of the business against target."""
    return _slide(desk, briefing.regions(desk.ask("overview", decide=False), desk.currency))


def ahead(desk: Desk) -> Slide:
    """The forecast with its bands; where the year lands is the title."""
    outlook, landing = desk.ask("forecast.outlook"), desk.ask("forecast.landing", over="year")
    finding = forecast.outlook(outlook, desk.currency)
    title = forecast.page_title(landing) if landing.verdict == "ok" else finding.title
    return _slide(desk, finding, title=title, missing=_why(outlook))


def dealers(desk: Desk) -> Slide:
    """The dealers with most at stake."""
    finding = stakes.stakes(desk.ask("actions.list"), desk.currency)
    items = tuple(
        Item(row["sentence"], row["reason"], formats.compact(row["actual"]), row["owner"])
        for _at, row in finding.frame.head(COLLECT).iterrows()
    )
    return _slide(desk, finding, items=items, missing=finding.title)


def owed(desk: Desk) -> Slide:
    """What is overdue, since when, and whom to collect from."""
    answer = desk.ask("receivables.aging")
    finding = receivables.by_month(answer, desk.currency)
    if not answer.values["imported"] or answer.values["before_data"]:
        return _slide(desk, finding, title=receivables.page_title(answer), missing=_why(answer))
    work = collections.worklist(desk.ask("receivables.worklist"), desk.currency, COLLECT)
    items = tuple(
        Item(f"{row['name']}: {row['sentence']}", row["reason"], formats.compact(row["at_risk"]), row["owner"])
        for _at, row in work.frame.head(COLLECT).iterrows()
    )
    return _slide(desk, finding, title=receivables.page_title(answer), items=items)


def campaigns(desk: Desk) -> Slide:
    """Which promotions were worth it."""
    answer = desk.ask("promotions.portfolio")
    title = promotions.page_title(answer)
    if answer.verdict != "ok" or not answer.values["promotions"]:
        return Slide(
            title, promotions.page_subtitle(answer, desk.name), footer(desk, answer), missing=_why(answer) or title
        )
    return _slide(desk, promotions.worthwhile(answer), title=title)


def decisions(desk: Desk) -> Slide:
    """What is asked of the meeting."""
    finding = actions.actions(desk.ask("actions.list"))
    items = tuple(
        Item(row["sentence"], f"{row['chip']} · {row['reason']}", formats.compact(row["money"]), row["owner"])
        for _at, row in finding.frame.iterrows()
    )
    title = _("Decisions asked for: {finding}", finding=finding.title) if items else finding.title
    missing = "" if items else _("No dealer, region or promotion passes a threshold in this view.")
    return Slide(title, finding.subtitle, footer(desk, finding.answer), items=items, missing=missing)


def _slide(desk: Desk, finding: Finding, *, title: str = "", items: tuple[Item, ...] = (), missing: str = "") -> Slide:
    """A slide of a finding; without rows or a chart it says what is missing."""
    shown = footer(desk, finding.answer, finding.definitions)
    if finding.frame.empty or finding.figure is None:
        words = missing or _("There are no rows for these filters.")
        return Slide(title or finding.title, finding.subtitle, shown, missing=words)
    return Slide(title or finding.title, finding.subtitle, shown, finding=finding, items=items)


def _why(answer: Answer) -> str:
    """What an answer that tells nothing says of the reason."""
    return note(answer.notes[-1]) if answer.notes else ""
