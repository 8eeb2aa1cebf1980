"""Files that leave: one function for pages, `qudao export` and `qudao report`. Writers are imported when needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from dashboard.charts.config import filename
from dashboard.export.deck import Deck, Progress, Slide, footer, slide
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick, Selection
from dashboard.i18n import _, lazy
from data.company import NotEntitled
from data.scope import ScopeError

Kind = Literal["pptx", "pdf", "xlsx"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_OFFICE = "application/vnd.openxmlformats-officedocument."
FORMS = {"dealer": lazy("Dealer card"), "aging": lazy("Aging form")}
MEDIA: dict[Kind, str] = {
    "pptx": f"{_OFFICE}presentationml.presentation", "xlsx": f"{_OFFICE}spreadsheetml.sheet", "pdf": "application/pdf",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A finished file. `name` is safe on every system."""

    name: str
    media: str
    data: bytes


def render(kind: Kind, desk: Desk, selection: Selection | None = None, *, progress: Progress | None = None) -> File:
    """The briefing, or the cards of a selection, in the current language.

    progress: called with (what, done, of how many); what it raises stops the work. Raises TemplateError.
    """
    return write(kind, desk, assembled(desk, selection, progress), progress=progress)


def assembled(desk: Desk, selection: Selection | None = None, progress: Progress | None = None) -> Deck:
    """The slides, with the questions asked."""
    if selection is None or not selection.picks:
        from dashboard.export import briefing

        return briefing.deck(desk, progress=progress)
    slides = []
    for at, pick in enumerate(selection.picks):
        if progress:
            progress(_("Asking"), at, len(selection.picks))
        slides.append(picked(desk, pick))
    return Deck(selection.title or slides[0].title, tuple(slides))


def picked(desk: Desk, pick: Pick) -> Slide:
    """A picked card as a slide; what cannot be told says why."""
    from dashboard.export import cards

    known = cards.CARDS.get(pick.card)
    name = str(known.label) if known else pick.card
    try:
        return slide(desk, cards.card(desk, pick), note=pick.note)
    except cards.CardError:
        why = _("There is no such card any more.")
    except (cards.Missing, ScopeError) as error:
        why = str(error)
    except NotEntitled:
        why = _("This is not among what you may see.")
    return Slide(name, "", footer(desk, desk.ask("overview", decide=False)), note=pick.note, missing=why)


def write(kind: Kind, desk: Desk, deck: Deck, *, progress: Progress | None = None) -> File:
    """A deck as a file."""
    scope = desk.scope.to_keys()
    whom = " ".join(text for key, text in scope.items() if key not in ("compare", "as_of"))
    name = filename(deck.title, whom, scope["as_of"])
    return File(f"{name}.{kind}", MEDIA[kind], _WRITERS[kind](desk, deck, progress))


def form(name: str, desk: Desk) -> File:
    """A form of FORMS on paper. Raises NotOneDealer."""
    from dashboard.export import paper

    data = paper.dealer_card(desk) if name == "dealer" else paper.aging(desk)
    keys = desk.scope.to_keys()
    whom = " ".join(keys[key] for key in ("dealer", "region") if key in keys)
    return File(f"{filename(str(FORMS[name]), desk.name, whom, keys['as_of'])}.pdf", MEDIA["pdf"], data)


def template(desk: Desk) -> Path | None:
    """The company's own .pptx, when its settings name one."""
    return desk.company.home / desk.settings.slide_template if desk.settings.slide_template else None


def _pptx(desk: Desk, deck: Deck, progress: Progress | None) -> bytes:
    from dashboard.export.powerpoint import pptx

    return pptx(deck, desk.style, template=template(desk), progress=progress)


def _pdf(desk: Desk, deck: Deck, progress: Progress | None) -> bytes:
    from dashboard.export.typeset import pdf

    return pdf(deck, desk.style, progress=progress)


def _xlsx(desk: Desk, deck: Deck, progress: Progress | None) -> bytes:
    from dashboard.export.workbook import workbook

    return workbook(deck, desk, progress=progress)


_WRITERS: dict[Kind, Callable[[Desk, Deck, Progress | None], bytes]] = {"pptx": _pptx, "pdf": _pdf, "xlsx": _xlsx}
