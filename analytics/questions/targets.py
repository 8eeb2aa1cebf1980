"""Actual against target: reached and pace by any grouping, what explains the gap, and how tasks are shared."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.comparing import comparable, side_by_side
from analytics.targets import WIDTH, task_band, usual_swing
from data.company import Company
from data.scope import Period, Scope, add_months
from data.words import N_

MEASURES = ("net_sales", "target", "target_to_date", "attainment", "pace")
GROUPINGS = ("region", "employee", "dealer", "product", "category", "channel")
NAMED = 5  # dealers named in the gap bridge
SWINGS = ("region", "employee", "dealer", "channel")  # groups that are made of dealers
SPARK_MONTHS = 12


@question("targets.attainment")
def attainment(company: Company, scope: Scope, by: str = "region") -> Answer:
    """Target reached and pace, in all and by a grouping.

    Frame `by`: key (and names), net_sales, target, target_to_date, attainment, pace, gap (net sales less target to
    date), low and high (the pace that is usual for a group of its dealers, analytics.targets.usual_swing; NaN where
    dealers have no targets), standing (`below`, `usual`, `above`; empty without a range), most money missing first.
    Frame `months`: month, net_sales, target, pace of the twelve months to the end of the period.
    Values: the same measures in all, gap, `level` (the level of targets used), not_split (target to date that the rows
    do not carry), groupings (those that targets are given by), running (days of the period lie ahead), days_left
    (selling days after the as-of day), needed_a_day (what is missing to the target a selling day left; none is left:
    NaN), made_a_day (net sales a selling day so far), dealers (open ones in scope).
    """
    store = company.store
    total = store.measure(scope, MEASURES).iloc[0]
    frame = store.measure(scope, MEASURES, (by,))
    frame["gap"] = frame["net_sales"] - frame["target_to_date"]
    frame = frame.sort_values("gap", ignore_index=True)
    frame = _with_swing(company, scope, frame, by)
    notes: tuple[Note, ...] = ()
    if not store.has("fact_target"):
        message = N_("No targets imported yet: a file with period, target and for whom (region, dealer ...) is needed.")
        notes = (Note(message),)
    elif pd.isna(total["target"]):
        notes = (Note(N_("No target is given for this scope.")),)
    elif frame["target"].isna().all():
        notes = (Note(N_("Targets are not given by {grouping}."), {"grouping": by}),)
    values = {id: total[id] for id in MEASURES} | {
        "gap": total["net_sales"] - total["target_to_date"], "level": store.target_level(scope),
        "not_split": total["target_to_date"] - frame["target_to_date"].sum(min_count=1),
        "groupings": [g for g in GROUPINGS if store.target_level(scope, (g,), store.default_depth(scope))],
        "dealers": len(store.query("dealer_owners", scope, depth=1)),
    }  # fmt: skip
    values |= _days(company, scope, values)
    frames = {"by": frame, "months": _months(company, scope)}
    return answer("targets.attainment", company, scope, frames, definitions=MEASURES, values=values, notes=notes)


def _with_swing(company: Company, scope: Scope, frame: pd.DataFrame, by: str) -> pd.DataFrame:
    """With low, high and standing."""
    key, usual = str(frame.columns[0]), None
    if by in SWINGS:
        parts = ("net_sales", "target_to_date")
        dealers = company.store.measure(scope, parts, ("dealer",))
        carried = dealers if by == "dealer" else company.store.measure(scope, parts[1:], ("dealer", by))
        usual = usual_swing(
            dealers.rename(columns={"net_sales": "actual", "target_to_date": "target"}),
            pd.DataFrame({"group": carried[key], "dealer_id": carried["dealer_id"],
                          "target": carried["target_to_date"]}),
        )  # fmt: skip
    for end in ("low", "high"):
        frame[end] = float("nan") if usual is None else frame[key].map(usual[end]).astype("float64")
    known = frame["pace"].notna() & frame["low"].notna()
    frame["standing"] = pd.Series(None, index=frame.index, dtype="object")
    frame.loc[known, "standing"] = "usual"
    frame.loc[known & (frame["pace"] < frame["low"]), "standing"] = "below"
    frame.loc[known & (frame["pace"] > frame["high"]), "standing"] = "above"
    return frame


def _days(company: Company, scope: Scope, values: dict[str, object]) -> dict[str, object]:
    """The selling days that are left, and what each must bring."""
    calendar, period = company.store.calendar, scope.period
    dates = calendar.loc[calendar["is_selling_day"], "date"].dt.date
    left = int(((dates > scope.as_of) & (dates >= period.start) & (dates <= period.end)).sum())
    gone = int(((dates <= scope.as_of) & (dates >= period.start) & (dates <= period.end)).sum())
    missing = max(float(values["target"]) - float(values["net_sales"]), 0.0)  # type: ignore[arg-type]
    return {
        "running": period.start <= scope.as_of < period.end, "days_left": left,
        "needed_a_day": missing / left if left and not pd.isna(values["target"]) else float("nan"),
        "made_a_day": float(values["net_sales"]) / gone if gone else float("nan"),  # type: ignore[arg-type]
    }  # fmt: skip


def _months(company: Company, scope: Scope) -> pd.DataFrame:
    """net_sales, target and pace of the last months of the period and before it."""
    last = min(scope.period.end, scope.as_of)
    first = max(add_months(last.replace(day=1), 1 - SPARK_MONTHS), company.store.sales_span.start.replace(day=1))
    ids = ("net_sales", "target", "pace")
    if first > last:
        return pd.DataFrame(columns=["month", *ids])
    frame = company.store.measure(scope, ids, ("month",), period=Period(first, last))
    frame["month"] = [pd.Timestamp(month).date() for month in frame["month"]]
    return frame


@question("targets.tasks")
def tasks(company: Company, scope: Scope, width: float = WIDTH) -> Answer:
    """Is the target of the period shared evenly among the sales people: who carries far more or less than the average.

    Frame `tasks`: employee_id and names, task (target of the whole period), of_average (fraction), side (`below`,
    `within`, `above` the band of ±width around the average task, analytics.targets.task_band), attainment; furthest
    from the average first. Values: people, average, low, high, width, outside (people).
    """
    frame = company.store.measure(scope, ("target", "attainment"), ("employee",))
    frame = frame[frame["employee_id"].notna()].rename(columns={"target": "task"})
    band = task_band(frame, width)
    edges = {name: float(band[name].iloc[0]) if len(band) else float("nan") for name in ("average", "low", "high")}
    outside = int((band["side"] != "within").sum())
    notes = () if len(band) else (Note(N_("Targets are not given by {grouping}."), {"grouping": "employee"}),)
    columns = ["employee_id", "employee_name", "employee_name_en", "task", "of_average", "side", "attainment"]
    return answer("targets.tasks", company, scope, {"tasks": band[columns].reset_index(drop=True)},
                  definitions=("target", "attainment"), notes=notes,
                  values=edges | {"people": len(band), "width": width, "outside": outside})  # fmt: skip


@question("targets.gap")
def gap(company: Company, scope: Scope, named: int = NAMED, by: str = "dealer", side: str = "total") -> Answer:
    """The dealers (products, categories ...) that explain the gap to target; where no targets are given by them, the
    change on the compared period: a target is never spread over what it was not given for. side: which are named:
    those that pull as the `total` does, those that lack (`short`), or those that are ahead (`ahead`).

    Frame `gap`: key and names (empty for groups), kind (the grouping itself, as `dealer`; `others`: the others on the
    same side, `against`: all on the other side, `not_split`: target or sales that they do not carry, `total`),
    gap, actual, base (target to date or compared; empty for groups), members (count). The rows before `total` add up
    to it. Values: base (`target` or `compared`), total, same_side (sum on the side of the named), named (sum of the
    named), named_share of same_side, named_members, by.
    """
    compared, notes = comparable(company, scope)
    ids = ("net_sales", "target_to_date")
    wide = side_by_side(company, scope, ids, (by,), compared=compared)
    whole = side_by_side(company, scope, ids, compared=compared).iloc[0]
    base = "target" if wide["target_to_date"].notna().any() else "compared"
    other = "target_to_date" if base == "target" else "net_sales_compared"
    keys = [column for column in wide.columns if column.removesuffix("_compared") not in ids]
    columns = [*keys, "kind", "gap", "actual", "base", "members"]
    if base == "compared" and compared is None:
        return answer("targets.gap", company, scope, {"gap": pd.DataFrame(columns=columns)}, definitions=ids,
                      values={"base": None, "by": by}, notes=notes, verdict="insufficient_evidence")  # fmt: skip
    wide = wide.assign(kind=by, actual=wide["net_sales"].fillna(0), base=wide[other].fillna(0), members=1)
    wide["gap"] = wide["actual"] - wide["base"]
    unnamed = wide[keys[0]].isna()  # lines without such a key belong to nobody
    total = float(whole["net_sales"] - whole[other])
    sign = {"short": -1.0, "ahead": 1.0}.get(side, -1.0 if total <= 0 else 1.0)
    same = wide[(wide["gap"] * sign > 0) & ~unnamed].sort_values("gap", key=lambda g: -g * sign)
    against = wide[(wide["gap"] * sign < 0) & ~unnamed]
    first, rest = same.head(named), same.iloc[named:]
    groups = [(kind, float(part["gap"].sum()), len(part)) for kind, part in (("others", rest), ("against", against))]
    unsplit = total - float(wide.loc[~unnamed, "gap"].sum())
    groups = [group for group in groups if group[2]]
    if abs(unsplit) >= 0.5:
        groups.append(("not_split", unsplit, 0))
    groups.append(("total", total, int((~unnamed).sum())))
    frame = pd.concat([first.reindex(columns=columns), pd.DataFrame(groups, columns=["kind", "gap", "members"])],
                      ignore_index=True)  # fmt: skip
    frame[keys] = frame[keys].astype("object").where(frame[keys].notna(), None)
    moved, sum_named = float(same["gap"].sum()), float(first["gap"].sum())
    values = {
        "base": base, "by": by, "total": total, "named": sum_named, "same_side": moved,
        "named_share": sum_named / moved if moved else float("nan"), "named_members": len(first),
    }  # fmt: skip
    return answer("targets.gap", company, scope, {"gap": frame}, definitions=ids, values=values,
                  compared=compared, notes=notes)  # fmt: skip
