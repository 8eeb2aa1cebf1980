"""What people wrote about a variance: how large, how to close it, at what cost, who and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from analytics.questions.answer import Answer, answer, question
from data import records
from data.company import Company
from data.scope import Entitlement, Period, Scope, ScopeError

COLUMNS = ("subject", "what", "id", "name", "name_en", "period_start", "period_end", "size", "gap", "way", "cost",
           "owner_id", "owner_name", "owner_name_en", "due", "late", "at", "who")  # fmt: skip
SUBJECTS = ("subject", "what", "id", "name", "name_en", "gap", "written")
OFFERED = 15  # dealers to write about: those that miss most


@question("targets.notes", reads=("variance_note",))
def notes(company: Company, scope: Scope) -> Answer:
    """Variance notes about regions and dealers of the scope whose period touches the scope's.

    Frame `notes`: subject (of the record), what (`dealer` or `region`), id, name, name_en, period_start, period_end,
    size (as written), gap (net sales less target to date in that period, as the data say now; NaN without a target),
    way, cost, owner_id and names, due (ISO day), late (due before the as-of day), at (UTC), who; latest first. Frame
    `subjects`: what one may write about in the scope's period: subject, what, id, name, name_en, gap, written (a note
    stands): the regions of the scope, then the dealers that miss most. Values: notes, size and cost
    (sums; NaN where nobody wrote any).
    """
    kept = company.records("variance_note").iloc[::-1]
    rows = list(_rows(company, scope, kept.to_dict("records")))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame = _with_names(company, frame)
    owners = company.store.names("employee").reindex(frame["owner_id"])
    frame["owner_name"] = owners.iloc[:, 0].where(owners.iloc[:, 0].notna(), frame["owner_id"].to_numpy()).to_numpy()
    frame["owner_name_en"] = owners.iloc[:, 1].to_numpy()
    subjects = _subjects(company, scope)
    subjects["written"] = subjects["subject"].isin(frame["subject"])
    sums = {name: float(frame[name].astype("float64").sum(min_count=1)) for name in ("size", "cost")}
    return answer("targets.notes", company, scope, {"notes": frame, "subjects": subjects},
                  definitions=("net_sales", "target_to_date"), values=sums | {"notes": len(frame)})  # fmt: skip


def _rows(company: Company, scope: Scope, kept: Iterable[dict[str, object]]) -> Iterator[dict[str, object]]:
    seen = set(company.store.query("dealer_terms", scope)["dealer_id"])
    regions = _regions(company, scope)
    for row in kept:
        what, id = records.about("variance_note", str(row["subject"]))
        if id not in {"dealer": seen, "region": regions}.get(what, ()):
            continue
        try:
            period = company.scope({"period": str(row["subject"]).partition("|")[2]}).period
        except ScopeError:
            continue
        if period.start > scope.period.end or period.end < scope.period.start:
            continue
        due = row["due"]
        yield {
            "subject": row["subject"], "what": what, "id": id, "period_start": period.start, "period_end": period.end,
            "size": row["size"], "gap": _gap(company, scope.but(period=period, **{what: (id,)})), "way": row["way"],
            "cost": row["cost"], "owner_id": row["owner"], "due": due,
            "late": isinstance(due, str) and due < scope.as_of.isoformat(), "at": row["at"], "who": row["who"],
        }  # fmt: skip


def _gap(company: Company, scope: Scope) -> float:
    row = company.store.measure(scope, ("net_sales", "target_to_date")).iloc[0]
    return float(row["net_sales"] - row["target_to_date"])


def _regions(company: Company, scope: Scope) -> set[str]:
    """The regions that lie in the scope and that the viewer may see whole."""
    if scope.dealer:
        return set()
    viewer = scope.entitlement or Entitlement("")
    asked = Entitlement("", regions=scope.region)
    ids = company.store.region_tree["region_id"]
    return {id for id in ids if company.sees_region(viewer, id) and company.sees_region(asked, id)}


def _subjects(company: Company, scope: Scope) -> pd.DataFrame:
    """Regions of the scope, then dealers, most money missing first."""
    store, parts = company.store, []
    allowed = _regions(company, scope)
    for what, most in (("region", len(allowed)), ("dealer", OFFERED)):
        frame = store.measure(scope, ("net_sales", "target_to_date"), (what,))
        frame = frame.assign(what=what, id=frame[f"{what}_id"], gap=frame["net_sales"] - frame["target_to_date"])
        frame = frame[frame["id"].notna() & (frame["id"].isin(allowed) if what == "region" else True)]
        parts.append(frame.nsmallest(most, "gap"))
    found = pd.concat(parts, ignore_index=True)
    found["subject"] = [subject(what, id, scope.period) for what, id in zip(found["what"], found["id"], strict=True)]
    return _with_names(company, found.reindex(columns=list(SUBJECTS)))


def _with_names(company: Company, frame: pd.DataFrame) -> pd.DataFrame:
    """With name and name_en of each region or dealer."""
    frame[["name", "name_en"]] = frame[["name", "name_en"]].astype("object")
    for what, part in frame.groupby("what"):
        names = company.store.names(str(what)).reindex(part["id"])
        frame.loc[part.index, "name"] = names.iloc[:, 0].to_numpy()
        frame.loc[part.index, "name_en"] = names.iloc[:, 1].to_numpy()
    return frame


def subject(what: str, id: str, period: Period) -> str:
    """Subject of a variance note: a `dealer` or `region` in a period."""
    return f"{what}:{id}|{period}"
