"""The filter bar: period, comparison and region in sight, the rest behind one button; all of it in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from dashboard import address, formats, session
from dashboard.components import header, notices, share, slides
from dashboard.components.text import muted
from dashboard.findings.names import labels
from dashboard.i18n import _, language, ngettext
from data.company import Company
from data.scope import COMPARISONS, FILTERS, Period, Scope, ScopeError, add_months, month_end

MANY = 2000  # more dealers than this are searched before they are listed
NAMED = 3  # values of hidden filters that are named beside the button


def scope() -> Scope:
    """The scope of the address. A key that cannot be read is left out, and the page says so; so is one that names what
    the reader may not see, in the same words."""
    company, given = session.company(), address.keys()
    while True:
        try:
            read = company.scope(given, session.viewer())
            if key := company.foreign(read):
                raise ScopeError(f"{key}: not in the data of this reader")
            return read
        except ScopeError as error:
            key = str(error).partition(":")[0]
            value = given.pop(key, "") if key in given else given.pop(next(iter(given)))
            if session.viewer().restricted:  # the same words for what is not there and what is somebody else's
                told = _("“{value}” is not in the data or not among what you may see; the view goes without it.",
                         value=value)  # fmt: skip
            else:
                told = _("“{value}” could not be read or is not in the data; the view goes without it.", value=value)
            notices.hint(told)


EVERYTHING = ("period", "compare", *FILTERS)
OF_DEALERS = ("as_of", "region", "channel", "dealer", "employee")  # what acts on balances


def bar(current: Scope, *, dealers: int, acts: Sequence[str] = EVERYTHING,
        lead: Callable[[], None] | None = None) -> None:  # fmt: skip
    """Draw the bar with the keys that act on the page. Changing a filter writes the address and reruns.

    lead: draws what the page puts first in the bar.
    """
    company = session.company()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if lead:
            lead()
        if "period" in acts:
            _choice("period", _("Period"), list(periods(company)), str(current.period), period_labels(company), 190,
                    new=True)  # fmt: skip
        if "compare" in acts:
            _choice("compare", _("Comparison"), COMPARISONS, current.compare, _compare_label, 250)
        if "as_of" in acts:
            _as_of(company, current)
        if "region" in acts and len(company.store.region_tree):
            regions = _regions(company)
            _choice("region", _("Region"), list(regions), ",".join(current.region), lambda id: regions.get(id, id), 190)
        _more(company, current, acts)
        share.button(current)
        slides.button(current)
        muted(ngettext("{n} dealer · data to {day}", "{n} dealers · data to {day}", dealers,
                       n=formats.count(dealers), day=formats.date(company.snapshot.as_of)))  # fmt: skip
        header.language_choice()


def _choice(key: str, label: str, options: Sequence[str], chosen: str, named: Callable[[Any], str], width: int,
            *, new: bool = False) -> None:  # fmt: skip
    listed = list(options) if chosen in options else [*options, chosen]
    widget = f"filter_{key}_{language()}"
    st.session_state[widget] = chosen
    st.selectbox(label, listed, format_func=named, key=widget, on_change=_moved, args=(key, widget), width=width,
                 label_visibility="collapsed", accept_new_options=new, placeholder=label)  # fmt: skip


def _moved(key: str, widget: str) -> None:
    value = st.session_state[widget]
    address.put({key: ",".join(value) if isinstance(value, list) else value or ""})


# ------------------------------------------------------------------ what can be chosen


def periods(company: Company) -> Mapping[str, Period]:
    """Default, months, quarters and years of the data, newest first, and everything, by their texts."""
    return _periods(company.store.sales_span, company.snapshot.as_of, company.default_period())


@lru_cache(maxsize=8)
def _periods(span: Period, as_of: dt.date, default: Period) -> Mapping[str, Period]:
    months = [add_months(as_of.replace(day=1), -i) for i in range(15)]
    quarters = [add_months(as_of.replace(day=1), -((as_of.month - 1) % 3) - 3 * i) for i in range(9)]
    found = [default]
    found += [Period(month, month_end(month)) for month in months]
    found += [Period(quarter, month_end(add_months(quarter, 2))) for quarter in quarters]
    found += [Period(dt.date(y, 1, 1), dt.date(y, 12, 31)) for y in range(as_of.year, span.start.year - 1, -1)]
    return {str(p): p for p in [*(p for p in found if p.end >= span.start), span]}


def period_labels(company: Company) -> Callable[[str], str]:
    """How a period reads in the list: one that the reader typed, too."""
    listed, span = periods(company), company.store.sales_span

    def label(text: str) -> str:
        if text == str(span):
            return _("All data")
        try:
            return _period_words(listed.get(text) or company.scope({"period": text}).period, language())
        except ScopeError:
            return text

    return label


@lru_cache(maxsize=200)  # some thirty of them in each run
def _period_words(period: Period, _lang: str) -> str:
    return formats.period(period.start, period.end, short=True)


def _compare_label(name: str) -> str:
    return {
        "last_year": _("vs target and last year"),
        "previous": _("vs target and previous period"),
        "selling_days": _("vs target and last year, same selling days"),
        "lunar": _("vs target and last year, by Spring Festival"),
        "target": _("vs target only"),
    }[name]


def _regions(company: Company) -> dict[str, str]:
    """Region id -> its path in words; the empty id is everything."""
    tree = company.store.region_tree
    name = "name_en" if language() == "en" else "region_name"
    labels = tree[name].where(tree[name].notna(), tree["region_name"])
    label = dict(zip(tree["region_id"], labels, strict=True))
    parent = dict(zip(tree["region_id"], tree["parent_id"], strict=True))
    paths = {}
    for id in company.seen("region", session.viewer()):
        path, above = [label[id]], parent[id]
        while isinstance(above, str):
            path.insert(0, label[above])
            above = parent.get(above)
        paths[id] = " › ".join(path)
    return {"": _("All regions")} | dict(sorted(paths.items(), key=lambda item: item[1]))


# ------------------------------------------------------------------ more filters


def _as_of(company: Company, current: Scope) -> None:
    """The day on which balances stand: any day of the data."""
    widget = f"filter_as_of_{language()}"
    st.session_state[widget] = current.as_of
    first, last = company.store.sales_span.start, company.snapshot.as_of

    def moved() -> None:
        if day := st.session_state[widget]:
            address.put({"as_of": "" if day == last else str(day)})

    st.date_input(_("As of"), min_value=min(first, current.as_of), max_value=max(last, current.as_of), key=widget,
                  format="YYYY-MM-DD", on_change=moved, width=150, label_visibility="collapsed",
                  help=_("Balances as they stood at the end of this day"))  # fmt: skip


def _more(company: Company, current: Scope, acts: Sequence[str]) -> None:
    if not {"channel", "employee", "category", "dealer", "period"} & set(acts):
        return
    hidden = [name for name in FILTERS if name != "region" and name in acts and getattr(current, name)]
    # the label must not change with the choice: a popover with another label is another popover, and closed
    more = st.popover(_("More filters"), icon=":material/filter_list:", on_change="rerun", key=f"more_{language()}")
    if chosen := [_name(name, id) for name in hidden for id in getattr(current, name)]:
        muted(" · ".join([*chosen[:NAMED], *(["…"] if len(chosen) > NAMED else [])]))
    if not more.open:
        return
    with more:
        for name, label in (("channel", _("Channel")), ("employee", _("Sales person"))):
            if name not in acts:
                continue
            options = list(company.seen(name, session.viewer()))
            if options:
                _several(name, label, options, getattr(current, name), partial(_name, name))
        categories = list(company.seen("category", session.viewer())) if "category" in acts else []
        if categories:
            _several("category", _("Category"), categories, current.category, partial(_name, "category"))
        if "dealer" in acts:
            _dealers(company, current)
        if "period" in acts:
            _custom(company, current)
        if hidden and st.button(_("Clear these filters"), icon=":material/filter_list_off:"):
            address.put(dict.fromkeys(hidden, ""))
            st.rerun()


def _several(name: str, label: str, options: list[str], chosen: tuple[str, ...], named: Callable[[Any], str]) -> None:
    widget = f"filter_{name}_{language()}"
    st.session_state[widget] = [id for id in chosen if id in options]
    st.multiselect(label, options, format_func=named, key=widget, on_change=_moved, args=(name, widget),
                   placeholder=_("All"))  # fmt: skip


def _name(grouping: str, id: str) -> str:
    """Name of a value of a filter in the reader's language."""
    if grouping == "category":
        return (session.company().store.categories.get(id) if language() == "en" else "") or id
    return labels(session.company(), grouping).get(id, id)


def _dealers(company: Company, current: Scope) -> None:
    options = list(company.seen("dealer", session.viewer()))
    if len(options) > MANY:
        text = st.text_input(_("Search dealers"), key="dealer_search", placeholder=_("Name or code")).casefold()
        hit = [id for id in options if text and (text in id.casefold() or text in _name("dealer", id).casefold())]
        options = [*current.dealer, *(id for id in hit[:200] if id not in current.dealer)]
    _several("dealer", _("Dealer"), options, current.dealer, lambda id: _name("dealer", id))


def _custom(company: Company, current: Scope) -> None:
    span = company.store.sales_span
    chosen = st.date_input(
        _("Custom period"), (current.period.start, current.period.end), min_value=span.start,
        max_value=max(month_end(company.snapshot.as_of), current.period.end), format="YYYY-MM-DD",
        key=f"custom_{current.period}",
    )  # fmt: skip
    if isinstance(chosen, tuple) and len(chosen) == 2 and chosen != (current.period.start, current.period.end):
        address.put({"period": str(Period(*chosen))})
        st.rerun()
