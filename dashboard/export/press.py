"""The press: a typst template and data become a PDF with its fonts inside.

What users wrote is data: it reaches the template as JSON and is set as it is, never read as markup. Templates read no
file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from dashboard.charts.style import Style
from dashboard.export import fonts
from dashboard.i18n import _

Template = Literal["slides", "sheet"]

_FOLDER = Path(__file__).parent / "templates"
_LONGEST = 60  # letters without a place to break a line
_BREAK = "\u200b"  # such a place, without a width
_STRICT: Literal["a-2b"] = "a-2b"  # a standard that forbids characters without a glyph
_PICTURE = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
_ROLES = ("text", "muted", "hairline", "soft", "good_word", "bad_word", "attention", "interactive")


def press(template: Template, data: Mapping[str, Any], style: Style) -> bytes:
    """Set the data. What no font can show is named in the foot of each page."""
    import typst

    strange = fonts.missing("".join(_texts(data)))
    lost = sorted(char for char in strange if not _shown(char))
    told = ""
    if lost:
        codes = " ".join(f"U+{ord(char):04X}" for char in lost[:12])
        told = _("No font on this machine has these characters: {codes}", codes=codes)
    whole = {**_breakable(data), "missing": told, "lang": style.lang, "families": fonts.FAMILIES,
             "colours": {role: getattr(style.palette, role) for role in _ROLES}}  # fmt: skip
    with TemporaryDirectory() as root:  # the only folder that typst may read, with nothing else in it
        main = Path(root) / "main.typ"
        main.write_bytes(b"".join((_FOLDER / name).read_bytes() for name in ("house.typ", f"{template}.typ")))
        return typst.compile(
            str(main), root=root, font_paths=[str(fonts.FOLDER)], ignore_system_fonts=not strange,
            sys_inputs={"data": json.dumps(whole, ensure_ascii=False, allow_nan=False)},
        )  # fmt: skip


def png(svg: str) -> bytes:
    """A drawn figure as a picture, two dots a pixel."""
    import typst

    strange = fonts.missing("".join(_texts(svg)))
    with TemporaryDirectory() as root:
        main = Path(root) / "main.typ"
        main.write_text(_PICTURE, encoding="utf-8")
        return typst.compile(
            str(main), root=root, font_paths=[str(fonts.FOLDER)], ignore_system_fonts=not strange, format="png",
            ppi=144.0, sys_inputs={"svg": svg},
        )  # fmt: skip


@cache
def _shown(char: str) -> bool:
    """Some font of this machine has a glyph for a character that ours lack."""
    import typst

    try:
        typst.compile(b"#sys.inputs.char", sys_inputs={"char": char}, pdf_standards=[_STRICT])
    except typst.TypstError:
        return False
    return True


def _texts(data: Any) -> Iterator[str]:
    """All words, those in pictures, too."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)


def _breakable(data: Any) -> Any:
    """The same data; a word longer than any line may break."""
    if isinstance(data, str):
        return data if data.startswith("<svg") else " ".join(_broken(word) for word in data.split(" "))
    if isinstance(data, Mapping):
        return {key: _breakable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_breakable(value) for value in data]
    return data


def _broken(word: str) -> str:
    if len(word) <= _LONGEST or not word.isascii():
        return word
    return _BREAK.join(word[at : at + 10] for at in range(0, len(word), 10))
