"""What came in when, and the snapshots: returning to the one before."""

from __future__ import annotations

import streamlit as st

from dashboard import formats, session
from dashboard.components import notices
from dashboard.components.panel import panel, table_height
from dashboard.components.text import muted, plain
from dashboard.findings import holdings
from dashboard.i18n import _, ngettext
from data.company import NoSnapshot, WarehouseBusy, open_warehouse
from data.importing import Status


def imports(status: Status) -> None:
    """Every imported file, newest first."""
    n = len(status.imports)
    title = ngettext("{n} file was imported", "{n} files were imported", n) if n else _("No file was imported yet")
    with panel(title, _("Newest first; rows in = accepted + held back, always"), height="stretch"):
        if not n:
            muted(_("The demo company was built, not imported."))
            return
        frame = holdings.imports(status.imports, st.context.timezone)
        st.dataframe(frame, hide_index=True, height=table_height(n, 8), alt=_("Imported files"), column_config={
            "file": st.column_config.TextColumn(_("File"), width=160),
            "table": st.column_config.TextColumn(_("Feeds"), width=130),
            "rows_in": st.column_config.NumberColumn(_("Rows in"), format="localized", width=80),
            "accepted": st.column_config.NumberColumn(_("Accepted"), format="localized", width=80),
            "quarantined": st.column_config.NumberColumn(_("Held back"), format="localized", width=80),
            "when": st.column_config.TextColumn(_("When"), width=150),
            "mapping": st.column_config.TextColumn(_("Mapping"), width=100),
        })  # fmt: skip


def snapshots() -> None:
    """The snapshots that are kept, the serving one marked, and the way back."""
    warehouse = open_warehouse(session.home(), session.settings())
    current, kept = warehouse.current(), list(reversed(warehouse.snapshots()))
    title = ngettext("{n} snapshot is kept", "{n} snapshots are kept", len(kept))
    with panel(title, _("Each import publishes a new one; the one before stays whole"), height="stretch"):
        for snapshot in kept:
            serving = current is not None and snapshot.id == current.id
            when = formats.moment(snapshot.manifest["created_at"], st.context.timezone)
            origin = _("demo company") if snapshot.origin == "demo" else _("imported")
            mark, reach = _("serves"), _("data to {day}", day=formats.date(snapshot.as_of))
            badge = f" :green-badge[{plain(mark)}]" if serving else ""
            st.markdown(f"{plain(snapshot.id)}{badge} :small[:gray[{plain(when)} · {plain(origin)} · {plain(reach)}]]")
        earlier = warehouse.previous()
        pressed = st.button(_("Return to the previous snapshot"), icon=":material/undo:", disabled=earlier is None,
                            help=None if earlier else _("There is no earlier one"))  # fmt: skip
        if pressed and earlier is not None:
            _confirm(earlier.id, formats.date(earlier.as_of))


def _confirm(earlier: str, day: str) -> None:
    @st.dialog(_("Return to snapshot {id}?", id=earlier))
    @notices.instead_of_traceback()
    def show() -> None:
        text = _("Everybody then sees the data to {day} as they were. What was imported since is not deleted, but no "
                 "longer shown, and the next import starts from here.", day=day)  # fmt: skip
        st.markdown(plain(text))
        if st.button(_("Return to snapshot {id}", id=earlier), icon=":material/undo:", key="rollback"):
            try:
                served = open_warehouse(session.home(), session.settings()).rollback()
            except (NoSnapshot, WarehouseBusy):
                st.markdown(plain(_("An import is running, or somebody returned already; nothing was changed.")))
                return
            session.ledger().write("rollback", served.id, session.viewer().viewer, {"snapshot": served.id})
            st.rerun()

    show()
