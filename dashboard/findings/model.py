"""Finding: the content of one card, whatever shows it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.questions import Answer, Note
from dashboard import formats
from dashboard.charts.config import filename
from dashboard.charts.style import Style
from dashboard.i18n import _, language
from data.measures import Unit

if TYPE_CHECKING:
    import plotly.graph_objects as go

LIMITS = {"en": 95, "zh": 44}  # characters of a card title
PAGE_LIMITS = {"en": 80, "zh": 36}


@dataclass(frozen=True)
class Column:
    """A column of the table behind a chart: its name in the frame, the word shown, how its values read."""

    name: str
    label: str
    kind: Unit | None = None  # None: words or dates


@dataclass(frozen=True)
class Finding:
    """Title (the finding), subtitle (who, what, unit, when), the chart and the table it was drawn from.

    `figure` draws the chart for a style; None where the table is all.
    `note`: one line below the chart. `definitions` are metric ids. `empty`: why there are no rows, where that is known.
    """

    key: str
    title: str
    subtitle: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    answer: Answer
    figure: Callable[[Style], go.Figure] | None = None
    note: Callable[[Style], str] | None = None
    definitions: tuple[str, ...] = ()
    empty: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """The frame with the columns that are shown, in order, under their labels."""
        return self.frame[[c.name for c in self.columns]].set_axis([c.label for c in self.columns], axis=1)

    @property
    def file_name(self) -> str:
        """Name for an exported file, without its ending: finding, scope and as-of day."""
        keys = self.answer.scope.to_keys()
        scope = " ".join(text for key, text in keys.items() if key not in ("compare", "as_of"))
        return filename(self.title, scope, keys["as_of"])


def titled(*clauses: str, page: bool = False) -> str:
    """Clauses joined to one title; the last ones are left out where they would make it too long."""
    limit = (PAGE_LIMITS if page else LIMITS)[language()]
    between = "；" if language() == "zh" else "; "
    kept = [clause for clause in clauses if clause]
    while len(kept) > 1 and length(between.join(kept)) > limit:
        kept.pop()
    return between.join(kept)


def length(text: str) -> float:
    """Length of a title: in Chinese, two digits or Latin letters take the room of one character."""
    if language() == "en":
        return len(text)
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.5 for char in text)


def subtitle(*parts: str) -> str:
    """Parts of a subtitle joined the IBCS way."""
    return " · ".join(part for part in parts if part)


def who(answer: Answer, most: int = 3) -> str:
    """Whom an answer is about, when it is not the whole company: the names that its filters leave."""
    chosen = answer.values.get("who") or []
    english = language() == "en"
    names = [str((item["name_en"] if english else None) or item["name"]) for item in chosen]
    text = (", " if english else "、").join(names[:most])
    return text + (f" +{len(names) - most}" if len(names) > most else "")


def note(item: Note) -> str:
    """A note of an answer in the reader's language."""
    values = {key: formats.date(value) if hasattr(value, "isoformat") else value for key, value in item.values.items()}
    return _(item.message, **values)


def period_words(answer: Answer, *, short: bool = False) -> str:
    period = answer.scope.period
    return formats.period(period.start, period.end, short=short)


def columns(*specs: tuple[Any, ...]) -> tuple[Column, ...]:
    """Columns from (name, label) or (name, label, kind)."""
    return tuple(Column(*spec) for spec in specs)


def against_words(answer: Answer) -> str:
    """What "compared" means in this scope, for a sentence."""
    return {
        "last_year": _("last year"),
        "previous": _("the period before"),
        "selling_days": _("last year, same selling days"),
        "lunar": _("last year, by Spring Festival"),
        "target": _("target"),
    }[answer.scope.compare]
