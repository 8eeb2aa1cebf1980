"""Sales out of territory: who is suspected, where the goods went, the deliveries behind it, and the register."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.charts.suspicion import suspicion
from dashboard.findings.integrity import accuracy
from dashboard.findings.model import Finding, columns, period_words, subtitle, who
from dashboard.findings.names import name_of, names_of
from dashboard.findings.shortened import shortened
from dashboard.i18n import _, ngettext

ROWS = 10  # dealers on the chart of shares
BATCHES = 2  # batch numbers shown of a delivery; the file has more
DEFINITIONS = ("out_of_territory", "out_of_territory_share")


def chosen(answer: Answer, item: str | None) -> str | None:
    """The dealer whose deliveries are shown: the one that was picked, else the first suspect."""
    frame = answer.frames["dealers"]
    if item is not None and item in set(frame["dealer_id"]):
        return item
    named = frame.loc[frame["suspected"].astype(bool), "dealer_id"]
    return None if named.empty else str(named.iloc[0])


def shares(answer: Answer, picked: str | None) -> Finding:
    """Each dealer's share with its band, suspects first."""
    frame = answer.frames["dealers"]
    frame = _people(frame[frame["suspect_deliveries"] > 0])
    values = answer.values
    shown = frame.head(max(ROWS, int(values["dealers"])))
    drawn = pd.DataFrame({
        "label": shown["name"], "id": shown["dealer_id"], "share": shown["shrunk"], "low": shown["at_least"],
        "high": shown["at_most"], "suspected": shown["suspected"], "picked": shown["dealer_id"] == picked,
    })  # fmt: skip
    title = _("No dealer is suspected of selling out of territory")
    if values["dealers"]:
        title = ngettext(
            "{n} dealer is suspected: {amount} out of territory, {share} of its purchases",
            "{n} dealers are suspected: {amount} out of territory, {share} of their purchases",
            values["dealers"], amount=formats.compact(values["suspected_amount"]),
            share=formats.rate(values["suspected_share"], 0),
        )  # fmt: skip
    limit = float(values.get("limit", 0.0))
    reference = _("suspected above {share}", share=formats.rate(limit, 0))

    draw = partial(suspicion, drawn, limit=limit, reference=reference)

    return Finding(
        "shares", title,
        subtitle(who(answer), _("Share of deliveries out of territory without a permission, by dealer, 90% band"),
                 period_words(answer)),
        frame, _columns(), answer, draw,
        lambda style: _("Shares of few deliveries are drawn towards the network's {usual}. Click a dealer for its "
                        "deliveries.",
                        usual=formats.rate(values["usual"])), DEFINITIONS,
    )  # fmt: skip


def _columns() -> Any:
    return columns(
        ("name", _("Dealer")), ("region", _("Region")), ("suspect_amount", _("Money"), "money"),
        ("shrunk", _("Estimated share"), "rate"), ("at_least", _("At least"), "rate"),
        ("suspect_deliveries", _("Deliveries out"), "count"), ("deliveries", _("of"), "count"),
        ("into", _("Mostly into"), None), ("owner", _("Ask")), ("manager", _("Manager")),
    )  # fmt: skip


def asked(answer: Answer) -> Finding:
    """The suspects, with whom to ask."""
    frame, values = answer.frames["dealers"], answer.values
    named = _people(frame[frame["suspected"].astype(bool)])
    title = _("Nobody to ask: no dealer is suspected")
    if len(named):
        title = ngettext("Ask about this dealer", "Ask about these {n} dealers", len(named))
    rest = values["suspect_amount"] - values["suspected_amount"]
    return Finding(
        "asked", title,
        subtitle(_("Most suspect first"), _("suspected, not proven"),
                 _("{amount} more lies in single deliveries that make nobody suspect", amount=formats.compact(rest))
                 if round(rest) else ""),
        named, _columns(), answer, None, lambda style: accuracy(answer), DEFINITIONS,
    )  # fmt: skip


