"""Alerts in words: which thresholds are crossed, since when, what cleared."""

from __future__ import annotations

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import name_of
from dashboard.i18n import _, language, ngettext
from data.measures import BY_ID


def alerts(answer: Answer, currency: str) -> Finding:
    """What fires and what cleared in the last period."""
    frame = worded(answer.frame("alerts"))
    watched = ngettext("{n} value watched", "{n} values watched", answer.values["watched"])
    known = _("data to {day}", day=formats.date(answer.as_of))
    money = any(BY_ID[id].unit in ("money", "price") for id in frame["measure"])
    return Finding(
        "alerts", title(answer),
        subtitle(who(answer), watched, formats.currency_name(currency) if money else "", known), frame,
        columns(("sentence", _("Alert")), ("state_words", _("State")), ("region", _("Region")),
                ("value_words", _("Value")), ("threshold_words", _("Threshold")), ("clear_words", _("Clears at"))),
        answer, None, None, answer.definitions,
    )  # fmt: skip


def title(answer: Answer) -> str:
    """How many alerts fire, and the first of them."""
    frame = answer.frames["alerts"]
    firing, cleared = answer.values["firing"], answer.values["cleared"]
    back = ngettext("{n} alert cleared", "{n} alerts cleared", cleared) if cleared else ""
    if not answer.values["watched"]:
        return _("No alert is about this view")
    if not firing:
        return titled(_("No alert fires"), back)
    first = sentence(frame.iloc[0])
    if firing == 1:
        return titled(_("One alert: {what}", what=first), back)
    return titled(ngettext("{n} alert", "{n} alerts", firing), first, back)


def worded(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of `alerts` with what a reader sees."""
    frame = frame.copy()
    rows = [row for _index, row in frame.iterrows()]
    frame["sentence"] = pd.Series([sentence(row) for row in rows], dtype="object")
    frame["reason"] = pd.Series([reason(row) for row in rows], dtype="object")
    frame["state_words"] = pd.Series([state(row) for row in rows], dtype="object")
    frame["region"] = pd.Series(
        [name_of(row, "region") if row["region_id"] else _("whole company") for row in rows], dtype="object"
    )
    for name in ("value", "threshold", "clear"):
        words = [_measured(row, name) for row in rows]
        frame[f"{name}_words"] = pd.Series(words, dtype="object")
    return frame


def _measured(row: pd.Series, name: str) -> str:
    return formats.measure(row[name], BY_ID[row["measure"]].unit)


def sentence(row: pd.Series) -> str:
    """One alert in one sentence."""
    label = BY_ID[row["measure"]].label
    words = {"what": _(label), "value": _measured(row, "value"),
             "threshold": _measured(row, "threshold"), "clear": _measured(row, "clear")}  # fmt: skip
    if row["region_id"]:
        region = name_of(row, "region")
        words["what"] = _("{metric} in {region}", metric=words["what"], region=region)
    above = row["side"] == "above"
    if row["state"] == "cleared":
        return _("{what} is back at {value}", **words)
    still = row["value"] > row["threshold"] if above else row["value"] < row["threshold"]
    if not still and row["band"]:
        return _("{what} is {value}, near the edge of the forecast's band", **words)
    if not still:
        return _("{what} is {value}, not back at {clear} yet", **words)
    if row["band"] and above:
        return _("{what} is {value}, above the forecast's band ({threshold})", **words)
    if row["band"]:
        return _("{what} is {value}, below the forecast's band ({threshold})", **words)
    if above:
        return _("{what} is {value}, above {threshold}", **words)
    return _("{what} is {value}, below {threshold}", **words)


def state(row: pd.Series) -> str:
    """Fires or cleared, and since when."""
    since = row["since"]
    when = formats.month(since, year=True) if row["period"] == "month" else formats.date(since)
    if row["state"] == "cleared":
        return (
            _("cleared in {when}", when=when) if row["period"] == "month" else _("cleared, week of {when}", when=when)
        )
    return _("since {when}", when=when) if row["period"] == "month" else _("since the week of {when}", when=when)


def reason(row: pd.Series) -> str:
    """The alert's name, since when, and at what it clears."""
    between = "，" if language() == "zh" else ", "
    clears = ""
    if row["state"] == "firing":
        clears = _("clears at {clear}", clear=_measured(row, "clear"))
    return between.join(filter(None, [row["alert"], state(row), clears]))


def notes(answer: Answer) -> list[str]:
    """What the reader must know of the alerts."""
    return [_(note.message, **note.values) for note in answer.notes]
