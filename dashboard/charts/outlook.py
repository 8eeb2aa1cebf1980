"""Will we make it: what was, as a line, and what is forecast, dashed, with its bands; target and last year beside."""

from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts import style as look
from dashboard.charts.panel import CHARACTER, PHONE
from dashboard.charts.style import Canvas, Style
from dashboard.formats import Unit, choose_unit
from dashboard.i18n import translator

LEFT, RIGHT, TOP, BOTTOM = 24, 46, 22, 36  # px around the plot; at the right stand the names of what ends there
FULL = 9  # names of months that stand side by side on a phone
FEW = 18  # periods up to which points are large, and those of the forecast drawn
HALF = 0.36  # of the distance between two periods: half of the width of a target's mark
LEG = 4  # px that the ends of a target's mark reach down, as those of an outlined column
LINE = 12  # px of a line of words
WIDTHS = (PHONE, 900)  # px at which words must find room
APART = 0.005  # of the forecast: people's changes below this are not drawn
LEVELS = (95, 80)

Values = list[float | None]


def outlook(frame: pd.DataFrame, style: Style, *, unit: Unit | None = None, height: int = 340) -> go.Figure:
    """Draw AC as a line with points and FC as a dashed one from its last point, with the 80 % and 95 % bands.

    frame: one row a period (month, quarter or week), in order: `start` (a date), `actual` (missing where not known),
    `mean` (the forecast; missing in the past), `lo-80`, `hi-80`, `lo-95`, `hi-95`, and where they exist `target` (the
    tops of outlined columns), `last_year` (triangles), `model` (the forecast before people changed it, dotted where it
    differs), `running` (bool: `actual` is only to date and `mean` the whole period: a stem "so far", and the line of
    AC ends before it); `id` for clicks (else the start). All in plain money. unit: that of the figures, by default
    chosen from the values.
    """
    canvas, colours, n = Canvas(style), style.palette, len(frame)
    _ = translator(style.lang)
    actual, mean = rows.numbers(frame, "actual"), rows.numbers(frame, "mean")
    target, last_year = rows.numbers(frame, "target"), rows.numbers(frame, "last_year")
    running = [not pd.isna(flag) and bool(flag) for flag in frame["running"]] if "running" in frame else [False] * n
    whole = [None if part else value for value, part in zip(actual, running, strict=True)]
    to_date = [value if part else None for value, part in zip(actual, running, strict=True)]
    forecast = [None if done is not None else value for value, done in zip(mean, whole, strict=True)]
    start = next((i for i, value in enumerate(forecast) if value is not None), None)
    last = next((i for i in reversed(range(n if start is None else start)) if whole[i] is not None), None)
    unit = unit or choose_unit([*actual, *forecast, *target], lang=style.lang)

    bands = {level: (rows.numbers(frame, f"lo-{level}"), rows.numbers(frame, f"hi-{level}")) for level in LEVELS}
    limits = [value for pair in bands.values() for side in pair for value in side]
    model = changed(rows.numbers(frame, "model"), forecast)
    known = rows.known([*actual, *forecast, *target, *last_year, *model, *limits])
    low, high = min([0.0, *known]), max([0.0, *known]) or 1.0
    span = (low - 0.06 * (high - low) if low < 0 else 0.0, high + 0.1 * (high - low))
    spare = max(0, 4 - n) / 2  # a single period is not a wall
    edges = (-0.5 - spare, max(n, 1) - 0.5 + spare)
    room = _Room(edges, span, height - TOP - BOTTOM)

    join = None if start is None or last is None else (last, whole[last] or 0.0)
    for level, (lows, highs) in bands.items():
        _band(canvas, level, lows, highs, join, colours.band_95 if level == 95 else colours.band_80)
    leg = LEG * (span[1] - span[0]) / room.height
    _tops(canvas, target, leg)
    for part in range(-4, 5):
        room.path([(i + part * HALF / 4, value) for i, value in enumerate(target) if value is not None])
    if rows.known(last_year):
        places = [i for i, value in enumerate(last_year) if value is not None]
        size = 7 if n <= FEW else 5
        canvas.marks(places, [last_year[i] for i in places], "triangle-right", colours.last_year, name="PY",
                     marker={"size": size})  # fmt: skip
        room.path([(i, last_year[i] or 0.0) for i in places])
    common = {"type": "scatter", "cliponaxis": False, "hoverinfo": "text"}
    if rows.known(model):
        before = _joined(model, forecast, join)
        canvas.traces.append(
            {**common, "name": "model", "mode": "lines", "x": list(range(n)), "y": before, "hoverinfo": "skip",
             "line": {"color": colours.model, "width": 1.5, "dash": "1.5px,2.5px"}}
        )  # fmt: skip
        room.line(before)
    hover = _hover(frame, style, whole, to_date, forecast, bands)
    identities = rows.ids(frame, "start")
    size = 6 if n <= FEW else 4
    canvas.traces.append(
        {**common, "name": "AC", "mode": "lines+markers", "x": list(range(n)), "y": whole, "hovertext": hover,
         "customdata": identities, "line": {"color": colours.actual, "width": 2},
         "marker": {"size": size, "color": colours.actual}}
    )  # fmt: skip
    room.line(whole)
    if start is not None:
        first = start if last is None else last
        led = list(forecast)
        if last is not None:
            led[last] = whole[last]
        # the joint belongs to the actual: no second point on it
        sizes = [0 if i == last or n > FEW else size for i in range(first, n)]
        canvas.traces.append(
            {**common, "name": "FC", "mode": "lines+markers", "x": list(range(first, n)), "y": led[first:],
             "hovertext": hover[first:], "customdata": identities[first:], "connectgaps": True,
             "line": {"color": colours.actual, "width": 2, "dash": "4px,3px"},
             "marker": {"size": sizes, "color": colours.background,
                        "line": {"color": colours.actual, "width": look.OUTLINE}}}
        )  # fmt: skip
        room.line(led)
    stems = [(i, 0.0, i, value, colours.actual, "solid") for i, value in enumerate(to_date) if value is not None]
    if stems:
        canvas.stems(stems, 4, name="so far")
        room.path([(i, value * k / 20) for i, _y, _x, value, *_look in stems for k in range(21)])

    canvas.line(edges[0] + spare, 0, edges[1] - spare, 0)
    if start is not None:
        canvas.line(start - 0.5, 0, start - 0.5, 1, yref="paper", dash="dot")
        words = _("forecast →")
        fits = (edges[1] - start + 0.5) * room.scale(PHONE) + RIGHT > rows.width(words) * CHARACTER + 8
        canvas.note(words, start - 0.5, 1, yref="paper", yanchor="bottom", xshift=4 if fits else -4,
                    xanchor="left" if fits else "right")  # fmt: skip
        room.path([(start - 0.5, span[0] + (span[1] - span[0]) * k / 60) for k in range(61)], 0.5)
    ends = _figures(canvas, room, whole, forecast, start, last, unit)
    so_far = _("so far")
    for i, _y, _x, value, *_look in stems:
        room.write(canvas, i, value / 2, f"{so_far} {unit.label(value)}", colours.muted)  # below lines and bands
    ends += _names(canvas, room, target, last_year, model, _("model"))
    ends += [(high_end, formats.rate(level / 100, 0), colours.model) for level, (_lows, highs) in bands.items()
             if n and (high_end := highs[-1]) is not None and forecast[-1] is not None]  # fmt: skip
    wide = n and (target[-1] is not None or join is None)  # what stands at the last period is as wide as a column
    _beside(canvas, room, n - 1 + (HALF if wide else 0), ends)
    return canvas.figure(
        height=height, margin={"l": LEFT, "r": RIGHT, "t": TOP, "b": BOTTOM},
        xaxis={"range": list(edges), "tickangle": 0, **rows.month_ticks(frame["start"], style.lang, FULL)},
        yaxis={"visible": False, "range": list(span)},
    )  # fmt: skip


