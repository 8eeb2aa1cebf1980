"""What a check or an import did, for people: files, rows held back and why, what was noticed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import formats
from dashboard.components.text import muted, plain
from dashboard.findings import holdings, importer
from dashboard.i18n import _, ngettext
from data.importing import ImportReport

EXAMPLES = 5  # of each kind of fault in each file; the download has all rows


def headline(report: ImportReport) -> str:
    """What it comes to, in one sentence."""
    rows, good = sum(f.rows_in for f in report.files), sum(f.accepted for f in report.files)
    if report.unchanged:
        return _("Nothing to do: these files were imported before, with the same mapping")
    if not good:
        return _("No row could be accepted")
    held = rows - good
    words = {"good": formats.count(good), "rows": formats.count(rows), "held": formats.count(held)}
    if not held:
        return ngettext("The row can be accepted", "All {rows} rows can be accepted", rows, **words)
    return _("{good} of {rows} rows can be accepted, {held} would be held back", **words)


def show(report: ImportReport) -> None:
    """The report below its headline."""
    files, problems = _files(report), _problems(report)
    if len(files):
        st.dataframe(files, hide_index=True, alt=_("Rows accepted and held back by file"), column_config={
            "file": st.column_config.TextColumn(_("File"), width="medium"),
            "table": st.column_config.TextColumn(_("Feeds")),
            "rows_in": st.column_config.NumberColumn(_("Rows in"), format="localized"),
            "accepted": st.column_config.NumberColumn(_("Accepted"), format="localized"),
            "quarantined": st.column_config.NumberColumn(_("Held back"), format="localized"),
            "why": st.column_config.TextColumn(_("Why"), width="large"),
        })  # fmt: skip
    if len(problems):
        st.markdown(f"**{plain(_examples(problems, report))}**")
        st.dataframe(problems, hide_index=True, alt=_("Rows held back, with reason and advice"), column_config={
            "file": st.column_config.TextColumn(_("File"), width="small"),
            "row": st.column_config.NumberColumn(_("Row"), format="%d", width=70),
            "column": st.column_config.TextColumn(_("Column"), width="small"),
            "reason": st.column_config.TextColumn(_("What was wrong")),
            "advice": st.column_config.TextColumn(_("What to do"), width="large"),
        })  # fmt: skip
    with st.container(gap="xxsmall"):
        for line in _noticed(report):
            muted(line)


def _files(report: ImportReport) -> pd.DataFrame:
    rows = [
        (f.name, holdings.table_name(f.table), f.rows_in, f.accepted, f.quarantined, reasons(f.reasons))
        for f in report.files
    ]
    return pd.DataFrame(rows, columns=["file", "table", "rows_in", "accepted", "quarantined", "why"])


def reasons(counts: dict[str, int]) -> str:
    """Kinds of fault with their counts in one line, most first."""
    most = sorted(counts.items(), key=lambda item: -item[1])
    return " · ".join(f"{formats.count(count)} {importer.reason(kind)}" for kind, count in most)


def _problems(report: ImportReport) -> pd.DataFrame:
    """Examples of what is wrong, a few of each kind in each file."""
    rows = [
        (p.file, p.row, p.column, importer.reason(p.reason), importer.advice(p.reason, p.message))
        for p in report.problems
    ]
    frame = pd.DataFrame(rows, columns=["file", "row", "column", "reason", "advice"])
    return frame.groupby(["file", "reason"], sort=False).head(EXAMPLES)


def _examples(problems: pd.DataFrame, report: ImportReport) -> str:
    held = sum(f.quarantined for f in report.files)
    if len(problems) >= held:
        return _("What is wrong, row by row")
    return _("Examples of the {held} rows held back", held=formats.count(held))


def _noticed(report: ImportReport) -> list[str]:
    """Notes of files, messages, and files left aside, each once."""
    notes = [
        _("{file}: {note}", file=file.name, note=importer.told(note)) for file in report.files for note in file.notes
    ]
    aside = ", ".join(name for name, _why in report.ignored)
    messages = [importer.told(message) for message in report.messages]
    return [*notes, *messages, *([_("Left aside: {files}", files=aside)] if aside else [])]
