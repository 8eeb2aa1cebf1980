"""The sheet in which the reader writes the potential of each region or sales person."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from dashboard import session
from dashboard.components import records
from dashboard.components.panel import panel, table_height
from dashboard.components.text import muted, plain
from dashboard.findings import potential as findings
from dashboard.i18n import _, language
from data.records import RecordError

KIND = "potential"


def sheet(answer: Answer) -> None:
    """An editable table: potential and its source, one row a region or person. Amounts can be pasted."""
    by, frame = answer.values["by"], findings.frame_of(answer)
    title = {"region": _("Potential of each region"), "employee": _("Potential of each sales person")}[by]
    with panel(title, _("Any unit: market size, outlets, inhabitants. Paste a column, then save."), height="stretch"):
        if frame.empty:
            muted(_("There are no rows for these filters."))
            return
        shown = frame[["name", "written", "source"]].set_index(frame["id"])
        name = {"region": _("Region"), "employee": _("Sales person")}[by]
        edited = st.data_editor(
            shown, hide_index=True, disabled=["name"], height=table_height(len(shown), 12),
            key=f"potentials_{by}_{language()}_{answer.scope.region}_{session.ledger().version((KIND,))}",
            placeholder="–",
            column_config={"name": name, "source": st.column_config.TextColumn(_("Source"), max_chars=200),
                           "written": st.column_config.NumberColumn(_("Potential"), min_value=0, format="%,.0f")},
        )  # fmt: skip
        if st.button(_("Save"), icon=":material/save:", key=f"save_potentials_{by}"):
            _save(by, shown, edited)


def _save(by: str, shown: pd.DataFrame, edited: pd.DataFrame) -> None:
    """Keep the rows that changed; an emptied amount withdraws the record."""
    try:
        for id in edited.index[~(edited.eq(shown) | (edited.isna() & shown.isna())).all(axis=1)]:
            amount, source = edited.loc[id, "written"], edited.loc[id, "source"]
            session.record(KIND, f"{by}:{id}", {"amount": amount, "source": source} if amount == amount else {})
    except RecordError as error:
        st.markdown(f":red[:material/error: {plain(records.fault(error))}]")
        return
    st.rerun()
