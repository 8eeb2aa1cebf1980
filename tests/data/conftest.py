"""The tables of the small demo company as plain pandas frames: the other side of every comparison."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from data.company import Company


@pytest.fixture(scope="session")
def table(company: Company) -> Callable[[str], pd.DataFrame]:
    """Whole tables, money as float, ids as text."""
    read: dict[str, pd.DataFrame] = {}

    def whole(name: str) -> pd.DataFrame:
        if name not in read:
            frame = company.store._unscoped(f"SELECT * FROM {name}")
            for column in frame.columns:
                if isinstance(frame[column].dtype, pd.CategoricalDtype):
                    frame[column] = frame[column].astype(object)
            read[name] = frame
        return read[name]

    return whole
