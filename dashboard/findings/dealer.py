"""The findings of the dealer card: who the dealer is, its mix, its products, what it owes, and the list to choose from.

The parts that others share (trend, action list) come from their own modules.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.pair import pair
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled
from dashboard.findings.names import name_of, names_of
from dashboard.i18n import _, language, ngettext

PEERS = ("tier", "region")  # to choose from, the first opens
NOTABLE = 0.03  # a category whose share differs less from that of the peers is not named
BUCKETS = ("in_term", "d1_30", "d31_60", "d61_90", "d91_120", "d121")


def profile(answer: Answer) -> pd.Series:
    """The row that says who the dealer is."""
    return answer.frames["dealer"].iloc[0]


def kpi(answer: Answer, measure: str) -> pd.Series:
    """The row of a KPI."""
    frame = answer.frames["kpis"]
    return frame[frame["measure"] == measure].iloc[0]


def page_title(answer: Answer) -> str:
    """The dealer's name, what it sold against target (else the compared period), and what it owes late."""
    name, values = name_of(profile(answer), "dealer"), answer.values
    sales, change = kpi(answer, "net_sales"), kpi(answer, "net_sales")["change_rate"]
    words = {"name": name, "amount": formats.compact(sales["value"])}
    if known(values["pace"]):
        off = formats.rate(values["pace"] - 1, 0, signed=True)
        said = _("{name}: sales {amount}, {change} to target", change=off, **words)
    elif known(change):
        said = _("{name}: sales {amount}, {change}", change=formats.rate(change, 0, signed=True), **words)
    else:
        said = _("{name}: sales {amount}", **words)
    late = values["overdue"]
    return titled(said, _("{amount} overdue", amount=formats.compact(late)) if known(late) and late > 0 else "",
                  page=True)  # fmt: skip


def page_subtitle(answer: Answer) -> str:
    """Code, place, tier, channel and owner; the period."""
    row = profile(answer)
    region, channel, owner = ((name_of(row, part) if isinstance(row[f"{part}_id"], str) else "")
                              for part in ("region", "channel", "owner"))  # fmt: skip
    return subtitle(
        str(row["dealer_id"]), region, _("tier {tier}", tier=row["tier"]) if row["tier"] else "", channel,
        _("owner {name}", name=owner) if owner else "", period_words(answer),
    )  # fmt: skip


def terms(answer: Answer) -> str:
    """Territory, credit limit, payment term and the days on which it opened and closed."""
    row = profile(answer)
    limit, term = row["credit_limit"], row["payment_term_days"]
    return subtitle(
        _("territory {name}", name=name_of(row, "territory")) if isinstance(row["territory_id"], str) else "",
        _("credit limit {amount}", amount=formats.compact(limit)) if known(limit) else _("no credit limit"),
        _("term {days}", days=formats.days(term)) if known(term) else "",
        _("dealer since {day}", day=formats.date(row["opened_date"])) if pd.notna(row["opened_date"]) else "",
        _("closed {day}", day=formats.date(row["closed_date"])) if pd.notna(row["closed_date"]) else "",
    )


def mix(answer: Answer) -> Finding:
    """Share of each category beside that of the peers."""
    frame = answer.frame("mix")
    frame["name"] = [_category(row) for _index, row in frame.iterrows()]
    shown = frame.rename(columns={"name": "label", "share": "first", "peer_share": "second"})
    against = _peers_word(answer)
    highest = float(frame[["share", "peer_share"]].max().max()) if len(frame) else 1.0

    draw = partial(pair, shown, heads=(_("own"), _("peers")), highest=highest)

    return Finding(
        "mix", _mix_title(frame, answer),
        subtitle(_("Share of net sales, %, by category"), period_words(answer),
                 _("point: dealer, diamond: {peers}", peers=against) if answer.values["peers"] else ""),
        frame, columns(("name", _("Category")), ("net_sales", _("Net sales"), "money"), ("share", _("Share"), "rate"),
                        ("peer_share", _("Peers"), "rate"), ("difference", _("Difference"), "rate")),
        answer, draw, None, ("net_sales",),
    )  # fmt: skip


def _category(row: pd.Series) -> str:
    english = row["category_en"]
    name = english if language() == "en" and isinstance(english, str) else row["category"]
    return name if isinstance(name, str) else _("Without a category")


