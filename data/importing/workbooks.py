"""Sheets of workbooks (xlsx, xls, xlsb, ods) as rows of cells."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import python_calamine

from data.importing.errors import ImportRefused

WORKBOOK_LIMIT = 400 * 2**20  # bytes unpacked: a workbook is read whole into memory


def read_workbook(path: Path, *, zipped: bool | None = None) -> dict[str, list[list[Any]]]:
    """Every sheet's rows, from its first row on. Raises ImportRefused for a broken or an oversized workbook."""
    zipped = zipfile.is_zipfile(path) if zipped is None else zipped
    if zipped:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError):
            raise ImportRefused(
                f"{path.name}: a damaged workbook (or zip archive); save it again as xlsx or csv"
            ) from None
        if not any(m.filename.startswith(("xl/", "content.xml")) for m in members):
            raise ImportRefused(f"{path.name}: a zip archive, not a workbook; unpack it and give its files")
        if sum(m.file_size for m in members) > WORKBOOK_LIMIT:
            limit = WORKBOOK_LIMIT // 2**20
            raise ImportRefused(
                f"{path.name}: holds more than {limit} MB when unpacked; save its sheets as csv instead"
            )
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
    except (python_calamine.CalamineError, ValueError, OverflowError) as error:
        raise ImportRefused(
            f"{path.name}: cannot be read as a workbook ({error}); save it again as xlsx or csv"
        ) from None


def cell_text(cell: Any) -> str:
    """A cell as the text that a csv would hold: ISO dates, plain numbers."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e18 else repr(cell)
    return str(cell)
