"""How large a workbook is once it is opened: known before it is, for a small file may claim any size.

The reader makes a full rectangle of cells down to the last one, so two cells, A1 and XFD1048576, would take half a
terabyte and end the whole process. Sheets of xlsx are text that can be searched; the other formats are opened in a
process of their own, which may fail alone (apart.py).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

UNPACKED_LIMIT = 400 * 2**20  # bytes: a workbook is read whole into memory
CELL_LIMIT = 40_000_000  # cells of the rectangle from A1 to the last cell

_CHUNK = 1 << 20
_OVERLAP = 64  # a reference cut in two by the end of a chunk stands whole in the next
# As nearly every program writes them: references of one letter and up to six digits need no closer look.
_FAR = re.compile(rb' r="(?:[A-Za-z]{2,}\d|[A-Za-z]?\d{7})')
_ODD = (b"='", b"= ", b" =", b"=\n", b"\nr=", b"\tr=")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,9})(\d{1,20})["']""")


class TooLarge(Exception):
    """A workbook is larger than this machine should open. The message says what, and what to do."""


def check(archive: zipfile.ZipFile) -> None:
    """Unpack every part and look at the sheets' references. What the archive says about its sizes is not believed.

    Raises TooLarge, zipfile.BadZipFile.
    """
    room = UNPACKED_LIMIT
    for member in archive.infolist():
        height = width = 1
        sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
        before = b""
        for chunk in _unpacked(archive, member, room):
            room -= len(chunk)
            if room < 0:
                raise TooLarge(f"holds more than {UNPACKED_LIMIT // 2**20} MB when unpacked; "
                               "save its sheets as csv instead")  # fmt: skip
            if sheet:
                joined = before + chunk
                if any(sign in joined for sign in _ODD) or _FAR.search(joined):
                    down, across = _reach(joined)
                    height, width = max(height, down), max(width, across)
                before = joined[-_OVERLAP:]
        if height * width > CELL_LIMIT:
            raise TooLarge(f"a sheet reaches down to row {height:,} and across to column {width:,}; delete the empty "
                           "rows and columns at its end, or save it as csv")  # fmt: skip


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> Iterator[bytes]:
    # else reading would stop where the archive says; well beyond the room, where the checksum is asked for
    member.file_size = room + 4 * _CHUNK
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _reach(text: bytes) -> tuple[int, int]:
    """The last row and the last column that references name."""
    height = width = 1
    for letters, digits in set(_REFERENCE.findall(text)):
        height = max(height, int(digits))
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        width = max(width, column)
    return height, width
