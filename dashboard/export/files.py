"""Files that leave: one function for pages, `qudao export` and `qudao report`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from dashboard.export.deck import Progress
from dashboard.export.desk import Desk
from dashboard.export.selection import Selection

Kind = Literal["pptx", "pdf", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class File:
    """A finished file. `name` is safe on every system."""

    name: str
    media: str
    data: bytes


def render(kind: Kind, desk: Desk, selection: Selection | None = None, *, progress: Progress | None = None) -> File:
    """The briefing, or the cards of a selection, in the current language.

    progress: called with (what, done, of how many); what it raises stops the work.
    """
    raise NotImplementedError
