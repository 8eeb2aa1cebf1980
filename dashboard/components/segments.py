"""The views of groups of dealers: the map and the cards, the dealers of one group, the moves between groups."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from analytics.questions.segments_base import USED, cuts_of
from dashboard import address, formats, session
from dashboard.components import cards, kpis, links, notices, pending, views
from dashboard.components.text import muted, note, plain
from dashboard.findings import segment_moves, segment_words
from dashboard.findings import segments as findings
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line
from dashboard.i18n import _, language
from data.scope import Scope, ScopeError

JOB = "segments"
BY, CUTS, SINCE = "by", "cuts", "against"  # options of the address
# threshold -> (lowest, highest, step) of its slider, in the unit shown: percent, multiples or days
SLIDERS = {
    "a_up_to": (50, 90, 1), "b_up_to": (80, 99, 1), "large": (25, 400, 25), "grows": (-20, 20, 1),
    "growing": (1, 50, 1), "declining": (-50, -1, 1), "new_days": (90, 730, 5), "dormant_days": (14, 180, 1),
    "lost_days": (120, 730, 5),
}  # fmt: skip


def waiting(answer: Answer) -> None:
    """Why there are no groups: how far their making is, or what is missing."""
    with st.container(border=True, height=240, horizontal_alignment="center", vertical_alignment="center"):
        if pending.missing(JOB):
            pending.follow(JOB, _("The groups of dealers are not computed yet; it takes a minute for 600 dealers."))
            return
        for item in answer.notes[-1:]:
            muted(note(item))


def row(stages: Answer, risk: Answer, score: Answer | None) -> None:
    """Growing, declining, silent, bought on promotion, margin at risk, moves of tiers (where scores are shown)."""
    by_stage = stages.frames["segments"].set_index("segment")

    def stage(code: str, help: str) -> Kpi:
        card = by_stage.loc[code]
        lines = [Line(_("{share} of sales", share=formats.rate(card["net_sales_share"], 0)))
                 if known(card["net_sales_share"]) else Line(_("no dealer"))]  # fmt: skip
        if known(card["growth"]):
            lines.append(Line(_("on last year"), formats.rate(card["growth"], signed=True), card["growth"], 1))
        return Kpi(segment_words.names(stages.frames["segments"])[code], formats.count(card["dealers"]), lines, help)

    silent = by_stage.loc[["dormant", "lost"], "dealers"]
    values, cuts = risk.values, stages.values["thresholds"]
    items = [
        stage("growing", _("Growth on last year of {rate} or more", rate=formats.rate(cuts["growing"], 0))),
        stage("declining", _("Growth on last year of {rate} or less", rate=formats.rate(cuts["declining"], 0))),
        Kpi(_("Silent"), formats.count(silent.sum()),
            [Line(_("{n} dormant", n=formats.count(silent["dormant"]))),
             Line(_("{n} lost", n=formats.count(silent["lost"])))],
            _("No order for more than {dormant} days: dormant; for more than {lost}: lost",
              dormant=cuts["dormant_days"], lost=cuts["lost_days"])),
    ]  # fmt: skip
    if "at_risk" in values and risk.scope.as_of == risk.values["day"]:  # told of the last day alone
        trusted = risk.verdict == "ok" and known(values["at_risk"])
        why = _("no margin is known") if risk.verdict == "ok" else _("cannot be told from past days")
        items.append(Kpi(_("Margin at risk"), formats.compact(values["at_risk"]) if trusted else formats.MISSING,
                         [Line(_("of {whole} in 90 days", whole=formats.compact(values["expected_quarter"]))),
                          Line(_("{n} likely to stay silent", n=formats.count(values["likely"])))]
                         if trusted else [Line(why)],
                         _("Chance of no order in 90 days times the margin expected of 90 days")))  # fmt: skip
        items.append(Kpi(_("Bought on promotion"), formats.rate(values["promoted_share"]),
                         [Line(_("of sales of the year")),
                          Line(_("{n} dealers buy 25% or more so", n=formats.count(values["dependent"])))]
                         if known(values["promoted_share"]) else [Line(_("no promotions imported"))],
                         _("Net sales of lines that carry a promotion divided by net sales of the year")))  # fmt: skip
    if score and "up" in score.values:
        told = score.values
        items.append(Kpi(_("Tier moves proposed"), formats.count(told["moves"]),
                         [Line(_("{n} up", n=formats.count(told["up"]))),
                          Line(_("{n} down", n=formats.count(told["down"])))],
                         _("Dealers whose score speaks for another tier than they are in")))  # fmt: skip
    kpis.row(items)


def groups(scope: Scope, currency: str) -> None:
    """The map, the table and the cards of the groups, and the dealers of the one that the reader picked."""
    kind, cuts = _kind(), _cuts()
    answer = session.ask("dealers.segments", scope, kind=kind, cuts=cuts)
    for item in answer.notes:
        notices.hint(note(item))
    told = answer.values["kind"]
    _thresholds(told, answer)
    codes = [code for code in answer.frames["segments"]["segment"] if isinstance(code, str)]
    picked = address.chosen("item") if address.chosen("item") in codes else ""
    left, right = st.columns([2, 3], gap="small")
    with left:
        cards.chart(findings.chart(answer, currency, picked), on_pick=_pick)
    with right:
        _cards(answer, codes, picked)
    if picked and st.button(_("Show the dealers of all groups"), icon=":material/filter_list_off:"):
        _pick("")
        st.rerun()
    cards.table(findings.listed(answer, currency, picked), most=12,
                on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    if kind == "learned" and len(answer.frames["tried"]):
        with st.expander(_("How the groups were found")):
            cards.table(findings.tried(answer), most=6)


def _kind() -> str:
    return views.choose(_("Groups"), segment_words.kinds(), option=BY)


def _pick(code: str) -> None:
    address.put({"item": code})


def _cards(answer: Answer, codes: list[str], picked: str) -> None:
    """One card a group: its figures, what to do, who is about to leave it."""
    told, frame = segment_words.names(answer.frames["segments"]), answer.frames["segments"]
    shown = frame[frame["segment"].isin(codes) & (frame["dealers"] > 0)]
    with st.grid(2, min_column_width=260, gap="small"):
        for number, (_index, card) in enumerate(shown.iterrows(), start=1):
            code = card["segment"]
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{number} · {plain(told[code])}**")
                muted(_figures(card))
                st.markdown(f":small[{plain(segment_words.treatment(code, card['drivers']))}]")
                if near := findings.leaving(answer, code, told):
                    muted(_("Nearest to leaving: {names}", names=_(", ").join(near)))
                if code != picked and st.button(_("Show its dealers"), key=f"group_{code}", type="tertiary",
                                                icon=":material/arrow_downward:"):  # fmt: skip
                    _pick(code)
                    st.rerun()


def _figures(card: pd.Series) -> str:
    """The figures of a card in one line."""
    parts = [
        _("{n} dealers, {share} of sales", n=formats.count(card["dealers"]),
          share=formats.rate(card["net_sales_share"], 0)),
        _("growth {rate}", rate=formats.rate(card["growth"], signed=True)) if known(card["growth"]) else "",
        _("margin {rate}", rate=formats.rate(card["gross_margin_rate"])) if known(card["gross_margin_rate"]) else "",
        _("pays {days} late", days=formats.days(card["days_late"], 1)) if known(card["days_late"]) else "",
        _("{n} visits a dealer", n=formats.number(card["visits"], 0)) if known(card["visits"]) else "",
        _("{rate} on promotion", rate=formats.rate(card["promoted_share"])) if known(card["promoted_share"]) else "",
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


# ------------------------------------------------------------------ what if the thresholds were others


def _cuts() -> str:
    """The thresholds that the address tries; none where they cannot be read."""
    text = address.chosen(CUTS)
    try:
        cuts_of(text)
    except ScopeError:
        notices.hint(_("“{value}” could not be read or is not in the data; the view goes without it.", value=text))
        return ""
    return text


def _labels() -> dict[str, str]:
    return {
        "a_up_to": _("Class A up to, % of sales"), "b_up_to": _("Class B up to, % of sales"),
        "large": _("Large from, % of the mean dealer"), "grows": _("Growing from, %"),
        "growing": _("Growing from, %"), "declining": _("Declining down to, %"), "new_days": _("New for, days"),
        "dormant_days": _("Dormant after, days"), "lost_days": _("Lost after, days"),
    }  # fmt: skip


def _thresholds(kind: str, answer: Answer) -> None:
    """Sliders of the thresholds that the rule uses, and what trying others changes."""
    if not (names := USED[kind]):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(_("What if the thresholds were others"), icon=":material/tune:", key=f"cuts_{language()}"):
            for name in names:
                _slider(name, answer.values["thresholds"][name])
        if answer.values["cuts"]:
            muted(_("{n} dealers are in another group than by the settings; the figures above stay by the settings",
                    n=formats.count(answer.values["changed"])))  # fmt: skip
            if st.button(_("Back to the settings"), icon=":material/undo:", type="tertiary"):
                address.put({CUTS: ""})
                for name in names:
                    st.session_state.pop(_widget(name))
                st.rerun()


def _widget(name: str) -> str:
    return f"cut_{name}_{language()}"


def _slider(name: str, value: float) -> None:
    low, high, step = SLIDERS[name]
    scale = 1 if name.endswith("_days") else 100
    widget = _widget(name)
    if widget not in st.session_state:  # set again while the reader drags, it would lose a step
        st.session_state[widget] = min(max(round(value * scale), low), high)

    def moved() -> None:
        standing = session.settings().segment_rules.model_dump()
        tried = cuts_of(_cuts()) | {name: st.session_state[widget] / scale}
        kept = {key: number for key, number in tried.items() if abs(number - standing[key]) > 1e-9}
        address.put({CUTS: ";".join(f"{key}={number:g}" for key, number in kept.items())})

    st.slider(_labels()[name], low, high, step=step, key=widget, on_change=moved)


# ------------------------------------------------------------------ moves


def moves(scope: Scope, currency: str) -> None:
    """Who went from which group to which since an earlier day, and how steady the groups are."""
    kind = _kind()
    groups = session.ask("dealers.segments", scope, kind=kind)
    answer = session.ask("dealers.moves", scope, kind=kind, since=address.chosen(SINCE))
    if answer.verdict != "ok":
        waiting(answer)
        return
    since = answer.values["since"].isoformat()
    views.pick(
        _("Since"),
        {since: _since(since)} | {day: _since(day) for day in answer.values["days"]},
        option=SINCE,
        width=220,
    )
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(segment_moves.flow(answer, groups))
    with right:
        cards.table(segment_moves.listed(answer, groups, currency), most=12, empty=_("No dealer changed its group"),
                    on_pick=lambda row: links.open_dealer(scope, row["dealer_id"]))  # fmt: skip
    cards.table(segment_moves.steady(answer), most=6)


def _since(day: str) -> str:
    return _("since {day}", day=formats.date(pd.Timestamp(day).date()))
