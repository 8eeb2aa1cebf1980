"""Words of a figure: lines and runs out of plotly's few tags, and the room that they take."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape

from dashboard.export import fonts

LEADING = 1.3  # of the size, from line to line
TALL = 1.2  # of the size: a line of words alone
_TAG = re.compile(r"<(/?)(br|b|span)\b([^<>]*?)/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d+|#x[0-9a-fA-F]+);")
_STYLE = re.compile(r"style\s*=\s*(['\"])(.*?)\1", re.DOTALL)


@dataclass(frozen=True)
class Run:
    """Words of one look; colour and size where they differ from those of the whole."""

    text: str
    bold: bool = False
    colour: str = ""
    size: float = 0.0


Lines = tuple[tuple[Run, ...], ...]


@lru_cache(maxsize=4096)
def lines(text: str) -> Lines:
    """Read plotly's text: <br>, <b> and <span style="color; font-size"> are tags, any other angle bracket is itself."""
    found: list[list[Run]] = [[]]
    looks = [Run("")]
    at = 0
    for tag in _TAG.finditer(text):
        _add(found, looks[-1], text[at : tag.start()])
        at, closing, name = tag.end(), bool(tag[1]), tag[2].lower()
        if name == "br":
            found.append([])
        elif closing:
            looks = looks[:-1] or [Run("")]
        else:
            looks.append(replace(looks[-1], bold=True) if name == "b" else _styled(looks[-1], tag[3]))
        looks = looks or [Run("")]
    _add(found, looks[-1], text[at:])
    return tuple(tuple(line) for line in found)


def _add(found: list[list[Run]], look: Run, text: str) -> None:
    if text:
        found[-1].append(replace(look, text=_ENTITY.sub(lambda entity: unescape(entity[0]), text)))


def _styled(look: Run, attributes: str) -> Run:
    style = _STYLE.search(attributes)
    for pair in (style[2] if style else "").split(";"):
        name, _colon, value = (part.strip() for part in pair.partition(":"))
        if name == "color":
            look = replace(look, colour=value)
        elif name == "font-size":
            look = replace(look, size=float(value.removesuffix("px")))
    return look


def width(words: Lines, size: float) -> float:
    """The px that the longest line takes."""
    return max(
        (sum(fonts.width(run.text, run.size or size, bold=run.bold) for run in line) for line in words), default=0.0
    )


def height(words: Lines, size: float) -> float:
    """The px from the top of the first line to the foot of the last."""
    return (TALL + LEADING * (len(words) - 1)) * size
