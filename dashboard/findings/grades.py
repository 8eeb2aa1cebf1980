"""The findings on credit grades: how many dealers and how much money each holds, the table, the requests."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from analytics.questions import Answer
from dashboard import formats
from dashboard.charts.ranking import ranking
from dashboard.findings.briefing import known
from dashboard.findings.model import Finding, columns, subtitle, titled, who
from dashboard.findings.names import names_of
from dashboard.i18n import _, ngettext


def criteria() -> dict[str, str]:
    """Criterion of the grade -> its name."""
    return {"longest_overdue": _("oldest debt"), "late_share": _("money paid late"),
            "overdue_share": _("share overdue"), "days_late": _("average days late"),
            "utilisation": _("use of the limit")}  # fmt: skip


def grade_word(grade: Any) -> str:
    return grade if isinstance(grade, str) and grade else _("not graded")


def money(answer: Answer, currency: str) -> Finding:
    """Open balances by grade."""
    frame = answer.frame("grades")
    frame["label"] = [grade_word(grade) for grade in frame["grade"]]
    shown = frame[frame["dealers"] > 0].rename(columns={"receivables": "actual"}).assign(id=lambda f: f["grade"])
    unit = formats.choose_unit(list(shown["actual"]), "money")

    draw = partial(ranking, shown.reset_index(drop=True), unit=unit)

    worst = frame.set_index("grade").reindex(["C", "D"]).sum()
    whole = frame["receivables"].sum()
    title = _("Open balances by credit grade")
    if whole > 0 and worst["dealers"]:
        title = ngettext("{n} dealer with grade C or D owes {amount}, {share} of all",
                         "{n} dealers with grade C or D owe {amount}, {share} of all", int(worst["dealers"]),
                         n=formats.count(worst["dealers"]), amount=formats.compact(worst["receivables"]),
                         share=formats.rate(worst["receivables"] / whole, 0))  # fmt: skip
    return Finding(
        "grades_money", title,
        subtitle(who(answer), _("Receivables, {unit}, by credit grade",
                                unit=formats.unit_name(unit, currency=currency)), formats.date(answer.as_of)),
        frame, columns(("label", _("Credit grade")), ("dealers", _("Dealers"), "count"),
                       ("receivables", _("Receivables"), "money"), ("overdue", _("Overdue"), "money")),
        answer, draw if len(shown) else None, definitions=("credit_grade", "receivables"),
    )  # fmt: skip


def table(answer: Answer, currency: str) -> Finding:
    """All dealers, worst grade first, with what each criterion costs."""
    frame, words = answer.frame("dealers"), criteria()
    frame["dealer"], frame["owner"] = names_of(frame, "dealer"), names_of(frame, "owner")
    why = {"new": _("less than 90 days a dealer"), "no_invoices": _("nothing due yet")}
    frame["because"] = [words.get(binding, "") or why.get(reason, "") for binding, reason in
                        zip(frame["binding"], frame["reason"], strict=True)]  # fmt: skip
    frame["shown"] = [grade_word(grade) for grade in frame["grade"]]
    frame["valid"] = [grade_word(grade) for grade in frame["standing"]]
    n = int(answer.values["hard_stops"])
    title = ngettext("{n} dealer has a D for debts over 90 days alone", "{n} dealers have a D for debts over 90 days "
                     "alone", n) if n else _("No dealer owes for more than 90 days")  # fmt: skip
    return Finding(
        "grades", title,
        subtitle(who(answer), _("Penalty points: 0 to 2 is A, to 5 B, to 8 C, above D"), formats.date(answer.as_of)),
        frame, columns(("dealer", _("Dealer")), ("shown", _("By the rules")), ("valid", _("In force")),
                       ("points", _("Penalty points"), "count"), ("because", _("Because of")),
                       ("longest_overdue", _("Oldest debt, days"), "count"), ("late_share", _("Paid late"), "rate"),
                       ("overdue_share", _("Overdue"), "rate"), ("days_late", _("Days late"), "days"),
                       ("utilisation", _("Limit used"), "rate"), ("receivables", _("Receivables"), "money"),
                       ("owner", _("Owner"))),
        answer, definitions=("credit_grade", "days_late", "overdue_share"),
    )  # fmt: skip


def requests(answer: Answer) -> Finding:
    """Changes of grades that were asked for, with their clocks."""
    frame = answer.frame("requests")
    stages = {"to_apply": _("to apply for"), "to_verify": _("to verify"), "decided": _("decided")}
    states = {"applied": _("Applied for"), "verified": _("Verified"), "refused": _("Refused"),
              "withdrawn": _("Withdrawn")}  # fmt: skip
    frame["dealer"] = names_of(frame, "dealer") if len(frame) else []
    frame["at"] = [states.get(state, state) for state in frame["state"]] if len(frame) else []
    frame["clock"] = [_clock(row, stages) for _i, row in frame.iterrows()]
    for day in ("known_on", "applied_on", "decided_on", "verify_by"):
        frame[f"{day}_word"] = [formats.date(d) if known(d) else "–" for d in frame[day]]
    open_, late = answer.values["open"], answer.values["overdue"]
    title = _("No change of a grade is waiting")
    if open_:
        title = titled(ngettext("{n} change of a grade is waiting", "{n} changes of grades are waiting", open_),
                       ngettext("{n} past its clock", "{n} past their clock", late) if late else "")  # fmt: skip
    return Finding(
        "grade_requests", title,
        subtitle(_("Apply within 2 working days of knowing the reason; verify within 3 more")),
        frame, columns(("dealer", _("Dealer")), ("grade", _("New grade")), ("at", _("State")), ("clock", _("Clock")),
                       ("reason", _("Reason")), ("known_on_word", _("Known on")), ("applied_on_word", _("Applied on")),
                       ("verify_by_word", _("Verify by")), ("result", _("Result")),
                       ("who", _("By"))),
        answer, definitions=("credit_grade",),
    )  # fmt: skip


def _clock(row: pd.Series, stages: dict[str, str]) -> str:
    late = _("applied for late") if row["applied_late"] else ""
    if row["stage"] == "decided":
        found = [late, _("decided late") if row["decided_late"] else ""]
        return _(", ").join(word for word in found if word) or _("in time")
    left = int(row["days_left"])
    words = (ngettext("{n} working day left", "{n} working days left", left) if left >= 0 else
             ngettext("{n} working day over", "{n} working days over", -left))  # fmt: skip
    return _(", ").join(word for word in (stages[row["stage"]], words, late) if word)
