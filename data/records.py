"""What people may write into the ledger: each kind of record once, with its fields and what makes one valid.

A record is about a subject: `dealer:D0412`, `region:CN-GD|2026-06` ... The newest entry of a subject stands; the ones
before are its history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from data.ledger import Entry
from data.words import N_

FieldKind = Literal["text", "long", "address", "date", "money", "person", "choice", "region", "dealer", "product"]
LONGEST = {"text": 200, "long": 2000, "address": 30_000}


# what a form says when the ledger does not take writes (data.ledger.LedgerUnavailable)
NOT_KEPT = N_("It could not be saved just now, and what you wrote still stands here: try again in a moment.")


class RecordError(ValueError):
    """A record that cannot be kept: `field` is at fault; the message is one of the catalogue, with `label`."""

    def __init__(self, field: str, message: str, **values: Any) -> None:
        super().__init__(message.format(**values))
        self.field, self.message, self.values = field, message, values


@dataclass(frozen=True)
class Field:
    """One thing to fill in. `choices`: value -> word shown."""

    name: str
    label: str
    kind: FieldKind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    shown: bool = True  # to readers of the history; not: kept by the page for its own use


@dataclass(frozen=True)
class Kind:
    """A kind of record and its fields, in the order of the form."""

    id: str
    label: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field of that name. Raises KeyError."""
        return {f.name: f for f in self.fields}[name]


STATES = (("taken", N_("Taken on")), ("done", N_("Done")), ("dismissed", N_("Dismissed")))
APPEALED = (("tier", N_("Tier")), ("score", N_("Score")), ("grade", N_("Credit grade")), ("segment", N_("Segment")))
APPEAL_STATES = (("open", N_("Open")), ("accepted", N_("Accepted")), ("refused", N_("Refused")))
GRADES = (("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"))  # the same in every language
GRADE_STATES = (("applied", N_("Applied for")), ("verified", N_("Verified")), ("refused", N_("Refused")))
DECISIONS = (("repeat", N_("Repeat")), ("change", N_("Repeat with changes")), ("stop", N_("Stop")))

KINDS: tuple[Kind, ...] = (
    Kind("collection_action", N_("Collection action"), (
        Field("owner", N_("Owner"), "person"),
        Field("next_step", N_("Next step"), required=True),
        Field("due", N_("Due"), "date"),
        Field("result", N_("Result")),
    )),
    Kind("variance_note", N_("Variance note"), (
        Field("size", N_("Size of the variance"), "money"),
        Field("way", N_("Way to close it"), "long", required=True),
        Field("cost", N_("Cost"), "money"),
        Field("owner", N_("Owner"), "person"),
        Field("due", N_("Due"), "date"),
    )),
    Kind("potential", N_("Potential"), (
        Field("amount", N_("Potential"), "money", required=True),
        Field("source", N_("Source")),
    )),
    Kind("territory_exception", N_("Permission to sell outside the territory"), (
        Field("dealer_id", N_("Dealer"), "dealer", required=True),
        Field("region_id", N_("Region where the sale is allowed"), "region", required=True),
        Field("notified_date", N_("Notified on"), "date", required=True),
        Field("agreed_by_id", N_("Agreed by (local dealer)"), "dealer"),
        Field("valid_from", N_("Valid from"), "date", required=True),
        Field("valid_to", N_("Valid to"), "date", required=True),
        Field("note", N_("Note"), "long"),
    )),
    Kind("price_exception", N_("Permission to leave the price band"), (
        Field("dealer_id", N_("Dealer"), "dealer", required=True),
        Field("product_id", N_("Product (empty: all)"), "product"),
        Field("approved_by", N_("Approved by"), "person", required=True),
        Field("valid_from", N_("Valid from"), "date", required=True),
        Field("valid_to", N_("Valid to"), "date", required=True),
        Field("note", N_("Note"), "long"),
    )),
    Kind("forecast_override", N_("Change of a forecast"), (
        Field("amount", N_("New number"), "money", required=True),
        Field("reason", N_("Reason"), "long", required=True),
        Field("model", N_("Model"), "money"),
        Field("before", N_("Before the change"), "money"),
        Field("data_to", N_("Data to"), "date"),
    )),
    Kind("dealer_note", N_("Note"), (Field("text", N_("Note"), "long", required=True),)),
    Kind("action", N_("Action"), (
        Field("state", N_("State"), "choice", required=True, choices=STATES),
        Field("owner", N_("Owner"), "person"),
        Field("due", N_("Due"), "date"),
        Field("reason", N_("Reason"), "long"),
        Field("money", N_("Money at stake"), "money"),
        Field("data_to", N_("Data to"), "date"),
        Field("view", N_("View"), shown=False),
    )),
    Kind("dealer_appeal", N_("Appeal of a dealer"), (
        Field("about", N_("About"), "choice", required=True, choices=APPEALED),
        Field("text", N_("What is objected to"), "long", required=True),
        Field("state", N_("State"), "choice", required=True, choices=APPEAL_STATES),
        Field("answer", N_("Answer"), "long"),
    )),
    Kind("grade_change", N_("Change of a credit grade"), (
        Field("grade", N_("New credit grade"), "choice", required=True, choices=GRADES),
        Field("reason", N_("Reason"), "long", required=True),
        Field("known_on", N_("Reason known on"), "date", required=True),
        Field("state", N_("State"), "choice", required=True, choices=GRADE_STATES),
        Field("result", N_("Result"), "long"),
    )),
    Kind("promotion_evaluation", N_("Evaluation of a promotion"), (
        Field("decision", N_("Decision"), "choice", required=True, choices=DECISIONS),
        Field("conclusion", N_("Conclusion"), "long", required=True),
        Field("note", N_("Note"), "long"),
    )),
    Kind("budget_plan", N_("Budget plan"), (
        Field("name", N_("Name"), required=True),
        Field("plan", N_("Plan"), "address", required=True, shown=False),
        Field("total", N_("Budget a year"), "money"),
        Field("gain", N_("Expected gain"), "money"),
        Field("data_to", N_("Data to"), "date"),
    )),
)  # fmt: skip
MOST_TIMES = 100  # times the forecast, above which a new number is taken for a slip of the finger ...
UNSEEN = 1e6  # ... or times this, for what has sold little or nothing yet
BY_ID: dict[str, Kind] = {kind.id: kind for kind in KINDS}


