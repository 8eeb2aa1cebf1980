"""Cards: the message, the chart, and one icon that opens definition, table, exports and the chart at slide size."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.charts import config
from dashboard.charts.style import Mode
from dashboard.components import notices, slides, tabular
from dashboard.components.panel import table_height
from dashboard.components.text import muted, plain
from dashboard.export import tables, workbook
from dashboard.findings import Finding
from dashboard.i18n import Lang, _, language, use_language
from data.measures import BY_ID

_LIGHT: Mode = "light"  # pictures that leave are always light


def head(finding: Finding) -> None:
    """Title and subtitle of a card, with the icon at the right."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="top", gap="small"):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{plain(finding.title)}**")
            muted(finding.subtitle)
        if st.button(":material/more_vert:", key=f"details_{finding.key}", type="tertiary",
                     help=_("Definition, table, export: {title}", title=finding.title)):  # fmt: skip
            details(finding)


def chart(finding: Finding, *, empty: str = "", on_pick: Callable[[str], None] | None = None,
          control: Callable[[], object] | None = None,
          height: Literal["content", "stretch"] = "stretch") -> None:  # fmt: skip
    """A card with a chart; without rows it says why and keeps its height.

    control: draws a choice above the chart.

    on_pick: called once with the id of the bar, column or tile that the reader clicked; it changes the address. A chart
    that stays the same keeps its selection, which is no new click.
    """
    with st.container(border=True, height=height):
        head(finding)
        if control:
            control()
        if finding.figure is None or finding.frame.empty:
            notices.empty(_("Nothing to show here"), empty or _("There are no rows for these filters."))
            return
        style = session.style()
        figure = finding.figure(style)
        event = st.plotly_chart(figure, key=f"chart_{finding.key}", theme=None, config=config.inline(),
                                on_select="rerun" if on_pick else "ignore", selection_mode="points",
                                alt=f"{finding.title}. {finding.subtitle}")  # fmt: skip
        if on_pick and _is_new(f"picked_{finding.key}", id := _picked(event)):
            on_pick(id)
            st.rerun()
        if finding.note and (words := finding.note(style)):
            muted(words)


def _is_new(key: str, id: str) -> bool:
    """The id is a click that no earlier run has seen."""
    before, st.session_state[key] = st.session_state.get(key), id
    return bool(id) and id != before


def _picked(event: Any) -> str:
    """The id of the clicked mark: what the chart gave as customdata; empty without a click."""
    for point in event["selection"]["points"]:
        id = point.get("customdata")
        id = id[0] if isinstance(id, list) and id else id
        if isinstance(id, str) and id:
            return id
    return ""


def table(finding: Finding, *, empty: str = "", most: int = 10, note: str = "",
          on_pick: Callable[[pd.Series], None] | None = None) -> None:  # fmt: skip
    """A card with a table. on_pick: called with the row in which the reader clicked a cell."""
    with st.container(border=True, height="stretch"):
        head(finding)
        if finding.frame.empty:
            notices.empty(_("Nothing to show here"), empty or _("There are no rows for these filters."))
            return
        rows = tabular.arguments(finding.table, finding.columns)
        with st.container(key=f"table_{finding.key}"):
            # a table that keeps its key over a change of its rows loses the next click
            event: Any = st.dataframe(
                **rows, hide_index=True, placeholder="–", height=table_height(len(finding.frame), most),
                key=f"rows_{finding.key}_{_mark(finding)}", alt=f"{finding.title}. {finding.subtitle}",
                on_select="rerun" if on_pick else "ignore", selection_mode="single-cell",
            )  # fmt: skip
        words = [note] if note else []
        if on_pick:
            words.insert(0, _("Click a row to open it."))
            if cells := event["selection"]["cells"]:
                on_pick(finding.frame.iloc[cells[0][0]])
        if words:
            muted(" ".join(words))


def _mark(finding: Finding) -> int:
    """A number that changes with the rows of a table."""
    return zlib.crc32(repr((finding.answer.scope, len(finding.frame), finding.table.head(3).to_dict("list"))).encode())


