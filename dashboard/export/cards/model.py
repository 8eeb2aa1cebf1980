"""Card and page: what an entry of the registry holds, and what a card raises that cannot be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from analytics.questions import Answer
from dashboard.export.desk import Desk
from dashboard.findings import Finding
from dashboard.findings.model import note
from dashboard.i18n import Lazy, _
from dashboard.options import Given

Make = Callable[[Desk, Given], Finding]


class CardError(ValueError):
    """A card or an option that is not known. The message says which."""


class Missing(Exception):
    """The card cannot be made of these data, or for this scope. The message tells the reader why, in their language."""


@dataclass(frozen=True)
class Card:
    """One chart, table or list of a page.

    view: of the page (its `show`), empty on a page without views; also: other views that show the same card.
    key: of its finding, or what that begins with. label: a short name to pick it by. reads: options that change it.
    empty: why there may be no rows. name: what its id ends in where two cards of a page share a key.
    """

    view: str
    key: str
    label: Lazy
    make: Make
    reads: tuple[str, ...] = ()
    empty: Lazy | None = None
    also: tuple[str, ...] = ()
    name: str = ""
    page: str = ""  # set by its page

    @property
    def id(self) -> str:
        """`sales.trend`: what a saved pick holds."""
        return f"{self.page}.{self.name or self.key}"

    def fits(self, key: str) -> bool:
        """The finding with that key can be this card's."""
        return key == self.key or key.startswith(f"{self.key}_")


def nothing(_desk: Desk) -> None:
    """What a page needs that can always be shown."""


@dataclass(frozen=True)
class Page:
    """The cards of a page in the order in which it shows them.

    needs: raises Missing where the page has nothing to show. one_dealer: the page is about the one dealer of the scope.
    """

    name: str
    label: Lazy
    cards: tuple[Card, ...]
    needs: Callable[[Desk], None] = nothing
    one_dealer: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "cards", tuple(replace(card, page=self.name) for card in self.cards))

    @property
    def views(self) -> tuple[str, ...]:
        """Its views, the first opens."""
        return tuple(dict.fromkeys(card.view for card in self.cards))


def told(answer: Answer) -> Answer:
    """The answer, where it tells something. Raises Missing with the reason that it gives."""
    if answer.verdict != "ok":
        raise Missing(why(answer))
    return answer


def why(answer: Answer) -> str:
    """Why an answer tells nothing: its last note."""
    return note(answer.notes[-1]) if answer.notes else _("There are no rows for these filters.")
