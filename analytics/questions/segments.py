"""Which groups of dealers there are, what each is worth, and who is about to leave which."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from analytics.questions import segments_base as base
from analytics.questions import segments_job as job
from analytics.questions.answer import Answer, Note, answer, question
from data.company import Company
from data.scope import Scope
from data.words import N_

DEFINITIONS = ("segment", "net_sales", "gross_margin_rate", "like_growth", "days_late", "promoted_share")
FRAMES = ("dealers", "segments", "tried")
FIGURES = ("net_sales", "net_sales_share", "gross_margin", "gross_margin_rate", "growth", "days_late", "visits",
           "orders", "promoted_share")  # fmt: skip
UNSTABLE = N_("The data hold no stable groups: resampled dealers agree by {found}, 0.90 is needed. The life cycle is "
              "shown instead.")  # fmt: skip
NO_GROUPS = N_("The data hold no groups: no grouping describes the dealers better than one cloud. The life cycle is "
               "shown instead.")  # fmt: skip
TOO_FEW = N_("{n} dealers are too few to learn groups from: the life cycle is shown instead.")


@question("dealers.segments")
def segments(company: Company, scope: Scope, kind: str = "learned", cuts: str = "") -> Answer:
    """The groups of dealers and who is in which, over the year up to the as-of day (or the last stored day before).

    kind: `learned` (from how dealers buy and pay; where the data hold no stable groups, the life cycle instead),
    `life_cycle`, `growth_share`, `abc`, `rfm`. cuts: thresholds to try, `growing=0.15;dormant_days=120`.

    Frame `dealers`: dealer_id, segment, next (the group that it is nearest to), gap (how near), probability (of
    a learned group), names, region_id, owner_id, tier, FIGURES, recency, tenure_days, standing (its segment by the
    thresholds of the settings); largest net sales first.
    Frame `segments`: segment, dealers, dealers_share, FIGURES (rates are sums over sums; visits and orders are a
    dealer), standing (dealers by the thresholds of the settings), drivers (of a learned group: what sets it apart,
    [column, distance in standard deviations]), name. A row with an empty segment holds whom the rule cannot tell.
    Frame `tried`: what was tried to learn groups, best first: kind, groups, bic, valley, smallest, stability, reason.
    Values: kind, day, verdict and stability of learned groups, groups, dealers, changed (dealers whose group the tried
    thresholds change), cuts, thresholds (of the company, those tried on top); pending (they are being computed).
    """
    base.check_kind(kind)
    tried = base.cuts_of(cuts)
    stored = base.by_day(company, scope)
    day = base.day_of(stored, scope.as_of)
    if day is None:
        return base.unready("dealers.segments", company, scope, FRAMES, DEFINITIONS, kind=kind,
                            dealers=len(base.profiles(company, scope)))  # fmt: skip
    names = base.names(company)
    shown = base.shown_kind(kind, names)
    dealers = stored[day]
    told = base.classify(company, dealers, shown, day, tried)
    told["standing"] = base.classify(company, dealers, shown, day, {})["segment"] if tried else told["segment"]
    frame = dealers.merge(told, on="dealer_id")
    seen = base.profiles(company, scope)
    frame = frame[frame["dealer_id"].isin(seen["dealer_id"])]
    frame = frame.sort_values(["net_sales", "dealer_id"], ascending=[False, True], ignore_index=True)
    frame["net_sales_share"] = frame["net_sales"] / frame["net_sales"].clip(lower=0).sum()
    cards = _cards(frame, names, shown)
    columns = ["dealer_id", "segment", "next", "gap", "probability", "standing", "tier", *FIGURES, "recency",
               "tenure_days", "last_order"]  # fmt: skip
    people = base.people(company, seen, frame[columns])
    values: dict[str, Any] = {
        "kind": shown, "day": day, "verdict": names["verdict"].iloc[0], "stability": names["stability"].iloc[0],
        "groups": len(cards[cards["segment"].notna()]), "dealers": len(frame), "cuts": cuts,
        "changed": int((frame["segment"].fillna("") != frame["standing"].fillna("")).sum()),
        "thresholds": company.settings.segment_rules.model_dump() | tried,
    }  # fmt: skip
    candidates = company.result(job.TRIED)
    assert candidates is not None
    frames = {"dealers": people, "segments": cards, "tried": candidates}
    return answer("dealers.segments", company, scope, frames, definitions=DEFINITIONS, values=values,
                  notes=base.notes_of(scope) + _notes(names, kind, day, scope, len(dealers)))  # fmt: skip


def _cards(frame: pd.DataFrame, names: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One row a segment; sums over sums."""
    by = frame["segment"].astype("object").where(frame["segment"].notna(), "")
    grouped = frame.groupby(by)
    sums = grouped[["net_sales", "net_sales_share", "gross_margin", "costed_sales", "promoted", "compared_now",
                    "compared_before", "due", "visits", "orders"]].sum(min_count=1)  # fmt: skip
    late = (frame["days_late"] * frame["due"]).groupby(by).sum(min_count=1)
    known = frame["growth"].notna()
    now, before = (
        frame[name].where(known).groupby(by).sum(min_count=1) for name in ("compared_now", "compared_before")
    )
    n = grouped.size()
    cards = pd.DataFrame({
        "dealers": n, "dealers_share": n / max(len(frame), 1), "net_sales": sums["net_sales"],
        "net_sales_share": sums["net_sales_share"], "gross_margin": sums["gross_margin"],
        "gross_margin_rate": sums["gross_margin"] / sums["costed_sales"].where(sums["costed_sales"] > 0),
        "growth": now / before.where(before > 0) - 1, "days_late": late / sums["due"].where(sums["due"] > 0),
        "visits": sums["visits"] / n, "orders": sums["orders"] / n,
        "promoted_share": sums["promoted"] / sums["net_sales"].where(sums["net_sales"] > 0),
    })  # fmt: skip
    standing = frame["standing"].astype("object").where(frame["standing"].notna(), "").value_counts()
    order = names["segment"].tolist() if kind == "learned" else list(base.ORDER[kind])
    cards = cards.reindex([*order, *([""] if "" in cards.index else [])])
    cards["dealers"] = cards["dealers"].fillna(0).astype(int)
    cards["standing"] = standing.reindex(cards.index).fillna(0).astype(int)
    told = names.set_index("segment") if kind == "learned" else None
    cards["name"] = [told["name"].get(code, "") if told is not None else code for code in cards.index]
    cards["drivers"] = [told["drivers"].get(code, []) if told is not None else [] for code in cards.index]
    cards = cards.rename_axis("segment").reset_index()
    return cards.assign(segment=cards["segment"].where(cards["segment"] != "", None))


def _notes(names: pd.DataFrame, kind: str, day: dt.date, scope: Scope, dealers: int) -> tuple[Note, ...]:
    notes: tuple[Note, ...] = ()
    verdict, stability = names["verdict"].iloc[0], float(names["stability"].iloc[0])
    if kind == "learned" and verdict == "too_few":
        notes += (Note(TOO_FEW, {"n": dealers}),)
    elif kind == "learned" and verdict != "stable":
        known = stability == stability
        notes += (Note(UNSTABLE, {"found": round(stability, 2)}) if known else Note(NO_GROUPS, {}),)
    if day != scope.as_of:
        notes += (Note(N_("Groups are told of ends of quarters: these are of {day}."), {"day": day}),)
    return notes
