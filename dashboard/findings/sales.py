"""The findings of the Sales page's first view: page title, the trend, like for like, and the way down."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.changes import changes
from dashboard.charts.ranking import Against, ranking
from dashboard.findings.briefing import known
from dashboard.findings.groups import by_words, group_names, head_of
from dashboard.findings.model import Finding, against_words, columns, period_words, subtitle, titled, who
from dashboard.findings.names import name_of
from dashboard.findings.shortened import shortened, total
from dashboard.i18n import _


def page_title(summary: Answer, alike: Answer) -> str:
    """What was sold, against the compared period, and whether another way of counting days says otherwise."""
    values, when = summary.values, period_words(summary, short=True)
    if values["after_data"]:
        return _("Nothing is known of {when} yet: the data end on {day}", when=when, day=formats.date(summary.as_of))
    if values["before_data"]:
        return _("{when} lies before the data begin", when=when)
    amount = formats.compact(values["net_sales"])
    row = summary.frames["summary"].set_index("measure").loc["net_sales"]
    if not known(row["change_rate"]):
        return _("{when} sales are {amount}", when=when, amount=amount)
    words = {"when": when, "amount": amount, "against": against_words(summary),
             "share": formats.rate(abs(row["change_rate"]))}  # fmt: skip
    if row["change"] >= 0:
        first = _("{when} sales are {amount}, {share} above {against}", **words)
    else:
        first = _("{when} sales are {amount}, {share} below {against}", **words)
    return titled(first, _otherwise(alike) if summary.scope.compare == "last_year" else "", page=True)


def _otherwise(alike: Answer) -> str:
    """The change by the way of counting that is furthest from the plain one, when they differ."""
    if not alike.values["differ"] or "last_year" not in alike.values:
        return ""
    others = {way: alike.values[way] for way in ("selling_days", "lunar") if known(alike.values.get(way))}
    way = max(others, key=lambda way: abs(others[way] - alike.values["last_year"]))
    change = formats.rate(others[way], signed=True)
    if way == "lunar":
        return _("{change} by Spring Festival", change=change)
    return _("{change} on the same selling days", change=change)


def page_subtitle(summary: Answer, company: str, currency: str) -> str:
    when = period_words(summary)
    if summary.compared:
        span = formats.period(summary.compared.start, summary.compared.end)
        when = _("{when}, actual vs {versus}", when=when, versus=_("{against} ({period})",
                 against=against_words(summary), period=span))  # fmt: skip
    return subtitle(company, who(summary), _("Net sales, {currency}", currency=formats.currency_name(currency)), when)


# ------------------------------------------------------------------ like for like


def like_for_like(answer: Answer) -> Finding:
    """Pins: the change on last year by dates, by selling days, by the lunar calendar."""
    frame = answer.frame("ways")
    frame["label"] = [_way(way) for way in frame["way"]]
    spans = zip(frame["start"], frame["end"], strict=True)
    frame["words"] = [_span(start, end) for start, end in spans]
    shown = frame.rename(columns={"change": "amount", "change_rate": "change"})

    draw = partial(changes, shown)

    return Finding(
        "like_for_like", _alike_title(answer),
        subtitle(who(answer), _("Net sales, change on last year in three ways"), period_words(answer)),
        frame, columns(("label", _("Compared by")), ("words", _("Compared period")),
                        ("selling_days", _("Selling days"), "count"),
                        ("selling_days_compared", _("Selling days compared"), "count"),
                        ("net_sales", _("Net sales"), "money"), ("compared", _("Compared"), "money"),
                        ("change", _("Change"), "money"), ("change_rate", _("Change %"), "rate")),
        answer, draw if len(frame) else None, lambda style: _days_note(answer, frame), ("net_sales",),
    )  # fmt: skip


def _span(start: dt.date, end: dt.date) -> str:
    """A period in few characters: days without their year, which the subtitle says."""
    months = start.day == 1 and (end + dt.timedelta(days=1)).day == 1
    if months:
        return formats.period(start, end, short=True)
    return f"{formats.short_date(start)} – {formats.short_date(end)}"


def _way(way: str) -> str:
    return {"last_year": _("Same dates"), "selling_days": _("Same selling days"), "lunar": _("By Spring Festival")}[way]


def _alike_title(answer: Answer) -> str:
    values = answer.values
    if not known(values.get("last_year")):
        return _("Are we up on last year?")
    plain = formats.rate(values["last_year"], signed=True)
    if values["differ"]:
        return titled(_("{change} on last year by dates", change=plain), _otherwise(answer))
    if len(answer.frames["ways"]) > 1:
        return _("{change} on last year, however days are counted", change=plain)
    return _("{change} on last year", change=plain)


def _days_note(answer: Answer, frame: pd.DataFrame) -> str:
    if frame.empty:
        return ""
    plain = frame.iloc[0]
    now, then = int(plain["selling_days"]), int(plain["selling_days_compared"])
    words = [_("{now} selling days, {then} on the same dates of last year", now=now, then=then)]
    words += [_(note.message, **{name: formats.date(day) for name, day in note.values.items()})
              for note in answer.notes if "last" in note.values]  # fmt: skip
    return " · ".join(words)


# ------------------------------------------------------------------ the way down


def drill(answer: Answer, currency: str) -> Finding:
    """Bars of what lies one level below, largest fall first."""
    by, frame = answer.values["by"], answer.frame("by")
    frame["name"] = group_names(frame, by)
    frame["id"] = frame[f"{by}_id"]
    against: Against = "last_year" if frame["last_year"].notna().any() else "target"
    order = "change" if against == "last_year" else "gap"
    shown = shortened(frame, order=(order, "actual")).rename(columns={"name": "label"})
    unit = formats.choose_unit([*frame["actual"], frame["actual"].sum()], "money")
    totals = {column: total(frame[column]) for column in ("actual", "target", "last_year")}
    compared = frame[against].notna().any()

    draw = partial(ranking, shown, total=totals, unit=unit, against=against if compared else None)

    versus = _("AC vs {versus}", versus="PY" if against == "last_year" else "PL") if compared else "AC"
    return Finding(
        "drill", _drill_title(frame, answer, against, order),
        subtitle(who(answer), _("Net sales, {unit}, {by}", unit=formats.unit_name(unit, currency=currency),
                   by=by_words(by)),
                 period_words(answer), versus),
        frame, columns(("name", head_of(by)), ("actual", _("Actual"), "money"), ("last_year", _("Compared"), "money"),
                        ("change", _("Change"), "money"), ("target", _("Target"), "money"),
                        ("gap", _("To target"), "money")),
        answer, draw, lambda style: _drill_note(answer), ("net_sales",),
    )  # fmt: skip


def _drill_title(frame: pd.DataFrame, answer: Answer, against: str, order: str) -> str:
    by = answer.values["by"]
    subject = {"region": _("Net sales by region"), "dealer": _("Net sales by dealer"),
               "product": _("Net sales by product")}[by]  # fmt: skip
    rows = frame[frame[order].notna() & frame[f"{by}_id"].notna()]
    if len(rows) < 2:
        return subject
    worst, ahead = rows.loc[rows[order].idxmin()], int((rows[order] >= 0).sum())
    reference = against_words(answer) if against == "last_year" else _("target")
    words = {"ahead": ahead, "n": len(rows), "against": reference}
    up = {
        "region": _("{ahead} of {n} regions are above {against}", **words),
        "dealer": _("{ahead} of {n} dealers are above {against}", **words),
        "product": _("{ahead} of {n} products are above {against}", **words),
    }[by]
    if worst[order] >= 0:
        return up
    amount = formats.compact(-worst[order])
    if worst[against]:
        share = formats.rate(abs(worst[order] / worst[against]))
        first = _("{name} is {amount} ({share}) under {against}", name=name_of(worst, by), amount=amount, share=share,
                  against=reference)  # fmt: skip
        return titled(first, up)
    return up


def _drill_note(answer: Answer) -> str:
    if answer.values["deepest"]:
        return _("Nothing lies below: one product of one dealer.") if answer.scope.dealer else _(
            "Nothing lies below this product.")  # fmt: skip
    return _("Click a bar to see what lies below it.")


# ------------------------------------------------------------------ the way back


def crumbs(answer: Answer) -> list[tuple[str, dict[str, str]]]:
    """The steps from everything down to what is chosen: name, and the scope keys that lead there."""
    below = {"all": ("region", "dealer", "product"), "region": ("dealer", "product"), "dealer": ("product",),
             "product": ()}  # fmt: skip
    steps = []
    for _index, row in answer.frames["path"].iterrows():
        level = row["level"]
        changes = dict.fromkeys(below[level], "")
        if level == "all":
            steps.append((_("Everything"), changes))
            continue
        name = name_of(row.rename({"id": "x_id", "name": "x_name", "name_en": "x_name_en"}), "x")
        more = f" +{row['others']}" if row["others"] else ""
        chosen = getattr(answer.scope, level)
        id = ",".join(chosen) if row["id"] in chosen else row["id"]
        steps.append((name + more, changes | {level: id}))
    return steps
