"""Small warehouses written row by row, for worked examples."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from data.company import Company
from data.settings import Settings
from data.warehouse import Warehouse


def small_company(home: Path, tables: dict[str, list[dict[str, Any]]], today: dt.date = dt.date(2030, 1, 1)) -> Company:
    """A published company with exactly these rows."""
    with Warehouse(home, Settings()).build("import") as build:
        for name, rows in tables.items():
            for row in rows:
                marks = ", ".join("?" for _ in row)
                build.connection.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        build.publish(today=today)
    return Company.open(home)
