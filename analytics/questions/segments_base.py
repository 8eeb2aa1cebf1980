"""What the questions about groups of dealers share: the stored day, the rules, and the thresholds that hold where.

A dealer's group is told among all dealers of the company, whatever the filters: a filter picks dealers, and never
changes what one of them is called.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from pydantic import ValidationError

from analytics.questions import segments_job as job
from analytics.questions.answer import Answer, Note, answer
from analytics.questions.integrity_base import with_names
from analytics.sales.concentration import classes
from analytics.segmentation import rules
from analytics.segmentation.rfm import fifths
from analytics.segmentation.rules import Thresholds
from data.company import Company
from data.scope import Scope, ScopeError
from data.settings import SegmentRules
from data.words import N_

KINDS = ("learned", "life_cycle", "growth_share", "abc", "rfm")
ORDER: Mapping[str, tuple[str, ...]] = {
    "life_cycle": rules.STAGES, "growth_share": rules.QUADRANTS, "abc": ("A", "B", "C"), "rfm": rules.RFM_GROUPS,
}  # fmt: skip
USED: Mapping[str, tuple[str, ...]] = {  # the thresholds that a rule uses
    "learned": (), "rfm": (), "abc": ("a_up_to", "b_up_to"), "growth_share": ("large", "grows"),
    "life_cycle": ("growing", "declining", "new_days", "dormant_days", "lost_days"),
}  # fmt: skip
PENDING = N_("The groups of dealers are being computed.")
YOUNG = N_("The data of {day} are too young to tell groups of dealers.")
PARTLY = N_("This is told of a dealer's whole buying: who sees some products alone is not shown it.")
WHOLE = N_("Groups are told of a dealer's whole buying: filters on products do not act here.")


def check_kind(kind: str) -> None:
    """Raise ScopeError where there are no groups of that kind."""
    if kind not in KINDS:
        raise ScopeError(f"kind: {kind!r} is not one of {', '.join(KINDS)}")


def shown_kind(kind: str, learned: pd.DataFrame) -> str:
    """The kind of groups to show: the life cycle in place of learned ones that do not hold. learned: see `names`."""
    return "life_cycle" if kind == "learned" and learned["verdict"].iloc[0] != "stable" else kind


def by_day(company: Company, scope: Scope) -> dict[dt.date, pd.DataFrame]:
    """Features of all dealers on each day that groups are told of, oldest first; none while they are being computed,
    and for a viewer of some products alone: a dealer's whole buying is not for their eyes."""
    frame = None if _partly(scope) else company.result(job.FEATURES)
    if frame is None:
        return {}
    return {pd.Timestamp(str(day)).date(): part.drop(columns="day").reset_index(drop=True)
            for day, part in frame.groupby("day")}  # fmt: skip


def day_of(days: Iterable[dt.date], as_of: dt.date) -> dt.date | None:
    """The latest of the days up to the as-of day."""
    return max((day for day in days if day <= as_of), default=None)


