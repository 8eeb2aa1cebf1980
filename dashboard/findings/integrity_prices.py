"""Prices outside the band: when, by whom, on which side, and the lines behind it."""

from __future__ import annotations

from functools import partial

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.charts.two_sides import two_sides
from dashboard.findings.integrity import accuracy
from dashboard.findings.model import Finding, columns, period_words, subtitle, who
from dashboard.findings.names import name_of, names_of
from dashboard.findings.shortened import shortened
from dashboard.i18n import _, ngettext

DEFINITIONS = ("price_breach_share", "price_gap")
_CELLS = {"bought_high": "above_first", "resold_high": "above_second", "bought_low": "below_first",
          "resold_low": "below_second"}  # fmt: skip


def practice(code: str) -> str:
    """What a dealer does, in words."""
    return {
        "bought_low": _("Bought below the floor"), "bought_high": _("Bought above the cap"),
        "resold_low": _("Sold on below the floor"), "resold_high": _("Sold on above the cap"),
    }[code]  # fmt: skip


def chosen(answer: Answer, item: str | None) -> str | None:
    """The dealer whose lines are shown: the one that was picked, else the one with the largest gap."""
    frame = answer.frames["dealers"]
    if item is not None and item in set(frame["dealer_id"]):
        return item
    return None if frame.empty else str(frame.groupby("dealer_id")["gap"].sum().idxmax())


def months(answer: Answer, currency: str) -> Finding:
    """Money outside the band by month, above and below."""
    frame = answer.frames["months"]
    wide = frame.pivot(index="month", columns="practice", values="gap").reindex(columns=list(_CELLS)).fillna(0.0)
    wide = wide.rename(columns=_CELLS).rename_axis(columns=None).reset_index(names="period")
    wide["label"] = [formats.month(day, year=True) for day in wide["period"]]
    values = answer.values
    sums = [wide[[f"{side}_first", f"{side}_second"]].sum(axis=1).max() for side in ("above", "below")]
    unit = formats.choose_unit(sums if len(wide) else [0])
    title = _("No price lies outside the band")
    if values["gap"]:
        title = _("{low} below the floor, {high} above the cap: {share} of units lie outside the band",
                  low=formats.compact(values["low_gap"]), high=formats.compact(values["high_gap"]),
                  share=formats.rate(values["breach_share"]))  # fmt: skip
    series = (_("bought from us"), _("sold on"))
    words = (_("above the cap"), _("below the floor"))

    draw = partial(two_sides, wide, words=words, series=series, unit=unit)

    return Finding(
        "price_months", title,
        subtitle(who(answer), _("Gap to the price band, {unit}, by month",
                                unit=formats.unit_name(unit, currency=currency)), period_words(answer)),
        wide, columns(("label", _("Month")), *((cell, practice(code), "money") for code, cell in _CELLS.items())),
        answer, draw,
        lambda style: _("next to the zero line: what dealers bought from us · grey: what they sold on"), DEFINITIONS,
    )  # fmt: skip


def dealers(answer: Answer, item: str | None, currency: str) -> Finding:
    """Money outside the band by dealer."""
    frame = answer.frame("dealers")
    frame = frame[frame["suspected"].astype(bool)]
    keys = ["dealer_id", "dealer_name", "dealer_name_en"]
    sums = frame.groupby(keys, dropna=False, as_index=False)[["gap", "units"]].sum()
    sums = sums.sort_values("gap", ascending=False, ignore_index=True)
    sums["name"] = names_of(sums, "dealer")
    unit = formats.choose_unit([*sums["gap"], 0])
    drawn = shortened(sums.rename(columns={"gap": "actual"}), sums=("actual",), order=("actual",))
    drawn = drawn.assign(id=drawn["dealer_id"], label=[
        f"▸ {name}" if id == item else name for id, name in zip(drawn["dealer_id"], drawn["name"], strict=True)
    ])  # fmt: skip
    title = _("No dealer is suspected of leaving the price band")
    if len(sums):
        title = ngettext("{n} dealer is suspected of leaving the band: {amount}",
                         "{n} dealers are suspected of leaving the band; {name} most, by {amount}", len(sums),
                         name=sums["name"].iloc[0], amount=formats.compact(sums["gap"].iloc[0]))  # fmt: skip

    draw = partial(ranking, drawn, unit=unit)

    return Finding(
        "price_dealers", title,
        subtitle(who(answer), _("Gap to the price band, {unit}, by dealer, both sides",
                                unit=formats.unit_name(unit, currency=currency)), period_words(answer)),
        sums, columns(("name", _("Dealer")), ("gap", _("Gap"), "money"), ("units", _("Units"), "quantity")),
        answer, draw,
        lambda style: _("Click a dealer for its lines."), DEFINITIONS,
    )  # fmt: skip


