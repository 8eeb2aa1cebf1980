"""What every question returns: frames with documented columns, and where the numbers come from."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from numbers import Real
from typing import Any, Literal

import pandas as pd

from data import measures
from data.company import Company
from data.scope import Period, Scope

Verdict = Literal["ok", "insufficient_evidence"]
TOP = 8  # rows of a frame and headline numbers that a notebook shows


@dataclass(frozen=True)
class Note:
    """Something the reader must know: a message of the catalogue with its values."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message.format(**self.values)


@dataclass(frozen=True)
class Answer:
    """A frozen answer. The first frame is the main one; `values` are its headline numbers."""

    question: str
    scope: Scope
    snapshot_id: str
    as_of: dt.date
    definitions: tuple[str, ...]
    frames: Mapping[str, pd.DataFrame]
    values: Mapping[str, Any] = field(default_factory=dict)
    compared: Period | None = None
    notes: tuple[Note, ...] = ()
    verdict: Verdict = "ok"

    def frame(self, name: str) -> pd.DataFrame:
        """A copy of the frame of that name. Raises KeyError."""
        return self.frames[name].copy()

    def _repr_html_(self) -> str:
        """How a notebook shows it: what was asked, what must be known, the first headline numbers, the top of the
        first frame, and which frames there are."""
        said = ", ".join(f"{key} = {value}" for key, value in self.scope.to_keys().items())
        notes = "".join(f"<li>{escape(str(note))}</li>" for note in self.notes)
        plain = [(key, value) for key, value in self.values.items() if isinstance(value, str | Real | dt.date)][:TOP]
        frame = next(iter(self.frames.values()), pd.DataFrame())
        sizes = ", ".join(f"{name} ({len(f)} × {f.shape[1]})" for name, f in self.frames.items())
        shown = [table.to_html(border=0, float_format=short, na_rep="–", **how) for table, how in (
            (pd.DataFrame([{key: short(value) for key, value in plain}]), {"index": False}),
            (frame.head(TOP), {"index": False}),
        ) if not table.empty]  # fmt: skip
        return f"<p><b>{self.question}</b> {escape(said)}</p><ul>{notes}</ul>{''.join(shown)}<p>{escape(sizes)}</p>"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON. `rows` repeats the main frame; money is rounded half up to the cent."""
        units = {m.id: m.unit for m in measures.MEASURES}
        frames = {name: _rows(frame, units) for name, frame in self.frames.items()}
        return {
            "question": self.question,
            "scope": self.scope.to_keys(),
            "viewer": self.scope.entitlement.viewer if self.scope.entitlement else None,
            "compared": str(self.compared) if self.compared else None,
            "snapshot": self.snapshot_id,
            "as_of": self.as_of.isoformat(),
            "verdict": self.verdict,
            "notes": [str(note) for note in self.notes],
            "definitions": list(self.definitions),
            "values": {key: _plain(value, _unit(key, {}, units)) for key, value in self.values.items()},
            "rows": next(iter(frames.values()), []),
            "frames": frames,
        }


def short(value: Any) -> str:
    """A value for the eye, in notebooks: money without cents, rates with four figures."""
    if not isinstance(value, float):
        return str(value)
    return "–" if math.isnan(value) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _rows(frame: pd.DataFrame, units: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {column: _plain(value, _unit(column, row, units)) for column, value in row.items()}
        for row in frame.to_dict("records")
    ]


_MONEY = ("value", "actual", "target", "last_year", "compared", "gap", "money", "total")  # where no measure is named
_DECIMALS = 6  # of rates and of whatever has no unit: noise of the machine is no information


def _unit(column: str, row: Mapping[Any, Any], units: Mapping[str, str]) -> str:
    """The unit of a column: that of the measure that its row is about, else by its name."""
    if column in (*_MONEY, "change", "target_change") and "measure" in row:
        return units.get(row["measure"], "")
    return units.get(column.removesuffix("_compared"), "money" if column in _MONEY else "")


def _plain(value: Any, unit: str) -> Any:
    """A value as JSON holds it: NaN -> null, dates -> ISO, money -> rounded to the cent, other numbers to _DECIMALS."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp | dt.date | dt.datetime):
        return value.date().isoformat() if isinstance(value, dt.datetime) else value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(inner, unit) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, unit) for inner in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if unit == "money":
            return cents(value)
        if unit == "count":
            return round(value)
        return round(value, _DECIMALS) + 0.0  # no negative zero
    return value


def cents(value: float) -> float:
    """Rounded half up to two decimals, as invoices are."""
    return float(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


Question = Callable[..., Answer]
QUESTIONS: dict[str, Question] = {}
HEADQUARTERS: set[str] = set()  # questions whose answers state headquarters' rules
READS: dict[str, tuple[str, ...]] = {}  # kinds of records that a question joins: its answer changes with them


def question(name: str, *, reads: tuple[str, ...] = (), headquarters: bool = False) -> Callable[[Question], Question]:
    """Register a question under the name that pages, notebooks, exports and the command line use.

    reads: the kinds of records (data.records) that the answer joins. headquarters: it states rules that headquarters
    keeps to itself (thresholds of enforcement, price bands, weights of scores and grades).
    """

    def register(function: Question) -> Question:
        QUESTIONS[name], READS[name] = function, reads
        if headquarters:
            HEADQUARTERS.add(name)
        return function

    return register


def answer(
    name: str,
    company: Company,
    scope: Scope,
    frames: Mapping[str, pd.DataFrame],
    *,
    definitions: tuple[str, ...],
    values: Mapping[str, Any] | None = None,
    compared: Period | None = None,
    notes: tuple[Note, ...] = (),
    verdict: Verdict = "ok",
) -> Answer:
    """An Answer stamped with the snapshot and the as-of day, each note once; its value `who` names what filters and
    rights leave."""
    notes = tuple(note for place, note in enumerate(notes) if note not in notes[:place])
    values = dict(values or {}) | {"who": _who(company, scope)}
    return Answer(name, scope, company.snapshot.id, scope.as_of, definitions, frames, values, compared, notes, verdict)


def _who(company: Company, scope: Scope) -> list[dict[str, str | None]]:
    """What filters and rights leave, by name: name and name_en of each chosen region, channel, category ... Where no
    place is chosen, those that the viewer is restricted to: what they sold is not what the company sold."""
    chosen: list[dict[str, str | None]] = []
    viewer, asked = scope.entitlement, dict(scope.filters)
    if viewer and not (scope.region or scope.dealer):
        asked |= {"region": viewer.regions, "dealer": viewer.dealers}
    if viewer and not scope.product:
        asked |= {"product": viewer.products}
    for grouping, ids in asked.items():
        if not ids:
            continue
        if grouping == "category":
            chosen += [{"name": id, "name_en": company.store.categories.get(id, id)} for id in ids]
            continue
        if viewer is not None:  # what is not the viewer's own keeps its name to itself
            ids = company.nameable(viewer, grouping, ids)
        names = company.store.names(grouping).reindex(list(ids))
        chosen += [
            {"name": str(name), "name_en": english if isinstance(english, str) else None}
            for name, english in names.itertuples(index=False, name=None)
        ]
    return chosen
