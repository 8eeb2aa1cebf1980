"""Definitions: every metric with formula, unit and source."""

import streamlit as st

from dashboard.components import glossary, header, notices
from dashboard.i18n import _, ngettext

groups = glossary.groups()
count = sum(len(measures) for measures in groups.values())
header.header(
    ngettext("{n} measure, defined once for every page, slide and file", "{n} measures, each defined once for every "
             "page, slide and file", count),
    _("Ratios are built from sums, never averaged; a missing denominator shows as “–”"),
)  # fmt: skip
with st.container(horizontal=True, vertical_alignment="center"):
    wanted = st.text_input(_("Search"), placeholder=_("Search: margin, overdue, visits"), label_visibility="collapsed",
                           key="definition_search", width=320)  # fmt: skip
    header.language_choice()
shown = glossary.matching(groups, wanted or "")
if not shown:
    notices.empty(_("No measure matches “{text}”", text=wanted), _("Try a word of its name or formula."))
for title, measures in shown.items():
    st.subheader(title, anchor=False)
    with st.grid(2, min_column_width=320, gap="small"):
        for measure in measures:
            glossary.entry(measure)
