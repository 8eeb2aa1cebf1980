"""What charts read from the rows of a frame: figures, ids, differences, and names cut to the room there is."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from math import floor, isfinite, log10
from typing import Any

import pandas as pd

from dashboard import formats
from dashboard.i18n import Lang


def number(value: Any) -> float | None:
    """Return a plain float, None where the value is missing or infinite."""
    return float(value) if value is not None and not pd.isna(value) and isfinite(value) else None


def numbers(frame: pd.DataFrame, column: str) -> list[float | None]:
    """Return a column as plain floats, None where it is missing, infinite or not there at all."""
    return [number(value) for value in frame[column].tolist()] if column in frame else [None] * len(frame)


def safe(text: Any) -> str:
    """Return a text that plotly shows as it is, rather than read its angle brackets as tags."""
    return escape(str(text), quote=False)


def ids(frame: pd.DataFrame, fallback: str) -> list[Any]:
    """Return what a click hands back for each row: the column `id`, else the column `fallback`; a day as 2026-06-30."""
    values = frame["id" if "id" in frame else fallback].tolist()
    return [pd.Timestamp(value).date().isoformat() if isinstance(value, dt.date) else value for value in values]


def known(values: Iterable[float | None]) -> list[float]:
    """Return the values that are there."""
    return [value for value in values if value is not None]


def difference(value: float | None, base: float | None) -> float | None:
    """Return value − base, None when one is missing."""
    return None if value is None or base is None else value - base


def relative(value: float | None, base: float | None) -> float | None:
    """Return value / base − 1, None when one is missing or the base is not positive: its share says nothing."""
    return None if value is None or base is None or base <= 0 else value / base - 1


def percent(value: float | None, places: int = 1) -> str:
    """Return a relative change for a pin, without the percent sign, which its head carries: −11.0, >+999."""
    if value is None:
        return formats.MISSING
    if value > 9.99:
        return ">+999"
    return formats.number(value * 100, places if abs(value) < 0.9995 else 0, signed=True)


def width(text: str) -> int:
    """Return the width of a text in half-width characters: a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def shortened(text: str, limit: int) -> str:
    """Cut a text to `limit` half-width characters, the ellipsis included; safe to show."""
    return safe(cut(text, limit))


def folded(text: str, limit: int) -> str:
    """Return a name on at most two lines of `limit` half-width characters, safe to show.

    The lines break at a space or between Chinese characters; a single Latin word is cut rather than broken.
    """
    if width(text) <= limit:
        return safe(text)
    words = text.split(" ")
    for at in range(len(words) - 1, 0, -1):
        head, tail = " ".join(words[:at]), " ".join(words[at:])
        if width(head) <= limit:
            return f"{safe(head)}<br>{shortened(tail, limit)}"
    head = cut(text, limit + 1).removesuffix("…")
    if head.isascii():
        return shortened(text, limit)
    tail = shortened(text[len(head) :], limit)
    return f"{safe(head)}<br>{tail}" if tail else safe(head)


def names_axis(names: Sequence[str], limit: int, colour: str, *, two_lines: bool = False) -> dict[str, Any]:
    """Return the vertical axis of rows from top to bottom with their names, each cut to `limit` half-width characters
    or, where wanted, folded on two lines of them."""
    fit = folded if two_lines else shortened
    return {
        "range": [len(names) - 0.4, -0.6], "automargin": True, "ticklabelstandoff": 6,
        "tickvals": list(range(len(names))), "ticktext": [fit(name, limit) for name in names],
        "tickfont": {"size": 12, "color": colour},
    }  # fmt: skip


def month_ticks(days: Iterable[dt.date], lang: Lang, most: int) -> dict[str, Any]:
    """Return the words below periods that stand side by side: months, at most `most`, the year below the first of each.

    Where there are more months, quarters, half-years or years are named by their first month; quarters are Q1 to Q4.
    """
    days = [pd.Timestamp(day) for day in days]
    n = len(days)
    apart = (days[-1] - days[0]).days / (n - 1) if n > 1 else 30
    months = [i for i in range(n) if not i or (days[i].year, days[i].month) != (days[i - 1].year, days[i - 1].month)]
    if apart < 20 and days[0].day > 7 and len(months) > 1:
        del months[0]  # weeks that begin within a month: its name would stand too near to the next one
    if n <= most and apart >= 20:
        months = list(range(n))
    places = months
    for firsts in ((1, 4, 7, 10), (1, 7), (1,)):
        if len(places) > most:
            places = [i for i in months if days[i].month in firsts]
    if len(places) > most or not places:
        places = months[:: -(-len(months) // most)] if months else []
    years = len({day.year for day in days}) > 1
    texts, last = [], None
    for i in places:
        quarter = 80 < apart < 100 and days[i].month % 3 == 1
        name = f"Q{days[i].month // 3 + 1}" if quarter else formats.month(days[i], lang=lang)
        texts.append(name + (f"<br>{days[i].year}" if years and days[i].year != last else ""))
        last = days[i].year
    return {"tickvals": places, "ticktext": texts}


def round_ticks(most: float, unit: formats.Unit) -> dict[str, Any]:
    """Return the figures of an axis from zero: at most five, in round steps, in the unit."""
    power = 10.0 ** floor(log10(most)) if most > 0 else 1.0
    step = next(step for step in (power * part for part in (0.2, 0.5, 1, 2, 5)) if most / step <= 5)
    values = [k * step for k in range(int(most / step) + 1)]
    size = step / unit.scale
    places = next((n for n in range(3) if abs(size * 10**n - round(size * 10**n)) < 1e-9), 3)
    return {"tickvals": values, "ticktext": [formats.number(value / unit.scale, places) for value in values]}


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` half-width characters, the ellipsis included, as it is: for what is no page."""
    if width(text) <= limit:
        return text
    kept, used = "", 0
    for char in text:
        used += width(char)
        if used > limit - 1:
            break
        kept += char
    return kept.rstrip() + "…"
