"""By region, channel or dealer against target or last year: bars, and beside them the variances."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import PHONE, Panel
from dashboard.charts.style import Canvas, Direction, Style, Verdict
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import translator

Against = Literal["target", "last_year"]

THICKNESS = 0.5  # of the distance between two rows
SHIFT = THICKNESS / 5
NAME_WIDTH = 16  # half-width characters
SHARES = (0.5, 0.25, 0.25)  # of the room that words leave, for the bars of AC, the bars of ΔPL, the pins
BETWEEN = 8  # px between two panels on a phone
SCALES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
PIN_LIMIT = 2.0  # a pin beyond ±200 % is cut, with an arrow head, as in the trend


def ranking(
    frame: pd.DataFrame,
    style: Style,
    *,
    total: Mapping[str, float | None] | None = None,
    against: Against | None = None,
    kind: Kind = "money",
    direction: Direction = 1,
    unit: Unit | None = None,
) -> go.Figure:
    """Draw one row an item, in the order of the frame: AC bar before PL outline with PY triangle, ΔPL bar,
    ΔPL % pin.

    frame: `label`, `actual`, and where they exist `target`, `last_year`, all in plain units; `id` for clicks
    (else the label). total: the same names for the bold row below a line, None for no such row. against:
    what variances refer to, by default the target where there is one, else last year, which then stands
    behind as a grey bar; with neither the bars stand alone. Pins of rates are points and have no ΔPL bars
    beside them: they would say the same. The ΔPL bars share the scale of the AC bars, times a factor that
    stands in their head. `layout.meta` tells the `scale` (that factor), `unit` and `delta_unit` (words
    without currency) for the subtitle.
    """
    canvas = Canvas(style)
    colours, _ = style.palette, translator(style.lang)
    base_column = against or ("target" if rows.known(rows.numbers(frame, "target")) else "last_year")
    base_name = "PL" if base_column == "target" else "PY"
    n, names = len(frame), [str(label) for label in frame["label"]]
    actual, base = rows.numbers(frame, "actual"), rows.numbers(frame, base_column)
    last_year = rows.numbers(frame, "last_year" if base_column == "target" else "")
    compared = bool(rows.known(base))
    sums = {key: None if total is None else rows.number(total.get(key)) for key in ("actual", base_column)}
    unit = unit or choose_unit([*actual, sums["actual"]], kind, lang=style.lang)
    last = n - 0.35 if total is None else n + 0.65  # where the vertical lines end
    common: dict[str, Any] = {
        "type": "bar", "orientation": "h", "y": list(range(n)), "width": THICKNESS,
        "customdata": rows.ids(frame, "label"),
        "hovertext": _hover(names, style, kind, base_name, actual, base, last_year),
    }  # fmt: skip

    pairs = [rows.known(pair) for pair in zip(actual, base, strict=True)]
    panels = [
        _panel(
            [(min([0.0, *pair]), max([0.0, *pair])) for pair in pairs],
            actual,
            [unit.label(v) for v in actual],
        )
    ]
    differences = [rows.difference(a, b) for a, b in zip(actual, base, strict=True)]
    differences.append(rows.difference(sums["actual"], sums[base_column]))
    delta_unit = choose_unit(differences, kind, lang=style.lang)
    pins = differences
    if kind != "rate":
        # the bar of the total would dwarf the others: its figure stands at the zero line
        bars = [(min(d or 0.0, 0.0), max(d or 0.0, 0.0)) for d in differences[:-1]]
        panels.append(_panel([*bars, (0.0, 0.0)], differences, _signed(differences, delta_unit)))
        pins = [rows.relative(a, b) for a, b in zip([*actual, sums["actual"]], [*base, sums[base_column]], strict=True)]
    cut = [max(-PIN_LIMIT, min(pin or 0.0, PIN_LIMIT)) for pin in pins]
    figures = ["" if pin is None else rows.percent(pin) for pin in pins]
    panels.append(_panel([(min(end, 0.0), max(end, 0.0)) for end in cut], pins, figures, head=4))
    if not compared:
        panels = panels[:1]
    pixels = _widths(panels, PHONE - 30 - min(NAME_WIDTH, max(map(rows.width, names), default=0)) * 6)
    starts = [0.0]
    for width in pixels:
        starts.append(starts[-1] + width + BETWEEN)
    full = starts[-1] - BETWEEN
    domains = [
        [start / full, min((start + width) / full, 1.0)]  # rounding may leave it a hair above
        for start, width in zip(starts, pixels, strict=False)
    ]

    # behind first: what is compared with
    shift = SHIFT / 2 if compared else 0
    if compared:
        marker = look.outline(colours) if base_name == "PL" else {"color": colours.last_year}
        canvas.traces.append(
            {**common, "name": base_name, "x": base, "offset": -THICKNESS / 2 + shift, "marker": marker}
        )
    canvas.traces.append(
        {
            **common,
            "name": "AC",
            "x": actual,
            "offset": -THICKNESS / 2 - shift,
            "marker": {"color": colours.actual},
        }
    )
    if rows.known(last_year):
        below = [row + THICKNESS / 2 + shift + 0.07 for row in range(n)]
        canvas.marks(last_year, below, "triangle-up", colours.last_year, name="PY")
    span = panels[0].span(pixels[0])
    places = panels[0].places(span, pixels[0])
    canvas.words(places, [row - shift for row in range(n)], panels[0].text, panels[0].sides, name="figures")
    if total is not None:
        gap = (span[1] - span[0]) * 4 / pixels[0]
        canvas.words([gap], [n + 0.1], [f"<b>{unit.label(sums['actual'])}</b>"], "middle right", name="total")
        canvas.line(0, n - 0.4, 1, n - 0.4, xref="paper")
    canvas.line(0, -0.6, 0, last, color=colours.text)
    axes: dict[str, Any] = {"xaxis": {"visible": False, "range": span, "domain": domains[0]}}

    meta: dict[str, Any] = {
        "unit": formats.unit_name(unit, lang=style.lang),
        "scale": None,
        "delta_unit": None,
    }
    if compared:
        apart = kind != "rate" and delta_unit.symbol != unit.symbol
        _head(canvas, _("AC vs {base}", base=base_name), unit.symbol if apart else "", "x", span)
    if compared and kind != "rate":
        factor, delta_span = _scaled(span, pixels[0], panels[1], pixels[1])
        axes["xaxis2"] = {"visible": False, "range": delta_span, "domain": domains[1]}
        meta |= {"scale": factor, "delta_unit": formats.unit_name(delta_unit, lang=style.lang)}
        second = [delta_unit.symbol if apart else "", f"{factor:g}×" if factor != 1 else ""]
        _head(canvas, f"Δ{base_name}", " · ".join(filter(None, second)), "x2", delta_span)
        verdicts = [style.verdict(value, direction) for value in differences]
        canvas.traces.append(
            {**common, "name": "Δ", "x": differences[:-1], "xaxis": "x2", "offset": -THICKNESS / 2,
             "marker": {"color": [verdict.colour for verdict in verdicts[:-1]]}}
        )  # fmt: skip
        _variances(canvas, panels[1], delta_span, pixels[1], verdicts, "x2", last)
    if compared:
        pin_span = panels[-1].span(pixels[-1])
        axes["xaxis3"] = {"visible": False, "range": pin_span, "domain": domains[-1]}
        points = _("pts") if kind == "rate" else ""
        _head(canvas, f"Δ{base_name}" if points else f"Δ{base_name} %", points, "x3", pin_span)
        verdicts = [style.verdict(pin, direction) for pin in pins]
        _pins(canvas, pins, cut, verdicts)
        _variances(canvas, panels[-1], pin_span, pixels[-1], verdicts, "x3", last)

    step = 38 if n <= 8 else 32 if n <= 20 else 26
    ticks = [rows.shortened(name, NAME_WIDTH) for name in names]
    total_name = _("Total")
    return canvas.figure(
        height=max(80, int((last + 0.6) * step) + (44 if compared else 16)),
        margin={"l": 0, "r": 8, "t": 36 if compared else 8, "b": 8},
        meta=meta,
        yaxis={
            "range": [last, -0.6], "automargin": True, "ticklabelstandoff": 6,
            "tickvals": [*range(n), n + 0.1] if total else list(range(n)),
            "ticktext": [*ticks, f"<b>{total_name}</b>"] if total else ticks,
            "tickfont": {"size": look.NAME, "color": colours.text},
        },
        **axes,
    )  # fmt: skip


def _panel(ends: list[tuple[float, float]], values: list[float | None], text: list[str], *, head: float = 0) -> Panel:
    return Panel(
        low=[low for low, _high in ends], high=[high for _low, high in ends],
        text=text, back=[(value or 0) < 0 for value in values], head=head,
    )  # fmt: skip


def _signed(values: list[float | None], unit: Unit) -> list[str]:
    return ["" if value is None else unit.label(value, signed=True) for value in values]


def _widths(panels: list[Panel], pixels: float) -> list[float]:
    """Return the px of each panel on a phone: what its words take, and its share of what they leave."""
    spare = max(pixels - sum(panel.words for panel in panels) - BETWEEN * (len(panels) - 1), pixels / 4)
    shares = SHARES[: len(panels)]
    return [panel.words + spare * share / sum(shares) for panel, share in zip(panels, shares, strict=True)]


def _scaled(
    amounts: tuple[float, float], wide: float, panel: Panel, pixels: float
) -> tuple[float, tuple[float, float]]:
    """Return the factor by which ΔPL is drawn larger than AC, the largest round one that fits, and its axis."""
    span = panel.span(pixels)
    needed, available = (span[1] - span[0]) / pixels, (amounts[1] - amounts[0]) / wide
    factor = max((scale for scale in SCALES if available / scale >= needed), default=SCALES[0])
    grow = available / factor / needed
    return factor, (span[0] * grow, span[1] * grow)


def _variances(
    canvas: Canvas,
    panel: Panel,
    span: tuple[float, float],
    pixels: float,
    verdicts: list[Verdict],
    xref: str,
    last: float,
) -> None:
    """Write the figures of a panel of variances, the last one, of the total, in bold, and its zero line."""
    n = len(panel.text) - 1
    texts = [*panel.text[:-1], f"<b>{panel.text[-1]}</b>" if panel.text[-1] else ""]
    canvas.words(
        panel.places(span, pixels), [*range(n), n + 0.1], texts, panel.sides, xaxis=xref,
        name=f"{xref} figures", colour=[verdict.word for verdict in verdicts],
    )  # fmt: skip
    canvas.line(0, -0.6, 0, last, xref=xref, color=canvas.style.palette.text)


def _pins(canvas: Canvas, pins: list[float | None], cut: list[float], verdicts: list[Verdict]) -> None:
    """Draw the relative variances, that of the total too."""
    there = [i for i, pin in enumerate(pins) if pin is not None]
    row = [*range(len(pins) - 1), len(pins) - 1 + 0.1]
    canvas.stems(
        ((0, row[i], cut[i], row[i], verdicts[i].colour, "solid") for i in there),
        3,
        xaxis="x3",
        name="Δ % stems",
    )
    heads = [
        verdicts[i].symbol if cut[i] == pins[i] else "triangle-right" if cut[i] > 0 else "triangle-left" for i in there
    ]
    canvas.marks(
        [cut[i] for i in there], [row[i] for i in there], heads, [verdicts[i].colour for i in there],
        xaxis="x3", marker={"size": 7}, name="Δ %",
    )  # fmt: skip


def _head(canvas: Canvas, name: str, second: str, xref: str, span: tuple[float, float]) -> None:
    """Write the head of a panel above its zero line but inside the panel, unit or scale on a second line."""
    zero = -span[0] / (span[1] - span[0])
    anchor = "left" if zero < 0.2 else "right" if zero > 0.8 else "center"
    canvas.note(
        f"{name}<br>{second}" if second else name, 0, 1, xref=xref, yref="paper", yanchor="bottom", yshift=2,
        xanchor=anchor, align=anchor,
    )  # fmt: skip


def _hover(
    names: list[str],
    style: Style,
    kind: Kind,
    base_name: str,
    actual: list[float | None],
    base: list[float | None],
    last_year: list[float | None],
) -> list[str]:
    """Return for each row its full name and what is known of it."""
    texts = []
    for name, value, against, before in zip(names, actual, base, last_year, strict=True):
        lines = [f"<b>{rows.safe(name)}</b>", f"AC {formats.measure(value, kind, lang=style.lang)}"]
        if against is not None:
            lines.append(f"{base_name} {formats.measure(against, kind, lang=style.lang)}")
            change = rows.relative(value, against)
            text = formats.variance(rows.difference(value, against), kind, lang=style.lang)
            if kind != "rate" and change is not None:
                text += f" ({formats.rate(change, signed=True)})"
            lines.append(f"Δ{base_name} {text}")
        if before is not None:
            lines.append(f"PY {formats.measure(before, kind, lang=style.lang)}")
        texts.append("<br>".join(lines))
    return texts
