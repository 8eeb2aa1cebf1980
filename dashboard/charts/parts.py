"""Does a whole equal its parts: the outline of each target around the sum of its parts, and the difference beside."""

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

OUTER, INNER = 0.58, 0.36  # of the distance between two rows
NAME_WIDTH = 16  # half-width characters
BETWEEN = 10  # px between the two panels on a phone
SHARE = 0.62  # of the room for the first panel


def parts(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None) -> go.Figure:
    """Draw one row a whole, in the order of the frame: the target as an outline (PL), the sum of its parts as a solid
    bar inside, and where they differ the difference in the colour of attention.

    frame: `label`, `target`, `parts`, `difference` (money), `state` (`adds_up` or anything else), and for clicks `id`
    (else the label).
    """
    canvas, colours, _, n = Canvas(style), style.palette, translator(style.lang), len(frame)
    names = [str(label) for label in frame["label"]]
    target, inside, difference = (
        [value or 0.0 for value in rows.numbers(frame, column)] for column in ("target", "parts", "difference")
    )
    differs = [state != "adds_up" for state in frame["state"]]
    shown = [d if off else 0.0 for d, off in zip(difference, differs, strict=True)]
    unit = unit or choose_unit([*target, *inside], lang=style.lang)
    apart = choose_unit(shown or [0.0], lang=style.lang)
    words = {"whole": _("Target"), "parts": _("Sum of its parts")}
    hover = [
        f"<b>{rows.safe(name)}</b><br>{words['whole']} {formats.compact(whole, lang=style.lang)}<br>"
        f"{words['parts']} {formats.compact(sum_, lang=style.lang)}"
        for name, whole, sum_ in zip(names, target, inside, strict=True)
    ]
    common = {"type": "bar", "orientation": "h", "y": list(range(n)), "customdata": rows.ids(frame, "label"),
              "hovertext": hover}  # fmt: skip
    longest = [max(pair) for pair in zip(target, inside, strict=True)]
    panels = [
        Panel(low=[0.0] * n, high=longest, text=[unit.label(value) for value in target], back=[False] * n),
        Panel(low=[min(d, 0.0) for d in shown], high=[max(d, 0.0) for d in shown],
              text=[apart.label(d, signed=True) if off else "" for d, off in zip(difference, differs, strict=True)],
              back=[d < 0 for d in difference]),
    ]  # fmt: skip
    pixels = PHONE - 30 - BETWEEN - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6
    widths = [pixels * SHARE, pixels * (1 - SHARE)]
    spans = [panel.span(width) for panel, width in zip(panels, widths, strict=True)]
    canvas.traces.append({**common, "name": "PL", "x": target, "width": OUTER, "marker": look.outline(colours)})
    canvas.traces.append({**common, "name": "parts", "x": inside, "width": INNER,
                          "marker": {"color": colours.muted}})  # fmt: skip
    canvas.words(panels[0].places(spans[0], widths[0]), list(range(n)), panels[0].text, panels[0].sides, name="figures")
    canvas.traces.append({**common, "name": "difference", "x": shown, "xaxis": "x2", "width": INNER,
                          "marker": {"color": colours.attention}})  # fmt: skip
    canvas.words(panels[1].places(spans[1], widths[1]), list(range(n)), panels[1].text, panels[1].sides, xaxis="x2",
                 name="differences", colour=colours.attention)  # fmt: skip
    for xref in ("x", "x2"):
        canvas.line(0, -0.6, 0, n - 0.4, xref=xref, color=colours.text)
    head = _("Difference") + (f"<br>{apart.symbol}" if apart.symbol and apart.symbol != unit.symbol else "")
    canvas.note(_("Target and parts"), 0, 1, yref="paper", yanchor="bottom", yshift=2, xanchor="left")
    canvas.note(head, 0, 1, xref="x2", yref="paper", yanchor="bottom", yshift=2,
                xanchor="left" if spans[1][0] > -0.3 * (spans[1][1] - spans[1][0]) else "center")  # fmt: skip
    share = widths[0] / (pixels + BETWEEN)
    return canvas.figure(
        height=max(80, int((n + 0.2) * (38 if n <= 8 else 32)) + 44), margin={"l": 0, "r": 8, "t": 36, "b": 8},
        xaxis={"visible": False, "range": spans[0], "domain": [0, share]},
        xaxis2={"visible": False, "range": spans[1], "domain": [share + BETWEEN / (pixels + BETWEEN), 1]},
        yaxis={"range": [n - 0.4, -0.6], "automargin": True, "ticklabelstandoff": 6, "tickvals": list(range(n)),
               "ticktext": [rows.shortened(name, NAME_WIDTH) for name in names],
               "tickfont": {"size": look.NAME, "color": colours.text}},
    )  # fmt: skip
