"""A home in a temporary folder, files to import, and questions to what was published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data.importing import ImportReport, Mapping, import_files
from data.settings import Settings
from data.warehouse import Warehouse


class Home:
    """One warehouse with the folder its files come from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "files"
        self.folder.mkdir()
        self.warehouse = Warehouse(folder / "home", Settings())

    def file(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_bytes(text.encode(encoding))
        return path

    def load(self, *paths: Path, mapping: Mapping | str | None = None, **options: Any) -> ImportReport:
        chosen = Mapping.parse(mapping) if isinstance(mapping, str) else mapping
        report = import_files(self.warehouse, paths, chosen, **options)
        if report.snapshot is not None:
            self.check_counts()
        return report

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        snapshot = self.warehouse.current()
        assert snapshot is not None
        with duckdb.connect(str(snapshot.database), read_only=True) as con:
            return con.execute(sql).fetchall()

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def check_counts(self) -> None:
        """Rows in = accepted + quarantined, and what is quarantined stands in the quarantine."""
        wrong = self.rows(
            """SELECT file_name FROM import_file f WHERE rows_in <> accepted + quarantined
            OR quarantined <> (SELECT count(*) FROM quarantine q WHERE q.file_id = f.file_id)"""
        )
        assert not wrong


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


SALES = "line_id,document_id,order_date,dealer_id,product_id,quantity,net_amount\n"


@pytest.fixture
def sales(home: Home) -> Callable[..., Path]:
    """A file of sales lines under the schema's own headers; each line is given as its fields."""

    def write(*lines: str, name: str = "fact_sales.csv") -> Path:
        return home.file(name, SALES + "".join(line + "\n" for line in lines))

    return write
