"""A selection: cards picked for a deck, in order, each with its view and a note; kept, shared and made anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

MOST = 40  # cards in one deck
_NOTE = "note"


@dataclass(frozen=True)
class Pick:
    """One card: its id in `dashboard.export.cards`, the options of its view as an address has them, and a note."""

    card: str
    options: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Selection:
    """Cards in the order in which they are shown. Without any the deck is the briefing."""

    title: str = ""
    picks: tuple[Pick, ...] = ()

    def to_text(self) -> str:
        """The picks as an address holds them: `sales.trend;sales.bridge!by=region!note=why`. The title is not in it."""
        return ";".join(
            "!".join([quote(pick.card, safe="."), *(f"{quote(k)}={quote(v, safe='')}" for k, v in _said(pick))])
            for pick in self.picks
        )

    @classmethod
    def from_text(cls, text: str) -> Selection:
        """The picks of an address. What is not a pick is left out: an address may be cut or mistyped."""
        picks = []
        for part in filter(None, text.split(";")):
            card, *rest = part.split("!")
            options = {unquote(key): unquote(value) for key, _equals, value in (item.partition("=") for item in rest)}
            note = options.pop(_NOTE, "")
            picks.append(Pick(unquote(card), {key: value for key, value in options.items() if value}, note))
        return cls("", tuple(picks[:MOST]))

    def to_body(self) -> dict[str, Any]:
        """Plain data for the ledger, an address or a report's file."""
        picks = [{"card": pick.card, "options": dict(pick.options), "note": pick.note} for pick in self.picks]
        return {"title": self.title, "picks": picks}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Selection:
        """The selection of plain data. Raises ValueError for what is none."""
        try:
            picks = tuple(
                Pick(str(pick["card"]), {str(k): str(v) for k, v in (pick.get("options") or {}).items()},
                     str(pick.get("note", "")))
                for pick in body.get("picks", [])
            )  # fmt: skip
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not a selection of cards: {error}") from None
        return cls(str(body.get("title", "")), picks)


def _said(pick: Pick) -> Iterator[tuple[str, str]]:
    yield from sorted(pick.options.items())
    if pick.note:
        yield _NOTE, pick.note
