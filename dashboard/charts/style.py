"""The look of every chart: colours by role, the template, the marks of the notation, the parts of a figure.

Notation follows IBCS: what means the same looks the same. AC actual is solid, PL target an outline behind
it, PY last year grey, FC forecast hatched; variances alone are green or red, and never without a sign.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import plotly.graph_objects as go

from dashboard.i18n import Lang, translator

Mode = Literal["light", "dark"]
VarianceColours = Literal["standard", "colour-blind", "red-up"]
Direction = Literal[1, -1, 0]  # of a measure: 1 more is good, -1 more is bad, 0 neither

FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
LABEL = 11  # px, figures and axis words
NAME = 12  # px, names of rows
OUTLINE = 1.2  # px
VALIDATED = False  # plotly checks every property of a figure: four fifths of its cost. Tests let it, pages do not.


@dataclass(frozen=True)
class Palette:
    """Colours by role; `*_word` are for text, which needs more contrast than shapes."""

    background: str
    soft: str
    text: str
    muted: str
    hairline: str
    actual: str
    last_year: str
    good: str
    bad: str
    good_word: str
    bad_word: str
    model: str
    band_80: str
    band_95: str
    attention: str
    attention_area: str
    interactive: str
    aging: tuple[str, ...]  # in term, 1-30, 31-60, 61-90, 91-120, 121+
    series: tuple[str, ...]

    @property
    def neutral(self) -> str:
        """A verdict that cannot be given, a change that is neither good nor bad."""
        return self.muted


_LIGHT = Palette(
    background="#FFFFFF", soft="#F4F6F8", text="#1B2430", muted="#5A6676", hairline="#DDE2E8",
    actual="#27303D", last_year="#8A95A3",
    good="#007A5A", bad="#C8371B", good_word="#006B4F", bad_word="#B52D12",
    model="#2B59C3", band_80="rgba(43,89,195,0.16)", band_95="rgba(43,89,195,0.08)",
    attention="#8A5200", attention_area="rgba(178,106,0,0.10)", interactive="#2B59C3",
    aging=("#DDE3EA", "#F6D9CC", "#EFB49F", "#E28A6D", "#CF5B3B", "#A52F14"),
    series=("#27303D", "#2B59C3", "#007A5A", "#B26A00", "#7A4FB5"),
)  # fmt: skip
_DARK = Palette(
    background="#10151D", soft="#1A212C", text="#E8ECF2", muted="#98A4B4", hairline="#2B3442",
    actual="#E3E8EF", last_year="#66717F",
    good="#3FBF95", bad="#F27C61", good_word="#5AD3AB", bad_word="#FF9A81",
    model="#7EA2F5", band_80="rgba(126,162,245,0.22)", band_95="rgba(126,162,245,0.11)",
    attention="#E8AE55", attention_area="rgba(232,174,85,0.14)", interactive="#7EA2F5",
    aging=("#364152", "#5A3A30", "#84493A", "#B05E47", "#DA7A5E", "#FFA38B"),
    series=("#E3E8EF", "#7EA2F5", "#4CC9A0", "#E8AE55", "#B698EA"),
)  # fmt: skip
_COLOUR_BLIND: dict[Mode, dict[str, Any]] = {
    "light": {"good": "#1F6FB2", "bad": "#B85C00", "good_word": "#1F6FB2", "bad_word": "#A35200"},
    "dark": {"good": "#6CB2F0", "bad": "#F0A04B", "good_word": "#6CB2F0", "bad_word": "#F0A04B"},
}


@cache
def palette(mode: Mode, variance: VarianceColours = "standard") -> Palette:
    """Return the colours of a mode with the company's choice for better and worse."""
    colours = _LIGHT if mode == "light" else _DARK
    if variance == "colour-blind":
        return replace(colours, **_COLOUR_BLIND[mode])
    if variance == "red-up":
        return replace(
            colours,
            good=colours.bad, bad=colours.good, good_word=colours.bad_word, bad_word=colours.good_word,
        )  # fmt: skip
    return colours


@dataclass(frozen=True)
class Style:
    """How a chart is drawn for a reader: mode of the page, colours of variances, language."""

    mode: Mode = "light"
    variance: VarianceColours = "standard"
    lang: Lang = "en"

    @property
    def palette(self) -> Palette:
        """The colours."""
        return palette(self.mode, self.variance)

    def verdict(self, difference: float | None, direction: Direction) -> "Verdict":
        """Judge a difference by the direction of its measure."""
        colours = self.palette
        if not difference or not direction:
            return Verdict(colours.neutral, colours.muted, "diamond")
        if difference * direction > 0:
            return Verdict(colours.good, colours.good_word, "circle")
        return Verdict(colours.bad, colours.bad_word, "square")


@dataclass(frozen=True)
class Verdict:
    """The colour of a shape, the colour of words and the marker that say better, worse or neither."""

    colour: str
    word: str
    symbol: str


