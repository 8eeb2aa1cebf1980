"""PDF: a deck as pages to hand out, one slide a page, with the charts as vectors and the fonts inside."""

from __future__ import annotations

import math
from typing import Any

from dashboard.charts.style import Style
from dashboard.export import fonts, parts
from dashboard.export.deck import Deck, Progress, Slide
from dashboard.export.press import press
from dashboard.i18n import _

WIDTH, HEIGHT = 762, 509  # points of an A4 page, lying, within its margins
ROWS = 14  # of a table
BESIDE = 0.585  # of the width for a chart with a list beside it


def pdf(deck: Deck, style: Style, *, progress: Progress | None = None) -> bytes:
    """The deck, one A4 page a slide, in the language in which it was made.

    progress: called with (what, done, of how many); what it raises stops the work.
    """
    report = progress or (lambda what, done, of: None)
    slides, steps = [], len(deck.slides) + 1
    for done, slide in enumerate(deck.slides):
        report(slide.title, done, steps)
        slides.append(_slide(slide, style))
    report(_("Setting the pages"), steps - 1, steps)
    document = press("slides", {"title": deck.title, "slides": slides}, style)
    report(deck.title, steps, steps)
    return document


def _slide(slide: Slide, style: Style) -> dict[str, Any]:
    finding = None if slide.missing else slide.finding
    legend = (finding.note(style) if finding and finding.note else "") or ""
    room = HEIGHT - _used(slide, legend)
    chart = table = None
    if finding and finding.figure is not None and not finding.frame.empty:
        width = WIDTH * BESIDE if slide.items else WIDTH
        chart = parts.chart(finding.figure(style), f"{slide.title}. {slide.subtitle}", width, room)
    elif finding and not finding.frame.empty:
        table = parts.table(finding.frame, finding.columns, most=ROWS, width=WIDTH * (BESIDE if slide.items else 1))
    return {
        "title": slide.title, "subtitle": slide.subtitle, "footer": slide.footer, "note": slide.note,
        "missing": slide.missing, "legend": legend, "chart": chart, "table": table,
        "kpis": [parts.kpi(item, style) for item in slide.kpis],
        "items": [{"text": item.text, "reason": item.reason, "money": item.money, "owner": item.owner}
                  for item in slide.items],
    }  # fmt: skip


def _used(slide: Slide, legend: str) -> float:
    """About how many points words above and below the chart take; the press makes exact what is left."""
    used = 18 + 27 * _lines(slide.title, 20, bold=True) + 15 * _lines(slide.subtitle, 11)
    used += 78 if slide.kpis else 0
    used += 5 + 12 * _lines(legend, 8.5) if legend else 0
    return used + (12 + 14 * _lines(slide.note, 10) if slide.note else 0)


def _lines(text: str, size: float, *, bold: bool = False) -> int:
    return sum(math.ceil(fonts.width(line, size, bold=bold) / (WIDTH * 0.97)) or 1 for line in text.splitlines())