def _people(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy with the names of dealer, region, destination, owner and manager in the reader's language."""
    frame = frame.copy()
    for part, label in (("dealer", "name"), ("region", "region"), ("into", "into"), ("owner", "owner"),
                        ("manager", "manager")):  # fmt: skip
        frame[label] = names_of(frame, part) if f"{part}_id" in frame and len(frame) else None
    return frame


def flows(answer: Answer, item: str | None, currency: str) -> Finding:
    """Where the goods went: of the picked dealer, else of all suspects."""
    frame = answer.frame("flows")
    one = item is not None and item in set(frame["dealer_id"])
    mine = frame[frame["dealer_id"] == item] if one else frame[frame["suspected"].astype(bool)]
    keys = ["into_id", "into_name", "into_name_en"]
    sums = mine.groupby(keys, dropna=False, as_index=False)[["amount", "deliveries"]].sum()
    sums = sums.sort_values("amount", ascending=False, ignore_index=True)
    sums["name"] = names_of(sums, "into")
    about = name_of(mine.iloc[0], "dealer") if one else _("suspects alone")
    title = _("Nothing went out of territory without a permission")
    if len(sums):
        words = {"name": sums["name"].iloc[0], "amount": formats.compact(sums["amount"].iloc[0]),
                 "total": formats.compact(sums["amount"].sum())}  # fmt: skip
        title = _("Most of it went to {name}: {amount} of {total}", **words)
        if one:
            title = _("{dealer}: {amount} of {total} went to {name}", dealer=about, **words)
    unit = formats.choose_unit([*sums["amount"], 0])
    drawn = shortened(sums.rename(columns={"amount": "actual"}), sums=("actual",), order=("actual",))
    drawn = drawn.rename(columns={"name": "label", "into_id": "id"})

    draw = partial(ranking, drawn, unit=unit)

    return Finding(
        "flows", title,
        subtitle(about, _("Sales out of territory, {unit}, by region that the goods went to",
                          unit=formats.unit_name(unit, currency=currency)), period_words(answer)),
        sums, columns(("name", _("Region")), ("amount", _("Money"), "money"), ("deliveries", _("Deliveries"), "count")),
        answer, draw, None, ("out_of_territory",),
    )  # fmt: skip


def reason(code: str) -> str:
    """Why no permission clears a delivery."""
    return {
        "notified_late": _("notified after the sale"),
        "not_agreed": _("the local dealer did not agree"),
        "not_valid": _("not valid on that day"),
        "no_exception": _("no permission recorded"),
    }[code]


def deliveries(answer: Answer) -> Finding:
    """The deliveries of one dealer, newest first."""
    frame = answer.frame("deliveries")
    frame["date"] = [formats.date(day) for day in frame["day"]]
    frame["into"] = names_of(frame, "into")
    frame["batch"] = [" ".join(text.split()[:BATCHES]) if isinstance(text, str) else "" for text in frame["batches"]]
    frame["because"] = [reason(code) for code in frame["reason"]]
    title = _("The deliveries behind it")
    if len(frame):
        title = ngettext("{dealer}: {n} delivery out of territory, {amount}",
                         "{dealer}: {n} deliveries out of territory, {amount}", answer.values["found"],
                         dealer=name_of(frame.iloc[0], "dealer"),
                         amount=formats.compact(answer.values["amount"]))  # fmt: skip
    return Finding(
        "deliveries", title, subtitle(_("Evidence, newest first"), _("batch numbers for tracing the goods")), frame,
        columns(("date", _("Day")), ("document_id", _("Document")), ("into", _("Went to")),
                ("amount", _("Money"), "money"),
                ("batch", _("Batches")), ("because", _("Not cleared because"))),
        answer, None, None, ("out_of_territory",),
    )  # fmt: skip


def register(answer: Answer) -> Finding:
    """The register of permissions, with what each clears."""
    frame = answer.frame("register").rename(columns={"exception_id": "subject"})
    for part, label in (("dealer", "name"), ("region", "region"), ("agreed_by", "agreed_by")):
        frame[label] = names_of(frame, part) if len(frame) else None
    frame["notified"] = [formats.date(day) for day in frame["notified_date"]]
    frame["valid"] = [
        formats.period(a, b, short=True) for a, b in zip(frame["valid_from"], frame["valid_to"], strict=True)
    ]
    frame["why"] = [_why(row, answer) for _index, row in frame.iterrows()]
    frame["origin"] = [
        _("imported")
        if row["source"] == "imported"
        else _("recorded by {who}, {day}", who=row["who"], day=formats.date(pd.Timestamp(row["at"])))
        for _index, row in frame.iterrows()
    ]
    clearing = int((frame["clears"] > 0).sum())
    title = _("No permission is registered")
    if len(frame):
        title = ngettext("{clearing} of {n} permission clears {amount}", "{clearing} of {n} permissions clear {amount}",
                         len(frame), clearing=clearing,
                         amount=formats.compact(answer.values["cleared_amount"]))  # fmt: skip
    return Finding(
        "register", title,
        subtitle(_("Cleared: notified no later than the sale, agreed by the local dealer, valid on the day")), frame,
        columns(("name", _("Dealer")), ("region", _("May sell in")), ("notified", _("Notified on")),
                ("agreed_by", _("Agreed by")), ("valid", _("Valid")), ("clears_amount", _("Clears"), "money"),
                ("why", _("Clears nothing because")), ("origin", _("Source"))),
        answer, None, None, ("out_of_territory",),
    )  # fmt: skip


def _why(row: pd.Series, answer: Answer) -> str:
    if row["clears"] > 0:
        return ""
    if not row["agreed"]:
        return _("agreed by no local dealer")
    if row["valid_to"] < pd.Timestamp(answer.scope.period.start):
        return _("had run out")
    return _("notified after the sales") if row["late"] else _("no sale in this view")
