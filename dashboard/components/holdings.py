"""What is there: one row a table."""

from __future__ import annotations

import streamlit as st

from dashboard.components.panel import panel, table_height
from dashboard.findings import holdings
from dashboard.i18n import _
from data.importing import Status


def card(status: Status) -> None:
    """Tables with their rows; those without rows say what they would add."""
    tables = holdings.tables(status)
    title = holdings.tables_title(tables)
    with panel(title, _("Rows by table, and what a table would add"), height="stretch"):
        st.dataframe(tables, hide_index=True, height=table_height(len(tables), 10), alt=title, placeholder="–",
                     column_config={
            "words": st.column_config.TextColumn(_("Table"), width=170),
            "rows": st.column_config.NumberColumn(_("Rows"), format="localized", width=90),
            "state": st.column_config.TextColumn(_("State"), width=310),
            "name": st.column_config.TextColumn(_("Name"), width=140),
        })  # fmt: skip


def first_steps() -> None:
    """On an empty home: how it goes, and what to bring."""
    with panel(_("Three steps"), _("Nothing is changed in your files; what does not fit is held back, never lost")):
        steps = (
            _("Export sales lines from the ERP: dealer, date, product, quantity, amount. They are enough to start; "
              "dealers, invoices, receipts, targets and visits add more."),
            _("Drop the files above. Which column feeds what is proposed from the headers, English or Chinese; correct "
              "it where it is wrong."),
            _("Check, look at what would be held back, publish."),
        )  # fmt: skip
        st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(steps, start=1)))