def _peers_word(answer: Answer) -> str:
    n = formats.count(answer.values["peers"])
    if answer.values["peers_by"] == "region":
        return _("{n} dealers of its region", n=n)
    return _("{n} dealers of tier {tier}", n=n, tier=profile(answer)["tier"])


def _mix_title(frame: pd.DataFrame, answer: Answer) -> str:
    if not answer.values["peers"]:
        return _("Too few peers to compare its mix with")
    apart = frame.loc[frame["difference"].abs().idxmax()] if frame["difference"].notna().any() else None
    if apart is None or abs(apart["difference"]) < NOTABLE:
        return _("It buys the same mix as its peers")
    words = {"name": apart["name"], "points": formats.number(abs(apart["difference"]) * 100, 0)}
    if apart["difference"] > 0:
        return _("{name} is {points} points more of its sales than of its peers'", **words)
    return _("{name} is {points} points less of its sales than of its peers'", **words)


def products(answer: Answer, currency: str) -> Finding:
    """What it buys, largest first."""
    frame = answer.frame("products")
    frame["name"] = names_of(frame, "product") if len(frame) else []
    less = int((frame["change"] < 0).sum())
    title = ngettext("{n} product bought", "{n} products bought", int((frame["net_sales"] > 0).sum()))
    if frame["change"].notna().any():
        title = titled(title, _("{n} of them less than before", n=less) if less else "")
    return Finding(
        "products", title, subtitle(_("Net sales, {currency}, by product", currency=formats.currency_name(currency)),
                                    period_words(answer), _("largest first")),
        frame, columns(("name", _("Product")), ("net_sales", _("Net sales"), "money"),
                       ("net_sales_compared", _("Compared"), "money"), ("change", _("Change"), "money")),
        answer, None, None, ("net_sales",),
    )  # fmt: skip


def owed(answer: Answer, currency: str) -> Finding:
    """The dealer's row of the aging form."""
    frame = answer.frame("aging").head(1)
    values = answer.values
    title = _("It owes nothing") if known(values["receivables"]) else _("What it owes is not known")
    if len(frame):
        title = titled(
            _("It owes {amount}, nothing overdue", amount=formats.compact(values["receivables"]))
            if not values["overdue"] else
            _("It owes {amount}, {share} of it overdue", amount=formats.compact(values["receivables"]),
              share=formats.rate(values["overdue_share"], 0)),
            _over(frame.iloc[0]),
        )  # fmt: skip
    heads = {"in_term": _("In term"), "d1_30": "1–30", "d31_60": "31–60", "d61_90": "61–90", "d91_120": "91–120",
             "d121": "121+", "receivables": _("Total"), "credit": _("Credit"), "unapplied": _("Unapplied")}  # fmt: skip
    return Finding(
        "owed", title,
        subtitle(_("Open balances, {currency}, by days past due", currency=formats.currency_name(currency)),
                 formats.date(answer.as_of)),
        frame, columns(*((id, head, "money") for id, head in heads.items())), answer, None, None,
        ("receivables", "overdue", "dso"),
    )  # fmt: skip


def _over(row: pd.Series) -> str:
    if known(row["headroom"]) and row["headroom"] < 0:
        return _("{amount} over its limit", amount=formats.compact(-row["headroom"]))
    return ""


def credit(answer: Answer) -> str:
    """Limit, open orders, headroom and DSO in one line."""
    frame = answer.frames["aging"]
    dso = answer.values["dso"]
    words = [_("DSO {days}", days=formats.days(dso)) if known(dso) else ""]
    if len(frame):
        row = frame.iloc[0]
        if known(row["headroom"]):
            words = [_("limit {amount}", amount=formats.compact(row["credit_limit"])),
                     _("open orders {amount}", amount=formats.compact(row["open_orders"]))
                     if known(row["open_orders"]) else "",
                     _("headroom {amount}", amount=formats.compact(row["headroom"])),
                     _("{share} used", share=formats.rate(row["utilisation"], 0)), *words]  # fmt: skip
        else:
            words.insert(0, _("no credit limit"))
    return subtitle(*words)


