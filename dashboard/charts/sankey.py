"""Who went where: groups of an earlier day at the left, of the later day at the right, a band for each move."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Canvas, Style

STAYED, MOVED = 0.28, 0.5  # opacity of bands
ROW = 44  # px a group
NAME = 18  # half-width characters


def _faded(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def sankey(flows: pd.DataFrame, order: Sequence[str], style: Style) -> go.Figure:
    """Draw a band a row, as wide as its dealers; those that stayed grey, those that moved in the colour of AC.

    flows: `before`, `after` (names of groups), `dealers`. order: the names from top to bottom.
    """
    canvas, colours = Canvas(style), style.palette
    sides = {side: [name for name in order if name in set(flows[side])] for side in ("before", "after")}
    places = {(side, name): at for at, (side, name) in
              enumerate((side, name) for side, names in sides.items() for name in names)}  # fmt: skip
    counts = {(side, name): int(flows.loc[flows[side] == name, "dealers"].sum()) for side, name in places}
    stays = flows["before"] == flows["after"]
    heights = {side: _centres([counts[side, name] for name in names]) for side, names in sides.items()}
    canvas.traces.append(
        {"type": "sankey", "arrangement": "snap", "textfont": {"color": colours.text, "size": 12},
         "node": {"label": [f"{rows.shortened(name, NAME)} {formats.count(counts[side, name])}"
                            for side, name in places],
                  "x": [0.001 if side == "before" else 0.999 for side, _name in places],
                  "y": [*heights["before"], *heights["after"]],
                  "pad": 14, "thickness": 10, "color": colours.actual, "line": {"width": 0},
                  "hovertemplate": "%{label}<extra></extra>"},
         "link": {"source": [places["before", name] for name in flows["before"]],
                  "target": [places["after", name] for name in flows["after"]],
                  "value": flows["dealers"].tolist(),
                  "color": [_faded(colours.last_year, STAYED) if stayed else _faded(colours.actual, MOVED)
                            for stayed in stays],
                  "customdata": [f"{before} → {after}" for before, after in
                                 zip(flows["before"], flows["after"], strict=True)],
                  "hovertemplate": "%{customdata}: %{value:d}<extra></extra>"}}
    )  # fmt: skip
    most = max((len(names) for names in sides.values()), default=1)
    return canvas.figure(height=max(220, most * ROW + 40), margin={"l": 4, "r": 4, "t": 8, "b": 8})


def _centres(counts: Sequence[int]) -> list[float]:
    """Where the middle of each node lies, from the top, so that they keep their order."""
    total, padding = sum(counts) or 1, 0.04
    room, at, centres = 1 - padding * max(len(counts) - 1, 0), 0.0, []
    for count in counts:
        share = count / total * room
        centres.append(min(max(at + share / 2, 0.001), 0.999))
        at += share + padding
    return centres
