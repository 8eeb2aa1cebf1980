"""The audit log on a page: filters, the table, its csv; and what access.toml names that the data do not hold."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, TypedDict, cast

import streamlit as st

from dashboard import formats, session
from dashboard.components.panel import panel, table_height
from dashboard.components.text import muted, plain
from dashboard.export import tables
from dashboard.findings import audit as findings
from dashboard.findings.model import subtitle
from dashboard.i18n import _, language, ngettext
from data.audit import audit
from data.company import NoSnapshot
from data.ledger import Entry

SHOWN, WRITTEN = 500, 50_000  # entries on the page, in the file
DAYS = 30  # that open


class Chosen(TypedDict):
    """Who, what and when, as Ledger.trail takes it."""

    who: str
    kinds: tuple[str, ...]
    since: str
    until: str


def choose() -> Chosen:
    """What the filters ask for."""
    ledger, words = session.ledger(), findings.kinds()
    today = dt.date.today()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        who = st.selectbox(_("Who"), ledger.distinct("who"), index=None, placeholder=_("Everybody"), width=240,
                           key=f"audit_who_{language()}", label_visibility="collapsed")  # fmt: skip
        kind = st.selectbox(_("What"), ledger.distinct("kind"), index=None, placeholder=_("Everything"), width=220,
                            format_func=lambda id: words.get(id, id), key=f"audit_kind_{language()}",
                            label_visibility="collapsed")  # fmt: skip
        days = st.date_input(_("From and to"), (today - dt.timedelta(DAYS - 1), today), format="YYYY-MM-DD", width=240,
                             key=f"audit_days_{language()}", label_visibility="collapsed")  # fmt: skip
    chosen = cast("tuple[dt.date, ...]", days if isinstance(days, tuple) else (days,)) or (today,)
    return {"who": who or "", "kinds": (kind,) if kind else (), "since": _midnight(chosen[0]),
            "until": _midnight(chosen[-1] + dt.timedelta(1))}  # fmt: skip


def _midnight(day: dt.date) -> str:
    """The beginning of a day of the reader, in UTC."""
    return dt.datetime.combine(day, dt.time(), formats.zone_of(st.context.timezone)).astimezone(dt.UTC).isoformat()


def entries(chosen: Chosen, most: int) -> list[Entry]:
    audit(session.home()).flush(0.5)  # what was noted just now
    return session.ledger().trail(**chosen, most=most)


def card(found: list[Entry], chosen: Chosen) -> None:
    """The entries, newest first."""
    zone = st.context.timezone
    title = ngettext("{n} entry", "{n} entries", len(found), n=formats.count(len(found))) if found else _("No entry")
    more = _("the newest {n}; the file holds more", n=formats.count(SHOWN)) if len(found) == SHOWN else ""
    with panel(title, subtitle(_("Newest first; entries can be added, not changed"), more)):
        if not found:
            muted(_("Nothing was noted with these filters."))
            return
        st.dataframe(findings.table(found, zone), hide_index=True, height=table_height(len(found), 18),
                     alt=_("The audit log"), column_config=_widths())  # fmt: skip
        st.download_button("CSV", partial(_csv, chosen, zone), "audit.csv", "text/csv", icon=":material/download:",
                           on_click="ignore", key="audit_csv")  # fmt: skip


def _widths() -> dict[str, Any]:
    heads = findings.heads()
    sizes = {"at": 150, "who": 190, "kind": 150, "subject": 230}
    return {heads[name]: st.column_config.TextColumn(width=size) for name, size in sizes.items()}


def _csv(chosen: Chosen, zone: str | None) -> bytes:
    frame = findings.table(entries(chosen, WRITTEN), zone)
    return tables.written(list(frame.columns), frame.itertuples(index=False, name=None))


def problems() -> None:
    """Names in access.toml that the data do not hold: who has them sees less than was meant, never more."""
    try:
        found = session.access_problems()
    except NoSnapshot:
        return
    if not found:
        return
    title = ngettext("access.toml names {n} thing that the data do not hold",
                     "access.toml names {n} things that the data do not hold", len(found))  # fmt: skip
    with panel(title, _("They match nothing: who has them sees less than was meant, never more")):
        for who, field, name in found:
            st.markdown(f":material/error: {plain(who)} · {plain(field)} · **{plain(name)}**")