def asked(answer: Answer) -> Finding:
    """The suspects and what they do, with whom to ask."""
    frame = answer.frame("dealers")
    frame = frame[frame["suspected"].astype(bool)].reset_index(drop=True)
    for part, label in (("dealer", "name"), ("region", "region"), ("owner", "owner"), ("manager", "manager")):
        frame[label] = names_of(frame, part) if len(frame) else None
    frame["what"] = [practice(code) for code in frame["practice"]]
    title = _("Nobody to ask: no dealer is suspected")
    if len(frame):
        below = frame.loc[frame["practice"].str.endswith("low"), "dealer_id"].nunique()
        above = frame.loc[frame["practice"].str.endswith("high"), "dealer_id"].nunique()
        title = _("Ask about {below} dealers below the floor and {above} above the cap", below=below, above=above)
    planted = _("Every breach there was planted, so that says little about false alarms.")
    return Finding(
        "price_asked", title,
        subtitle(_("Largest gap first"), _("suspected: three lines or more, and over 1% of the units")), frame,
        columns(("name", _("Dealer")), ("region", _("Region")), ("what", _("What")), ("gap", _("Gap"), "money"),
                ("units", _("Units"), "quantity"), ("share", _("Of units"), "rate"),
                ("off", _("Off the band by"), "rate"), ("owner", _("Ask")), ("manager", _("Manager"))),
        answer, None, lambda style: f"{accuracy(answer)} {planted}", DEFINITIONS,
    )  # fmt: skip


def lines(answer: Answer) -> Finding:
    """The lines of one dealer outside the band, newest first."""
    frame = answer.frame("breaches")
    frame["date"] = [formats.date(day) for day in frame["day"]]
    frame["product"] = names_of(frame, "product")
    frame["what"] = [practice(code) for code in frame["practice"]]
    ends = zip(frame["floor"], frame["cap"], strict=True)
    frame["band"] = [f"{formats.number(floor, 2)}–{formats.number(cap, 2)}" for floor, cap in ends]
    title = _("The lines behind it")
    if len(frame):
        words = {"dealer": name_of(frame.iloc[0], "dealer"), "amount": formats.compact(answer.values["gap"])}
        title = ngettext("{dealer}: {n} case outside the band, {amount}",
                         "{dealer}: {n} cases outside the band, {amount}", answer.values["found"], **words)  # fmt: skip
    return Finding(
        "price_lines", title, subtitle(_("Evidence, newest first"), _("one row a product and day")), frame,
        columns(("date", _("Day")), ("product", _("Product")), ("what", _("What")), ("units", _("Units"), "quantity"),
                ("price", _("Price"), "price"), ("band", _("Band")), ("gap", _("Gap"), "money")),
        answer, None, None, DEFINITIONS,
    )  # fmt: skip


def register(answer: Answer) -> Finding:
    """The permissions to leave the band that were recorded."""
    frame = answer.frame("exceptions")
    frame["name"] = names_of(frame, "dealer") if len(frame) else None
    frame["product"] = [name_of(row, "product") if isinstance(row["product_id"], str) else _("all products")
                        for _index, row in frame.iterrows()]  # fmt: skip
    frame["valid"] = [
        formats.period(a, b, short=True) for a, b in zip(frame["valid_from"], frame["valid_to"], strict=True)
    ]
    title = _("No permission is registered")
    if len(frame):
        title = ngettext("{n} permission takes {units} units out of the breaches",
                         "{n} permissions take {units} units out of the breaches", len(frame),
                         units=formats.compact(answer.values["approved_units"]))  # fmt: skip
    return Finding(
        "price_register", title, subtitle(_("Approved exceptions are no breach")), frame,
        columns(("name", _("Dealer")), ("product", _("Product")), ("approved_by", _("Approved by")),
                ("valid", _("Valid")),
                ("who", _("Recorded by"))),
        answer, None, None, DEFINITIONS,
    )  # fmt: skip