def visits(answer: Answer) -> Finding:
    """Its visits, newest first."""
    frame, values = answer.frame("visits"), answer.values
    frame["day"] = pd.to_datetime(frame["visit_date"].fillna(frame["planned_date"])).dt.date
    frame["who"] = names_of(frame, "employee") if len(frame) else []
    ahead = pd.to_datetime(frame["planned_date"]) > pd.Timestamp(answer.as_of)
    frame["said"] = [
        _("to come")
        if still
        else _("not done")
        if pd.isna(done)
        else _(result)
        if isinstance(result, str)
        else _("done")
        for still, done, result in zip(ahead, frame["visit_date"], frame["result"].replace("", None), strict=True)
    ]
    planned, done = values["planned_visits"], values["planned_visits_done"]
    title = _("No visit known")
    if known(planned) and planned:
        title = _("{done} of {planned} planned visits done", done=formats.count(done), planned=formats.count(planned))
    elif values["last_visit"]:
        title = _("Visited without a plan")
    return Finding(
        "visits", titled(title, _since(values["last_visit"], answer.as_of)),
        subtitle(_("Visits of the last twelve months"), _next(values["next_visit"])),
        frame, columns(("day", _("Day")), ("who", _("Sales person")), ("said", _("Result"))), answer, None, None,
        ("visit_coverage", "strike_rate"),
    )  # fmt: skip


def _since(day: dt.date | None, as_of: dt.date) -> str:
    return _("the last {days} ago", days=formats.days((as_of - day).days)) if day else ""


def _next(day: dt.date | None) -> str:
    return _("next planned for {day}", day=formats.date(day)) if day else _("none planned ahead")


def promotions(answer: Answer, currency: str) -> Finding:
    """Promotions it took part in, with their cost. No return is claimed."""
    frame = answer.frame("promotions")
    frame["name"] = names_of(frame, "promotion") if len(frame) else []
    frame["days"] = [formats.period(a.date(), b.date(), short=True)
                     for a, b in zip(frame["start_date"], frame["end_date"], strict=True)]  # fmt: skip
    cost = formats.compact(answer.values["promotion_cost"])
    title = _("No promotion in this period") if known(answer.values["promotion_cost"]) else _("No promotion known")
    if len(frame):
        title = ngettext("Took part in {n} promotion for {cost}", "Took part in {n} promotions for {cost}", len(frame),
                         cost=cost)  # fmt: skip
    return Finding(
        "promotions", title,
        subtitle(_("Cost, {currency}", currency=formats.currency_name(currency)), period_words(answer),
                 _("newest first")),
        frame, columns(("name", _("Promotion")), ("days", _("Days")), ("planned_cost", _("Planned"), "money"),
                       ("cost_amount", _("Spent"), "money")),
        answer, None, None,
    )  # fmt: skip


def shelf(answer: Answer) -> Finding:
    """What stands on the shelves that it supplies, thinnest first."""
    frame, values = answer.frame("shelf"), answer.values
    frame["name"] = names_of(frame, "product") if len(frame) else []
    title = _("No shelf of its outlets was checked in the last 90 days")
    if len(frame):
        gap = values["shelf_price_gap"]
        title = titled(
            _("{share} of the checks find the product", share=formats.rate(values["numeric_distribution"], 0)),
            _("prices {gap} to list", gap=formats.rate(gap, 0, signed=True)) if known(gap) else "",
        )
    return Finding(
        "shelf", title,
        subtitle(ngettext("{n} outlet", "{n} outlets", int(values["outlets"] or 0)), _("last check of each product"),
                 _("thinnest first")),
        frame, columns(("name", _("Product")), ("outlets", _("Outlets"), "count"), ("numeric", _("Numeric"), "rate"),
                       ("weighted", _("Weighted"), "rate"), ("shelf_price_gap", _("Price to list"), "rate")),
        answer, None, None, ("numeric_distribution", "weighted_distribution", "shelf_price_gap"),
    )  # fmt: skip


def dealers(answer: Answer, currency: str) -> Finding:
    """The dealers to choose from, largest first."""
    frame = answer.frame("dealers")
    for part in ("dealer", "region", "owner"):
        frame[part] = names_of(frame, part) if len(frame) else []
    n = len(frame)
    title = ngettext("{n} dealer to choose from", "{n} dealers to choose from", n, n=formats.count(n))
    return Finding(
        "dealers", title,
        subtitle(_("Net sales, {currency}", currency=formats.currency_name(currency)), period_words(answer),
                 _("largest first")),
        frame, columns(("dealer", _("Dealer")), ("dealer_id", _("Code")), ("region", _("Region")), ("tier", _("Tier")),
                       ("owner", _("Owner")), ("net_sales", _("Net sales"), "money"),
                       ("net_sales_compared", _("Compared"), "money"), ("overdue", _("Overdue"), "money")),
        answer, None, None, ("net_sales", "overdue"),
    )  # fmt: skip
