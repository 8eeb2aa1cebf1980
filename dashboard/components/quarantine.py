"""Rows that were held back: how many, why, and how they come in after all."""

from __future__ import annotations

import io
from pathlib import PurePath

import pandas as pd
import streamlit as st

from dashboard import formats, session
from dashboard.components import notices
from dashboard.components.import_report import reasons
from dashboard.components.panel import panel
from dashboard.components.text import muted, plain
from dashboard.findings import holdings, importer
from dashboard.i18n import _, ngettext
from data.importing import ImportedFile, Status
from data.importing.sources import REPAIR_PREFIX

SHOWN = 6  # files; more are reached by their list


def card(status: Status) -> None:
    """Files with rows to repair, each with reasons and its download; how the rows come back."""
    files = [file for file in status.imports if file.to_repair]
    with panel(_title(status), _subtitle(status), height="stretch"):
        if not files:
            notices.empty(_("Nothing waits"), _("Rows that cannot be read or refer to nothing would wait here."),
                          height=200)  # fmt: skip
            return
        for file in files[:SHOWN]:
            _file(file)
        if len(files) > SHOWN:
            muted(_("{n} more files hold rows back; the history below names them.", n=len(files) - SHOWN))
        muted(_("To repair: download the rows, correct them, leave the last columns as they are, and upload the file "
                "below. Rows that wait come in by themselves once what they wait for is imported."))  # fmt: skip


def _title(status: Status) -> str:
    n = status.to_repair
    if not n:
        return _("No row waits for repair")
    return ngettext("{rows} row was held back", "{rows} rows were held back", n, rows=formats.count(n))


def _subtitle(status: Status) -> str:
    if not status.waiting:
        return _("Every row that came in is accepted or stands here") if status.to_repair else ""
    return ngettext("{rows} of them waits for something that is not there yet; it comes in by itself",
                    "{rows} of them wait for something that is not there yet; they come in by themselves",
                    status.waiting, rows=formats.count(status.waiting))  # fmt: skip


def _file(file: ImportedFile) -> None:
    rows = held_rows(session.held_back(file.file_id))
    counts = {str(kind): int(n) for kind, n in rows["reason"].value_counts().items()}
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        with st.container(gap="xxsmall"):
            st.markdown(f"{plain(file.name)} :gray[→ {plain(holdings.table_name(file.table))}]")
            muted(reasons(counts))
        if st.button(":material/table_rows:", key=f"held_{file.file_id}", type="tertiary",
                     help=_("Show the rows of {file}", file=file.name)):  # fmt: skip
            _dialog(file, rows)
        st.download_button(
            formats.count(file.to_repair), session.held_back(file.file_id).encode("utf-8-sig"), repair_name(file),
            "text/csv", icon=":material/download:", on_click="ignore", key=f"repair_{file.file_id}", width=96,
            help=_("Download the rows of {file} to repair", file=file.name),
        )  # fmt: skip


def _dialog(file: ImportedFile, rows: pd.DataFrame) -> None:
    @st.dialog(_("Held back from {file}", file=file.name), width="large")
    @notices.instead_of_traceback()
    def show() -> None:
        told = [importer.advice(kind, said) for kind, said in zip(rows["reason"], rows["message"], strict=True)]
        frame = rows.assign(reason=rows["reason"].map(importer.reason), message=told)[:1000]
        st.dataframe(frame, hide_index=True, alt=_("Rows held back, with reason and advice"), column_config={
            "row": st.column_config.NumberColumn(_("Row"), format="%d", width="small"),
            "column": st.column_config.TextColumn(_("Column"), width="small"),
            "reason": st.column_config.TextColumn(_("What was wrong")),
            "message": st.column_config.TextColumn(_("What to do"), width="large"),
        })  # fmt: skip
        if len(rows) > len(frame):
            muted(_("The first {n} of {all} rows; the download has all.", n=formats.count(len(frame)),
                    all=formats.count(len(rows))))  # fmt: skip

    show()


def held_rows(text: str) -> pd.DataFrame:
    """What a downloaded quarantine says about its rows: `row, column, reason, message`."""
    names = {REPAIR_PREFIX + name: name for name in ("row", "column", "reason", "message")}
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, usecols=list(names)).rename(columns=names)
    return frame.assign(row=pd.to_numeric(frame["row"]))[[*names.values()]]


def repair_name(file: ImportedFile) -> str:
    """File name of a download: the file's own, marked; always csv."""
    name, _sign, sheet = file.name.partition(":")
    return "-".join(filter(None, [PurePath(name).stem, sheet, "to-repair"])) + ".csv"
