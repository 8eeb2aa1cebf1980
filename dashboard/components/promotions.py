"""The views of promotions: all of a period, one of them, what waits for its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.questions import Answer
from analytics.questions.promotions_overdue import KIND
from dashboard import address, formats, session
from dashboard.components import cards, kpis, notices, pending, records, views
from dashboard.components.panel import panel
from dashboard.components.text import muted, note, plain
from dashboard.findings import promotion as one_findings
from dashboard.findings import promotions as findings
from dashboard.findings import promotions_overdue as overdue_findings
from dashboard.findings.briefing import known
from dashboard.findings.kpis import Kpi, Line, versus
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import reason, roi
from dashboard.i18n import _, ngettext
from data.measures import measure
from data.scope import Scope

JOB = "promotions"


def waiting(answer: Answer) -> None:
    """Why nothing is told: how far the computing is, or what is to be imported."""
    pending.instead(answer, JOB, _("What promotions brought is not computed yet; it takes a minute for 600 dealers."))


def row(answer: Answer) -> None:
    """Cost, net return, return on spend, what was kept, and how much of it is known."""
    v, quarters = answer.values, answer.frames["quarters"]

    def spark(column: str) -> tuple[float, ...]:
        return tuple(quarters[column]) if column in quarters else ()

    def against(column: str, text: str, change: float) -> list[Line]:
        then = v.get(f"{column}_compared")
        return [Line(versus(answer), text, change, measure(f"promotion_{column}").direction)] if known(then) else []

    cost = [Line(_("vs plan"), formats.rate(v["cost"] / v["planned_cost"] - 1, signed=True),
                 v["cost"] / v["planned_cost"] - 1,
                 -1)] if known(v["planned_cost"]) and v["planned_cost"] else []  # fmt: skip
    if v["net_sales"]:
        cost.append(Line(_("{share} of net sales", share=formats.rate(v["cost"] / v["net_sales"]))))
    measured = known(v["roi"])
    unknown = [Line(_("cannot tell") if v["promotions"] else _("no promotion ended"))]
    kpis.row([
        Kpi(_("Promotion cost"), formats.compact(v["cost"]), cost, _(measure("promotion_cost").formula), spark("cost")),
        Kpi(_("Net return"), formats.compact(v["net_return"], signed=True),
            [Line(_("80% band {low} to {high}", low=formats.compact(v["net_return_low"], signed=True),
                    high=formats.compact(v["net_return_high"], signed=True))),
             Line(_("after dips and other products"))] if measured else unknown,
            _("Net extra margin less cost, of what could be measured"),
            tuple(quarters["net_margin"] - quarters["spend"]) if len(quarters) else ()),
        Kpi(_("Return on spend"), roi(v["roi"]),
            [Line(findings.band_words(v)),
             *against("roi", roi(v["roi"] - v.get("roi_compared", float("nan"))),
                      v["roi"] - v.get("roi_compared", float("nan")))] if measured else unknown,
            _(measure("promotion_roi").formula), spark("roi")),
        Kpi(_("Kept after the dip"), formats.rate(v["efficiency"], 0),
            [Line(_("net / gross extra margin")),
             *against("efficiency", formats.points(v["efficiency"] - v.get("efficiency_compared", float("nan")), 0),
                      v["efficiency"] - v.get("efficiency_compared", float("nan")))],
            _(measure("promotion_efficiency").formula), spark("efficiency")),
        _sure(v),
    ])  # fmt: skip


def _sure(v: Mapping[str, Any]) -> Kpi:
    """How many of the promotions have a verdict, and how the spend divides."""

    def share(*codes: str) -> str:
        return formats.rate(sum(v[f"cost_{code}"] for code in codes) / v["cost"] if v["cost"] else float("nan"), 0)

    return Kpi(
        _("Judged with confidence"), _("{n} of {total}", n=formats.count(v["promotions_profit"] + v["promotions_loss"]),
                                       total=formats.count(v["promotions"])),
        [Line(_("{gained} of cost gained, {lost} lost for sure", gained=share("profit"), lost=share("loss"))),
         Line(_("{open} open, {early} too early",
                open=formats.rate((v["cost_cannot_tell"] + v["cost_refused"] - v["cost_early"]) / v["cost"], 0),
                early=share("early")) if v["cost"] else _("no promotion ended"))],
        _("A verdict is given where the 80% band lies on one side of break-even"),
    )  # fmt: skip


def _open(row: pd.Series) -> None:
    address.put({"show": "one", "item": row["promotion_id"]})
    st.rerun()


def portfolio(answer: Answer, currency: str) -> None:
    """Was it worth it, where does money earn, the list, types and regions, who only bought forward."""
    if not answer.values["promotions"]:
        notices.empty(_("No promotion ended in this period"), _("Choose a longer period or all regions."))
        return

    def pick(id: str) -> None:
        address.put({"show": "one", "item": id})

    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(findings.worthwhile(answer), on_pick=pick, empty=findings.unmeasured(answer))
    with right:
        cards.chart(findings.quadrant(answer, currency), on_pick=pick, empty=findings.unmeasured(answer))
    cards.table(findings.listed(answer, _categories()), most=12, on_pick=_open)
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(findings.cells(answer), most=10)
    with right:
        cards.table(
            findings.forward(answer),
            most=10,
            empty=_("Nobody bought in every promotion of the period only what it left out around it."),
        )


def _categories() -> dict[str, str]:
    from dashboard.i18n import language

    known_ = session.company().store.categories
    return known_ if language() == "en" else {code: code for code in known_}


def one(scope: Scope, currency: str) -> None:
    """One promotion from its weeks to its dealers."""
    first = session.ask("promotions.one", scope)
    if first.verdict != "ok":
        waiting(first)
        return
    options = pd.DataFrame(first.values["options"])
    named = dict(zip(options["promotion_id"], names_of(options, "promotion"), strict=True))
    listed = {first.values["promotion_id"]: named[first.values["promotion_id"]]} | named
    chosen = views.pick(_("Promotion"), listed)
    answer = first if chosen == first.values["promotion_id"] else session.ask("promotions.one", scope, promotion=chosen)
    st.markdown(f"**{plain(one_findings.headline(answer))}**")
    for item in answer.notes:
        notices.hint(note(item))
    refused = "; ".join(reason(code) for code in answer.values["reasons"])
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.chart(one_findings.weeks(answer, currency), empty=refused)
    with right:
        cards.chart(one_findings.gross_to_net(answer, currency), empty=refused)
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(one_findings.naive(answer, currency), empty=refused)
    with right:
        cards.table(one_findings.checks(answer), most=10)
    left, right = st.columns(2, gap="small")
    with left:
        cards.chart(one_findings.regions(answer), empty=refused)
    with right:
        cards.table(one_findings.planned(answer), most=8)
        cards.table(one_findings.cost_lines(answer, currency), most=6,
                    empty=_("Import the lines of promotion costs to see unit prices and quantities."))  # fmt: skip
    cards.table(one_findings.dealers(answer), most=10)


def evaluation(scope: Scope) -> None:
    """What waits for its evaluation, and the form that records one."""
    answer = session.ask("promotions.overdue", scope)
    if answer.verdict != "ok":
        waiting(answer)
        return
    frame = answer.frames["promotions"]
    left, right = st.columns([3, 2], gap="small")
    with left:
        cards.table(overdue_findings.table(answer), most=14, on_pick=_choose)
    if frame.empty:
        return
    named = dict(zip(frame["promotion_id"], names_of(frame, "promotion"), strict=True))
    with right, panel(_("Record an evaluation"), _("Your name and the time are kept with it."), height="stretch"):
        chosen = views.pick(_("Promotion"), named)
        about = frame[frame["promotion_id"] == chosen].iloc[0]
        muted(_("Measured: return on spend {roi}, 80% band {low} to {high}", roi=roi(about["roi"]),
                low=roi(about["roi_lo_80"]), high=roi(about["roi_hi_80"])) if known(about["roi"])
              else _("Not measured."))  # fmt: skip
        subject = f"promotion:{chosen}"
        standing = {name: about[name] for name in ("decision", "conclusion", "note") if isinstance(about[name], str)}
        if about["state"] == "running":
            muted(_("It still runs."))
        elif records.form(KIND, subject, current=standing):
            st.rerun()
        records.history(KIND, subject, most=3, longest=160)
        if st.button(_("Open this promotion"), icon=":material/query_stats:", type="tertiary"):
            _open(about)


def _choose(row: pd.Series) -> None:
    address.put({"item": row["promotion_id"]})
    st.rerun()


def overdue_words(answer: Answer) -> str:
    """The view's name with how many wait."""
    n = answer.values.get("overdue", 0)
    return ngettext("Evaluation · {n} overdue", "Evaluation · {n} overdue", n) if n else _("Evaluation")
