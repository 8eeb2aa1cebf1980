"""The import card: files in, mapping corrected, checked without publishing, published with progress."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from analytics import refresh
from dashboard import formats, session
from dashboard.components import assignment, draft, import_report, jobs, notices, uploads
from dashboard.components.draft import Draft
from dashboard.components.panel import panel
from dashboard.components.text import muted, plain
from dashboard.findings import importer, titled
from dashboard.findings.assignment import lacking
from dashboard.i18n import _, ngettext
from data.company import Company, WarehouseBusy, open_warehouse
from data.importing import ImportRefused, ImportReport, Mapping, Status, import_files
from data.ledger import Ledger, LedgerUnavailable

TYPES = ["csv", "txt", "tsv", "xlsx", "xls", "parquet", "toml"]
_DRAFT, _JOB, _DONE, _CHANGED, _ROUND = "import_draft", "import_job", "import_done", "import_changed", "import_round"
_log = logging.getLogger("qudao")


@dataclass(frozen=True)
class Outcome:
    """What a check or a publication came to; `computed` is false where the long results failed after publishing."""

    report: ImportReport
    computed: bool = True


def card(status: Status) -> None:
    """The card. While a check or a publication runs, it shows nothing but the progress."""
    state = st.session_state
    with panel(_("Import files"), _("csv, Excel or parquet as the ERP exports them; nothing is published before you "
                                    "have seen the result")):  # fmt: skip
        if _JOB not in state:
            _last(state.get(_DONE))
        files = st.file_uploader(
            _("Files: csv, txt, tsv, xlsx, xls, parquet; with them a mapping (.toml), if there is one"), type=TYPES,
            accept_multiple_files=True, key=f"import_files_{state.get(_ROUND, 0)}", on_change=_mark,
            disabled=_JOB in state,
            help=_("Drop files on the field, or choose them there. They stay on this server and go after publishing."),
        )  # fmt: skip
        if _JOB in state:
            jobs.follow(state[_JOB], _ended)
            return
        if too_much := uploads.excess(files or []):
            _trouble(too_much)
            return
        current = _current(files or [])
        if current is None:
            return
        if not files:  # the field forgets its files when another page was open
            muted(_("At hand: {files}", files=", ".join(path.name for path in current.paths)))
        _refused(current)
        if current.readable:
            _mapping(current)
            assignment.show(current)
            _act(current, status)


def _mark() -> None:
    st.session_state[_CHANGED] = True


def _current(files: Sequence[uploads.Upload]) -> Draft | None:
    """The draft of the uploaded files; a new one when they changed. Going to another page and back keeps it."""
    state = st.session_state
    if state.pop(_CHANGED, False):
        _discard()
        if files:
            state.pop(_DONE, None)
            try:
                with st.spinner(_("Looking into the files")):
                    state[_DRAFT] = draft.begin(session.home(), files)
            except OSError as error:
                _log.error("uploaded files cannot be kept: %s", error)
                _trouble(_("The files could not be stored on the server. Is its disk full?"))
    return state.get(_DRAFT)


def _discard() -> None:
    former: Draft | None = st.session_state.pop(_DRAFT, None)
    if former:
        uploads.remove(former.paths)


def _refused(current: Draft) -> None:
    """Files that cannot be read, each with its reason; the others go on."""
    with st.container(gap="xxsmall"):
        for problem in [*(source.problem for source in current.sources), *current.problems]:
            if problem:
                _trouble(importer.told(problem))


def _trouble(text: str) -> None:
    st.markdown(f":red[:material/error:] {plain(text)}")


# ------------------------------------------------------------------ the mapping


def _mapping(current: Draft) -> None:
    """Choose a mapping; take it along as a file, or write it as text."""
    state, key = st.session_state, f"import_mapping_{current.paths[0].parent.name}"
    options = list(current.mappings)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(_("Mapping"), options, index=options.index(current.choice), format_func=_mapping_name, key=key,
                     on_change=lambda: current.choose(state[key]), width=420,
                     help=_("Which file feeds which table, and from which columns"))  # fmt: skip
        st.download_button(_("Download"), current.mapping.to_toml(), "mapping.toml", "application/toml",
                           on_click="ignore", icon=":material/download:",
                           help=_("Download the mapping to use it again, here or with “qudao import”"))  # fmt: skip
        with st.popover(_("As text"), icon=":material/edit_note:"):
            _text(current)


def _mapping_name(key: str) -> str:
    kind, _sign, name = key.partition(":")
    if kind == "last":
        return _("As the last time: {file}", file=name)
    if kind == "shipped":
        return _("{name}, comes with Qudao", name=name)
    return name if kind == "file" else _("Proposed from the headers")


def _text(current: Draft) -> None:
    key = f"import_text_{current.version}"
    text = st.text_area(_("Mapping as text (TOML)"), current.mapping.to_toml(), height=360, key=key, width=560)
    if st.button(_("Use this text"), icon=":material/check:", key=f"use_{key}"):
        try:
            current.change(Mapping.parse(text or "", name=current.mapping.name))
        except ImportRefused as refusal:
            _trouble(importer.told(str(refusal)))
        else:
            st.rerun()


# ------------------------------------------------------------------ check and publish


def _act(current: Draft, status: Status) -> None:
    state, report = st.session_state, current.report
    missing = [c for s in current.readable for feed in current.mapping.feeds_of(s) for c in lacking(feed)]
    feeds = any(current.mapping.feeds_of(source) for source in current.readable)
    if not feeds:
        muted(_("No file feeds a table yet: choose one above."))
    elif missing:
        names = ", ".join(dict.fromkeys(column.name for column in missing))
        muted(_("Required columns are missing: {columns}. Choose where they come from, or leave the file aside.",
                columns=names))  # fmt: skip
    ready = report is not None and not report.unchanged and report.exit_code == 0
    if ready and status.origin == "demo":
        notices.hint(_("This home holds the demo company. Publishing replaces it by what your files hold."))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(_("Check (publishes nothing)"), icon=":material/fact_check:", disabled=bool(missing) or not feeds):
            state[_JOB] = _start(current, dry_run=True)
            st.rerun()
        if st.button(_("Publish"), icon=":material/publish:", disabled=not ready,
                     help=_("Possible after a check") if not ready else None):  # fmt: skip
            state[_JOB] = _start(current, dry_run=False)
            st.rerun()
        if st.button(_("Start over"), type="tertiary"):
            _discard()
            state[_ROUND] = state.get(_ROUND, 0) + 1
            st.rerun()
    if report is not None:
        st.markdown(f"**{plain(import_report.headline(report))}**")
        import_report.show(report)


def _start(current: Draft, *, dry_run: bool) -> jobs.Job[Outcome]:
    """Start the work. It knows nothing of the page: all it needs is taken along."""
    home, settings, viewer = session.home(), session.settings(), session.viewer().viewer
    paths, mapping, ledger = current.data_paths, current.mapping, session.ledger()

    def work(progress: jobs.Progress) -> Outcome:
        report = import_files(open_warehouse(home, settings), paths, mapping, dry_run=dry_run, progress=progress)
        if report.snapshot is None:
            return Outcome(report)
        try:
            _audit(ledger, report, mapping, viewer)
        except LedgerUnavailable as error:  # published all the same: the snapshot itself knows its files
            _log.error("snapshot %s is not in the ledger: %s", report.snapshot.id, error)
        return Outcome(report, _computed(home, progress))

    return jobs.Job(work)


def _audit(ledger: Ledger, report: ImportReport, mapping: Mapping, viewer: str) -> None:
    """Who brought in what, and how: also how the same file is read the next time."""
    text = mapping.to_toml()
    for file in report.files:
        ledger.write(draft.AUDIT, file.name, viewer, {
            "table": file.table, "rows_in": file.rows_in, "accepted": file.accepted, "quarantined": file.quarantined,
            "snapshot": report.snapshot.id if report.snapshot else None, "name": mapping.name, "mapping": text,
        })  # fmt: skip


def _computed(home: Path, progress: jobs.Progress) -> bool:
    """Compute the long results of the new snapshot. Failing there leaves it published."""
    try:
        refresh.refresh(Company.open(home), progress)
    except Exception as error:
        _log.exception("refresh after an import", exc_info=error)
        return False
    return True


def _ended(job: jobs.Job[Outcome]) -> None:
    """Keep what the job came to."""
    state = st.session_state
    state.pop(_JOB, None)
    current: Draft | None = state.get(_DRAFT)
    if job.outcome is None:
        state[_DONE] = _failure(job.error)
    elif job.outcome.report.snapshot is None:
        state.pop(_DONE, None)
        if current:
            current.report = job.outcome.report
    else:
        state[_DONE] = job.outcome
        state[_ROUND] = state.get(_ROUND, 0) + 1
        _discard()


def _failure(error: Exception | None) -> str:
    """Why nothing was published, in words."""
    if isinstance(error, ImportRefused | WarehouseBusy):
        return importer.told(str(error))
    number = secrets.token_hex(2).upper()
    _log.error("failure %s", number, exc_info=error)
    return _("The files could not be imported. If it stays, give support the number {number}.", number=number)


def _last(done: Outcome | str | None) -> None:
    """How the last check or publication ended."""
    if isinstance(done, str):
        _trouble(_("Nothing was changed. {why}", why=done))
    elif done is not None and done.report.snapshot is not None:
        rows = sum(file.accepted for file in done.report.files)
        held = sum(file.quarantined for file in done.report.files)
        words = ngettext(
            "Snapshot {id} is published: {rows} row came in", "Snapshot {id} is published: {rows} rows came in",
            rows, id=done.report.snapshot.id, rows=formats.count(rows),
        )  # fmt: skip
        if held:
            words = titled(words, ngettext("{rows} row was held back", "{rows} rows were held back", held,
                                           rows=formats.count(held)))  # fmt: skip
        st.markdown(f":green[:material/check_circle:] **{plain(words)}**")
        if not done.computed:
            notices.hint(_("The long results could not be computed; “qudao refresh” tries again."))
        with st.expander(_("What came in, and what was held back")):
            import_report.show(done.report)