def tried_of(option: str, text: str, known: Iterable[str]) -> dict[str, float]:
    """Numbers that a reader tries, as `growing=0.15;dormant_days=120`. Raises ScopeError naming the option."""
    known, found = sorted(known), {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in known:
            raise ScopeError(f"{option}: {name!r} is not one of {', '.join(known)}")
        try:
            found[name] = float(value)
        except ValueError:
            raise ScopeError(f"{option}: cannot read {part!r}; write {name}=0.1") from None
    return found


def cuts_of(text: str) -> dict[str, float]:
    """Thresholds that a reader tries (see tried_of), each within its limits. Raises ScopeError."""
    found = tried_of("cuts", text, SegmentRules.model_fields)
    try:
        SegmentRules.model_validate(found)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ScopeError(f"cuts: {wrong['loc'][0]}: {wrong['msg']}, not {wrong['input']!r}") from None
    return found


def thresholds(company: Company, dealers: pd.DataFrame, tried: Mapping[str, float]) -> Thresholds:
    """The thresholds of each dealer: those of the company, of its region (the deepest that has its own), and on top
    those that a reader tries for everybody. On the index of the dealers (columns region_id)."""
    settings = company.settings
    result = Thresholds(**settings.segment_rules.model_dump())
    path = company.store.region_path
    for region in sorted(settings.segment_rules_by_region, key=lambda id: company.store.region_depth([id])):
        inside = dealers["region_id"].isin(path.loc[path["ancestor_id"] == region, "region_id"])
        for name, value in settings.segment_rules_by_region[region].items():
            standing = getattr(result, name)
            whole = standing if isinstance(standing, pd.Series) else pd.Series(standing, index=dealers.index)
            result = dataclasses.replace(result, **{name: whole.mask(inside, value)})
    return dataclasses.replace(result, **tried)


def classify(
    company: Company, dealers: pd.DataFrame, kind: str, day: dt.date, cuts: Mapping[str, float]
) -> pd.DataFrame:
    """dealer_id, segment (missing: cannot be told), next, gap, probability (of the learned groups) on a stored day.

    dealers: as `by_day` gives them. gap: see analytics.segmentation.rules; of learned groups what the probability
    leads by; of ABC classes the share of its sales that a dealer would have to win or lose.
    """
    ids = dealers[["dealer_id"]]
    if kind == "learned":
        return _learned(company, dealers, day)
    bounds = thresholds(company, dealers, cuts)
    if kind == "life_cycle":
        found = rules.life_cycle(dealers, bounds)
    elif kind == "growth_share":
        found = rules.growth_share(dealers, bounds).drop(columns="size")
    elif kind == "abc":
        found = _abc(dealers, bounds)
    else:
        scores = {"r_score": fifths(-dealers["recency"]), "f_score": fifths(dealers["orders"]),
                  "m_score": fifths(dealers["net_sales"])}  # fmt: skip
        found = rules.recency_frequency(pd.DataFrame(scores))
    return ids.join(found).assign(probability=float("nan"))


def _learned(company: Company, dealers: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    groups = company.result(job.GROUPS)
    assert groups is not None
    told = groups[groups["day"] == pd.Timestamp(day)]
    frame = dealers[["dealer_id"]].merge(told, on="dealer_id", how="left")
    return pd.DataFrame({"dealer_id": frame["dealer_id"], "segment": _code(frame["group"]),
                         "next": _code(frame["next"]), "gap": frame["probability"] - frame["next_probability"],
                         "probability": frame["probability"]})  # fmt: skip


def _code(group: pd.Series) -> pd.Series:
    """0 -> G1; missing stays."""
    return group.map(lambda g: f"G{int(g) + 1}", na_action="ignore").astype("object")


def _abc(dealers: pd.DataFrame, bounds: Thresholds) -> pd.DataFrame:
    ranked = classes(dealers["net_sales"], bounds.a_up_to, bounds.b_up_to)
    own = ranked["class"].reindex(dealers.index)
    sales = dealers["net_sales"].astype(float)
    least = {name: sales[own == name].min() for name in "AB"}
    most = {name: sales[own == name].max() for name in "BC"}
    up, down = own.map({"B": least["A"], "C": least["B"]}), own.map({"A": most["B"], "B": most["C"]})
    rise, fall = up / sales.where(sales > 0) - 1, 1 - down / sales.where(sales > 0)
    upward = fall.isna() | (rise <= fall)
    ahead = own.map({"A": "B", "B": "A", "C": "B"}).where(upward | (own == "A"), "C")
    return pd.DataFrame({"segment": own, "next": ahead, "gap": rise.where(upward, fall)})


def profiles(company: Company, scope: Scope) -> pd.DataFrame:
    """The dealers in scope, closed ones included: dealer_id, region_id (at the depth at which regions are listed),
    owner_id, closed (on the as-of day)."""
    store = company.store
    frame = store.query("dealer_profiles", scope, depth=store.default_depth(scope))
    closed = pd.to_datetime(frame["closed_date"]) <= pd.Timestamp(scope.as_of)
    return pd.DataFrame({"dealer_id": frame["dealer_id"], "region_id": frame["office_id"],
                         "owner_id": frame["owner_id"], "closed": closed})  # fmt: skip


def people(company: Company, dealers: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with region_id and owner_id of its dealers (as `profiles` gives them), and the names of all three."""
    frame = frame.drop(columns=[name for name in ("region_id", "owner_id") if name in frame])
    known = dealers[["dealer_id", "region_id", "owner_id"]]
    return with_names(company, frame.merge(known, on="dealer_id", how="left"), dealer="dealer", region="region",
                      owner="employee")  # fmt: skip


def unready(name: str, company: Company, scope: Scope, frames: Iterable[str], definitions: tuple[str, ...],
            **values: Any) -> Answer:  # fmt: skip
    """The answer while results are computed (value pending), or where the data are too young to have any."""
    pending = not company.has_results((job.FEATURES,)) and not _partly(scope)
    young = Note(PARTLY, {}) if _partly(scope) else Note(YOUNG, {"day": scope.as_of})
    return answer(name, company, scope, {frame: pd.DataFrame() for frame in frames}, definitions=definitions,
                  values=values | {"pending": pending}, verdict="insufficient_evidence",
                  notes=(Note(PENDING, {}) if pending else young,))  # fmt: skip


def _partly(scope: Scope) -> bool:
    """The viewer may see some products alone."""
    return scope.entitlement is not None and bool(scope.entitlement.products)


def names(company: Company) -> pd.DataFrame:
    """The learned groups: segment (G1 ...), name, drivers (list of [column, distance]), verdict, stability."""
    frame = company.result(job.NAMES)
    assert frame is not None
    frame = frame.assign(segment=_code(frame["group"]), drivers=frame["drivers"].map(json.loads))
    return frame.drop(columns="group")


def notes_of(scope: Scope) -> tuple[Note, ...]:
    """Filters that do not act."""
    return (Note(WHOLE, {}),) if scope.category or scope.product else ()
