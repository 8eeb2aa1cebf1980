"""The session: sign-in, language, the company at its current snapshot, cached answers.

The only user of st.cache_*. Caches are shared by all viewers, so every key holds the snapshot and the scope, and the
scope holds the entitlement. They are bounded.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics import questions
from analytics.questions import Answer
from dashboard import address, i18n
from dashboard.charts.style import Style
from data import records
from data.company import Company, NoSnapshot, NotEntitled, open_warehouse
from data.ledger import Ledger
from data.scope import LOCAL, Entitlement, Scope
from data.settings import CONFIG_FILE, Settings, default_home

if TYPE_CHECKING:
    from data.importing import Status

LANGUAGE = "language"  # session key
_settled = 0  # modules that were loaded when memory was last settled


def begin() -> None:
    """First thing in a run: the language of the reader, for every message that follows."""
    i18n.follow(lambda: st.session_state.get(LANGUAGE))
    if LANGUAGE not in st.session_state:
        st.session_state[LANGUAGE] = _language_of_address()
    i18n.use_language(st.session_state[LANGUAGE])  # in this thread: asked hundreds of times a run


def settle() -> None:
    """Last thing in a run. Streamlit looks through everything in memory for garbage after each run: what was imported
    stays until the end, and is taken out of that search (more than half of the time of a rerun)."""
    global _settled
    if len(sys.modules) > _settled:
        _settled = len(sys.modules)
        gc.collect()
        gc.freeze()


def enter(page: str) -> None:
    """A page is about to run: bring session and address into line."""
    if address.enter(page) and st.session_state[LANGUAGE] != (asked := _language_of_address()):
        st.session_state[LANGUAGE] = asked
        st.rerun()  # the menu is drawn already


def _language_of_address() -> str:
    """The language in the address, else that of the company's settings, else the browser's."""
    asked = st.query_params.get(address.LANGUAGE)
    browser = "zh" if (st.context.locale or "").lower().startswith("zh") else "en"
    return asked if asked in i18n.LANGUAGES else settings().language or browser


def set_language(lang: str) -> None:
    st.session_state[LANGUAGE] = lang
    i18n.use_language(lang)
    address.put({address.LANGUAGE: lang})


def viewer() -> Entitlement:
    """What this viewer may see: without a configured sign-in one local user, everything."""
    return LOCAL


def settings() -> Settings:
    """Settings of the home, read again when its config.toml changes."""
    return _settings(str(default_home()), _changed())


def _changed() -> int:
    """When config.toml was written; 0 without one."""
    try:
        return (default_home() / CONFIG_FILE).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@lru_cache(maxsize=2)  # asked dozens of times a run: a hit of st.cache_resource costs a hundred times as much
def _settings(home: str, changed: int) -> Settings:
    return Settings.load(Path(home))


def home() -> Path:
    """Where warehouse, ledger and configuration of this installation live."""
    return default_home()


def company() -> Company:
    """The company at the snapshot that serves now. Raises NoSnapshot."""
    snapshot = open_warehouse(default_home(), settings()).current()
    if snapshot is None:
        raise NoSnapshot
    return _company(str(default_home()), snapshot.id, _changed())


@lru_cache(maxsize=2)
def _company(home: str, snapshot: str, changed: int) -> Company:
    return Company.open(Path(home))


def ledger() -> Ledger:
    """What people wrote in this home, also before the first snapshot."""
    return _ledger(str(default_home()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _ledger(home: str) -> Ledger:
    return Ledger(Path(home))


def status() -> Status:
    """What the snapshot that serves now holds, and how it came in; all empty without a snapshot."""
    snapshot = open_warehouse(default_home(), settings()).current()
    return _status(str(default_home()), snapshot.id if snapshot else "")


@st.cache_data(max_entries=4, show_spinner=False)
def _status(home: str, snapshot: str) -> Status:
    from data import importing  # the importer's readers are heavy: pages without it open sooner

    return importing.status(open_warehouse(Path(home)))


def held_back(file_id: int) -> str:
    """The rows of an imported file that still need repair, as csv. Raises ImportRefused for an unknown import."""
    snapshot = open_warehouse(default_home(), settings()).current()
    if snapshot is None:
        raise NoSnapshot
    return _held_back(str(snapshot.path), snapshot, file_id)


@st.cache_data(max_entries=20, show_spinner=False)
def _held_back(path: str, _snapshot: Any, file_id: int) -> str:
    from data import importing

    return importing.quarantine_csv(_snapshot, file_id)


def ask(name: str, scope: Scope, **options: Any) -> Answer:
    """The answer to a question, computed once a snapshot, scope, entitlement and options."""
    opened = company()
    results = ",".join(sorted(path.name for path in opened.snapshot.results.glob("*.parquet")))
    written = opened.ledger.version(kinds) if (kinds := questions.READS.get(name, ())) else 0
    known = f"{opened.snapshot.id}|{results}|{written}|{opened.settings.model_dump_json()}"
    return _answer(opened, known, name, repr(scope), scope, tuple(sorted(options.items())))


@st.cache_data(max_entries=500, show_spinner=False)
def _answer(_company: Company, snapshot: str, name: str, scope: str, _scope: Scope,
            options: tuple[tuple[str, Any], ...]) -> Answer:  # fmt: skip
    return questions.ask(_company, name, _scope, **dict(options))


def record(kind: str, subject: str, body: Mapping[str, Any]) -> None:
    """Keep what the viewer wrote (data.records). An empty body withdraws it. Raises RecordError, NotEntitled."""
    what, id = records.about(kind, subject)
    sees = {"dealer": company().sees, "region": company().sees_region}.get(what)
    if kind == "forecast_override" and sees is None:
        sees = company().sees_all
    if sees is not None and not sees(viewer(), id):
        raise NotEntitled(subject)
    ledger().write(kind, subject, viewer().viewer, records.checked(kind, body) if body else {})


def style() -> Style:
    """How charts look for this reader: mode, variance colours, language."""
    return Style("dark" if st.context.theme.type == "dark" else "light", settings().variance_colours, i18n.language())
