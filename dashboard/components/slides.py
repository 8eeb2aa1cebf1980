"""Slides: the briefing or cards of one's own choice as PowerPoint, PDF or Excel; the choice kept and made again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import address, session
from dashboard.charts.style import Style
from dashboard.components import notices, share
from dashboard.components.text import muted, plain
from dashboard.export.deck import Deck, Slide, slide
from dashboard.export.desk import Desk
from dashboard.export.selection import MOST, Pick, Selection
from dashboard.findings import Finding
from dashboard.i18n import Lang, _, language, ngettext, use_language
from data.ledger import Entry
from data.scope import Scope

KIND = "deck"  # of the ledger: a saved selection
_MADE, _TITLE = (
    "slides_made",
    "slides_title",
)  # session keys: what a file was made of, and the file; the title of the deck


def button(scope: Scope) -> None:
    """The button of a page; it opens the dialog."""
    n = len(selection().picks)
    label = _("Slides · {n}", n=n) if n else _("Slides")
    if st.button(label, icon=":material/slideshow:", type="tertiary", key="slides"):
        _dialog(scope)


def selection() -> Selection:
    """The cards picked so far: they stand in the address."""
    return replace(Selection.from_text(address.deck()), title=st.session_state.get(_TITLE, ""))


def desk(scope: Scope) -> Desk:
    """Where an export of this page asks: the answers of the session's cache."""
    return Desk(session.company(), scope, lambda name, asked, **options: session.ask(name, asked, **options))


def _keep(picks: list[Pick]) -> None:
    address.put({address.DECK: Selection("", tuple(picks)).to_text()})


# ------------------------------------------------------------------ on a card


def of_card(finding: Finding) -> None:
    """Beside the files of a card: its slide, and the button that adds it to the deck."""
    from dashboard.export.cards import pick_of
    from dashboard.export.files import template

    at = desk(finding.answer.scope)
    page, own = slide(at, finding), template(at)
    st.download_button("PowerPoint", partial(_one, page, finding, session.style(), language(), own),
                       f"{finding.file_name}.pptx", icon=":material/download:", on_click="ignore",
                       key=f"pptx_{finding.key}")  # fmt: skip
    pick = pick_of(address.page(), address.options(), finding.key, finding.answer.scope)
    if pick is None:
        return
    picks = list(selection().picks)
    if any((one.card, dict(one.options)) == (pick.card, dict(pick.options)) for one in picks):
        muted(_("In the deck"))
    elif len(picks) < MOST and st.button(_("Add to the deck"), icon=":material/playlist_add:",
                                         key=f"add_{finding.key}"):  # fmt: skip
        _keep([*picks, pick])
        st.rerun()


def _one(page: Slide, finding: Finding, style: Style, lang: Lang, own: Path | None) -> bytes:
    """The slide in the reader's language: Streamlit asks for it from a thread that does not know the session."""
    from dashboard.export.powerpoint import pptx

    session.exported(f"pptx: {finding.file_name}.pptx", finding.answer.scope)
    with use_language(lang):
        return pptx(Deck(page.title, (page,)), replace(style, mode="light"), template=own)


# ------------------------------------------------------------------ the dialog


def _dialog(scope: Scope) -> None:
    @st.dialog(_("Slides for the meeting"), width="large")
    @notices.instead_of_traceback()
    def show() -> None:
        mine = selection()
        words = {"briefing": _("Briefing"), "mine": ngettext("Your deck: {n} card", "Your deck: {n} cards",
                                                             len(mine.picks))} | _forms(scope)  # fmt: skip
        what = st.segmented_control(_("What"), list(words), format_func=words.__getitem__, required=True,
                                    default="mine" if mine.picks else "briefing", key="slides_what",
                                    label_visibility="collapsed")  # fmt: skip
        if what not in ("briefing", "mine"):
            _form(scope, what)
            return
        if what == "mine":
            _builder(scope, mine)
        else:
            muted(_("Eight slides of this view: where we stand, why, regions, forecast, dealers, receivables, "
                    "promotions, decisions. Charts can be edited in PowerPoint."))  # fmt: skip
        if what == "briefing" or mine.picks:
            _make(scope, mine if what == "mine" else Selection())

    show()


def _forms(scope: Scope) -> dict[str, str]:
    """The forms on paper that fit the page: its id and name."""
    from dashboard.export.files import FORMS

    fit = {"dealer": len(scope.dealer) == 1, "aging": address.page() == "receivables"}
    return {name: str(label) for name, label in FORMS.items() if fit[name]}


def _form(scope: Scope, name: str) -> None:
    """A form as PDF: it is small, and made when it is asked for."""
    words = {
        "dealer": _("The card of this dealer on one or two pages, with lines to sign."),
        "aging": _("The aging form in thousands, lying, with the action agreed with each debtor."),
    }
    muted(words[name])
    at = Desk(session.company(), scope)
    st.download_button(_("Download {name}", name="PDF"), partial(_on_paper, name, at, language()),
                       f"{name} {scope.as_of}.pdf", icon=":material/download:", on_click="ignore",
                       key=f"slides_{name}")  # fmt: skip


def _on_paper(name: str, at: Desk, lang: Lang) -> bytes:
    from dashboard.export.files import form

    session.exported(f"pdf: {name}", at.scope)
    with use_language(lang):
        return form(name, at).data


