"""The findings of the bridge: what price, volume, mix, new and discontinued products did to net sales."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.groups import absent, group_names, head_of
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled, who
from dashboard.i18n import _

GROUPINGS = ("category", "region", "dealer", "product")  # to choose from, the first opens
LONGEST = 100_000  # an end that would print more digits than this sets the unit; else the effects do
_ENDS = ("opening", "closing")


def steps(answer: Answer, currency: str, *, ends: bool) -> Finding:
    """Waterfall of the effects. ends: from the compared period's sales to this one's, else from zero to the change."""
    frame = answer.frame("bridge")
    frame["name"] = [_step(answer, step) for step in frame["step"]]
    effects = frame[~frame["step"].isin(_ENDS) & (frame["value"].abs() >= 0.005)]
    shown = effects.rename(columns={"name": "label"}).assign(id=effects["step"])
    values = answer.values
    unit = formats.choose_unit([*effects["value"], values.get("change")], "money")
    if ends and (largest := frame["value"].abs().max()) >= LONGEST * unit.scale:
        unit = formats.choose_unit([largest], "money")

    opening = (_step(answer, "opening"), float(values["opening"])) if ends and len(frame) else None
    draw = partial(variance_waterfall, shown, closing=_step(answer, "closing") if ends else _("Change"),
                   opening=opening, unit=unit, sort=False)  # fmt: skip

    what = _("Net sales, {unit}, by cause", unit=formats.unit_name(unit, currency=currency))
    return Finding(
        "bridge", _title(answer), subtitle(who(answer), what, _span(answer)), frame,
        columns(("name", _("Step")), ("value", _("Amount"), "money"), ("products", _("Products"), "count")),
        answer, draw if len(frame) else None, lambda style: _note(answer),
        ("net_sales", "price_effect", "volume_effect", "mix_effect"),
    )  # fmt: skip


def _span(answer: Answer) -> str:
    """From which period to which."""
    if answer.compared is None:
        return period_words(answer)
    before = formats.period(answer.compared.start, answer.compared.end, short=True)
    return _("{before} to {now}", before=before, now=period_words(answer, short=True))


def _step(answer: Answer, step: str) -> str:
    if step == "opening" and answer.compared:
        return formats.period(answer.compared.start, answer.compared.end, short=True)
    if step == "closing":
        return period_words(answer, short=True)
    return _words().get(step, step)


def _words() -> dict[str, str]:
    return {"price": _("Price"), "volume": _("Volume"), "mix": _("Mix"), "new": _("New products"),
            "discontinued": _("Discontinued products"), "unsplit": _("Not split")}  # fmt: skip


def _title(answer: Answer) -> str:
    if answer.compared is None or answer.verdict != "ok":
        return _("Price, volume and mix")
    change = float(answer.values["change"])
    effects = {name: float(answer.values[name]) for name in _words()}
    order = sorted(effects, key=lambda name: -abs(effects[name]))
    first, second = ((_words()[name].lower(), formats.compact(effects[name], signed=True)) for name in order[:2])
    words = {"total": formats.compact(abs(change)), "first": first[0], "a": first[1], "second": second[0],
             "b": second[1]}  # fmt: skip
    if not change:
        return _("Net sales did not change")
    if change > 0:
        return titled(_("Sales rose by {total}: {first} {a}, {second} {b}", **words))
    return titled(_("Sales fell by {total}: {first} {a}, {second} {b}", **words))


def _note(answer: Answer) -> str:
    there = {name for name in _words() if abs(float(answer.values.get(name, 0))) >= 0.005}
    words = []
    if there & {"new", "discontinued"}:
        words.append(_("New and discontinued: sold in this view in one of the two periods only"))
    if "unsplit" in there:
        words.append(_("Not split: lines without a product, or more returned than sold"))
    return " · ".join(words)


def parts(answer: Answer, by: str, currency: str) -> Finding:
    """Table: the same effects by part of the business; rows and columns add up."""
    frame = answer.frame("by")
    words = _words()
    if len(frame):
        frame["name"] = group_names(frame, by)
    extra = [("unsplit", words["unsplit"], "money")] if len(frame) and frame["unsplit"].abs().max() >= 0.005 else []
    shown = [("name", head_of(by)), ("opening", _("Compared"), "money"),
             ("price", words["price"], "money"), ("volume", words["volume"], "money"), ("mix", words["mix"], "money"),
             ("new", _("New"), "money"), ("discontinued", _("Discontinued"), "money"),
             *extra, ("change", _("Change"), "money"), ("closing", _("Actual"), "money")]  # fmt: skip
    return Finding(
        "bridge_by", _parts_title(frame, by),
        subtitle(who(answer), _("Net sales, {currency}, by cause", currency=formats.currency_name(currency)),
                 _span(answer)),
        frame if len(frame) else pd.DataFrame(columns=[column[0] for column in shown]), columns(*shown), answer,
        definitions=("net_sales", "price_effect", "volume_effect", "mix_effect"),
    )  # fmt: skip


def _parts_title(frame: pd.DataFrame, by: str) -> str:
    if frame.empty or not frame["change"].abs().max():
        return _("Causes by part of the business")
    largest = frame.iloc[0]
    name = group_names(frame.head(1), by)[0] or absent(by)
    causes = {step: float(largest[step]) for step in _words()}
    cause = max(causes, key=lambda step: abs(causes[step]))
    return _("{name} changed most, by {amount}: {cause} {part}", name=name,
             amount=formats.compact(largest["change"], signed=True), cause=_words()[cause].lower(),
             part=formats.compact(causes[cause], signed=True))  # fmt: skip
