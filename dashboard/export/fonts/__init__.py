"""The fonts of what is printed: Inter and a subset of Noto Sans SC, so that a new machine needs none of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parent
FAMILIES = ("Inter", "Qudao Sans SC")  # in this order; what neither has comes from the machine, if at all
_FILES = {False: ("Inter-Regular.ttf", "QudaoSansSC-Regular.otf"),
          True: ("Inter-SemiBold.ttf", "QudaoSansSC-Bold.otf")}  # fmt: skip
_SIZE = 100  # px at which widths are measured


@cache
def _held() -> tuple[frozenset[str], frozenset[str]]:
    """The characters of Latin and of Chinese type."""
    latin, hanzi = (frozenset((FOLDER / name).read_text("utf-8")) for name in ("latin.txt", "hanzi.txt"))
    return latin, hanzi


def missing(text: str) -> set[str]:
    """The characters of a text that the fonts lack: rare names, emoji, other scripts."""
    latin, hanzi = _held()
    return {char for char in set(text) - latin - hanzi if char.isprintable() and not char.isspace()}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The room that a line of text takes, in the unit of `size`."""
    return sum(_advance(char, bold) for char in text) * size / _SIZE


@cache
def _advance(char: str, bold: bool) -> float:
    latin, hanzi = _held()
    if char not in latin and char not in hanzi:
        return float(_SIZE)
    return _font(bold, char not in latin).getlength(char)


@cache
def _font(bold: bool, chinese: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FOLDER / _FILES[bold][chinese], _SIZE, layout_engine=ImageFont.Layout.BASIC)
