"""What explains the gap to target, or the change: dealers, products, categories as a waterfall."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.waterfall import variance_waterfall
from dashboard.findings.model import Finding, columns, period_words, subtitle, who
from dashboard.findings.names import name_of
from dashboard.i18n import _, ngettext

OF_DEALERS = "dealer"


def gap(answer: Answer, currency: str, *, prefix: str = "") -> Finding:
    """Waterfall of the named ones and the groups of the others; parts add up to the whole.

    answer: of targets.gap; of another question that holds its frame `gap`, and its values under a prefix.
    """
    by = answer.values.get(f"{prefix}by") or OF_DEALERS
    frame = answer.frame("gap")
    frame["name"] = [_label(row, by) for _, row in frame.iterrows()]
    steps = frame[frame["kind"] != "total"].rename(columns={"name": "label", "gap": "value"})
    key = f"{by}_id" if f"{by}_id" in frame else by
    steps["rest"], steps["id"] = steps["kind"] != by, steps[key]
    base, total = answer.values[f"{prefix}base"], float(answer.values.get(f"{prefix}total") or 0)
    unit = formats.choose_unit([*frame["gap"]], "money") if len(frame) else formats.choose_unit([0.0], "money")
    closing = _("Gap to target") if base == "target" else _("Change")

    draw = partial(variance_waterfall, steps, closing=closing, unit=unit, sort=False)

    words = {"variance": "ΔPL" if base == "target" else "ΔPY", "unit": formats.unit_name(unit, currency=currency)}
    what = {
        "dealer": _("{variance} of net sales, {unit}, by dealer", **words),
        "product": _("{variance} of net sales, {unit}, by product", **words),
        "category": _("{variance} of net sales, {unit}, by category", **words),
    }[by]
    return Finding(
        "gap" if by == OF_DEALERS else f"gap_{by}", _title(answer, prefix, by, base, total),
        subtitle(who(answer), what, period_words(answer)),
        frame, columns(("name", {"dealer": _("Dealer"), "product": _("Product"), "category": _("Category")}[by]),
                        ("gap", closing, "money"), ("members", _("Number"), "count")),
        answer, draw if len(steps) else None,
        (lambda style: _("No target is given by them: the change stands in, and no target is spread."))
        if base == "compared" and by != OF_DEALERS else None, ("net_sales", "target_to_date"),
    )  # fmt: skip


def _label(row: pd.Series, by: str) -> str:
    n = 0 if pd.isna(row["members"]) else int(row["members"])
    dealers = by == OF_DEALERS
    match row["kind"]:
        case "others":
            return ngettext("{n} other dealer", "{n} other dealers", n) if dealers else ngettext(
                "{n} other", "{n} others", n)  # fmt: skip
        case "against" if row["gap"] > 0:
            return ngettext("{n} dealer ahead", "{n} dealers ahead", n) if dealers else _("{n} ahead", n=n)
        case "against":
            return ngettext("{n} dealer behind", "{n} dealers behind", n) if dealers else _("{n} behind", n=n)
        case "not_split":
            return {"dealer": _("Target not split by dealer"), "product": _("Not split by product"),
                    "category": _("Target not split by category")}[by]  # fmt: skip
        case "total":
            return _("Total")
    return name_of(row, by)


def _title(answer: Answer, prefix: str, by: str, base: str | None, total: float) -> str:
    values = answer.values
    if base is None:
        return {"dealer": _("Which dealers explain the change"), "product": _("Which products explain the change"),
                "category": _("Which categories explain the change")}[by]  # fmt: skip
    n = int(values[f"{prefix}named_members"])
    if not n:
        return {"dealer": _("No dealer stands out"), "product": _("No product stands out"),
                "category": _("No category stands out")}[by]  # fmt: skip
    words = {"amount": formats.compact(abs(values[f"{prefix}named"])), "total": formats.compact(abs(total))}
    if by == OF_DEALERS:
        return _of_dealers(n, base, total, words)
    names = {"name": name_of(answer.frames["gap"].iloc[0], by),
             "amount": formats.compact(abs(answer.frames["gap"]["gap"].iloc[0])),
             "total": formats.compact(total, signed=True)}  # fmt: skip
    short = answer.frames["gap"]["gap"].iloc[0] < 0
    if base == "target":
        if short:
            return _("{name} is {amount} short; in all {total}", **names)
        return _("{name} is {amount} ahead; in all {total}", **names)
    if short:
        return _("{name} sold {amount} less; in all {total}", **names)
    return _("{name} sold {amount} more; in all {total}", **names)


def _of_dealers(n: int, base: str, total: float, words: dict[str, str]) -> str:
    if base == "target":
        if total < 0:
            return ngettext(
                "{n} dealer is {amount} short; the whole gap is {total}",
                "{n} dealers are {amount} short; the whole gap is {total}", n, **words
            )  # fmt: skip
        return ngettext(
            "{n} dealer is {amount} ahead; the whole surplus is {total}",
            "{n} dealers are {amount} ahead; the whole surplus is {total}", n, **words
        )  # fmt: skip
    if total < 0:
        return ngettext(
            "{n} dealer bought {amount} less; the whole fall is {total}",
            "{n} dealers bought {amount} less; the whole fall is {total}", n, **words
        )  # fmt: skip
    return ngettext(
        "{n} dealer bought {amount} more; the whole rise is {total}",
        "{n} dealers bought {amount} more; the whole rise is {total}", n, **words
    )  # fmt: skip
