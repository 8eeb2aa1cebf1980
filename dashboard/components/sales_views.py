"""The views of the Sales page."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer, Note
from dashboard import address, session
from dashboard.components import against, breadcrumb, cards, links, notices, views
from dashboard.components.text import muted, note
from dashboard.findings import briefing, groups, sales, sales_bridge, sales_concentration, sales_dealers, sales_mix
from dashboard.i18n import _
from data.scope import FILTERS, Scope


def overview(scope: Scope, alike: Answer, currency: str) -> None:
    """The trend, whether it is really growth, and the way down from regions to products."""
    left, right = st.columns([3, 2], gap="small")
    with left:
        ahead = session.ask("forecast.outlook", scope)
        cards.chart(briefing.trend(session.ask("sales.trend", scope), currency, ahead=ahead))
    with right:
        cards.chart(sales.like_for_like(alike), empty=" ".join(note(item) for item in alike.notes) or _reach())
    way = session.ask("sales.drill", scope)
    breadcrumb.breadcrumb([breadcrumb.Crumb(*crumb) for crumb in sales.crumbs(way)])
    left, right = st.columns([3, 2], gap="small")
    with left:
        key = way.values["key"]
        cards.chart(sales.drill(way, currency),
                    on_pick=None if way.values["deepest"] else lambda id: address.put({key: id}))  # fmt: skip
    with right:
        cards.chart(sales_bridge.steps(session.ask("sales.bridge", scope), currency, ends=False), empty=_reach())


def bridge(scope: Scope, said: tuple[Note, ...], currency: str) -> None:
    """Price, volume and mix from any period to this one, and by part of the business. said: notes shown already."""
    with st.container(horizontal=True, vertical_alignment="center"):
        by = _by(sales_bridge.GROUPINGS)
        start = against.choose(scope)
    answer = session.ask("sales.bridge", scope, by=by, against=start)
    for item in answer.notes:
        if item not in said:
            notices.hint(note(item))
    left, right = st.columns([1, 2], gap="small")
    with left:
        cards.chart(sales_bridge.steps(answer, currency, ends=True), empty=_reach())
    with right:
        cards.table(sales_bridge.parts(answer, by, currency), empty=_reach(), most=14,
                    on_pick=lambda row: _open(scope, by, row), note=_("Rows and columns add up."))  # fmt: skip


def mix(scope: Scope, currency: str) -> None:
    """Shares now and before, with what each group earns."""
    by = _by(sales_mix.GROUPINGS)
    answer = session.ask("sales.mix", scope, by=by)
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(sales_mix.shares(answer, by), on_pick=(lambda id: address.put({by: id})) if by in FILTERS else None)
    with right:
        cards.table(sales_mix.table(answer, by, currency),
                    on_pick=(lambda row: _open(scope, by, row)) if by in FILTERS else None)  # fmt: skip


def concentration(scope: Scope, currency: str) -> None:
    """The largest dealers or products, and the class of each."""
    by = _by(sales_concentration.GROUPINGS)
    answer = session.ask("sales.concentration", scope, by=by)
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(sales_concentration.largest(answer, by, currency), on_pick=lambda id: _go(scope, by, id))
    with right:
        cards.table(sales_concentration.classes(answer, by, currency), most=16,
                    on_pick=lambda row: _open(scope, by, row),
                    note=sales_concentration.index_words(answer, by))  # fmt: skip


def dealers(scope: Scope, currency: str) -> None:
    """Who came and left, what sales moved with them, and whom to call."""
    answer = session.ask("sales.dealers", scope)
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(sales_dealers.heads(answer), empty=_reach())
    with right:
        cards.chart(sales_dealers.money(answer, currency), empty=_reach())
    if not (words := sales_dealers.statuses(answer)):
        muted(_("There are no rows for these filters."))
        return
    status = views.choose(_("Status"), words, option="by")
    cards.table(
        sales_dealers.listed(answer, status, currency), most=15, on_pick=lambda row: _open(scope, "dealer", row)
    )


def _reach() -> str:
    return _("A period of the data to compare with is needed.")


def _by(names: tuple[str, ...]) -> str:
    return views.choose(_("By"), {name: groups.head_of(name) for name in names}, option="by")


def _open(scope: Scope, by: str, row: pd.Series) -> None:
    """What a click on a row of a table does: see _go."""
    id = row[f"{by}_id" if f"{by}_id" in row else by]
    if isinstance(id, str) and by in FILTERS:
        _go(scope, by, id)
        st.rerun()


def _go(scope: Scope, by: str, id: str) -> None:
    """Open a dealer's card; another group becomes the filter of the page."""
    if by == "dealer":
        links.open_dealer(scope, id)
    address.put({by: id})
