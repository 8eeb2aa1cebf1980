"""What was said on earlier days: results that outlive the snapshot in which they were computed, one file a day.

vintages/<name>/import/2026-06-30.parquet. A demo company keeps its own (demo-<snapshot>), so that what was said of one
company is never set beside another.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pandas as pd

from data.warehouse import Snapshot


class Vintages:
    """The kept results of one home, of the company that a snapshot is of."""

    def __init__(self, home: Path, snapshot: Snapshot) -> None:
        lineage = snapshot.origin if snapshot.origin == "import" else f"{snapshot.origin}-{snapshot.id}"
        self._root, self._lineage, self._day = home / "vintages", lineage, snapshot.as_of

    def keep(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a result as what was said on the last day of the data; a later one of the same day replaces it."""
        folder = self._root / name / self._lineage
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self._day}.parquet"
        aside = path.with_suffix(f".{os.getpid()}.part")
        frame.to_parquet(aside, index=False)
        os.replace(aside, path)

    def days(self, name: str) -> list[dt.date]:
        """The days of which something is kept, before that of the snapshot, oldest first."""
        found = (dt.date.fromisoformat(path.stem) for path in (self._root / name / self._lineage).glob("*.parquet"))
        return sorted(day for day in found if day < self._day)

    def read(self, name: str, day: dt.date) -> pd.DataFrame:
        """What was said on that day. Raises FileNotFoundError."""
        return pd.read_parquet(self._root / name / self._lineage / f"{day}.parquet")