def about(kind: str, subject: str) -> tuple[str, str]:
    """Whom a record is about: `dealer:D0412` -> (dealer, D0412), `region:CN-GD|2026-06` -> (region, CN-GD).

    The subject of an action begins with the kind of exception: `drop:dealer:D0412`.
    """
    thing = subject.partition(":")[2] if kind == "action" else subject
    what, _, id = thing.partition("|")[0].partition(":")
    return what, id


def checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A record as the ledger keeps it: blanks left out, dates as ISO text. Raises RecordError, KeyError."""
    fields = BY_ID[kind].fields
    if unknown := set(given) - {f.name for f in fields}:
        raise KeyError(f"{kind} has no field {', '.join(sorted(unknown))}")
    body = {f.name: value for f in fields if (value := _value(f, given.get(f.name))) is not None}
    if kind == "action" and body["state"] == "dismissed" and "reason" not in body:
        raise RecordError("reason", N_("Say why it is dismissed."))
    if kind in ("territory_exception", "price_exception") and body["valid_to"] < body["valid_from"]:
        raise RecordError("valid_to", N_("The last day lies before the first."))
    if kind == "forecast_override" and not 0 <= body["amount"] < float("inf"):
        raise RecordError("amount", N_("A forecast is an amount of zero or more."))
    if kind == "forecast_override" and body["amount"] > MOST_TIMES * max(
        body.get("model", 0.0), body.get("before", 0.0), UNSEEN
    ):
        raise RecordError("amount", N_("That is more than a hundred times the forecast: a zero too many?"))
    if kind == "potential" and not 0 <= body["amount"] < float("inf"):
        raise RecordError("amount", N_("A potential is an amount of zero or more."))
    return body


def _value(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "" or value is pd.NaT or (isinstance(value, float) and value != value):
        if field.required:
            raise RecordError(field.name, N_("{label} is needed."), label=field.label)
        return None
    if field.kind == "date":
        try:
            return (value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])).isoformat()[:10]
        except ValueError:
            raise RecordError(field.name, N_("{label} is not a date: write 2026-06-30."), label=field.label) from None
    if field.kind == "money":
        try:
            return float(value)
        except (TypeError, ValueError):
            raise RecordError(field.name, N_("{label} is not a number."), label=field.label) from None
    if field.kind == "choice" and value not in dict(field.choices):
        raise RecordError(field.name, N_("{label} is needed."), label=field.label)
    if len(str(value)) > LONGEST.get(field.kind, 200):
        raise RecordError(field.name, N_("{label} is too long."), label=field.label)
    return str(value)


def frame(kind: str, entries: Iterable[Entry]) -> pd.DataFrame:
    """Entries as rows: subject, at, who, then the fields of the kind (missing = None)."""
    names = [f.name for f in BY_ID[kind].fields]
    rows = [[e.subject, e.at, e.who, *(e.body.get(name) for name in names)] for e in entries]
    return pd.DataFrame(rows, columns=["subject", "at", "who", *names], dtype="object")
