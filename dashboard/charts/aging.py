"""Overdue receivables over time and by office, by how long they are overdue."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

CLASSES = ("d1_30", "d31_60", "d61_90", "d91_120", "d121")
WIDTH = 0.6
WORDS = 88  # px right of the last column for the names of the classes
FULL = 7  # columns up to which each carries its total on a phone
NAME_WIDTH = 15  # half-width characters of a name beside a bar, on each of two lines
PLOT = PHONE - 110  # px that the bars and their figures have beside the names on a phone
THICKNESS = 0.62  # of the distance between two bars
MOST = 12  # bars on a card; the table has all


def class_names(style: Style) -> dict[str, str]:
    """Return the words for the classes."""
    _ = translator(style.lang)
    words = [_("1–30 days"), _("31–60 days"), _("61–90 days"), _("91–120 days"), _("121+ days")]
    return dict(zip(CLASSES, words, strict=True))


def aging_columns(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None, height: int = 330) -> go.Figure:
    """Draw stacked columns of what is overdue, light to dark with age; total and share on top, classes at
    the right.

    frame: one row a day, in order: `period` (a date, named by its month) or `label`; the classes d1_30,
    d31_60, d61_90, d91_120, d121 in plain money (missing counts as nothing); `share` (overdue / open, a
    fraction) where known; `id` for clicks (else the period). The total is the sum of the classes.
    """
    canvas = Canvas(style)
    colours, names = style.palette, class_names(style)
    classes = {name: [value or 0.0 for value in rows.numbers(frame, name)] for name in CLASSES}
    totals = [sum(values) for values in zip(*classes.values(), strict=True)]
    share = rows.numbers(frame, "share")
    unit = unit or choose_unit(totals, lang=style.lang)
    n = len(frame)
    key = "period" if "period" in frame else "label"
    named = [formats.date(day, lang=style.lang) if key == "period" else rows.safe(day) for day in frame[key]]
    axis = [formats.month(day, lang=style.lang) if key == "period" else rows.safe(day) for day in frame[key]]
    identities = rows.ids(frame, key)
    for (name, values), colour in zip(classes.items(), colours.aging[1:], strict=True):
        canvas.traces.append(
            {"type": "bar", "name": name, "x": list(range(n)), "y": values, "width": WIDTH,
             "customdata": identities, "hovertext": [
                 f"<b>{day}</b><br>{names[name]} {formats.compact(value, lang=style.lang)}"
                 for day, value in zip(named, values, strict=True)
             ],
             "marker": {"color": colour, "line": {"color": colours.background, "width": 1}}}
        )  # fmt: skip
    step = 1 if n <= FULL else -(-n // FULL)
    # counted from the last, which always has its figures
    shown = range((n - 1) % step, n, step) if n else range(0)
    tops = [sum(max(classes[name][i], 0.0) for name in CLASSES) for i in range(n)]
    shares = ["" if value is None else f"<br>{formats.rate(value, 0)}" for value in share]
    words = [f"<b>{unit.label(totals[i])}</b>{shares[i]}" for i in shown]
    canvas.words(list(shown), [tops[i] for i in shown], words, "top center", name="totals")
    high = max(tops, default=0.0) or 1.0
    low = min([sum(min(classes[name][i], 0.0) for name in CLASSES) for i in range(n)], default=0.0)
    ceiling = high * 1.16
    if n:
        _name_classes(canvas, [(names[name], classes[name][-1]) for name in CLASSES], unit, n, low, ceiling, height)
    canvas.line(-0.5, 0, n - 0.5, 0)
    return canvas.figure(
        height=height,
        barmode="relative",
        margin={"l": 8, "r": WORDS, "t": 12, "b": 22},
        xaxis={
            "range": [-0.5, n - 0.5], "tickangle": 0,
            "tickvals": list(shown), "ticktext": [axis[i] for i in shown],
        },
        yaxis={"visible": False, "range": [low * 1.05, ceiling]},
    )  # fmt: skip


def aging_bars(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None) -> go.Figure:
    """Draw a stacked bar a row of what is overdue, light to dark with age; total and share at its end.

    frame: one row a bar, largest first: `label`; the classes as in `aging_columns`; `share` where known; `id` for
    clicks (else the label). The first MOST are drawn.
    """
    canvas, names = Canvas(style), class_names(style)
    frame = frame.head(MOST)
    classes = {name: [max(value or 0.0, 0.0) for value in rows.numbers(frame, name)] for name in CLASSES}
    totals = [sum(values) for values in zip(*classes.values(), strict=True)]
    unit = unit or choose_unit(totals, lang=style.lang)
    places, labels, identities = list(range(len(frame))), list(frame["label"]), rows.ids(frame, "label")
    for (name, values), colour in zip(classes.items(), style.palette.aging[1:], strict=True):
        hover = [
            f"<b>{rows.safe(label)}</b><br>{names[name]} {formats.compact(value, lang=style.lang)}"
            for label, value in zip(labels, values, strict=True)
        ]
        canvas.traces.append(
            {"type": "bar", "orientation": "h", "name": name, "y": places, "x": values, "width": THICKNESS,
             "customdata": identities, "hovertext": hover,
             "marker": {"color": colour, "line": {"color": style.palette.background, "width": 1}}}
        )  # fmt: skip
    shares = ["" if value is None else f" · {formats.rate(value, 0)}" for value in rows.numbers(frame, "share")]
    panel = Panel([0.0] * len(totals), totals, [unit.label(t) + s for t, s in zip(totals, shares, strict=True)],
                  [False] * len(totals))  # fmt: skip
    span = panel.span(PLOT)
    words = [f"<b>{unit.label(total)}</b>{share}" for total, share in zip(totals, shares, strict=True)]
    canvas.words(panel.places(span, PLOT), places, words, panel.sides, name="totals")
    canvas.line(0, -0.6, 0, len(places) - 0.4, color=style.palette.text)
    return canvas.figure(
        height=max(150, 16 + 34 * len(places)),
        barmode="stack",
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        xaxis={"visible": False, "range": span},
        yaxis={
            "range": [len(places) - 0.4, -0.6], "automargin": True, "tickvals": places, "ticklabelstandoff": 6,
            "ticktext": [rows.folded(label, NAME_WIDTH) for label in labels],
            "tickfont": {"size": look.NAME, "color": style.palette.text},
        },
    )  # fmt: skip


def _name_classes(
    canvas: Canvas, last: list[tuple[str, float]], unit: Unit, n: int, low: float, ceiling: float, height: int
) -> None:
    """Write the class names beside the segments of the last column, pushed apart where segments are thin."""
    line = 15 * (ceiling - low) / max(height - 34, 1)
    level, places = 0.0, []
    for _name, value in last:
        places.append(level + max(value, 0.0) / 2)
        level += max(value, 0.0)
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + line)
    # and back down where the topmost left the chart
    places[-1] = min(places[-1], ceiling - line / 2)
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - line)
    font = {"size": look.LABEL - 0.5, "color": canvas.style.palette.text}
    for (name, value), place in zip(last, places, strict=True):
        text = f"{name} <b>{unit.label(value)}</b>"
        canvas.note(text, n - 1 + WIDTH / 2, place, xshift=6, xanchor="left", yanchor="middle", font=font)
