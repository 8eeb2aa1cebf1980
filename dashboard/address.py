"""The state of a page lives in its address: the keys of a scope, as `qudao ask --scope` takes them, and the language.

Streamlit's `bind="query-params"` writes the *label* of a choice, which changes with the reader's language, so a link
would fail for a colleague (docs/decisions/0003-address.md). Here the address holds ids. The session follows the
address when that changes from outside (a link, back, forward); filters write it through `put`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.options import OPTIONS as OPTIONS
from dashboard.options import chosen as first_allowed
from data.scope import KEYS

LANGUAGE = "lang"
DECK = "deck"  # the cards picked for a deck: they stay from page to page
_SEEN, _PAGE = "address_seen", "address_page"


def enter(page: str) -> bool:
    """Before a page runs. True when the language of the address changed from outside.

    A menu leads to an address without any key: it is filled from the session, so that nothing is lost on the way. On
    the same page such an address is the first one of the reader's history, reached with the back button.
    """
    here = {key: st.query_params[key] for key in (*KEYS, *OPTIONS, LANGUAGE, DECK) if key in st.query_params}
    seen: dict[str, str] = st.session_state.get(_SEEN, {})
    followed_menu = st.session_state.get(_PAGE) != page
    st.session_state[_PAGE] = page
    if followed_menu and not here:  # the options of the page that was left mean nothing here
        seen = {key: text for key, text in seen.items() if key not in OPTIONS}
        st.session_state[_SEEN] = seen
    if here == seen:
        return False
    if followed_menu and not here:
        st.query_params.from_dict(seen)
        return False
    st.session_state[_SEEN] = here
    return here.get(LANGUAGE) != seen.get(LANGUAGE)


def keys() -> dict[str, str]:
    """The scope keys of the address."""
    return {key: text for key, text in st.session_state.get(_SEEN, {}).items() if key in KEYS}


def option(name: str, allowed: Sequence[str]) -> str:
    """An option of the page (one of OPTIONS); the first allowed value when the address holds none of them."""
    return first_allowed(st.session_state.get(_SEEN, {}), name, allowed)


def options() -> dict[str, str]:
    """The options of the page that the address holds."""
    return {key: text for key, text in st.session_state.get(_SEEN, {}).items() if key in OPTIONS}


def page() -> str:
    """Name of the page that runs; empty for the first."""
    name: str = st.session_state.get(_PAGE, "")
    return name


def chosen(name: str) -> str:
    """The text of an option of the page (one of OPTIONS); empty when the address holds none."""
    text: str = st.session_state.get(_SEEN, {}).get(name, "")
    return text


def deck() -> str:
    """The cards picked for a deck, as the address holds them (dashboard.export.selection)."""
    text: str = st.session_state.get(_SEEN, {}).get(DECK, "")
    return text


def item() -> str | None:
    """The one thing that the page is about, where the address names one."""
    return chosen("item") or None


def put(changes: Mapping[str, str]) -> None:
    """Change keys; an empty text takes a key away."""
    state = st.session_state.get(_SEEN, {}) | dict(changes)
    state = {key: text for key, text in state.items() if text}
    st.session_state[_SEEN] = state
    st.query_params.from_dict(state)
