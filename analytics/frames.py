"""What the domains ask of the frames that they are given."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def require(frame: pd.DataFrame, columns: Sequence[str], *, what: str) -> None:
    """Raise ValueError naming the columns that a frame lacks."""
    if missing := [column for column in columns if column not in frame.columns]:
        raise ValueError(f"{what}: the frame lacks {', '.join(missing)}")
