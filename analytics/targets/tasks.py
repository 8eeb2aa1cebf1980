"""Tasks: is the load of the sales people shared evenly?"""

from __future__ import annotations

import pandas as pd

from analytics.frames import require

WIDTH = 0.20  # a task within ±20 % of the average one is usual [practice of Chinese channel management]


def task_band(tasks: pd.DataFrame, width: float = WIDTH) -> pd.DataFrame:
    """Set each task beside the average task.

    tasks: one row a person, column `task` (money; rows without a task or with none to do are left out).
    width: half the band as a fraction of the average, 0 or more. Returned: the rows with `average`, `low`, `high`
    (the band, both ends inside), `of_average` (task / average) and `side` (`below`, `within`, `above`), furthest from
    the average first; the index of the input stays. Raises ValueError for a missing column or a negative width.
    Worked example: 50,000,000 shared by 20 people is 2,500,000 each; ±20 % reaches from 2.0 to 3.0 million.
    """
    require(tasks, ("task",), what="task_band")
    if width < 0:
        raise ValueError(f"width: {width} is negative")
    given = tasks[tasks["task"].notna() & (tasks["task"] > 0)].copy()
    given["average"] = average = given["task"].mean()
    given["low"], given["high"] = average * (1 - width), average * (1 + width)
    given["of_average"] = given["task"] / average
    off = given["of_average"] - 1
    slack = 1e-9  # the ends belong to the band, whatever the arithmetic makes of them
    given["side"] = off.map(lambda o: "below" if o < -width - slack else "above" if o > width + slack else "within")
    return given.loc[off.abs().sort_values(ascending=False, kind="stable").index]
