"""The findings on what waits for its evaluation."""

from __future__ import annotations

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.findings.model import Finding, columns, subtitle, titled
from dashboard.findings.names import names_of
from dashboard.findings.promotion_words import verdict
from dashboard.findings.promotions import DEFINITIONS
from dashboard.i18n import _, ngettext
from data.records import DECISIONS


def states() -> dict[str, str]:
    return {"overdue": _("overdue"), "due": _("effect not over"), "running": _("running"), "evaluated": _("evaluated")}


def table(answer: Answer) -> Finding:
    """Promotions by what their evaluation waits for."""
    frame, values = answer.frame("promotions"), answer.values
    if len(frame):
        told, decided = states(), dict(DECISIONS)
        frame["name"], frame["owner"] = names_of(frame, "promotion"), names_of(frame, "owner")
        frame["waits"] = [told[state] for state in frame["state"]]
        frame["said"] = [verdict(code) for code in frame["verdict"]]
        frame["decided"] = [_(decided[d]) if d in decided else "" for d in frame["decision"]]
        frame["by"] = [who if isinstance(who, str) else "" for who in frame["who"]]
        for column in ("end_date", "due"):
            frame[column] = [formats.date(pd.Timestamp(day).date()) for day in frame[column]]
    n = values["overdue"]
    title = titled(
        ngettext("{n} promotion waits for its evaluation", "{n} promotions wait for their evaluation", n,
                 n=formats.count(n)),
        _("{amount} spent", amount=formats.compact(values["overdue_cost"])),
    ) if n else _("Every promotion that can be is evaluated")  # fmt: skip
    return Finding(
        "promotions_overdue", title,
        subtitle(_("Every promotion is evaluated once its effect is over, eight weeks after its end"),
                 ngettext("{n} evaluated", "{n} evaluated", values["evaluated"], n=formats.count(values["evaluated"]))),
        frame, columns(("name", _("Promotion")), ("waits", _("Evaluation")), ("days", _("Days past due"), "count"),
                       ("end_date", _("Ended")), ("cost", _("Cost"), "money"), ("said", _("Verdict")),
                       ("roi", _("Return on spend"), "price"), ("decided", _("Decision")), ("by", _("By")),
                       ("owner", _("Owner"))) if len(frame) else (),
        answer, definitions=DEFINITIONS,
    )  # fmt: skip
