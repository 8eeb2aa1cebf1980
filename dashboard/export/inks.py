"""How a look of a sketch is drawn: fill, outline, hatching, in the colours that leave (always light)."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.charts.style import Palette
from dashboard.export.sketch import Look

OUTLINE = 1.25  # points


@dataclass(frozen=True)
class Ink:
    """colour: of lines and marks. fill: of areas, "" for none; opacity: of the fill. outline: a line around it.
    hatched: diagonal lines in the colour on white."""

    colour: str
    fill: str = ""
    opacity: float = 1.0
    outline: bool = False
    hatched: bool = False


def ink(look: Look, palette: Palette) -> Ink:
    """The ink of a look. What is hidden has neither fill nor line."""
    match look:
        case "hidden":
            return Ink("")
        case "plan":
            return Ink(palette.actual, outline=True)
        case "forecast":
            return Ink(palette.actual, palette.background, outline=True, hatched=True)
        case "band_80":
            return Ink(palette.model, palette.model, 0.16)
        case "band_95":
            return Ink(palette.model, palette.model, 0.08)
    solid = (
        palette.aging[int(look[-1])] if look.startswith("aging_")
        else palette.series[int(look[-1])] if look.startswith("series_")
        else str(getattr(palette, look))
    )  # fmt: skip
    return Ink(solid, solid)
