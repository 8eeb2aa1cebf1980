"""The findings of target and actual: page title, ranking by money, pace before what is usual, tasks."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranges import ranges
from dashboard.charts.ranking import ranking
from dashboard.findings.briefing import ALONE, ON_TARGET, known
from dashboard.findings.model import Column, Finding, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of, names_of
from dashboard.findings.shortened import shortened
from dashboard.i18n import _, language, ngettext

NAMED = 2  # names in a title
OF_DEALERS = ("region", "employee", "dealer", "channel")  # groups of dealers: what is usual can be told


def groupings() -> dict[str, str]:
    """What targets can be looked at by, with the words shown."""
    return {"region": _("Region"), "employee": _("Sales person"), "dealer": _("Dealer"), "product": _("Product"),
            "category": _("Category"), "channel": _("Channel")}  # fmt: skip


def not_given(by: str, answer: Answer) -> str:
    """Why there are no rows by this grouping, and where to look instead."""
    words, given = groupings(), answer.values["groupings"]
    if not given:
        return _("The view “Gap to target” shows the change instead.")
    named = ", ".join(words[g].lower() for g in given)
    return _("Targets are not given by {by}; they are by: {given}. The view “Gap to target” shows the change instead.",
             by=words[by].lower(), given=named)  # fmt: skip


def ahead() -> str:
    """Why there is no chart of a period that has not begun."""
    return _("The period has not begun: the table below has its targets.")


def few(answer: Answer) -> str:
    """Why the usual pace cannot be told."""
    return _("Ten dealers with a target are needed to tell what is usual.") if known(answer.values["pace"]) else ahead()


def page_title(answer: Answer) -> str:
    """How much of the target is reached, what is missing, and who misses most."""
    values, when = answer.values, period_words(answer, short=True)
    if not known(values["target"]) or not values["target"]:
        return _("No target is given for {when}", when=when)
    if answer.scope.period.start > answer.as_of:
        amount = formats.compact(values["target"])
        return _("{when} lies ahead: the target is {amount}", when=when, amount=amount)
    words = {"when": when, "share": formats.rate(values["attainment"]), "pace": formats.rate(values["pace"]),
             "amount": formats.compact(abs(values["gap"]))}  # fmt: skip
    if abs(values["pace"] - 1) < ON_TARGET:
        first = _("{when}: {share} of target reached, on pace", **words)
    elif values["running"] and values["gap"] < 0:
        first = _("{when}: {share} of target reached, {amount} behind pace", **words)
    elif values["running"]:
        first = _("{when}: {share} of target reached, {amount} ahead of pace", **words)
    elif values["gap"] < 0:
        first = _("{when}: {share} of target reached, {amount} short", **words)
    else:
        first = _("{when}: {share} of target reached, {amount} above it", **words)
    return titled(first, _worst(answer), page=True)


def _worst(answer: Answer) -> str:
    """The region that misses most, when that is a large part of the gap or runs against a surplus."""
    frame, gap = answer.frames["by"], answer.values["gap"]
    rows = frame[frame["gap"].notna() & frame["region_id"].notna()]
    if len(rows) < 2 or rows["gap"].min() >= 0:
        return ""
    worst = rows.loc[rows["gap"].idxmin()]
    if gap < 0 and -worst["gap"] < ALONE * -gap:
        return ""
    return _("{name} alone is {amount} short", name=name_of(worst, "region"), amount=formats.compact(-worst["gap"]))


def page_subtitle(answer: Answer, company: str, currency: str) -> str:
    what = _("Net sales against target, {currency}", currency=formats.currency_name(currency))
    when = period_words(answer)
    if answer.values["running"]:
        when = _("{when}, data to {day}", when=when, day=formats.date(answer.as_of))
    return subtitle(company, who(answer), what, when)


# ------------------------------------------------------------------ cards


def _rows(answer: Answer, by: str) -> pd.DataFrame:
    frame = answer.frame("by")
    frame["name"] = [name if name != "–" else _unknown(by) for name in names_of(frame, by)]
    frame["id"] = frame[frame.columns[0]].astype("object").where(frame.iloc[:, 0].notna(), None)
    said = {"below": _("below usual"), "usual": _("as usual"), "above": _("above usual")}
    frame["verdict"] = frame["standing"].map(said).where(frame["standing"].notna(), "–")
    return frame[frame["target"].notna() | (frame["net_sales"] != 0)].reset_index(drop=True)


def _unknown(by: str) -> str:
    return {"region": _("Without a region"), "employee": _("Without a sales person"), "dealer": _("Without a dealer"),
            "product": _("Without a product"), "category": _("Without a category"),
            "channel": _("Without a channel")}[by]  # fmt: skip


def _key(name: str, answer: Answer, by: str) -> str:
    """A card of another view of the tree is another card: what was clicked in the one means nothing in the other."""
    return "_".join([name, by, *answer.scope.region])


def reached(answer: Answer, by: str, currency: str) -> Finding:
    """Bars against target to date, most money missing first, with the pace beside the money."""
    frame = _rows(answer, by)
    given = frame["target"].notna().any()
    begun = frame["pace"].notna().any()
    listed = frame.assign(actual=frame["net_sales"], target=frame["target_to_date"])
    few = shortened(listed[["name", "id", "actual", "target", "gap"]], sums=("actual", "target", "gap"))
    rest = few.iloc[-1] if len(few) < len(listed) else None  # a bar of all others would dwarf the rows that are named
    shown = (few if rest is None else few.iloc[:-1]).rename(columns={"name": "label"})
    unit = formats.choose_unit([*shown["actual"], *shown["target"]], "money")
    totals = {"actual": answer.values["net_sales"], "target": answer.values["target_to_date"]}

    draw = partial(ranking, shown, total=totals, against="target", unit=unit)

    what = {"region": _("by region"), "employee": _("by sales person"), "dealer": _("by dealer"),
            "product": _("by product"), "category": _("by category"), "channel": _("by channel")}[by]  # fmt: skip
    return Finding(
        _key("reached", answer, by), _reached_title(frame, by),
        subtitle(who(answer), _("Net sales, {unit}, {by}, largest gap first",
                                unit=formats.unit_name(unit, currency=currency), by=what),
                 period_words(answer), _("AC vs PL to date") if answer.values["running"] else _("AC vs PL")),
        frame if given else frame.head(0), _columns(by), answer, draw if given and begun else None,
        lambda style: " · ".join(filter(None, [_others(rest), _not_split(answer)])),
        ("net_sales", "target_to_date", "pace"),
    )  # fmt: skip


def _columns(by: str) -> tuple[Column, ...]:
    usual = (("low", _("Usual from"), "rate"), ("high", _("Usual to"), "rate"), ("verdict", _("Pace is")))
    return columns(("name", groupings()[by]), ("net_sales", _("Actual"), "money"), ("target", _("Target"), "money"),
                   ("gap", _("Gap to date"), "money"), ("attainment", _("Reached"), "rate"),
                   ("pace", _("Pace"), "rate"), *(usual if by in OF_DEALERS else ()))  # fmt: skip


def _reached_title(frame: pd.DataFrame, by: str) -> str:
    rows = frame[frame["pace"].notna() & frame["id"].notna()]  # a target that has not begun is not reached
    if rows.empty:
        return _("Target and actual")
    worst, ahead = rows.loc[rows["gap"].idxmin()], int((rows["gap"] >= 0).sum())
    if worst["gap"] >= 0:
        return ngettext("{n} reached its target to date", "All {n} reached their target to date", len(rows))
    words = {"name": worst["name"], "amount": formats.compact(-worst["gap"]), "share": formats.rate(1 - worst["pace"])}
    first = _("{name} is {amount} ({share}) under target", **words)
    if len(rows) == 1:
        return first
    return titled(first, _("{ahead} of {n} are ahead", ahead=ahead, n=len(rows)) if ahead else _("none is ahead"))


def _others(rest: pd.Series | None) -> str:
    """What the rows that are not drawn come to."""
    if rest is None:
        return ""
    return _("not shown: {others}, {amount}", others=rest["name"], amount=formats.compact(rest["gap"], signed=True))


def _not_split(answer: Answer) -> str:
    """What the rows do not carry of the target: shown, never spread."""
    left, whole = answer.values["not_split"], answer.values["target_to_date"]
    if not known(left) or not whole or not known(whole) or abs(left) < 0.0005 * abs(whole):
        return ""
    if left > 0:
        return _("{amount} of the target is not handed down to these rows", amount=formats.compact(left))
    return _("These rows carry {amount} more than the target", amount=formats.compact(-left))


def usual(answer: Answer, by: str) -> Finding:
    """Pace of each row before the range that is usual for a group of its dealers."""
    frame = _rows(answer, by)
    frame = frame[frame["pace"].notna() & frame["low"].notna()]
    frame["side"] = frame["standing"].map({"below": -1, "usual": 0, "above": 1})
    listed = frame[["name", "id", "pace", "low", "high", "side", "gap"]].rename(columns={"name": "label"})
    few = listed.loc[sorted(listed["gap"].abs().nlargest(12).index)] if len(listed) > 12 else listed
    shown = few.rename(columns={"pace": "value"})

    draw = partial(ranges, shown)

    return Finding(
        _key("usual", answer, by), _usual_title(frame),
        subtitle(who(answer), _("Pace in % of target to date, before the usual range"), period_words(answer)),
        frame, _columns(by)[:1] + columns(("pace", _("Pace"), "rate"), ("low", _("Usual from"), "rate"),
                                          ("high", _("Usual to"), "rate")),
        answer, draw if len(shown) else None,
        lambda style: _("Band: 19 of 20 lie inside when only their dealers' usual ups and downs tell them apart"),
        ("pace",),
    )  # fmt: skip


def _usual_title(frame: pd.DataFrame) -> str:
    below = frame[frame["standing"] == "below"].sort_values("gap")
    short = frame[(frame["standing"] == "usual") & (frame["gap"] < 0)]
    if frame.empty:
        return _("Pace and what is usual")
    if below.empty:
        return ngettext("{n} paces as usual for its size", "None of {n} paces below what is usual for its size",
                        len(frame))  # fmt: skip
    if len(below) <= NAMED:
        names = (_(" and ")).join(below["name"])
        first = ngettext("{names} is further behind than usual for its size",
                         "{names} are further behind than usual for their size", len(below), names=names)  # fmt: skip
    else:
        first = _("{n} of {all} are further behind than usual for their size", n=len(below), all=len(frame))
    n = len(short)
    rest = ngettext("{n} other is short by no more than usual", "{n} others are short by no more than usual", n)
    return titled(first, rest if n else "")


def rows(answer: Answer, by: str, currency: str) -> Finding:
    """All rows of a grouping, most money missing first."""
    frame = _rows(answer, by)
    behind = int((frame["gap"] < 0).sum())
    lacking = frame.loc[frame["gap"] < 0, "gap"].sum()
    title = _("Target and actual")
    if behind:
        title = _("{behind} of {n} are behind, {amount} in all", behind=behind, n=int(frame["gap"].notna().sum()),
                  amount=formats.compact(-lacking))  # fmt: skip
    return Finding(_key("rows", answer, by), title,
                   subtitle(who(answer), _("Net sales, {currency}, most money missing first",
                                           currency=formats.currency_name(currency)), period_words(answer)),
                   frame, _columns(by), answer, definitions=("net_sales", "target", "attainment", "pace"))  # fmt: skip


def tasks(answer: Answer, currency: str) -> Finding:
    """Who carries a task far from the average."""
    values, frame = answer.values, answer.frame("tasks")
    frame["name"] = names_of(frame, "employee")
    frame = frame[frame["side"] != "within"].reset_index(drop=True)
    band = formats.rate(values["width"], 0)
    title = _("No task is given by sales person")
    if values["people"]:
        words = {"band": band, "all": int(values["people"]), "amount": formats.compact(values["average"])}
        title = ngettext("{n} of {all} carries a task outside ±{band} of the average, {amount}",
                         "{n} of {all} carry a task outside ±{band} of the average, {amount}",
                         int(values["outside"]), **words)  # fmt: skip
    between = "–" if language() == "en" else "至"
    span = f"{formats.compact(values['low'])}{between}{formats.compact(values['high'])}"
    return Finding("tasks", title,
                   subtitle(who(answer), _("Target of the period by sales person, {currency}",
                                           currency=formats.currency_name(currency)),
                            _("usual {span}", span=span) if values["people"] else "", period_words(answer)),
                   frame, columns(("name", _("Sales person")), ("task", _("Task"), "money"),
                                  ("of_average", _("Of the average"), "rate"), ("attainment", _("Reached"), "rate")),
                   answer, definitions=("target", "attainment"))  # fmt: skip
