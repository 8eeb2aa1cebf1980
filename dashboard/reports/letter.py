"""What a recipient reads before opening a file: subject and text, in the recipient's language and with its rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.questions import Answer
from dashboard import formats
from dashboard.export.desk import Desk
from dashboard.findings import alerts as findings
from dashboard.findings import briefing
from dashboard.findings.model import subtitle, who
from dashboard.i18n import _, language
from dashboard.reports.file import Report
from dashboard.reports.names import one_line
from data.company import Company
from data.scope import Entitlement


@dataclass(frozen=True)
class Letter:
    """Subject, and the text before and after the names of the files."""

    subject: str
    before: str
    after: str

    def text(self, files: Sequence[str]) -> str:
        named = _("Files: {names}", names=(", " if language() == "en" else "、").join(files)) if files else ""
        return "\n\n".join(part for part in (self.before, named, self.after) if part) + "\n"


def letter(report: Report, desk: Desk, alerts: Answer | None) -> Letter:
    """The letter of a report, in the current language. alerts: alerts.list of the desk, where it is part of it."""
    overview = desk.ask("overview", decide=False)
    finding = findings.title(alerts) if alerts and report.kind == "alerts" else briefing.page_title(overview)
    about = briefing.page_subtitle(overview, desk.name, desk.currency)
    if report.kind == "alerts":
        about = subtitle(desk.name, who(overview))
    given = report.subject_in(language())
    span = formats.period(desk.scope.period.start, desk.scope.period.end)
    subject = subtitle(given, span if report.kind == "deck" else formats.date(desk.scope.as_of)) if given else finding
    viewer = desk.scope.entitlement
    assert viewer is not None
    known = _("Data to {day}.", day=formats.date(desk.scope.as_of))
    rights = "" if Company.sees_all(viewer) else _("Made for {name}: {what}.", name=viewer.viewer,
                                                  what=may_see(desk.company, viewer))  # fmt: skip
    parts = [finding, "\n".join(filter(None, [about, known, rights])), _alerts(alerts) if alerts else ""]
    pointer = _("What each number means: the page Definitions of the dashboard, the sheet Definitions of a workbook "
                "and the foot of each slide.")  # fmt: skip
    return Letter(one_line(subject), "\n\n".join(filter(None, parts)), pointer)


def _alerts(answer: Answer) -> str:
    frame = findings.worded(answer.frames["alerts"])
    if not answer.values["watched"]:
        return "\n".join(findings.notes(answer))  # "none fires" would say that somebody looked
    head = _("Alerts: none fires.") if not answer.values["firing"] else _("Alerts:")
    lines = [
        "- " + _("{sentence} ({reason})", sentence=sentence, reason=reason)
        for sentence, reason in zip(frame["sentence"], frame["reason"], strict=True)
    ]
    return "\n".join([head, *lines, *findings.notes(answer)])


def may_see(company: Company, viewer: Entitlement) -> str:
    """An entitlement in words."""
    if Company.sees_all(viewer):
        return _("everything")
    labels = {"region": (_("regions"), viewer.regions), "dealer": (_("dealers"), viewer.dealers),
              "product": (_("products"), viewer.products)}  # fmt: skip
    colon, comma, between = (": ", ", ", "; ") if language() == "en" else ("：", "、", "；")
    return between.join(
        f"{label}{colon}{comma.join(_names(company, grouping, ids))}"
        for grouping, (label, ids) in labels.items()
        if ids
    )


def _names(company: Company, grouping: str, ids: Sequence[str]) -> list[str]:
    names = company.store.names(grouping).reindex(list(ids))
    english = language() == "en"
    return [one_line(str((en if english and isinstance(en, str) and en else None) or name))
            for name, en in names.itertuples(index=False, name=None)]  # fmt: skip
