"""What all sketches share: values in the unit of the chart, number formats, looks of verdicts, names of periods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.charts import rows
from dashboard.charts.style import Direction
from dashboard.export.sketch import Look, Series
from dashboard.formats import Kind, Unit, choose_unit
from dashboard.i18n import language, ngettext

MOST = 16  # rows of a chart; the table has all
NAME_WIDTH = 28  # half-width characters of a category
ROOM = 0.3  # of the longest bar, for the words beyond a stack

Values = list[float | None]


@dataclass(frozen=True)
class Scale:
    """The unit of a chart: `factor` plain units, its words, and the number formats of its values.

    Rates stay fractions under a percent format, as office programs keep them.
    """

    factor: float
    unit: str
    number: str
    signed: str

    def of(self, values: Iterable[float | None]) -> tuple[float | None, ...]:
        return tuple(None if value is None else value / self.factor for value in values)

    def one(self, value: float | None) -> float:
        return (value or 0.0) / self.factor


def scale(unit: Unit | None, values: Iterable[Any], kind: Kind = "money") -> Scale:
    """The scale of a chart's unit, chosen from its values as the chart does where none is given."""
    unit = unit or choose_unit(values, kind)
    percent = unit.symbol == "%"
    number = number_format(unit.decimals, "%" if percent else "")
    signed = number_format(unit.decimals, "%" if percent else "", signed=True)
    return Scale(1.0 if percent else unit.scale, formats.unit_name(unit), number, signed)


def number_format(decimals: int, after: str = "", *, signed: bool = False) -> str:
    """An Excel format with the minus sign of the pages."""
    plain = "#,##0" + ("." + "0" * decimals if decimals else "") + after
    if signed:
        return f'+{plain};"{formats.MINUS}"{plain};"±"{plain}'
    return f'{plain};"{formats.MINUS}"{plain}'


def names(frame: pd.DataFrame, column: str = "label") -> tuple[str, ...]:
    """The names of rows, cut to the room there is."""
    return tuple(rows.cut(str(label), NAME_WIDTH) for label in frame[column])


def first(frame: pd.DataFrame, most: int = MOST) -> tuple[pd.DataFrame, str]:
    """The rows that a chart has room for, and words for those it leaves to the table."""
    rest = len(frame) - most
    if rest <= 0:
        return frame, ""
    return frame.head(most), ngettext("{n} more in the table", "{n} more in the table", rest)


def judged(difference: float | None, direction: Direction | int) -> Look:
    """The look of a variance."""
    if not difference or not direction:
        return "neutral"
    return "good" if difference * direction > 0 else "bad"


def beyond(ends: Sequence[float | None], words: Sequence[str]) -> Series:
    """Words beyond bars that stand at one place: an unseen bar that reaches to where they begin."""
    shown = tuple(None if end is None else end for end in ends)
    return Series("", shown, "hidden", labels=tuple(words))


def after(high: Sequence[float], words: Sequence[str], low: Sequence[float] = (), back: Sequence[bool] = ()) -> Series:
    """Words beyond the ends of stacks: an unseen bar that gives them room, at the left where `back` is set."""
    room = ROOM * ((max([0.0, *high, *low]) - min([0.0, *high, *low])) or 1.0)
    left = back or [False] * len(high)
    return Series("", tuple(-room if turned else room for turned in left), "hidden", labels=tuple(words))


def periods(days: Iterable[dt.date]) -> tuple[str, ...]:
    """Names of periods that follow each other: months, weeks by their first day, quarters; the year below the first
    of each where there are several."""
    stamps = [pd.Timestamp(day) for day in days]
    apart = (stamps[-1] - stamps[0]).days / (len(stamps) - 1) if len(stamps) > 1 else 30
    years, told, last = len({day.year for day in stamps}) > 1, [], None
    for day in stamps:
        if apart < 20:
            name = formats.short_date(day)
        elif 80 < apart < 100 and day.month % 3 == 1:
            name = f"Q{day.month // 3 + 1}"
        else:
            name = formats.month(day)
        told.append(f"{name}\n{day.year}" if years and day.year != last else name)
        last = day.year
    return tuple(told)


def ends(low: Values, high: Values, value: Values) -> Values:
    """Where words begin beyond bars with whiskers: at the far end on the side of the bar."""
    far: Values = []
    for a, b, v in zip(low, high, value, strict=True):
        there = rows.known([a, b, v])
        far.append(None if not there else max(there) if (v or 0.0) >= 0 else min(there))
    return far


def joined(*words: str) -> str:
    """Figures of one label."""
    return " · ".join(word for word in words if word)


def bracketed(word: str, inside: str) -> str:
    """A figure with another one in brackets behind it."""
    if not inside:
        return word
    return f"{word}（{inside}）" if language() == "zh" else f"{word} ({inside})"
