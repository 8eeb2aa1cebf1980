"""Uploaded files on the disk of the server: in a folder of their own under the home, gone once nobody uses them."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path, PureWindowsPath
from typing import Protocol

from dashboard import formats
from dashboard.i18n import _

FOLDER = "uploads"
_ABANDONED = 24 * 3600  # seconds after which a folder that a closed browser left behind goes
_LONGEST = 150  # bytes of a name; file systems allow 255
MOST_FILES = 40  # at once: an export of all tables has some thirty
MOST_BYTES = 1_000_000_000  # of all of them: they stand in memory until they are on the disk


class Upload(Protocol):
    """What Streamlit hands over: a name that the browser chose, and bytes."""

    name: str

    def getbuffer(self) -> memoryview: ...


def safe_name(name: str) -> str:
    """A file name without path, control characters and characters that patterns or file systems treat specially.

    Ends as it did (`.csv`), and is never empty, hidden or too long.
    """
    bare = PureWindowsPath(name.replace("\0", "")).name  # understands / and \
    bare = re.sub(r'[\x00-\x1f\x7f<>:"|?*/\\]', "_", bare).strip(" .") or "file"
    stem, dot, ending = bare.rpartition(".")
    stem, ending = (stem, dot + ending) if stem else (bare, "")
    ending = ending.encode()[:20].decode(errors="ignore")
    return stem.encode()[: _LONGEST - len(ending.encode())].decode(errors="ignore") + ending


def excess(files: Collection[Upload]) -> str:
    """Why these are too many or too much at once; empty when they are not."""
    if len(files) > MOST_FILES:
        return _("{n} files at once; take {most} at most, the others after them", n=len(files), most=MOST_FILES)
    if (size := sum(file.getbuffer().nbytes for file in files)) > MOST_BYTES:
        return _("{size} MB at once; take {most} MB at most, and larger files with “qudao import”",
                 size=formats.count(size / 1e6), most=formats.count(MOST_BYTES / 1e6))  # fmt: skip
    return ""


def save(home: Path, files: Iterable[Upload]) -> list[Path]:
    """Write the files into a new folder under the home; a name that comes twice is numbered. Returns their paths.

    Raises OSError when the disk does not take them; then none is left there.
    """
    clear_abandoned(home)
    folder = home / FOLDER / secrets.token_hex(8)
    folder.mkdir(parents=True)
    paths = []
    for file in files:
        path = _free(folder / safe_name(file.name))
        paths.append(path)
        try:
            path.write_bytes(file.getbuffer())
        except OSError:  # a full disk must not stay full of halves
            remove(paths)
            raise
    return paths


def _free(path: Path) -> Path:
    number, tried = 2, path
    while tried.exists():
        tried = path.with_stem(f"{path.stem} ({number})")
        number += 1
    return tried


def remove(paths: Iterable[Path]) -> None:
    """Remove the folders that the files stand in."""
    for folder in {path.parent for path in paths}:
        if folder.parent.name == FOLDER:
            shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(home: Path) -> None:
    """Remove folders that nobody touched for a day."""
    for folder in (home / FOLDER).glob("*"):
        if folder.is_dir() and time.time() - folder.stat().st_mtime > _ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)