@dataclass
class Canvas:
    """The parts of a figure while it is drawn: plain dicts."""

    style: Style
    traces: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, xref: str = "x", yref: str = "y", **line: Any
    ) -> None:
        """Draw a hairline in the colour of text, above the traces."""
        self.shapes.append(
            {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "xref": xref, "yref": yref,
             "line": {"color": self.style.palette.muted, "width": 1, **line}}
        )  # fmt: skip

    def note(self, text: str, x: float, y: float, **where: Any) -> None:
        """Write muted words; `where` as in plotly's annotations."""
        font = {"size": LABEL, "color": self.style.palette.muted, **where.pop("font", {})}
        self.annotations.append({"text": text, "x": x, "y": y, "showarrow": False, "font": font, **where})

    def words(
        self,
        x: Sequence[Any],
        y: Sequence[Any],
        text: Sequence[str],
        position: Any,
        *,
        colour: Any = None,
        **trace: Any,
    ) -> None:
        """Write labels at points of the axes, never clipped at their edge, never faded by a selection."""
        colour = colour or self.style.palette.text
        font = {"size": LABEL, "color": colour, **trace.pop("font", {})}
        kept = {"textfont": {"color": colour if isinstance(colour, str) else self.style.palette.muted}}
        self.traces.append(
            {"type": "scatter", "mode": "text", "x": list(x), "y": list(y), "text": list(text), "textfont": font,
             "textposition": position, "cliponaxis": False, "hoverinfo": "skip", "unselected": kept, **trace}
        )  # fmt: skip

    def marks(self, x: Sequence[Any], y: Sequence[Any], symbol: Any, colour: Any, **trace: Any) -> None:
        """Draw markers at points of the axes; `marker` in `trace` adds to their look."""
        marker = {"symbol": symbol, "color": colour, "size": 8, **trace.pop("marker", {})}
        self.traces.append(
            {"type": "scatter", "mode": "markers", "x": list(x), "y": list(y), "marker": marker,
             "cliponaxis": False, "hoverinfo": "skip", "unselected": {"marker": {"opacity": 1}}, **trace}
        )  # fmt: skip

    def stems(self, ends: Iterable[tuple[float, float, float, float, str, str]], width: float, **trace: Any) -> None:
        """Draw the stems of pins: (x0, y0, x1, y1, colour, dash) each; one trace for each colour and dash."""
        looks: dict[tuple[str, str], tuple[list[Any], list[Any]]] = {}
        for x0, y0, x1, y1, colour, dash in ends:
            xs, ys = looks.setdefault((colour, dash), ([], []))
            xs += [x0, x1, None]
            ys += [y0, y1, None]
        for (colour, dash), (xs, ys) in looks.items():
            line = {"color": colour, "width": width, "dash": dash}
            self.traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": xs,
                    "y": ys,
                    "line": line,
                    "hoverinfo": "skip",
                    **trace,
                }
            )

    def figure(self, **layout: Any) -> go.Figure:
        """Return the figure under the template of the mode."""
        return go.Figure(
            data=self.traces,
            layout={
                "template": template(self.style.mode),
                "shapes": self.shapes,
                "annotations": self.annotations,
                **layout,
            },
            _validate=VALIDATED,
        )


@cache
def template(mode: Mode) -> go.layout.Template:
    """Return the one template of all charts: no axes, no grid, no legend, no zoom; words in our type."""
    colours = palette(mode)
    axis = {
        "showgrid": False, "zeroline": False, "showline": False, "fixedrange": True, "ticks": "",
        "tickfont": {"size": LABEL, "color": colours.muted}, "title": {"text": ""}, "tickformat": "",
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": LABEL, "color": colours.text},
            "paper_bgcolor": colours.background, "plot_bgcolor": colours.background,
            "colorway": colours.series, "showlegend": False, "barmode": "overlay", "dragmode": False,
            "hovermode": "closest", "margin": {"l": 8, "r": 8, "t": 8, "b": 8, "pad": 0},
            "hoverlabel": {
                "bgcolor": colours.soft, "bordercolor": colours.hairline, "align": "left", "namelength": 0,
                "font": {"family": FONT, "size": 12, "color": colours.text},
            },
            "xaxis": axis, "yaxis": axis, "separators": ".,",
        },
        data={"bar": [{"unselected": {"marker": {"opacity": 0.4}}, "hoverinfo": "text"}]},
    )  # fmt: skip


def outline(colours: Palette) -> dict[str, Any]:
    """Return the marker of PL: empty inside, so that what stands before it is seen."""
    return {"color": "rgba(0,0,0,0)", "line": {"color": colours.actual, "width": OUTLINE}}


def hatched(colours: Palette) -> dict[str, Any]:
    """Return the marker of FC."""
    return {
        "color": colours.background,
        "line": {"color": colours.actual, "width": OUTLINE},
        "pattern": {
            "shape": "/", "size": 5, "solidity": 0.5, "fillmode": "overlay",
            "fgcolor": colours.actual, "bgcolor": colours.background,
        },
    }  # fmt: skip


def legend(
    style: Style,
    *,
    forecast: bool = False,
    target: bool = False,
    last_year: bool = False,
    variance: bool = False,
) -> str:
    """Return the line below a chart that names the signs which it uses."""
    _ = translator(style.lang)
    parts = [_("■ AC actual")]
    parts += [_("▨ FC forecast")] if forecast else []
    parts += [_("□ PL target")] if target else []
    parts += [_("▸ PY last year")] if last_year else []
    if variance:
        # i18n: which colour means better is a setting of the company
        names = {
            "standard": _("green/red: better/worse"),
            "colour-blind": _("blue/orange: better/worse"),
            "red-up": _("red/green: better/worse"),
        }
        parts.append(names[style.variance])
    return " · ".join(parts)
