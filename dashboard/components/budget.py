"""The board of the promotion budget: sliders, plans compared, response curves, the table, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from analytics.questions.budget import ALL, changed, moved, outside
from analytics.questions.budget_base import plan_text
from analytics.questions.budget_plans import KIND, subject
from dashboard import address, formats, session
from dashboard.components import cards, kpis, notices, views
from dashboard.components.panel import panel
from dashboard.components.text import muted, note, plain
from dashboard.findings import budget as findings
from dashboard.findings import budget_cells as of_cells
from dashboard.findings.briefing import known
from dashboard.findings.budget import ASKED, PLAN
from dashboard.findings.budget_words import chance, nearest, plan_names, plan_row, reasons, steps
from dashboard.findings.kpis import Kpi, Line
from dashboard.findings.promotion_words import type_name
from dashboard.i18n import _, language, ngettext
from data.scope import Scope, ScopeError

REGION = "item"  # option of the address: the region shown
SEGMENTS = 8  # regions beyond this are chosen from a list
_TOLD = "budget_told"  # session key: the state of the address that the sliders show


def asked(scope: Scope) -> Answer:
    """The answer for what the address holds; what cannot be used is left out, and the page says so."""
    while True:
        try:
            options: dict[str, object] = dict(_options())
            if text := address.chosen(PLAN):
                options["plan"] = text
            return session.ask("budget.evaluate", scope, **options)
        except ScopeError as error:
            at_fault = findings.at_fault(error)
            address.put({at_fault: ""})
            notices.hint(_("This plan cannot be used with the data as they are now; the view goes without it.")
                         if at_fault == PLAN else
                         _("That total or floor is not possible; the view goes without it."))  # fmt: skip


def show(answer: Answer, currency: str) -> None:
    """The whole board."""
    region = _region(answer)
    left, right = st.columns([2, 3], gap="small")
    with left:
        _sliders(answer, currency, region)
    with right:
        cards.chart(findings.compared(answer, currency), height="content")
        _chances(answer)
        cards.table(findings.figures(answer), most=9)
    cards.chart(of_cells.curves(answer, currency, region))
    cards.table(of_cells.table(answer, currency), most=12)
    with panel(_("What this rests on"), _("Evidence behind the curves, and what they leave out")):
        words = [note(item) for item in answer.notes]
        after = 2 if answer.values["kept"] else 1  # what is measured, and how many cells keep their spend
        words[after:after] = of_cells.rests_on(answer)
        st.markdown("\n".join(f"- :small[{plain(text)}]" for text in words))


def _region(answer: Answer) -> str:
    """The region of sliders and curves, from the address; empty: all of them."""
    return address.option(REGION, tuple(of_cells.regions(answer)))


# ------------------------------------------------------------------ sliders


def _sliders(answer: Answer, currency: str, region: str) -> None:
    told = (address.chosen(PLAN), address.chosen(ASKED), region, answer.scope.region, language())
    if st.session_state.get(_TOLD) != told:  # changed by a button, a link, the back button: not by a slider
        for key in [key for key in st.session_state if str(key).startswith("budget_set_")]:
            del st.session_state[key]
        st.session_state[_TOLD] = told
    points = of_cells.marks(answer, region)
    name = of_cells.region_name(answer, region)
    cells = answer.frames["cells"]
    own = cells[(cells["region_id"] == region) | (not region)]
    planned, now = (formats.compact(own[plan].sum()) for plan in ("mine", "current"))
    with panel(_("Your plan for {region}", region=name) if region else _("Your plan for all regions"),
               _("By promotion type, a year · planned {planned}, now {now}", planned=planned, now=now),
               height="stretch"):  # fmt: skip
        _choose(answer, region)
        for _index, row in points.iterrows():
            _slider(answer, region, row)
        _fixed(own[~own["has_curve"]], whole=not region)
        with st.container(horizontal=True, gap="small"):
            _buttons(answer)
        v = answer.values
        left = v["total_current"] - v["total_mine"]
        left = left if abs(left) > 1e-4 * v["total_current"] else 0.0  # a plan is kept in whole units
        words = _("{amount} left", amount=formats.compact(left)) if left > -1 else _(
            "{amount} more than now", amount=formats.compact(-left))  # fmt: skip
        muted(_("In all: {planned} planned of {now}", planned=formats.compact(v["total_mine"]),
                now=formats.compact(v["total_current"])) + " · " + words)  # fmt: skip
        plans = answer.frames["plans"].set_index("plan")
        if plans.loc["recommended", "marginal_roi"] < 0 and "marginal_floor" not in _options():
            muted(
                _(
                    "At this total even the recommended plan's last unit costs more than it earns; “Recommended by…” "
                    "can stop before that."
                )
            )


def _choose(answer: Answer, region: str) -> None:
    listed = of_cells.regions(answer)
    if len(listed) < 2:
        return
    if len(listed) > SEGMENTS:
        views.pick(_("Region of the plan"), listed, option=REGION)
        return
    views.choose(_("Region of the plan"), listed, option=REGION)


def _slider(answer: Answer, region: str, row: pd.Series) -> None:
    """One amount. Its steps are parts of the current spend, the recommended amount among them."""
    amounts = steps(row)
    widget = f"budget_set_{row['type']}_{region}"
    if widget not in st.session_state:  # set again while the reader drags, it would lose a step
        st.session_state[widget] = nearest(amounts, row["mine"])
    cells, plan = answer.frames["cells"], address.chosen(PLAN)

    def drawn() -> None:
        text = moved(cells, plan, row["type"], region or ALL, float(st.session_state[widget]))
        address.put({PLAN: text})
        st.session_state[_TOLD] = (text, *st.session_state[_TOLD][1:])

    st.select_slider(
        _("{type} · now {now}, recommended {best}", type=row["label"],
          now=amounts[nearest(amounts, row["current"])], best=amounts[nearest(amounts, row["recommended"])]),
        list(amounts), format_func=amounts.__getitem__, key=widget, on_change=drawn,
    )  # fmt: skip


def _fixed(cells: pd.DataFrame, *, whole: bool) -> None:
    """Types that keep their spend in a region, and why; of all regions how many there are. cells: those without a
    curve."""
    if whole and len(cells):
        n = len(cells)
        muted(ngettext("{n} type in a region keeps its {amount}: no evidence to decide from",
                       "{n} types in regions keep their {amount}: no evidence to decide from", n,
                       n=formats.count(n), amount=formats.compact(cells["current"].sum())))  # fmt: skip
        return
    for row in cells.itertuples():
        muted(_("{type} keeps {amount}: {reason}", type=type_name(str(row.type)), amount=formats.compact(row.current),
                reason=reasons().get(str(row.reason), "")))  # fmt: skip


def _buttons(answer: Answer) -> None:
    cells, plan = answer.frames["cells"], address.chosen(PLAN)
    rest = outside(cells, plan)
    best = plan_text(rest | changed(cells, "recommended"))
    st.button(_("Use recommended"), icon=":material/auto_fix_high:", on_click=address.put, args=({PLAN: best},))
    st.button(_("Back to current"), icon=":material/undo:", disabled=not answer.values["touched"],
              on_click=address.put, args=({PLAN: plan_text(rest)},))  # fmt: skip
    with st.popover(_("Recommended by…"), icon=":material/tune:", key=f"budget_floors_{language()}"):
        _floors(answer)
    if answer.values["touched"]:
        with st.popover(_("Keep this plan"), icon=":material/bookmark_add:", key=f"budget_keep_{language()}"):
            _keep(answer)


# ------------------------------------------------------------------ what the recommended plan goes by


def _options() -> dict[str, float]:
    return findings.tried(address.chosen(ASKED))


def _text(given: Mapping[str, float]) -> str:
    return ";".join(f"{key}={number:.10g}" for key, number in given.items())


def _floors(answer: Answer) -> None:
    given, v = _options(), answer.values
    muted(_("Between {low} and {high} a year the curves hold.", low=formats.compact(v["lowest"]),
            high=formats.compact(v["highest"])))  # fmt: skip
    _number("total", _("Budget a year"), given, 1.0, v["lowest"], v["highest"], _("as now"))
    _number("roi_floor", _("Least return on spend of a type in a region, %"), given, 100.0, -0.9, 3.0, _("none"))
    _number("marginal_floor", _("Least return on the last unit spent, %"), given, 100.0, -0.9, 3.0, _("none"))
    if given.get("marginal_floor") != 0:
        st.button(_("Stop where the next unit no longer pays"), type="tertiary", icon=":material/content_cut:",
                  on_click=address.put, args=({ASKED: _text(given | {"marginal_floor": 0.0})},))  # fmt: skip


def _number(name: str, label: str, given: dict[str, float], scale: float, low: float, high: float,
            none: str) -> None:  # fmt: skip
    widget = f"budget_set_{name}"
    if widget not in st.session_state:
        st.session_state[widget] = given[name] * scale if name in given else None

    def written() -> None:
        value = st.session_state[widget]
        kept = {key: number for key, number in given.items() if key != name}
        if value is not None:
            kept[name] = value / scale
        address.put({ASKED: _text(kept)})

    st.number_input(label, float(low * scale), float(high * scale), value=None, key=widget, on_change=written,
                    step=5.0 if scale > 1 else 100_000.0, format="%0.0f", placeholder=none)  # fmt: skip


# ------------------------------------------------------------------ chances


def _chances(answer: Answer) -> None:
    """The chance to beat the current plan, of a profit, and the worst tenth of cases."""
    plan = "mine" if answer.values["touched"] else "recommended"
    row, now, best = (plan_row(answer, name) for name in (plan, "current", "recommended"))
    name = plan_names()[plan]
    kpis.row([
        Kpi(_("Beats current"), chance(row["p_gain"]),
            [Line(_("{plan}: {gain} expected", plan=name, gain=formats.compact(row["expected_gain"], signed=True))),
             Line(_("80% band {low} to {high}", low=formats.compact(row["gain_lo_80"], signed=True),
                    high=formats.compact(row["gain_hi_80"], signed=True)))] if known(row["p_gain"])
            else [Line(_("the same plan"))],
            _("Chance that the plan brings more profit than the current one, by all that the measuring leaves open")),
        Kpi(_("Chance of a profit"), chance(row["p_profit"]),
            [Line(name), Line(_("current {chance}", chance=chance(now["p_profit"])))],
            _("Chance that promotions bring more margin than they cost")),
        Kpi(_("Worst 10% of cases"), formats.compact(row["gain_lo_80"], signed=True),
            [Line(_("against the current plan")),
             Line(_("recommended {gain}", gain=formats.compact(best["gain_lo_80"], signed=True))) if plan == "mine"
             else Line(_("{gain} or more in two of three", gain=formats.compact(row["gain"], signed=True)))],
            _("In one of ten cases the plan brings this or less, against the current one")),
    ])  # fmt: skip


# ------------------------------------------------------------------ kept plans


def _keep(answer: Answer) -> None:
    name = st.text_input(_("Name of the plan"), max_chars=60, placeholder=_("for example: more tastings in South"))
    if st.button(_("Save"), icon=":material/save:", disabled=not name.strip(), key="budget_save"):
        row = plan_row(answer, "mine")
        body = {"name": name.strip(), "plan": address.chosen(PLAN), "total": float(row["spend"]),
                "gain": float(row["expected_gain"]), "data_to": answer.as_of.isoformat()}  # fmt: skip
        session.record(KIND, subject(session.viewer().viewer, name.strip()), body)
        st.rerun()


def kept(scope: Scope) -> None:
    """The plans that were kept, each to open."""
    frame = session.ask("budget.plans", scope).frames["plans"]
    if frame.empty:
        return
    with panel(_("Kept plans"), _("Latest first · a kept plan opens with the curves of today")):
        for _index, row in frame.head(10).iterrows():
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                with st.container(gap="xxsmall", width="stretch"):
                    st.markdown(plain(row["name"]))
                    muted(_("{total} a year, {gain} expected · {who}, {day}", total=formats.compact(row["total"]),
                            gain=formats.compact(row["gain"], signed=True), who=row["who"],
                            day=formats.moment(row["at"], st.context.timezone)))  # fmt: skip
                if st.button(_("Open plan"), key=f"budget_open_{row['subject']}", type="tertiary"):
                    address.put({PLAN: row["plan"]})
                    st.rerun()
                if row["who"] == session.viewer().viewer and st.button(
                    _("Delete"), key=f"budget_delete_{row['subject']}", type="tertiary"
                ):
                    session.record(KIND, row["subject"], {})
                    st.rerun()
