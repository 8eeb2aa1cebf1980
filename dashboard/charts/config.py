"""How a figure stands on a page, and how it leaves as a picture of slide size from the reader's browser."""

import re
from typing import Any, Literal

import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.style import FONT, Style
from dashboard.i18n import Lang, translator

ImageFormat = Literal["png", "svg"]

# half of 1920 x 1080: words of 11 px come out as 11 points on a slide of 13.3 x 7.5 inches
SLIDE_WIDTH, SLIDE_HEIGHT, SLIDE_SCALE = 960, 540, 2
TITLE_WIDTH = 96  # half-width characters of a title on one line of a slide
_PLAIN: dict[str, Any] = {"displaylogo": False, "showTips": False, "scrollZoom": False, "doubleClick": False}
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def inline() -> dict[str, Any]:
    """Return the config of a chart on a card: no modebar at all, no zoom."""
    return {**_PLAIN, "displayModeBar": False}


def slide(
    filename: str, image: ImageFormat = "png", *, lang: Lang = "en", height: int = SLIDE_HEIGHT
) -> dict[str, Any]:
    """Return the config of a chart in a dialog: one button, which saves it as `filename`.png or .svg at slide size.

    A config holds one format, so a dialog offers the choice beside the chart and draws it anew with the other one.
    height: that of the figure where it is taller than a slide (`figure.layout.height` after `on_slide`).
    """
    _ = translator(lang)
    return {
        **_PLAIN,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": image,
            "filename": filename,
            "width": SLIDE_WIDTH,
            "height": height,
            "scale": SLIDE_SCALE if image == "png" else 1,
        },
        "locale": "qudao",
        "locales": {
            "qudao": {
                "dictionary": {
                    "Download plot as a PNG": _("Save as PNG"),
                    "Download plot": _("Save as SVG"),
                    "Preparing image - this may take a few seconds": _("Preparing the picture"),
                    "Snapshot succeeded": _("Saved"),
                },
                "format": {},
            }
        },
    }


def on_slide(figure: go.Figure, style: Style, title: str, subtitle: str) -> go.Figure:
    """Return a copy of a figure with its message and subtitle above it, as tall as a slide at least.

    Draw the figure for the light mode first: pictures that leave are always light.
    """
    message = rows.folded(title, TITLE_WIDTH)
    lines = message.count("<br>") + 1
    margin = figure.layout.margin
    copy = go.Figure(figure)
    top = 44 + 22 * lines + (margin.t or 8)
    height = max(SLIDE_HEIGHT, (figure.layout.height or 0) + 44 + 22 * lines)
    colours = style.palette
    words = f"<span style='font-size:12px;color:{colours.muted}'>{rows.safe(subtitle)}</span>"
    copy.update_layout(
        height=height,
        margin={"t": top, "b": (margin.b or 8) + 12, "l": (margin.l or 0) + 20, "r": (margin.r or 8) + 20},
        title={
            "text": f"<b>{message}</b><br>{words}",
            "font": {"family": FONT, "size": 17, "color": colours.text},
            "x": 0, "xref": "container", "xanchor": "left", "yref": "container", "yanchor": "top",
            "y": 1 - 20 / height, "pad": {"l": 20},
        },
    )  # fmt: skip
    return copy


def filename(*parts: str) -> str:
    """Return a file name without its ending, from a finding, a scope and a date, that every system allows."""
    words = " - ".join(_UNSAFE.sub(" ", part).strip() for part in parts if part.strip())
    return re.sub(r"\s+", " ", words)[:120].rstrip(" .") or "chart"