def details(finding: Finding) -> None:
    """The dialog behind a card."""

    @st.dialog(finding.title, width="large")
    @notices.instead_of_traceback()
    def show() -> None:
        muted(finding.subtitle)
        if finding.figure is not None and not finding.frame.empty:
            _picture(finding)
        st.dataframe(**tabular.arguments(finding.table, finding.columns), hide_index=True, placeholder="–",
                     alt=_("Table: {title}", title=finding.title))  # fmt: skip
        with st.container(horizontal=True):
            st.download_button("Excel", partial(_written, workbook.single, finding, language()),
                               f"{finding.file_name}.xlsx", _XLSX,
                               icon=":material/download:", on_click="ignore", key=f"xlsx_{finding.key}")  # fmt: skip
            st.download_button("CSV", partial(_written, tables.safe_csv, finding, language()),
                               f"{finding.file_name}.csv", "text/csv",
                               icon=":material/download:", on_click="ignore", key=f"csv_{finding.key}")  # fmt: skip
            slides.of_card(finding)
        for id in finding.definitions:
            measure = BY_ID[id]
            st.markdown(
                f"**{_(measure.label)}** — {plain(_(measure.formula))}  \n:small[:gray[{plain(_(measure.origin))}]]"
            )

    show()


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _written(write: Callable[[Finding], bytes], finding: Finding, lang: Lang) -> bytes:
    """The file in the reader's language: Streamlit asks for it from a thread that does not know the session."""
    session.exported(f"{'xlsx' if write is workbook.single else 'csv'}: {finding.file_name}", finding.answer.scope)
    with use_language(lang):
        return write(finding)


def _picture(finding: Finding) -> None:
    """The chart at slide size; the button above it saves it in the format chosen beside it."""
    kind = st.segmented_control(_("Picture"), ("png", "svg"), default="png", required=True, format_func=str.upper,
                                key=f"picture_{finding.key}")  # fmt: skip
    style = dataclasses.replace(session.style(), mode=_LIGHT)
    assert finding.figure is not None
    figure = config.on_slide(finding.figure(style), style, finding.title, finding.subtitle)
    st.plotly_chart(figure, key=f"slide_{finding.key}_{kind}", theme=None, alt=finding.title,
                    config=config.slide(finding.file_name, cast(config.ImageFormat, kind), lang=language(),
                                        height=int(figure.layout.height)))  # fmt: skip


def ranked(finding: Finding, *, on_open: Callable[[str], None] | None = None,
           below: Callable[[], None] | None = None) -> None:  # fmt: skip
    """A card with a ranked list: sentence, chip and reason; at the right money and owner.

    on_open: called with the id of the item whose button the reader pressed; below: draws what stands under the list.
    """
    from dashboard import formats

    with st.container(border=True, height="stretch"):
        head(finding)
        if finding.frame.empty:
            notices.empty(_("Nothing stands out"), _("No dealer, region or promotion passes a threshold in this view."))
        for rank, (_index, row) in enumerate(finding.frame.iterrows(), start=1):
            _item(rank, row, formats.compact(row["money"]), finding.key, on_open)
        if below:
            below()


def _item(rank: int, row: pd.Series, money: str, key: str, on_open: Callable[[str], None] | None) -> None:
    with st.container(horizontal=True, wrap=False, gap="small"):
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f":gray[{rank}] {plain(row['sentence'])}")
            st.markdown(f":gray-badge[{plain(row['chip'])}] :small[:gray[{plain(row['reason'])}]]")
        with st.container(gap="xxsmall", width=110):
            st.markdown(f"**{money}**", text_alignment="right")
            st.markdown(f":small[:gray[{plain(row['owner'])}]]", text_alignment="right")
        if on_open and st.button(":material/chevron_right:", key=f"open_{key}_{row['id']}", type="tertiary",
                                 help=_("Evidence, take, done: {what}", what=row["sentence"])):  # fmt: skip
            on_open(row["id"])
