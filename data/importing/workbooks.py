"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of cells."""

from __future__ import annotations

import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import python_calamine

from data.importing import apart, extents
from data.importing.errors import ImportRefused


def read_workbook(path: Path, *, zipped: bool | None = None) -> dict[str, list[list[Any]]]:
    """Every sheet's rows, from its first row on. Raises ImportRefused for a broken or an oversized workbook."""
    zipped = zipfile.is_zipfile(path) if zipped is None else zipped
    looks = path.stat()
    if zipped and _searchable(path, looks.st_mtime_ns, looks.st_size):
        return cells(path)
    try:
        told: dict[str, list[list[Any]]] | str = apart.read(path)
    except apart.Failed:
        raise ImportRefused(f"{path.name}: too large to be opened; save its sheets as xlsx or csv") from None
    if isinstance(told, str):
        raise ImportRefused(told)
    return told


@lru_cache(maxsize=32)
def _searchable(path: Path, _changed: int, _bytes: int) -> bool:
    """An xlsx workbook whose size was looked at. False: another format, whose size cannot be told."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if not any(name.startswith(("xl/", "content.xml")) for name in names):
                raise ImportRefused(f"{path.name}: a zip archive, not a workbook; unpack it and give its files")
            extents.check(archive)
    except extents.TooLarge as error:
        raise ImportRefused(f"{path.name}: {error}") from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError):
        raise ImportRefused(f"{path.name}: a damaged workbook (or zip archive); save it again as xlsx or csv") from None
    return "xl/workbook.xml" in names


def cells(path: Path) -> dict[str, list[list[Any]]]:
    """Every sheet's rows, as the reader gives them. Raises ImportRefused for a broken workbook."""
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = {}
        for name in workbook.sheet_names:
            try:
                sheets[name] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            except python_calamine.CalamineError:
                continue  # a chart sheet holds no cells
        return sheets
    except python_calamine.PasswordError:
        raise ImportRefused(f"{path.name}: protected by a password; save it without one") from None
    except (python_calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        said = " ".join(str(error).split())[:160]
        raise ImportRefused(
            f"{path.name}: cannot be read as a workbook ({said}); save it again as xlsx or csv"
        ) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own mistake, which it calls no Exception
            raise
        raise ImportRefused(f"{path.name}: cannot be read as a workbook; save it again as xlsx or csv") from None


def cell_text(cell: Any) -> str:
    """A cell as the text that a csv would hold: ISO dates, plain numbers."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    return str(cell)
