"""Who is here: the identity of Streamlit's sign-in against access.toml, and the way back after it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from data.access import Access, Identity, Person

Reason = Literal["sign_in", "expired", "stranger", "unconfigured", "broken"]
COOKIE = "_streamlit_xsrf"  # Streamlit's own, one a browser, there before and after the sign-in
MINUTES, MOST = 15, 2000  # so long, and for so many readers, a way back is kept


class Refused(Exception):
    """Nobody gets in. who: the identity, where there is one; ask: whom to ask."""

    def __init__(self, reason: Reason, who: str = "", ask: str = "", stamp: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.who, self.ask, self.stamp = reason, who, ask, stamp


def configured() -> bool:
    """Streamlit has an [auth] section in its secrets."""
    return "is_logged_in" in st.user


def identity() -> Identity | None:
    """Who signed in."""
    return Identity.of(st.user.to_dict()) if configured() and st.user.is_logged_in else None


def check(access: Access | None) -> tuple[str, Person] | None:
    """Whom access.toml knows the reader as; None: the one local user of an installation without both. Raises Refused.

    One of the two without the other opens nothing.
    """
    if not configured():
        if access is None:
            return None
        raise Refused("unconfigured")
    found = identity()
    if found is None:
        raise Refused("sign_in")
    known = access.person(found) if access else None
    if access is None or known is None:
        raise Refused("stranger", found.shown, access.ask if access else "", found.issued)
    if not found.lasts(access, time.time()):
        raise Refused("expired", found.shown, access.ask, found.issued)
    return known


# ------------------------------------------------------------------ the way back


@dataclass(frozen=True)
class Place:
    """An address of the app."""

    page: str
    keys: dict[str, str] = field(default_factory=dict)


_places: OrderedDict[str, tuple[float, Place]] = OrderedDict()
_lock = threading.Lock()


def remember(place: Place) -> None:
    """Keep where this browser was: Streamlit comes back from the provider to the first page, without keys."""
    if browser := _browser():
        with _lock:
            _places[browser] = time.monotonic(), place
            _places.move_to_end(browser)
            while len(_places) > MOST:
                _places.popitem(last=False)


def recall() -> Place | None:
    """Where this browser was before it signed in; told once."""
    with _lock:
        at, place = _places.pop(_browser(), (0.0, None)) if _places else (0.0, None)
    return place if place and time.monotonic() - at < MINUTES * 60 else None


def _browser() -> str:
    """What stays the same in the cookie, whose masks change: `2|mask|masked token|time`. Empty where it is another."""
    try:
        version, mask, masked, _time = st.context.cookies.get(COOKIE, "").strip('"').split("|")
        key, token = bytes.fromhex(mask), bytes.fromhex(masked)
        return bytes(byte ^ key[at % len(key)] for at, byte in enumerate(token)).hex() if version == "2" else ""
    except (ValueError, ZeroDivisionError):
        return ""
