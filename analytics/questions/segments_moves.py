"""Who moved from one group of dealers to another, and how steady the groups are."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from analytics.questions import segments_base as base
from analytics.questions import segments_job as job
from analytics.questions.answer import Answer, answer, question
from analytics.segmentation.migration import ABSENT, flows, moves
from data.company import Company
from data.scope import Scope

DEFINITIONS = ("segment", "net_sales", "like_growth")
FRAMES = ("flows", "moves", "steady")


@question("dealers.moves")
def moved(company: Company, scope: Scope, kind: str = "learned", since: str = "") -> Answer:
    """Moves between groups since an earlier day, both days by the ruler and thresholds of today.

    kind: as in dealers.segments. since: one of the days in `days` (ISO text); without it the one a year before.

    Frame `flows`: before, after (segments; `absent`: had not bought yet, or cannot be told), dealers, net_sales (of
    the year up to the later day), largest first. Frame `moves`: dealers that moved: dealer_id and names, before, after,
    net_sales, growth, region_id and owner_id with names, largest net sales first. Frame `steady`: day, moved (share
    of the dealers whose group changed since the day before in the list, among those with a group on both), and of
    learned groups also groups, agreement and kept (see segments_job).
    Values: kind, day, since, days (to choose from, latest first), dealers, moved (dealers with a group on both days
    that changed it), both (dealers with a group on both).
    """
    base.check_kind(kind)
    stored = base.by_day(company, scope)
    day = base.day_of(stored, scope.as_of)
    earlier = [d for d in stored if day is not None and d < day]
    if day is None or not earlier:
        return base.unready("dealers.moves", company, scope, FRAMES, DEFINITIONS, kind=kind)
    start = _start(earlier, day, since)
    shown = base.shown_kind(kind, base.names(company))
    seen = base.profiles(company, scope)
    told = {d: base.classify(company, stored[d], shown, d, {}).set_index("dealer_id")["segment"]
            for d in stored if d <= day}  # fmt: skip
    told = {d: groups[groups.index.isin(seen["dealer_id"])] for d, groups in told.items()}
    frame = moves(told[start], told[day])
    now = stored[day].set_index("dealer_id")
    changed = frame[frame["moved"]].merge(
        now[["net_sales", "growth"]], left_on="dealer_id", right_index=True, how="left"
    )
    changed = changed.sort_values("net_sales", ascending=False, ignore_index=True).drop(columns="moved")
    both = frame[(frame["before"] != ABSENT) & (frame["after"] != ABSENT)]
    values = {"kind": shown, "day": day, "since": start, "days": [d.isoformat() for d in sorted(earlier, reverse=True)],
              "dealers": len(frame), "both": len(both), "moved": int(both["moved"].sum())}  # fmt: skip
    frames = {"flows": flows(frame, now["net_sales"]), "moves": base.people(company, seen, changed),
              "steady": _steady(company, told, shown)}  # fmt: skip
    return answer("dealers.moves", company, scope, frames, definitions=DEFINITIONS, values=values,
                  notes=base.notes_of(scope))  # fmt: skip


def _start(earlier: list[dt.date], day: dt.date, since: str) -> dt.date:
    """The day asked for, when it is stored; else the one nearest to a year before."""
    if since in (known := {d.isoformat(): d for d in earlier}):
        return known[since]
    return min(earlier, key=lambda d: abs((day - d).days - 365))


def _steady(company: Company, told: dict[dt.date, pd.Series], kind: str) -> pd.DataFrame:
    rows, before = [], None
    for day in sorted(told):
        now = told[day].dropna()
        both = now.index.intersection(before.index) if before is not None else pd.Index([])
        share = float((now[both] != before[both]).mean()) if before is not None and len(both) else float("nan")
        rows.append({"day": day, "moved": share, "dealers": len(now)})
        before = now
    frame = pd.DataFrame(rows)
    if kind != "learned":
        return frame
    learned = company.result(job.STEADY)
    assert learned is not None
    learned = learned.assign(day=[pd.Timestamp(d).date() for d in learned["day"]])
    return frame.merge(learned[["day", "groups", "agreement", "kept"]], on="day", how="left")