@dataclass
class _Room:
    """Where words find room, on a phone and on a wide card: what is drawn as weighted points, words as boxes.

    Places are periods from left to right and px from bottom to top; words reach from a period by px.
    """

    edges: tuple[float, float]
    span: tuple[float, float]
    height: float
    points: list[tuple[float, float, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    def scale(self, width: int) -> float:
        """Return the px between two periods in a chart of this width."""
        return (width - LEFT - RIGHT) / (self.edges[1] - self.edges[0])

    def up(self, y: float) -> float:
        """Return the px of a value above the lower edge."""
        return (y - self.span[0]) / (self.span[1] - self.span[0]) * self.height

    def path(self, points: list[tuple[float, float]], weight: float = 1) -> None:
        """Keep words away from points."""
        self.points += [(x, self.up(y), weight) for x, y in points]

    def line(self, values: Values) -> None:
        """Keep words away from a line over the periods."""
        for i, (a, b) in enumerate(pairwise([*values, None])):
            if a is not None:
                steps = 8 if b is not None else 1
                self.path([(i + k / steps, a + ((b or 0.0) - a) * k / steps) for k in range(steps)])

    def write(self, canvas: Canvas, i: int, y: float, text: str, colour: str, *, optional: bool = False) -> None:
        """Write words beside a point, where they cover least; optional ones only where they cover nothing."""
        long = rows.width(text.removeprefix("<b>").removesuffix("</b>")) * CHARACTER + 2
        found = []
        for order, (across, above) in enumerate(_SIDES):
            left = -long / 2 if not across else across if across > 0 else across - long
            box = (float(i), left, self.up(y) + above - LINE / 2, left + long, self.up(y) + above + LINE / 2)
            found.append((max(self._cost(box, width) for width in WIDTHS) + order / 10, across, above, box))
        cost, across, above, box = min(found)
        if optional and cost >= 1:
            return
        self.boxes.append(box)
        canvas.note(text, i, y, yanchor="middle", yshift=above, xshift=across, font={"color": colour},
                    xanchor="left" if across > 0 else "right" if across < 0 else "center")  # fmt: skip

    def _cost(self, box: tuple[float, float, float, float, float], width: int) -> float:
        scale = self.scale(width)
        place, from_left, bottom, from_right, top = box
        left, right = place * scale + from_left, place * scale + from_right
        first, last = self.edges[0] * scale - LEFT, self.edges[1] * scale + RIGHT
        if left < first or right > last or bottom < 0 or top > self.height + 2:
            return 1000
        covered = sum(w for x, y, w in self.points if left <= x * scale <= right and bottom - 2 <= y <= top + 2)
        shared = sum(
            100 for x, a, b, c, d in self.boxes
            if x * scale + a < right and left < x * scale + c and b < top and bottom < d
        )  # fmt: skip
        return covered + shared


# px of words from their point, preferred first: across to where they begin (0: centred, below 0: where they end), and
# up to their middle
_SIDES = (
    (0, 12), (0, -12), (-3, 11), (3, 11), (-3, -11), (3, -11), (8, 0), (-8, 0),
    (0, 20), (0, -20), (-3, 20), (3, 20), (-3, -20), (3, -20),
)  # fmt: skip


def changed(model: Values, forecast: Values) -> Values:
    """Return the model's own forecast where people changed it by more than a trifle."""
    return [
        own if own is not None and value is not None and abs(own - value) > APART * abs(value) else None
        for own, value in zip(model, forecast, strict=True)
    ]


def _joined(model: Values, forecast: Values, join: tuple[int, float] | None) -> Values:
    """Return a line that leaves the forecast before the first change and comes back to it after the last one."""
    line, ends = list(model), list(forecast)
    if join is not None:
        ends[join[0]] = join[1]
    for i, value in enumerate(model):
        for near in (i - 1, i + 1):
            if value is not None and 0 <= near < len(line) and line[near] is None:
                line[near] = ends[near]
    return line


def _band(canvas: Canvas, level: int, low: Values, high: Values, join: tuple[int, float] | None, colour: str) -> None:
    """Fill what lies between two limits, opening from the last actual; each stretch of known limits on its own."""
    runs: list[list[tuple[float, float, float]]] = []
    for i, (least, most) in enumerate(zip(low, high, strict=True)):
        if least is None or most is None:
            continue
        if runs and runs[-1][-1][0] == i - 1:
            runs[-1].append((i, least, most))
        elif not runs and join is not None and join[0] < i:
            runs.append([(join[0], join[1], join[1]), (i, least, most)])
        else:
            runs.append([(i, least, most)])
    xs: list[float | None] = []
    ys: list[float | None] = []
    for run in runs:
        if len(run) == 1:  # has no area of its own
            ((x, a, b),) = run
            run = [(x - HALF, a, b), (x + HALF, a, b)]
        xs += [*(x for x, _a, _b in run), *(x for x, _a, _b in reversed(run)), None]
        ys += [*(a for _x, a, _b in run), *(b for _x, _a, b in reversed(run)), None]
    if xs:
        canvas.traces.append(
            {"type": "scatter", "name": f"{level} %", "mode": "lines", "x": xs[:-1], "y": ys[:-1], "fill": "toself",
             "fillcolor": colour, "line": {"width": 0}, "hoverinfo": "skip"}
        )  # fmt: skip


def _tops(canvas: Canvas, target: Values, leg: float) -> None:
    """Draw targets as the tops of outlined columns, which cannot be taken for a dash of the forecast."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for i, value in enumerate(target):
        if value is not None:
            xs += [i - HALF, i - HALF, i + HALF, i + HALF, None]
            foot = value - leg if value >= leg else min(value, 0.0)
            ys += [foot, value, value, foot, None]
    if xs:
        canvas.traces.append(
            {"type": "scatter", "name": "PL", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
             "cliponaxis": False, "line": {"color": canvas.style.palette.actual, "width": look.OUTLINE}}
        )  # fmt: skip


def _figures(canvas: Canvas, room: _Room, whole: Values, forecast: Values, start: int | None, last: int | None,
             unit: Unit) -> list[tuple[float, str, str]]:  # fmt: skip
    """Write the last actual, the first forecast and the highest; return that of the last period, to stand beside."""
    ink, n = canvas.style.palette.text, len(whole)
    line = [a if a is not None else f for a, f in zip(whole, forecast, strict=True)]
    there = [i for i, value in enumerate(forecast) if value is not None]
    wanted = [i for i in (last, start, there[-1] if there else None) if i is not None]
    for i in dict.fromkeys(wanted):
        if i != n - 1:
            room.write(canvas, i, line[i] or 0.0, f"<b>{unit.label(line[i])}</b>", ink)
    peak = max(there, key=lambda i: forecast[i] or 0.0, default=None)
    if peak is not None and all(abs(peak - i) > 1 for i in wanted):
        room.write(canvas, peak, line[peak] or 0.0, f"<b>{unit.label(line[peak])}</b>", ink, optional=True)
    if n and (end := line[-1]) is not None:
        return [(end, f"<b>{unit.label(end)}</b>", ink)]
    return []


def _names(canvas: Canvas, room: _Room, target: Values, last_year: Values, model: Values,
           own: str) -> list[tuple[float, str, str]]:  # fmt: skip
    """Name target, last year and the model's own line once; return what is named beside the last period."""
    colours, n = canvas.style.palette, len(target)
    ends = []
    for values, name, colour in ((target, "PL", colours.text), (model, own, colours.model)):
        there = [i for i, value in enumerate(values) if value is not None]
        if there and there[-1] == n - 1:
            ends.append((values[-1] or 0.0, name, colour))
        elif there:
            room.write(canvas, there[-1], values[there[-1]] or 0.0, name, colour)
    first = next((i for i, value in enumerate(last_year) if value is not None), None)
    if first == 0:
        canvas.note("PY", 0, last_year[0] or 0.0, xanchor="right", xshift=-6)
    elif first is not None:
        room.write(canvas, first, last_year[first] or 0.0, "PY", colours.muted)
    return ends


def _beside(canvas: Canvas, room: _Room, x: float, ends: list[tuple[float, str, str]]) -> None:
    """Write what ends at the last period beside it; what is close is pushed apart as little as possible."""
    ends = sorted(ends, key=lambda end: end[0])
    pools: list[tuple[float, int]] = []  # of labels that touch: the mean place of the lowest, how many they are
    for k, (value, _text, _colour) in enumerate(ends):
        pool = (room.up(value) - k * LINE, 1)
        while pools and pools[-1][0] > pool[0]:
            (a, n), (b, m) = pools.pop(), pool
            pool = ((a * n + b * m) / (n + m), n + m)
        pools.append(pool)
    lowest = [place for place, count in pools for _k in range(count)]
    # within the plot: plotly hides what stands beyond an axis
    bottom, top = LINE / 2, room.height - 1 - (len(ends) - 1) * LINE
    per_px = (room.span[1] - room.span[0]) / room.height
    for k, (_value, text, colour) in enumerate(ends):
        y = min(max(lowest[k], bottom), top) + k * LINE
        canvas.note(text, x, room.span[0] + y * per_px, xanchor="left", xshift=7, font={"color": colour})


def _hover(
    frame: pd.DataFrame,
    style: Style,
    whole: Values,
    to_date: Values,
    forecast: Values,
    bands: dict[int, tuple[Values, Values]],
) -> list[str]:
    """Return for each period its name and what is known of it."""
    _ = translator(style.lang)
    before, plan = rows.numbers(frame, "last_year"), rows.numbers(frame, "target")
    own, so_far, by_model = rows.numbers(frame, "model"), _("so far"), _("model")

    def money(value: float | None) -> str:
        return formats.compact(value, lang=style.lang)

    texts = []
    for i, name in enumerate(_named(frame, style)):
        lines = [f"<b>{name}</b>"]
        named = [("AC", whole), (so_far, to_date), ("FC", forecast)]
        lines += [f"{word} {money(values[i])}" for word, values in named if values[i] is not None]
        for level in reversed(LEVELS):
            low, high = (side[i] for side in bands[level])
            if low is not None and high is not None:
                lines.append(f"{formats.rate(level / 100, 0)} {money(low)} … {money(high)}")
        named = [("PL", plan), ("PY", before), (by_model, own)]
        lines += [f"{word} {money(values[i])}" for word, values in named if values[i] is not None]
        texts.append("<br>".join(lines))
    return texts


def _named(frame: pd.DataFrame, style: Style) -> list[str]:
    """Return the full name of each period: a month, a week by its first day, a quarter by its months."""
    days = [pd.Timestamp(day) for day in frame["start"]]
    apart = (days[-1] - days[0]).days / (len(days) - 1) if len(days) > 1 else 30
    if apart < 20:
        return [formats.date(day, lang=style.lang) for day in days]
    if apart > 80:
        ends = [day + pd.DateOffset(months=round(apart / 30.44)) - pd.Timedelta(days=1) for day in days]
        return [formats.period(a, b, lang=style.lang, short=True) for a, b in zip(days, ends, strict=True)]
    return [formats.month(day, lang=style.lang, year=True) for day in days]
