"""The session: sign-in, language, the company at its current snapshot, cached answers.

The only user of st.cache_*. Caches are shared by all viewers, so every key holds the snapshot and the scope, and the
scope holds the entitlement. They are bounded.
"""

from __future__ import annotations

import atexit
import gc
import logging
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from analytics import questions
from analytics.questions import Answer
from dashboard import address, i18n, signin
from dashboard.charts.style import Style
from data import access as rights
from data import records
from data.access import Access, AccessError
from data.audit import audit
from data.company import Company, Damaged, NoSnapshot, NotEntitled, Snapshot, open_warehouse, serving
from data.ledger import Ledger, LedgerUnavailable
from data.scope import LOCAL, Entitlement, Scope
from data.settings import CONFIG_FILE, Settings, default_home

if TYPE_CHECKING:
    from data.importing import Status

LANGUAGE = "language"  # session key
_RUN = "snapshot_of_run"  # session key
_settled = 0  # modules that were loaded when memory was last settled
_log = logging.getLogger("qudao")


def begin() -> None:
    """First thing in a run: the language of the reader, for every message that follows, and the snapshot that the
    whole run reads."""
    i18n.follow(lambda: st.session_state.get(LANGUAGE))
    if LANGUAGE not in st.session_state:
        st.session_state[LANGUAGE] = _language_of_address()
    st.session_state[_RUN] = open_warehouse(default_home(), settings()).current()
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


# ------------------------------------------------------------------ who may see what


def admitted(opened: Company | None = None) -> Entitlement:
    """What this viewer may see: without sign-in and access.toml one local user, everything. Raises Refused.

    opened: the company, where the caller has it. Called many times a run: nothing here goes through st.cache_*, whose
    keys cost a millisecond.
    """
    try:
        rules = access()
    except AccessError as error:
        _log.error("nobody gets in: %s", error)
        raise signin.Refused("broken") from None
    known = signin.check(rules)
    if known is None:
        return LOCAL
    try:
        store = (opened or company()).store
    except NoSnapshot:
        store = None
    return rights.entitlement(*known, store)


def viewer(opened: Company | None = None) -> Entitlement:
    """What this viewer may see. Who may nothing any more is led out: the run ends, and the next one says why."""
    try:
        return admitted(opened)
    except signin.Refused:
        st.rerun()
        raise  # a callback cannot start a run


def shows_nothing(viewer: Entitlement) -> bool:
    """The viewer's lists name nothing that the data hold."""
    try:
        return viewer.restricted and company().shows_nothing(viewer)
    except NoSnapshot:
        return False


def access() -> Access | None:
    """The home's access.toml, read again when it changes; None when there is none. Raises AccessError."""
    return _access(*_access_key())


def _access_key() -> tuple[str, int, int]:
    path = default_home() / rights.FILE
    try:
        known = path.stat()
    except FileNotFoundError:
        return str(default_home()), 0, 0
    return str(default_home()), known.st_mtime_ns, known.st_size


@lru_cache(maxsize=2)
def _access(home: str, changed: int, size: int) -> Access | None:
    return rights.load(Path(home))


def access_problems() -> list[tuple[str, str, str]]:
    """Names in access.toml that the data do not hold: (identity, field, name). Raises AccessError, NoSnapshot."""
    rules = access()
    return list(rights.problems(rules, company().store)) if rules else []


def note(kind: str, subject: str, body: Mapping[str, str] | None = None, *, who: str = "") -> None:
    """Into the audit log, without waiting: what the viewer (or `who`) did."""
    audit(default_home()).note(kind, subject, who or viewer().viewer, body or {})


def exported(name: str, scope: Scope) -> None:
    """A file left. Also from a thread that does not know the session: the scope knows whose it is."""
    who = scope.entitlement.viewer if scope.entitlement else "?"
    note("export", name, scope.to_keys(), who=who)


# ------------------------------------------------------------------ settings, company, answers


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


def snapshot() -> Snapshot | None:
    """The snapshot of this run, taken once: cards of one page agree, whatever is published while they are drawn. A
    part that runs alone stays with the snapshot of its page, as long as that is kept. None on an empty home."""
    taken: Snapshot | None = st.session_state.get(_RUN)
    if taken is None or not taken.database.exists():
        taken = open_warehouse(default_home(), settings()).current()
    return taken


def damaged() -> list[Damaged]:
    """Snapshots that should serve and cannot: an older one stands in for them."""
    return open_warehouse(default_home(), settings()).damaged()


def company() -> Company:
    """The company at the snapshot of this run. Raises NoSnapshot."""
    taken = snapshot() or serving(open_warehouse(default_home(), settings()))
    return _company(taken, _changed())


@lru_cache(maxsize=2)
def _company(taken: Snapshot, changed: int) -> Company:
    return Company(default_home(), settings(), taken, settings().query_seconds)


atexit.register(_company.cache_clear)  # DuckDB complains of what is still open when Python ends


def ledger() -> Ledger:
    """What people wrote in this home, also before the first snapshot."""
    return _ledger(str(default_home()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _ledger(home: str) -> Ledger:
    return Ledger(Path(home))


def status() -> Status:
    """What the snapshot of this run holds, and how it came in; all empty without a snapshot."""
    taken = snapshot()
    broken = ",".join(each.id for each in damaged())
    return _status(str(default_home()), taken.id if taken else "", broken, taken)


@st.cache_data(max_entries=4, show_spinner=False)
def _status(home: str, snapshot: str, broken: str, _snapshot: Snapshot | None) -> Status:
    from data import importing  # the importer's readers are heavy: pages without it open sooner

    return importing.status(open_warehouse(Path(home)), snapshot=_snapshot)


def held_back(file_id: int) -> str:
    """The rows of an imported file that still need repair, as csv. Raises ImportRefused for an unknown import."""
    taken = snapshot() or serving(open_warehouse(default_home(), settings()))
    return _held_back(str(taken.path), taken, file_id)


@st.cache_data(max_entries=20, show_spinner=False)
def _held_back(path: str, _snapshot: Any, file_id: int) -> str:
    from data import importing

    return importing.quarantine_csv(_snapshot, file_id)


def ask(name: str, scope: Scope, **options: Any) -> Answer:
    """The answer to a question, computed once a snapshot, scope, entitlement and options.

    A part of a page that runs alone holds the rights of the run before: when they changed, the whole page runs anew.
    """
    opened = company()
    if scope.entitlement != viewer(opened):
        st.rerun()
    results = ",".join(sorted(path.name for path in opened.snapshot.results.glob("*.parquet")))
    written = opened.ledger.version(kinds) if (kinds := questions.READS.get(name, ())) else 0
    known = f"{opened.snapshot.path}|{results}|{written}|{opened.settings.model_dump_json()}"
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
    checked = records.checked(kind, body) if body else {}
    try:
        ledger().write(kind, subject, viewer().viewer, checked)
    except LedgerUnavailable:
        raise records.RecordError("", records.NOT_KEPT) from None


def style() -> Style:
    """How charts look for this reader: mode, variance colours, language."""
    return Style("dark" if st.context.theme.type == "dark" else "light", settings().variance_colours, i18n.language())
