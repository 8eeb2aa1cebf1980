"""A workbook: contents, forms on paper, one sheet a finding, and what its measures mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from babel.numbers import get_currency_precision

from dashboard import formats
from dashboard.export.deck import Deck, Progress, footer
from dashboard.export.desk import Desk
from dashboard.export.excel import forms, sheet
from dashboard.export.excel.book import Book
from dashboard.findings import Finding, actions, collections, risk
from dashboard.findings.model import period_words, subtitle, who
from dashboard.findings.names import unit_words
from dashboard.i18n import _
from data.measures import MEASURES

COLLECTED = 10  # debtors that the title of the worklist counts
WIDTHS = (28, 64, 18, 40, 48, 26)  # characters of the columns of the definitions


def workbook(what: Deck | Iterable[Finding], desk: Desk, *, progress: Progress | None = None) -> bytes:
    """The findings of a deck or a list, each on a sheet, in the language of the reader. But for a deck of single cards
    they stand behind the forms that the scope has: the aging form where something is owed, the dealer card where the
    scope is one dealer. The briefing is followed by its worklists."""
    title = what.title if isinstance(what, Deck) else desk.name
    listed = _listed(what)
    if isinstance(what, Deck) and what.whole:
        listed += [(finding, "") for finding in worklists(desk)]
    places = get_currency_precision(desk.currency)
    book = Book(desk.style, money="#,##0" + ("." + "0" * places if places else ""))
    below = footer(desk, desk.ask("overview", decide=False))
    contents = book.sheet(_("Contents"))
    lines: list[tuple[str, str, str]] = []  # sheet, title, subtitle
    printed = forms.wanted(desk) if not isinstance(what, Deck) or what.whole else []
    total = len(printed) + len(listed)
    for done, form in enumerate(printed):
        if progress:
            progress(form.name, done, total)
        lines.append(form.put(book, desk, below))
    for done, (finding, note) in enumerate(listed):
        if progress:
            progress(finding.title, len(printed) + done, total)
        written = sheet.put(book, f"{done + 1} {finding.title}", finding, below, note)
        lines.append((written.get_name(), finding.title, finding.subtitle))
    _contents(book, contents, title, desk, lines, below)
    _definitions(book, [finding for finding, _note in listed], below)
    if progress:
        progress(title, total, total)
    return book.close()


def single(finding: Finding) -> bytes:
    """One finding and the definitions of its measures."""
    book = Book()
    keys = finding.answer.scope
    below = subtitle(who(finding.answer) or _("whole company"), period_words(finding.answer),
                     _("data to {day}", day=formats.date(keys.as_of)))  # fmt: skip
    sheet.put(book, _("Table"), finding, below)
    _definitions(book, [finding], below)
    return book.close()


def worklists(desk: Desk) -> list[Finding]:
    """What is to be done in the scope: what to decide, whom to collect from, who may go quiet; those that have rows."""
    currency, quiet = desk.currency, desk.ask("dealers.risk")
    lists = [actions.actions(desk.ask("actions.list")),
             collections.worklist(desk.ask("receivables.worklist"), currency, COLLECTED)]  # fmt: skip
    if len(quiet.frames["dealers"]):  # not yet computed, or not for these eyes
        lists.append(risk.table(quiet, currency))
    return [finding for finding in lists if len(finding.frame)]


def _listed(what: Deck | Iterable[Finding]) -> list[tuple[Finding, str]]:
    if isinstance(what, Deck):
        return [(slide.finding, slide.note) for slide in what.slides if slide.finding]
    return [(finding, "") for finding in what]


def _contents(book: Book, out: Any, title: str, desk: Desk, lines: Sequence[tuple[str, str, str]],
              below: str) -> None:  # fmt: skip
    """What the book holds, of whom, from when to when, known up to which day; each title leads to its sheet."""
    book.text(out, 0, 0, title, book.title())
    scope = desk.scope
    whom = who(desk.ask("overview", decide=False)) or _("whole company")
    facts = ((_("Company"), desk.name), (_("Scope"), whom),
             (_("Period"), formats.period(scope.period.start, scope.period.end)),
             (_("Data to"), formats.date(scope.as_of)),
             (_("Currency"), formats.currency_name(desk.currency)))  # fmt: skip
    for row, (label, fact) in enumerate(facts, start=2):
        book.text(out, row, 0, label, book.muted())
        book.text(out, row, 1, fact)
    top = len(facts) + 3
    for column, label in enumerate((_("Finding"), _("What it shows"), _("Sheet"))):
        book.text(out, top, column, label, book.head())
    link = book.format(font_color=book.palette.interactive, underline=1)
    for row, (name, told, said) in enumerate(lines, start=top + 1):
        out.write_url(row, 0, f"internal:'{name}'!A1", link, told)
        book.text(out, row, 1, said, book.muted())
        book.text(out, row, 2, name, book.muted())
    out.set_column(0, 0, 80)
    out.set_column(1, 1, 90)
    out.set_column(2, 2, 40)
    out.freeze_panes(top + 1, 0)
    book.paper(out, below)


def _definitions(book: Book, findings: Sequence[Finding], below: str) -> None:
    """The measures of the findings: name, formula, unit, source, and the name for `qudao ask`."""
    page = book.sheet(_("Definitions"))
    used = {id for finding in findings for id in finding.definitions}
    heads = (_("Measure"), _("Formula"), _("Unit"), _("Source"), _("Note"), _("Name for qudao ask"))
    for column, label in enumerate(heads):
        book.text(page, 0, column, label, book.head())
    wrapped = book.format(text_wrap=True, valign="top")
    chosen = [measure for measure in MEASURES if measure.id in used]
    for row, measure in enumerate(chosen, start=1):
        note = _(measure.note) if measure.note else ""
        told = (_(measure.label), _(measure.formula), unit_words(measure), _(measure.origin), note, measure.id)
        for column, text in enumerate(told):
            book.text(page, row, column, text, wrapped)
        book.tall(page, row, zip(told, WIDTHS, strict=True))
    for column, wide in enumerate(WIDTHS):
        page.set_column(column, column, wide)
    page.freeze_panes(1, 1)
    page.repeat_rows(0)
    book.paper(page, below)
