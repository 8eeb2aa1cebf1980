"""The findings on the promotions of a period: was it worth it, where does money earn, the list, types and regions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.earned import earned
from dashboard.charts.worth import worth
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.findings.promotion_words import band, joined, roi, said, short, type_name, verdict, verdicts
from dashboard.i18n import _, ngettext

DEFINITIONS = ("promotion_roi", "promotion_net", "promotion_efficiency", "promotion_cost", "breakeven_lift")
SHOWN = 14  # promotions in the chart; the table holds all


def page_title(answer: Answer) -> str:
    """How many promotions paid, lost how much, and cannot be told."""
    if answer.values.get("pending"):
        return _("Promotions: what they brought is being computed")
    if answer.values.get("missing"):
        return _("No promotions imported yet")
    if answer.verdict != "ok":
        return _("Promotions")
    values = answer.values
    n, paid, lost = values["promotions"], values["promotions_profit"], values["promotions_loss"]
    early = values["promotions_early"]
    open_ = values["promotions_cannot_tell"] + values["promotions_refused"] - early
    if not n:
        return _("No promotion ended in {period}", period=period_words(answer, short=True))
    if open_ + early == n:
        return ngettext("{n} promotion ended; whether it paid we cannot tell",
                        "{n} promotions ended; whether they paid we cannot tell", n, n=formats.count(n))  # fmt: skip
    frame = answer.frames["promotions"]
    gone = frame[frame["verdict"] == "loss"]
    loss = float((gone["spend"] - gone["net_margin"]).sum())
    return joined(
        ngettext("{paid} of {n} promotion paid", "{paid} of {n} promotions paid", n, paid=formats.count(paid),
                 n=formats.count(n)),
        _("{n} lost {amount}", n=formats.count(lost), amount=formats.compact(loss)) if lost else "",
        _("{n} we cannot tell", n=formats.count(open_)) if open_ else "",
        _("{n} too early to tell", n=formats.count(early)) if early else "",
    )  # fmt: skip


def page_subtitle(answer: Answer, company: str) -> str:
    if answer.verdict != "ok":
        return company
    return subtitle(company, who(answer), _("Net return on promotion spend"),
                    ngettext("{n} promotion ended {period}", "{n} promotions ended {period}",
                             answer.values["promotions"], period=period_words(answer)), _("80% bands"))  # fmt: skip


def _listed(answer: Answer) -> pd.DataFrame:
    frame = answer.frame("promotions")
    frame["name"] = names_of(frame, "promotion")
    frame["short"] = short(list(frame["name"]))
    frame["type"] = [type_name(code) for code in frame["promotion_type"]]
    frame["said"] = [said(*pair) for pair in zip(frame["verdict"], frame["reason"], strict=True)]
    frame["owner"] = names_of(frame, "owner") if "owner_id" in frame else "–"
    frame["net_return"] = frame["net_margin"] - frame["spend"]
    return frame


def unmeasured(answer: Answer) -> str:
    """Why no promotion of the view has a return."""
    if answer.values["promotions_early"]:
        return _("The effect of a promotion lasts eight weeks after its end: choose an earlier period.")
    return _("No promotion of this view could be measured: the table says why.")


def worthwhile(answer: Answer) -> Finding:
    """Was it worth it: return on spend with its band, best first."""
    frame = _listed(answer)
    shown = frame.head(SHOWN).reset_index(drop=True)
    chart = pd.DataFrame({
        "id": shown.get("promotion_id"), "label": shown["short"],
        "remark": [_("too early to tell") if why == "preliminary" else _("not measurable") for why in shown["reason"]],
        "cost": shown["cost"], "mean": shown["roi"],
        "low": shown["roi_lo_80"], "high": shown["roi_hi_80"], "verdict": shown["verdict"],
    })  # fmt: skip

    draw = partial(worth, chart, reference=_("break-even"))

    return Finding(
        "promotions_worth", _worth_title(frame),
        subtitle(who(answer), _("Return on spend, by promotion, best first"), _("point and 80% band, cost in grey"),
                 period_words(answer)),
        frame, _columns(), answer, draw if len(chart) else None, lambda style: _legend(answer, len(frame) - len(shown)),
        DEFINITIONS,
    )  # fmt: skip


def _worth_title(frame: pd.DataFrame) -> str:
    paid, lost = frame[frame["verdict"] == "profit"], frame[frame["verdict"] == "loss"]
    best = (
        _("{name} earned most for its cost", name=paid.iloc[0]["short"]) if len(paid) else _("No promotion surely paid")
    )
    worst = _("{name} lost most", name=lost.iloc[-1]["short"]) if len(lost) else ""
    return titled(best, worst)


def _legend(answer: Answer, unseen: int) -> str:
    values = answer.values
    counts = {code: values[f"promotions_{code}"] for code in verdicts()}
    counts["refused"] -= values["promotions_early"]
    parts = [f"{verdict(code)} {formats.count(n)}" for code, n in counts.items() if n]
    if values["promotions_early"]:
        parts.append(_("– Too early {n}", n=formats.count(values["promotions_early"])))
    if values["promotions_cannot_tell"]:
        parts.append(_("cannot tell: the band spans break-even"))
    if unseen:
        parts.append(_("the table behind the card holds all"))
    return " · ".join(parts)


def _columns() -> Any:
    return columns(
        ("name", _("Promotion")), ("said", _("Verdict")), ("cost", _("Cost"), "money"),
        ("net_margin", _("Extra margin, net"), "money"), ("net_return", _("Net return"), "money"),
        ("roi", _("Return on spend"), "price"), ("roi_lo_80", _("80% from"), "price"), ("roi_hi_80", _("to"), "price"),
        ("lift", _("Lift in the weeks"), "rate"), ("breakeven_lift", _("Net lift to break even"), "rate"),
        ("efficiency", _("Kept"), "rate"), ("type", _("Type")), ("category", _("Category")),
        ("executions", _("Executions"), "count"), ("n_refused", _("Not measurable"), "count"),
        ("end_date", _("Ended")), ("owner", _("Owner")),
    )  # fmt: skip


def listed(answer: Answer, categories: dict[str, str]) -> Finding:
    """Table of promotions with the verdict in words. categories: category -> name shown."""
    frame = _listed(answer)
    frame["category"] = [categories.get(code, code) for code in frame["category"]]
    frame["end_date"] = [formats.date(pd.Timestamp(day).date()) for day in frame["end_date"]]
    values = answer.values
    title = ngettext("{n} promotion, {amount} spent", "{n} promotions, {amount} spent", values["promotions"],
                     n=formats.count(values["promotions"]), amount=formats.compact(values["cost"]))  # fmt: skip
    amount, spend = formats.compact(values["net_return"], signed=True), formats.compact(values["spend"])
    earned_ = _("{amount} net return", amount=amount) if spend == formats.compact(values["cost"]) \
        else _("{amount} net return on {spend} measured", amount=amount, spend=spend)  # fmt: skip
    return Finding("promotions", titled(title, earned_ if known(values["net_return"]) else ""),
                   subtitle(who(answer), _("By promotion, best return first"), period_words(answer)),
                   frame, _columns(), answer, definitions=DEFINITIONS)  # fmt: skip


def quadrant(answer: Answer, currency: str) -> Finding:
    """Where does money earn: net margin against cost, with the break-even diagonal."""
    frame = _listed(answer)
    shown = frame[frame["roi"].notna()].reset_index(drop=True)
    chart = pd.DataFrame({
        "id": shown.get("promotion_id"), "label": shown["short"], "cost": shown["spend"], "mean": shown["net_margin"],
        "low": (1 + shown["roi_lo_80"]) * shown["spend"], "high": (1 + shown["roi_hi_80"]) * shown["spend"],
        "verdict": shown["verdict"],
    })  # fmt: skip
    unit = formats.choose_unit([*chart["cost"], *chart["high"]])
    spoken = formats.unit_name(unit, currency=currency)

    draw = partial(
        earned,
        chart,
        unit=unit,
        above=_("earns more than it costs"),
        below=_("costs more than it earns"),
        line=_("break-even"),
        across=_("Cost, {unit}", unit=spoken),
    )

    return Finding(
        "promotions_earned", _earned_title(shown),
        subtitle(who(answer), _("Extra margin, net, against cost, {unit}", unit=spoken), _("whiskers: 80% band")),
        frame, _columns(), answer, draw if len(chart) else None, definitions=DEFINITIONS,
    )  # fmt: skip


def _earned_title(frame: pd.DataFrame) -> str:
    if frame.empty:
        return _("What promotions earned for their cost")
    best = frame.loc[(frame["net_margin"] - frame["spend"]).idxmax()]
    worst = frame.loc[(frame["net_margin"] - frame["spend"]).idxmin()]
    words = [_("{name}: {cost} brought {margin}", name=row["short"], cost=formats.compact(row["spend"]),
               margin=formats.compact(row["net_margin"])) for row in (best, worst)]  # fmt: skip
    return titled(*dict.fromkeys(words))


def cells(answer: Answer) -> Finding:
    """Return by type and region: where which kind works."""
    frame = answer.frame("cells")
    if len(frame):
        frame["type"], frame["region"] = [type_name(c) for c in frame["promotion_type"]], names_of(frame, "region")
        frame["said"] = [said(*pair) for pair in zip(frame["verdict"], frame["reason"], strict=True)]
        frame = frame.sort_values(["roi", "cost"], ascending=False, na_position="last", ignore_index=True)
    sure = frame[frame["verdict"].isin(["profit", "loss"])] if len(frame) else frame
    title = _("Types and regions")
    if len(sure):
        best, worst = sure.iloc[0], sure.iloc[-1]
        title = titled(*[
            _("{type} in {region} {roi}", type=row["type"], region=row["region"], roi=roi(row["roi"]))
            for row in ([best] if len(sure) == 1 else [best, worst])
        ])  # fmt: skip
    return Finding(
        "promotion_cells", title, subtitle(who(answer), _("Return on spend, by type and region, best first"),
                                           period_words(answer)),
        frame, columns(("type", _("Type")), ("region", _("Region")), ("said", _("Verdict")), ("cost", _("Cost"),
                                                                                              "money"),
                       ("roi", _("Return on spend"), "price"), ("roi_lo_80", _("80% from"), "price"),
                       ("roi_hi_80", _("to"), "price"), ("lift", _("Lift in the weeks"), "rate"),
                       ("efficiency", _("Kept"), "rate"), ("n_executions", _("Executions"), "count"))
        if len(frame) else (), answer, definitions=DEFINITIONS,
    )  # fmt: skip


def forward(answer: Answer) -> Finding:
    """Dealers that only bought forward."""
    frame = answer.frame("forward")
    frame["dealer"] = names_of(frame, "dealer")
    n = len(frame)
    title = ngettext("{n} dealer only bought forward, on {amount} of spend",
                     "{n} dealers only bought forward, on {amount} of spend", n, n=formats.count(n),
                     amount=formats.compact(frame["spend"].sum())) if n \
        else _("No dealer only bought forward")  # fmt: skip
    return Finding(
        "promotion_forward", title,
        subtitle(who(answer),
                 _("Bought more in the weeks and as much less around them, in every promotion of the period"),
                 _("one dealer's figures are rough: ask")),
        frame, columns(("dealer", _("Dealer")), ("dealer_id", _("Code")), ("executions", _("Promotions"), "count"),
                       ("spend", _("Cost"), "money"), ("gross_margin", _("Extra in the weeks"), "money"),
                       ("net_margin", _("Extra margin, net"), "money")),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip


def named(row: Any) -> str:
    """The name of a promotion."""
    return name_of(row, "promotion")


def band_words(values: Mapping[str, Any]) -> str:
    return _("80% band {band}", band=band(values["roi_lo_80"], values["roi_hi_80"]))
