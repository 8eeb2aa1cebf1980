"""The files of a draft: how each was read, which table it feeds, and from which columns; all of it correctable."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components.draft import Draft
from dashboard.components.panel import table_height
from dashboard.components.text import muted
from dashboard.findings import assignment, holdings, importer
from dashboard.i18n import _
from data import schema
from data.importing import Feed, SourceFile

ASIDE = ""  # the choice that leaves a file aside
_PREVIEW = 5  # rows


def show(draft: Draft) -> None:
    """Every file at a glance, then the one looked at with its preview and its columns."""
    readable = draft.readable
    if len(draft.sources) > 1:
        _overview(draft)
    with st.expander(_("Look at the files and correct what feeds what"), expanded=draft.report is None,
                     icon=":material/table_view:"):  # fmt: skip
        _details(draft, readable)


def _details(draft: Draft, readable: list[SourceFile]) -> None:
    source = readable[0]
    if len(readable) > 1:
        at = st.selectbox(_("File to look at"), range(len(readable)), index=_first_open(draft),
                          format_func=lambda i: readable[i].name, key=f"import_file_{draft.paths[0].parent.name}",
                          width=420)  # fmt: skip
        source = readable[at or 0]
    _preview(source)
    feeds = draft.mapping.feeds_of(source)
    if not feeds and assignment.looked_up(draft.mapping, source):
        muted(_("The mapping looks values up in this file; it feeds no table of its own."))
    for number, feed in enumerate(feeds or (None,)):
        _feed(draft, source, feed, f"{draft.version}_{readable.index(source)}_{number}")


def _first_open(draft: Draft) -> int:
    """The first file that something is missing from, else the first that feeds a table."""
    feeds = [draft.mapping.feeds_of(source) for source in draft.readable]
    open_ones = [i for i, given in enumerate(feeds) if any(assignment.lacking(feed) for feed in given)]
    return next(iter([*open_ones, *(i for i, given in enumerate(feeds) if given), 0]))


def _overview(draft: Draft) -> None:
    frame = assignment.overview(draft.mapping, draft.sources)
    height = table_height(len(frame), 8)
    st.dataframe(frame, hide_index=True, height=height, alt=_("Files and the tables they feed"), column_config={
        "file": st.column_config.TextColumn(_("File"), width=160),
        "feeds": st.column_config.TextColumn(_("Feeds"), width=130),
        "state": st.column_config.TextColumn(_("State"), width="large"),
        "columns": st.column_config.TextColumn(_("Columns used"), width=110),
        "format": st.column_config.TextColumn(_("Read as"), width="medium"),
    })  # fmt: skip


def _preview(source: SourceFile) -> None:
    muted(" · ".join([assignment.reading(source), *(importer.told(note) for note in source.notes)]))
    frame = pd.DataFrame(source.sample[:_PREVIEW], columns=list(source.columns))
    st.dataframe(frame, hide_index=True, alt=_("The first rows of {file}", file=source.name))


def _feed(draft: Draft, source: SourceFile, feed: Feed | None, key: str) -> None:
    """The table that a file feeds, and its columns."""
    tables = [ASIDE, *(table.name for table in schema.IMPORTABLE)]

    def move() -> None:
        chosen = st.session_state[f"import_table_{key}"]
        new = assignment.feed_for(source, schema.table(chosen)) if chosen else None
        draft.change(assignment.with_feed(draft.mapping, feed, new))

    st.selectbox(_("Feeds the table"), tables, index=tables.index(feed.table) if feed else 0,
                 format_func=lambda name: holdings.table_name(name) if name else _("leave aside"),
                 key=f"import_table_{key}", on_change=move, width=420,
                 help=_(schema.table(feed.table).meaning) if feed else None)  # fmt: skip
    if feed is None:
        return
    _columns(draft, source, feed, f"import_columns_{key}")
    with st.container(gap="xxsmall"):
        for line in _besides(feed):
            muted(line)
        if rest := draft.mapping.unused(source):
            muted(_("Feed nothing: {columns}", columns=", ".join(rest)))


def _columns(draft: Draft, source: SourceFile, feed: Feed, key: str) -> None:
    frame = assignment.assigned(feed, source, draft.mappings[draft.choice])

    def correct() -> None:
        edits: dict[int, dict[str, Any]] = st.session_state[key]["edited_rows"]
        changes = {frame["name"][row]: edit["source"] or "" for row, edit in edits.items() if "source" in edit}
        draft.change(assignment.with_feed(draft.mapping, feed, assignment.reassigned(feed, source, changes)))

    st.data_editor(
        frame, hide_index=True, key=key, on_change=correct, height=table_height(len(frame), 10),
        placeholder="", disabled=["what", "name", "needed", "sample"],
        alt=_("Columns of the table and where each comes from"),
        column_config={
            "what": st.column_config.TextColumn(_("Column of the table"), width=220),
            "name": st.column_config.TextColumn(_("Name"), width="small"),
            "needed": st.column_config.TextColumn(_("Needed"), width="small"),
            "sample": st.column_config.TextColumn(_("First value"), width=140),
            "source": st.column_config.SelectboxColumn(
                _("From the file"), width="medium", options=[assignment.NOTHING, *assignment.choices(feed, source)],
                help=_("Choose the column of the file; empty leaves it out. Rules of a mapping stand there, too."),
            ),
        },
    )  # fmt: skip


def _besides(feed: Feed) -> list[str]:
    """What else the mapping takes from the file, in words."""
    lines = [_("Only rows where {rule}", rule=feed.when)] if feed.when else []
    for derive in feed.derive:
        parts = " › ".join(derive.levels) or ", ".join(assignment.rule_text(value) for _name, value in derive.columns)
        lines.append(_("Also fills {table} from {columns}", table=holdings.table_name(derive.table), columns=parts))
    return lines
