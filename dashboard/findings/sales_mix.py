"""The findings of the mix: what net sales are made of, now and before."""

from __future__ import annotations

from functools import partial

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.findings.briefing import known
from dashboard.findings.groups import by_words, group_names, head_of, key_of
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, who
from dashboard.findings.shortened import shortened
from dashboard.i18n import _

GROUPINGS = ("category", "price_class", "brand", "channel")  # to choose from, the first opens
STILL = 0.005  # a share that moved by less than half a point stays where it is


def shares(answer: Answer, by: str) -> Finding:
    """Bars of the shares, largest first, with their change in points."""
    frame = answer.frame("mix")
    frame["name"] = group_names(frame, by)
    frame["id"] = frame[key_of(frame, by)]
    drawn = frame.rename(columns={"share": "actual", "share_compared": "last_year"}).drop(columns="change")
    shown = shortened(drawn, sums=("actual", "last_year"), order=("actual",)).rename(columns={"name": "label"})

    draw = partial(ranking, shown, kind="rate", direction=0)

    versus = _("AC vs {versus}", versus="PY") if answer.compared else "AC"
    return Finding(
        "mix", _title(answer, by), subtitle(who(answer), _("Share of net sales, %, {by}", by=by_words(by)),
                                            period_words(answer), versus),
        frame, columns(("name", head_of(by)), ("share", _("Share of sales"), "rate"),
                        ("share_compared", _("Share before"), "rate"),
                        ("net_sales", _("Net sales"), "money"), ("change", _("Change"), "money"),
                        ("gross_margin_rate", _("Margin"), "rate"), ("price", _("Price"), "price")),
        answer, draw, None, ("sales_share", "net_sales", "gross_margin_rate", "price"),
    )  # fmt: skip


def table(answer: Answer, by: str, currency: str) -> Finding:
    """The same with amounts, margin and price: whether sales move towards what earns more."""
    frame = answer.frame("mix")
    frame["name"] = group_names(frame, by)
    return Finding(
        "mix_table", _margin_title(answer, by),
        subtitle(who(answer), _("Net sales, {currency}, {by}", currency=formats.currency_name(currency),
                                by=by_words(by)), period_words(answer)),
        frame, columns(("name", head_of(by)), ("net_sales", _("Net sales"), "money"), ("change", _("Change"), "money"),
                        ("share", _("Share of sales"), "rate"), ("share_compared", _("Share before"), "rate"),
                        ("gross_margin_rate", _("Margin"), "rate"),
                        ("gross_margin_rate_compared", _("Margin before"), "rate"),
                        ("price", _("Price"), "price"), ("price_compared", _("Price before"), "price")),
        answer, definitions=("net_sales", "sales_share", "gross_margin_rate", "price"),
    )  # fmt: skip


def _title(answer: Answer, by: str) -> str:
    frame = answer.frame("mix")
    if len(frame) < 2:
        return _("What sales are made of")
    frame["name"] = group_names(frame, by)
    largest = frame.iloc[0]
    moved = frame["share_change"].abs()
    if not moved.notna().any():
        return _("{name} is {share} of sales", name=largest["name"], share=formats.rate(largest["share"]))
    most = frame.loc[moved.idxmax()]
    words = {"name": most["name"], "share": formats.rate(most["share"]), "points": formats.points(most["share_change"]),
             "against": against_words(answer)}  # fmt: skip
    if moved.max() < STILL:
        return _("The mix is that of {against}; {name} moved most, {points}", **words)
    return _("{name} is {share} of sales, {points} on {against}", **words)


def _margin_title(answer: Answer, by: str) -> str:
    frame = answer.frame("mix")
    rated = frame[frame["gross_margin_rate"].notna() & (frame["net_sales"] > 0)]
    if len(rated) < 2:
        return _("Sales, margin and price {by}", by=by_words(by))
    rated["name"] = group_names(rated, by)
    best, least = rated.loc[rated["gross_margin_rate"].idxmax()], rated.loc[rated["gross_margin_rate"].idxmin()]
    if not known(best["gross_margin_rate"]):
        return _("Sales, margin and price {by}", by=by_words(by))
    return _("{best} earns most, {high} margin; {least} least, {low}", best=best["name"], least=least["name"],
             high=formats.rate(best["gross_margin_rate"]), low=formats.rate(least["gross_margin_rate"]))  # fmt: skip
