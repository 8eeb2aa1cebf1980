"""A pen that writes SVG: shapes, paths and words, colours with their opacity, parts clipped to a box."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from dashboard.export.drawing.checks import Unsupported
from dashboard.export.drawing.words import LEADING, Lines

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]

_RGB = re.compile(r"rgba?\(([^)]*)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML holds them


def paint(name: str, colour: str | None, opacity: float = 1.0) -> str:
    """Attributes that fill or stroke with a colour of plotly."""
    if not colour or colour == "transparent":
        return f' {name}="none"'
    parts = _RGB.fullmatch(colour.replace(" ", ""))
    if parts:
        red, green, blue, *alpha = (float(part) for part in parts[1].split(","))
        colour, opacity = f"#{int(red):02x}{int(green):02x}{int(blue):02x}", opacity * (alpha[0] if alpha else 1.0)
    elif not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise Unsupported(f"colour {colour!r} cannot be drawn")
    if opacity <= 0:
        return f' {name}="none"'
    return f' {name}="{colour}"' + (f' {name}-opacity="{opacity:g}"' if opacity < 1 else "")


def px(value: float) -> str:
    """A length; what is no number is a mistake of whoever drew."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no place in a picture")
    return f"{round(value, 2):g}" if abs(value) < 1e5 else f"{value:.0f}"


def dashes(dash: str | None, width: float) -> str:
    """The attribute of a dashed line, with plotly's lengths."""
    unit = max(width, 3.0)
    named = {None: "", "": "", "solid": "", "dot": f"{unit:g},{unit:g}", "dash": f"{3 * unit:g},{3 * unit:g}"}
    lengths = (
        named[dash] if dash in named else ",".join(part.strip().removesuffix("px") for part in str(dash).split(","))
    )
    if lengths and not re.fullmatch(r"[\d.]+(,[\d.]+)*", lengths):
        raise Unsupported(f"dash {dash!r} cannot be drawn")
    return f' stroke-dasharray="{lengths}"' if lengths else ""


@dataclass
class Pen:
    """Writes the parts of a picture in the order in which they cover each other."""

    family: str
    parts: list[str] = field(default_factory=list)
    clips: dict[Box, str] = field(default_factory=dict)

    @contextmanager
    def clipped(self, box: Box | None) -> Iterator[None]:
        """Cut what is drawn meanwhile at the edges of a box."""
        if box is None:
            yield
            return
        name = self.clips.setdefault(box, f"clip{len(self.clips) + 1}")
        self.parts.append(f'<g clip-path="url(#{name})">')
        yield
        self.parts.append("</g>")

    def rect(self, box: Box, look: str, kind: str = "") -> None:
        """A rectangle; `kind` names what it stands for."""
        left, top, right, bottom = box
        named = f' class="{kind}"' if kind else ""
        self.parts.append(f'<rect{named} x="{px(left)}" y="{px(top)}" width="{px(right - left)}" '
                          f'height="{px(bottom - top)}"{look}/>')  # fmt: skip

    def line(self, points: Iterable[Sequence[Point]], look: str, *, closed: bool = False, kind: str = "") -> None:
        """One path of several lines."""
        drawn = " ".join("M" + "L".join(f"{px(x)},{px(y)}" for x, y in part) + ("Z" if closed else "")
                         for part in points if part)  # fmt: skip
        self.path(drawn, look if closed else look + ' fill="none"', kind)

    def path(self, drawn: str, look: str, kind: str = "") -> None:
        """A path in SVG's own words."""
        named = f' class="{kind}"' if kind else ""
        if drawn:
            self.parts.append(f'<path{named} d="{drawn}"{look}/>')

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        """A disc."""
        self.parts.append(f'<circle cx="{px(x)}" cy="{px(y)}" r="{px(radius)}"{look}/>')

    def text(self, words: Lines, x: float, baseline: float, size: float, colour: str, anchor: str = "start") -> None:
        """Lines from the baseline of the first one down. anchor: start, middle or end of each line at `x`."""
        for number, line in enumerate(words):
            if not line:
                continue
            y = baseline + number * LEADING * size
            runs = "".join(
                f"<tspan{self._look(run.bold, run.size)}{paint('fill', run.colour or colour)}>{_safe(run.text)}</tspan>"
                for run in line
            )
            self.parts.append(f'<text xml:space="preserve" x="{px(x)}" y="{px(y)}" font-size="{size:g}" '
                              f'text-anchor="{anchor}">{runs}</text>')  # fmt: skip

    def picture(self, width: float, height: float) -> str:
        """The whole file."""
        clips = "".join(
            f'<clipPath id="{name}"><rect x="{px(box[0])}" y="{px(box[1])}" width="{px(max(box[2] - box[0], 0))}" '
            f'height="{px(max(box[3] - box[1], 0))}"/></clipPath>' for box, name in self.clips.items()
        )  # fmt: skip
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{px(width)}" height="{px(height)}" '
            f'viewBox="0 0 {px(width)} {px(height)}" font-family={quoteattr(self.family)}>'
            f"<defs>{clips}</defs>{''.join(self.parts)}</svg>"
        )

    @staticmethod
    def _look(bold: bool, size: float) -> str:
        return (' font-weight="700"' if bold else "") + (f' font-size="{size:g}"' if size else "")


def _safe(text: str) -> str:
    return escape(_CONTROL.sub("", text))
