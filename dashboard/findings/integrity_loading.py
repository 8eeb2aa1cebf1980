"""Stock loading: who holds too much, since when, how it came about, and whom to ask."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.lines import lines
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.integrity import accuracy
from dashboard.findings.model import Finding, columns, subtitle, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, ngettext

DEFINITIONS = ("stock_loading", "cover_days")


def cover(answer: Answer) -> Finding:
    """Days of cover of the suspects and of the others, by month."""
    frame = answer.frame("cover") if "cover" in answer.frames else pd.DataFrame(columns=["month", "suspected", "days"])
    suspected = frame["suspected"].astype(bool)
    frame["label"] = [_("suspected") if bad else _("others") for bad in suspected]
    frame["name"] = [formats.month(day, year=True) for day in frame["month"]]
    frame = frame.assign(order=~suspected).sort_values(["order", "month"], ignore_index=True)
    drawn = frame.rename(columns={"month": "period", "days": "value"}).assign(strong=frame["suspected"].astype(bool))
    last = {bad: part["days"].iloc[-1] for bad, part in frame.groupby("suspected")}
    title = _("Days of stock at dealers")
    if True in last and False in last:
        title = _("The suspects hold stock for {days} days, other dealers for {usual}", days=formats.count(last[True]),
                  usual=formats.count(last[False]))  # fmt: skip
    elif False in last:
        title = _("Dealers hold stock for {days} days; nobody is suspected of loading", days=formats.count(last[False]))

    draw = partial(lines, drawn, kind="days")

    return Finding(
        "cover", title,
        subtitle(who(answer), _("Days of cover, by month: stock / sell-out a day of three months"),
                 _("dealers who can be judged")),
        frame, columns(("name", _("Month")), ("label", _("Dealers")), ("days", _("Days of cover"), "days")),
        answer, draw, None, ("cover_days",),
    )  # fmt: skip


def bridge(answer: Answer, currency: str) -> Finding:
    """How the stock of the suspects came about in the quarter."""
    quarters = answer.frames.get("quarters", pd.DataFrame())
    row = quarters.iloc[-1] if len(quarters) and answer.values["dealers"] else None
    title, steps, opening = _("Nobody's stock is suspected"), pd.DataFrame(columns=["label", "value"]), ("", 0.0)
    start, end = "", formats.date(answer.values["quarter_end"])
    unit = formats.choose_unit([0])
    if row is not None:
        start = formats.date(quarters["quarter_end"].iloc[-2]) if len(quarters) > 1 else ""
        steps = pd.DataFrame({
            "label": [_("Bought from us"), _("Sold on"), _("Other changes")],
            "value": [row["sell_in"], -row["sell_out"],
                      row["closing"] - row["opening"] - row["sell_in"] + row["sell_out"]], "direction": 0,
        })  # fmt: skip
        steps = steps[steps["value"].abs() > 0.005 * row["closing"]]
        opening = (_("Stock {day}", day=start), float(row["opening"]))
        unit = formats.choose_unit([row["sell_in"], row["opening"] + row["sell_in"]])
        words = {"stock": formats.compact(row["closing"]), "usual": formats.compact(row["usual_stock"])}
        title = _("Their stock stands at {stock}; {usual} would be usual", **words)
        if row["closing"] > 1.005 * row["opening"]:
            title = _("Their stock rose to {stock}; {usual} would be usual", **words)

    draw = partial(
        variance_waterfall, steps, closing=_("Stock {day}", day=end), opening=opening, direction=0, unit=unit
    )

    return Finding(
        "stock_bridge", title,
        subtitle(_("suspects alone"),
                 _("Stock at dealers, {unit}, at list price", unit=formats.unit_name(unit, currency=currency)),
                 _("quarter to {day}", day=end)),
        steps, columns(("label", _("Step")), ("value", _("Money"), "money")), answer, draw,
        lambda style: _growth(answer), DEFINITIONS,
    )  # fmt: skip


def _growth(answer: Answer) -> str:
    """Sell-in against sell-out: a rise that is not sold on is no good news."""
    bought, sold = answer.values.get("sell_in_change"), answer.values.get("sell_out_change")
    if bought is None or sold is None or bought != bought or sold != sold:
        return ""
    return _("Against the same quarter of last year they bought {bought} and sold on {sold}.",
             bought=formats.rate(bought, signed=True), sold=formats.rate(sold, signed=True))  # fmt: skip


def asked(answer: Answer) -> Finding:
    """The suspects, with their evidence and whom to ask."""
    frame = answer.frame("dealers")
    frame = frame[frame["verdict"] == "suspected"].reset_index(drop=True)
    for part, label in (("dealer", "name"), ("region", "region"), ("owner", "owner"), ("manager", "manager")):
        frame[label] = names_of(frame, part) if len(frame) else None
    values = answer.values
    title = _("Nobody to ask: no dealer is suspected")
    if len(frame):
        by_region = frame["region"].value_counts()
        title = ngettext("Ask about {n} dealer: {amount} more stock than usual",
                         "Ask about {n} dealers: {amount} more stock than usual", len(frame),
                         amount=formats.compact(values["loading"]))  # fmt: skip
        if by_region.iloc[0] == len(frame) > 1:
            title = _("Ask about {n} dealers, all in {region}: {amount} more stock than usual", n=len(frame),
                      region=by_region.index[0], amount=formats.compact(values["loading"]))  # fmt: skip
    after = (("payback", _("Two weeks after"), "rate"),) if len(frame) and frame["payback"].notna().any() else ()
    return Finding(
        "stock_asked", title,
        subtitle(_("Stock of {day}, most money first", day=formats.date(values["quarter_end"])),
                 _("{n} of {selling} dealers can be judged", n=values["judged"], selling=values["selling"]),
                 _("{full} more hold much stock that came evenly", full=values["full"]) if values["full"] else ""),
        frame,
        columns(("name", _("Dealer")), ("region", _("Region")), ("loading", _("Too much"), "money"),
                ("cover", _("Days of cover"), "count"), ("usual_cover", _("Usual"), "count"),
                ("push_share", _("Last two weeks"), "rate"), ("network_share", _("Others"), "rate"),
                *after, ("times", _("Of 4 quarters"), "count"), ("owner", _("Ask")),
                ("manager", _("Manager"))),
        answer, None, lambda style: accuracy(answer), DEFINITIONS,
    )  # fmt: skip
