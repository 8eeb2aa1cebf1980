"""What `qudao export` does: read the call, render, write whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import get_args

from dashboard.export import files
from dashboard.export.deck import Progress
from dashboard.export.desk import Desk
from dashboard.export.selection import Selection
from dashboard.i18n import LANGUAGES, use_language
from data.company import Company
from data.scope import Scope

KIND = "deck"  # of the ledger: saved selections
PICTURES = ("svg", "png")


class WrongCall(ValueError):
    """The call cannot be understood."""


def listed(lang: str) -> list[str]:
    """One line a card: its id, page and short name."""
    from dashboard.export.cards import CARDS

    with use_language(_language(lang)):
        return [f"{id:28} {card.label}" for id, card in CARDS.items()]


def export(company: Company, kind: str, to: Path, scope: Scope, *, cards: list[str], deck: str, form: str, lang: str,
           progress: Progress) -> Path:  # fmt: skip
    """Write the file and return where it is. Raises WrongCall, ValueError, OSError."""
    from dashboard.export.cards import CARDS

    if kind not in (*get_args(files.Kind), *PICTURES):
        raise WrongCall(f"{kind or 'which kind'}: write one of {', '.join((*files.KINDS, *PICTURES))}")
    if form and (kind != "pdf" or form not in files.FORMS):
        raise WrongCall(f"--form {form}: a PDF of one of {', '.join(files.FORMS)}")
    wanted = Selection.from_text(";".join(cards)) if cards else _saved(company, deck) if deck else Selection()
    unknown = [pick.card for pick in wanted.picks if cards and pick.card not in CARDS]
    if unknown:
        raise WrongCall(f"--card {unknown[0]}: no such card (`qudao export --list` names them)")
    if kind in PICTURES and len(wanted.picks) != 1:
        raise WrongCall(f"{kind}: a picture shows one card: --card ID (`qudao export --list` names them)")
    with use_language(_language(lang)):
        desk = Desk(company, scope)
        if form:
            file = files.form(form, desk)
        elif kind in PICTURES:
            from dashboard.export import pictures

            file = pictures.picture(kind, desk, wanted.picks[0])
        else:
            file = files.render(kind, desk, wanted, progress=progress)  # type: ignore[arg-type]
    path = to / file.name if to.is_dir() else to
    _write(path, file.data)
    return path


def _language(lang: str) -> str:
    if lang not in LANGUAGES:
        raise WrongCall(f"--lang {lang}: write {' or '.join(LANGUAGES)}")
    return lang


def _saved(company: Company, title: str) -> Selection:
    """The newest saved deck of that title."""
    found = [Selection.from_body(entry.body) for entry in company.ledger.latest(KIND)]
    named = [selection for selection in found if selection.title == title]
    if not named:
        there = ", ".join(sorted({selection.title for selection in found})) or "none"
        raise WrongCall(f"--deck {title!r}: no such saved deck; there are {there}")
    return named[-1]


def _write(path: Path, data: bytes) -> None:
    """All of the file or nothing: a full disk or a stop leaves what was there."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(data)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
