"""Where should a million go: response curves side by side on one scale, with what is spent today, planned and best."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import rows
from dashboard.charts.style import NAME, Canvas, Style
from dashboard.formats import Unit

ACROSS = 3  # panels in a row, at most
PANEL, HEAD, FOOT = 150, 40, 24  # px of a row of panels: the plot, the name above it, the figures below
GAP = 0.06  # of the width between two panels
LINE = 0.68  # part of the diagonal at which its name stands
NAME_WIDTH = 14  # half-width characters of a panel's name on each of two lines


def response(curves: pd.DataFrame, marks: pd.DataFrame, style: Style, unit: Unit, *, line: str) -> go.Figure:
    """Draw one panel a row of `marks`.

    curves: `key`, `spend`, `margin`, `lo_80`, `hi_80` (money), `tried` (drawn thick). marks: `key`, `label`, and for
    current, mine and recommended `<plan>` (spend) and `margin_<plan>`. unit: of the axes. line: name of the dashed
    diagonal where margin equals spend.
    """
    canvas, colours = Canvas(style), style.palette
    across = min(ACROSS, max(len(marks), 1))
    down = -(-len(marks) // across)
    right = float(curves["spend"].max()) * 1.03
    bottom = min(0.0, float(curves["lo_80"].min()))
    top = max(float(curves["hi_80"].max()), float(marks[["margin_current", "margin_mine"]].max(axis=None))) * 1.05
    height = down * (PANEL + HEAD + FOOT)
    axes: dict[str, Any] = {}
    wide, end = (1 - GAP * (across - 1)) / across, min(right, top)
    for place, (_index, row) in enumerate(marks.iterrows()):
        number = str(place + 1) if place else ""
        x0 = (place % across) * (wide + GAP)
        y1 = 1 - ((place // across) * (PANEL + HEAD + FOOT) + HEAD) / height
        at = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        _panel(canvas, curves[curves["key"] == row["key"]], row, at, end)
        axes[f"xaxis{number}"] = {"domain": [x0, x0 + wide], "anchor": f"y{number}", "range": [0, right],
                                  **_ticks(right, unit)}  # fmt: skip
        axes[f"yaxis{number}"] = {"domain": [max(0.0, y1 - PANEL / height), y1], "anchor": f"x{number}",
                                  "range": [bottom, top], **_ticks(top, unit),
                                  "showticklabels": not place % across}  # fmt: skip
        canvas.note(f"<b>{rows.folded(row['label'], NAME_WIDTH)}</b>", x0, y1, xref="paper", yref="paper",
                    xanchor="left", yanchor="bottom", align="left", yshift=4,
                    font={"size": NAME, "color": colours.text})  # fmt: skip
        canvas.line(0, 0, right, 0, xref=at["xaxis"], yref=at["yaxis"], color=colours.text)
    last = {"xref": at["xaxis"], "yref": at["yaxis"]} if len(marks) else {}
    canvas.note(line, LINE * end, LINE * end, xanchor="right", yanchor="bottom", xshift=-2, **last)
    return canvas.figure(height=height, margin={"l": 30, "r": 8, "t": 0, "b": 0}, **axes)


def _panel(canvas: Canvas, curve: pd.DataFrame, row: pd.Series, at: dict[str, str], end: float) -> None:
    colours = canvas.style.palette
    spend, margin = rows.numbers(curve, "spend"), rows.numbers(curve, "margin")
    low, high = rows.numbers(curve, "lo_80"), rows.numbers(curve, "hi_80")
    canvas.traces.append({"type": "scatter", "mode": "lines", "name": "band", "x": [*spend, *spend[::-1]],
                          "y": [*high, *low[::-1]], "fill": "toself", "fillcolor": colours.band_80,
                          "line": {"width": 0}, "hoverinfo": "skip", **at})  # fmt: skip
    canvas.traces.append({"type": "scatter", "mode": "lines", "name": "even", "x": [0, end], "y": [0, end],
                          "line": {"color": colours.muted, "width": 1, "dash": "dash"}, "hoverinfo": "skip",
                          **at})  # fmt: skip
    tried = curve["tried"].astype(bool).tolist()
    thick = [value if was else None for value, was in zip(margin, tried, strict=True)]
    for name, values, look in (("beyond", margin, {"width": 1.4, "dash": "dot"}), ("tried", thick, {"width": 3})):
        canvas.traces.append({"type": "scatter", "mode": "lines", "name": name, "x": spend, "y": values,
                              "line": {"color": colours.model, **look}, "hoverinfo": "skip", **at})  # fmt: skip
    for plan, symbol, colour, size, edge in (
        ("current", "circle", colours.last_year, 10, colours.background),
        ("mine", "circle", colours.actual, 10, colours.background),
        ("recommended", "diamond-open", colours.actual, 12, colours.actual),
    ):
        canvas.marks([rows.number(row[plan])], [rows.number(row[f"margin_{plan}"])], symbol, colour, name=plan,
                     marker={"size": size, "line": {"width": 1.5, "color": edge}}, **at)  # fmt: skip


def _ticks(most: float, unit: Unit) -> dict[str, Any]:
    """At most three round figures, so that they stand apart on a phone."""
    ticks = rows.round_ticks(most, unit)
    step = 1 if len(ticks["tickvals"]) <= 3 else 2
    return {name: values[::step] for name, values in ticks.items()}
