"""Names that become files, folders and headers: what a person or the data wrote, made harmless."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
LONGEST = 180  # bytes of a file name, of the 255 that systems allow


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible characters; blanks single."""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
                   for char in text if unicodedata.category(char) not in ("Cf", "Cs", "Co"))  # fmt: skip
    return " ".join(kept.split())


def is_one_line(text: str) -> bool:
    """Whether the text is safe in a header as it stands."""
    return not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in text)


def file_name(name: str) -> str:
    """A name that every system takes for a file in the folder where it is written, and nowhere else.

    Path separators become blanks, names that Windows reserves get an underscore in front, long ones are cut before
    their ending.
    """
    plain = _FORBIDDEN.sub(" ", one_line(name))
    plain = " ".join(plain.split()).strip(" .") or "report"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 8:
        stem, dot, ending = plain, "", ""
    stem = stem.rstrip(" .") or "report"
    if _RESERVED.fullmatch(plain.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    room = LONGEST - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending


def folder(text: str, beside: Path) -> Path:
    """The folder of a report's file: absolute, or relative to the file. Raises ValueError for a way upwards and for
    names that some system cannot have."""
    path = Path(text)
    for part in path.parts:
        if part == path.anchor:
            continue
        if part == "..":
            raise ValueError("a folder must not lead upwards (..)")
        if part != file_name(part):
            raise ValueError(f"{part!r} is no name for a folder on every system")
    if not path.parts:
        raise ValueError("a folder needs a name")
    return path if path.is_absolute() else beside / path