def _make(scope: Scope, wanted: Selection) -> None:
    """The format, and the button that makes the file. A click, as on Cancel, ends the work: the dialog runs anew."""
    from dashboard.export import files

    names: dict[files.Kind, str] = {"pptx": "PowerPoint", "pdf": "PDF", "xlsx": "Excel"}
    kind = st.segmented_control(_("Format"), list(names), format_func=names.__getitem__, default="pptx", required=True,
                                key="slides_format", label_visibility="collapsed")  # fmt: skip
    made_of = (session.company().snapshot.id, repr(scope), repr(wanted), kind, language())
    with st.container(horizontal=True, vertical_alignment="center"):
        start = st.button(_("Make the file"), icon=":material/play_arrow:", key="slides_make")
        done = st.empty()
    if start:
        st.session_state.pop(_MADE, None)
        bar = st.progress(0.0, text=_("Asking"))
        done.button(_("Cancel"), icon=":material/close:", key="slides_cancel")
        try:
            file = files.render(kind, desk(scope), wanted, progress=lambda stage, at, of: _told(bar, stage, at, of))
        except ValueError as error:  # a template or a card that cannot be used says why
            bar.empty()
            done.empty()
            st.markdown(f":material/error: {plain(error)}")
            return
        bar.empty()
        st.session_state[_MADE] = made_of, file
        session.exported(f"{kind}: {file.name}", scope)
    made = st.session_state.get(_MADE)
    if made and made[0] == made_of:
        done.download_button(_("Download {name}", name=names[kind]), made[1].data, made[1].name, made[1].media,
                             icon=":material/download:", on_click="ignore", key="slides_download")  # fmt: skip
    elif not start:
        done.empty()


def _told(bar: Any, stage: str, at: int, of: int) -> None:
    bar.progress(at / of if of else 0.0, text=stage)


# ------------------------------------------------------------------ the deck of one's own


def _builder(scope: Scope, mine: Selection) -> None:
    """The picked cards in order, each with a note; kept under a name, or found again."""
    picks = list(mine.picks)
    if not picks:
        muted(_("No card yet: open the icon at the right of a card and choose “Add to the deck”."))
    for at, pick in enumerate(picks):
        _row(picks, at, pick)
    if picks:
        st.text_input(_("Title of the deck"), key=_TITLE, max_chars=80, placeholder=_("for example: Monday meeting"))
        with st.expander(_("Link to this deck")):
            st.code(share.link(scope, {address.DECK: mine.to_text()}), language=None, wrap_lines=True)
    _saved(mine)


def _row(picks: list[Pick], at: int, pick: Pick) -> None:
    from dashboard.export.cards import CARDS

    label = str(CARDS[pick.card].label) if pick.card in CARDS else pick.card
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":gray[{at + 1}] {plain(label)}", width="stretch")
        moves: tuple[tuple[str, str, str, Callable[[], list[Pick]]], ...] = (
            ("up", ":material/arrow_upward:", _("Up"), lambda: _swapped(picks, at - 1)),
            ("down", ":material/arrow_downward:", _("Down"), lambda: _swapped(picks, at)),
            ("out", ":material/close:", _("Take out"), lambda: [*picks[:at], *picks[at + 1 :]]),
        )
        for name, icon, words, after in moves:
            off = (name == "up" and at == 0) or (name == "down" and at == len(picks) - 1)
            if st.button(icon, key=f"deck_{name}_{at}", type="tertiary", disabled=off,
                         help=f"{words}: {label}"):  # fmt: skip
                _keep(after())
                st.rerun(scope="fragment")
    key = f"deck_note_{at}_{pick.card}"
    note = st.text_input(_("Note"), pick.note, key=key, max_chars=200, label_visibility="collapsed",
                         placeholder=_("Note on the slide"))  # fmt: skip
    if note != pick.note:
        _keep([*picks[:at], replace(pick, note=note), *picks[at + 1 :]])
        st.rerun(scope="fragment")


def _swapped(picks: list[Pick], at: int) -> list[Pick]:
    """The picks with those at `at` and after it exchanged."""
    return [*picks[:at], picks[at + 1], picks[at], *picks[at + 2 :]]


def _saved(mine: Selection) -> None:
    """Decks kept under a name: a name is one's own."""
    ledger, viewer = session.ledger(), session.viewer().viewer
    if mine.picks and st.button(_("Save this deck"), icon=":material/bookmark_add:", disabled=not mine.title.strip(),
                                help=_("Under its title; next month it is made with fresh numbers")):  # fmt: skip
        ledger.write(KIND, f"{viewer}: {mine.title.strip()}", viewer, mine.to_body())
        st.rerun(scope="fragment")
    saved: list[Entry] = [entry for entry in ledger.latest(KIND) if entry.who == viewer]
    if saved:
        title = _("Saved decks")
        st.markdown(f"**{title}**")
    for entry in reversed(saved):
        kept = Selection.from_body(entry.body)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(kept.title), width="stretch")
            st.button(_("Open deck"), key=f"deck_open_{entry.id}", type="tertiary", on_click=_open, args=(kept,))
            if st.button(_("Delete"), key=f"deck_delete_{entry.id}", type="tertiary"):
                ledger.write(KIND, entry.subject, viewer, {})
                st.rerun(scope="fragment")


def _open(kept: Selection) -> None:
    st.session_state[_TITLE] = kept.title
    _keep(list(kept.picks))
