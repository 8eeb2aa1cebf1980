"""One chart as a picture of slide size, without a browser."""

from __future__ import annotations

from dashboard.charts import config
from dashboard.export.desk import Desk
from dashboard.export.files import File
from dashboard.export.selection import Pick
from dashboard.i18n import _


class NoPicture(ValueError):
    """The card has no chart, or nothing to show."""


def picture(kind: str, desk: Desk, pick: Pick) -> File:
    """`svg` or `png` of a card: message and subtitle above the chart. Raises NoPicture."""
    from dashboard.export import cards, drawing

    finding = cards.card(desk, pick)
    if finding.figure is None or finding.frame.empty:
        raise NoPicture(_("{title}: there is no chart to draw", title=finding.title))
    figure = config.on_slide(finding.figure(desk.style), desk.style, finding.title, finding.subtitle)
    text = drawing.svg(figure, config.SLIDE_WIDTH, int(figure.layout.height))
    if kind == "svg":
        return File(f"{finding.file_name}.svg", "image/svg+xml", text.encode())
    from dashboard.export.press import png

    return File(f"{finding.file_name}.png", "image/png", png(text))
