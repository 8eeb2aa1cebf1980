"""Alerts: which thresholds of the settings are crossed, since when, and which are kept again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.questions import alerts_series as series
from analytics.questions.answer import Answer, Note, answer, question
from analytics.targets import Limits, walk
from data.alerts import AlertRule
from data.company import Company
from data.scope import Entitlement, Period, Scope, ScopeError
from data.words import N_

COLUMNS = ["rule", "alert", "measure", "region_id", "region_name", "region_name_en", "state", "side", "value",
           "threshold", "clear", "band", "since", "start", "end", "period"]  # fmt: skip
HISTORY = ["rule", "region_id", "start", "end", "value", "low", "high", "clear_low", "clear_high", "side"]
_ORDER = {"firing": 0, "cleared": 1, "quiet": 2, "unknown": 3}


@question("alerts.list", headquarters=True)
def listed(company: Company, scope: Scope) -> Answer:
    """Which alerts of the settings fire, since when, and which cleared in the last period.

    Each rule is walked along the periods that are over, oldest first, with hysteresis: it fires where the threshold is
    crossed and clears only past the second one. So the same data give the same alerts, whatever was shown before. A
    rule is about the whole company or each region; a viewer sees the regions that may be seen whole. Of the filters
    the region alone counts; the period of the view does not.

    Frame `alerts`: those that fire, then those that cleared in the last period. Columns: rule (its place in the
    settings, from 1), alert (its name; empty: the metric's), measure, region_id (and names; empty: the company), state
    (`firing`, `cleared`, `quiet`, `unknown`), side (`above`, `below`: the threshold that is or was crossed), value (in
    the last period), threshold, clear (the second threshold), band (they are of the forecast), since (first day of the
    period in which it fired or cleared), start, end (of the last period), period (`month`, `week`). Frame `all`: every
    rule and region. Frame `history`: what was walked: rule, region_id, start, end, value, low, high, clear_low,
    clear_high, side (1 too high, -1 too low, 0 in order). Values: rules, watched, firing, cleared, unknown (counts).
    """
    rules = company.settings.alerts
    rows: list[dict[str, Any]] = []
    walked: list[dict[str, Any]] = []
    notes: list[Note] = []
    # of a region all of it: the filters of the view would set a part against the threshold of the whole
    whole = Scope(scope.period, scope.as_of, entitlement=scope.entitlement)
    for place, rule in enumerate(rules, start=1):
        found = _watch(company, scope, whole, place, rule, notes)
        rows += found[0]
        walked += found[1]
    if rules and not rows:
        notes.append(Note(N_("The alerts are about the whole company or whole regions; this view holds none of them.")))
    table = _named(company, pd.DataFrame(rows, columns=[c for c in COLUMNS if "_name" not in c]))
    table = table.sort_values(["state", "rule"], key=lambda column: column.map(_ORDER) if column.name == "state"
                              else column, kind="stable", ignore_index=True)  # fmt: skip
    counts = {state: int((table["state"] == state).sum()) for state in ("firing", "cleared", "unknown")}
    if counts["unknown"]:
        notes.append(Note(N_("Alerts that cannot tell, because what they need is not known of the last period: {n}."),
                          {"n": counts["unknown"]}))  # fmt: skip
    shown = table[table["state"].isin(["firing", "cleared"])].reset_index(drop=True)
    frames = {"alerts": shown, "all": table, "history": pd.DataFrame(walked, columns=HISTORY)}
    return answer("alerts.list", company, scope, frames, notes=tuple(notes),
                  definitions=tuple(dict.fromkeys(rule.metric for rule in rules)),
                  values={"rules": len(rules), "watched": len(table), **counts})  # fmt: skip


Found = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def _watch(company: Company, scope: Scope, whole: Scope, place: int, rule: AlertRule, notes: list[Note]) -> Found:
    """Rows of `all` and of `history` for one rule."""
    own = _own_thresholds(company, rule, notes)
    depths = _regions(company, scope, own) if rule.by else _company(scope)
    spans = series.periods(company, rule, scope.as_of)
    said = series.bands(company, spans) if rule.band else {}
    rows, walked = [], []
    for depth in dict.fromkeys(depths.values()):
        values = series.values(company, whole, rule.metric, spans, depth)
        for region in (key for key, its in depths.items() if its == depth):
            limits = [said.get((region, span.start)) for span in spans] if rule.band else [
                Limits(*rule.limits(_nearest(company, region, own)))] * len(spans)  # fmt: skip
            row, steps = _walked(rule, spans, [values.get((region, span.start)) for span in spans], limits)
            rows.append({"rule": place, "alert": rule.name, "region_id": region, **row})
            walked += [{"rule": place, "region_id": region, **step} for step in steps]
    return rows, walked


def _walked(rule: AlertRule, spans: Sequence[Period], values: Sequence[float | None],
            limits: Sequence[Limits | None]) -> tuple[dict[str, Any], list[dict[str, Any]]]:  # fmt: skip
    """What the last of the walked periods says, and each of them."""
    known = [(span, value, limit) for span, value, limit in zip(spans, values, limits, strict=True)
             if value is not None and limit is not None]  # fmt: skip
    base: dict[str, Any] = {"measure": rule.metric, "period": rule.period, "band": rule.band is not None}
    if not known:
        return base | {"state": "unknown"}, []
    steps = walk([value for _, value, _ in known], [limit for _, _, limit in known])
    history = [
        {"start": span.start, "end": span.end, "value": value, **vars(limit), "side": step.side}
        for (span, value, limit), step in zip(known, steps, strict=True)
    ]
    (span, value, limit), last = known[-1], steps[-1]
    before = steps[-2].side if len(steps) > 1 else 0
    state = "firing" if last.side else "cleared" if before else "quiet"
    if not last.side and span != spans[-1]:
        state = "unknown"
    side = last.side or before
    row = base | {"state": state, "value": value, "start": span.start, "end": span.end}
    if state in ("firing", "cleared"):
        since = known[last.since][0].start
        if side > 0:
            row |= {"side": "above", "threshold": limit.high, "clear": limit.clear_high, "since": since}
        else:
            row |= {"side": "below", "threshold": limit.low, "clear": limit.clear_low, "since": since}
    return row, history


# ------------------------------------------------------------------ whom a rule watches


def _company(scope: Scope) -> dict[str, int | None]:
    """The whole company, for who may see it and has not chosen a region."""
    viewer = scope.entitlement
    return {series.WHOLE: None} if viewer and Company.sees_all(viewer) and not scope.region else {}


def _regions(company: Company, scope: Scope, own: dict[str, str]) -> dict[str, int | None]:
    """Regions with their depths: those below the company, those with a threshold of their own, and, where the reader
    chose or may see deeper ones, these; each only where all of it may be seen."""
    store, viewer = company.store, scope.entitlement
    tree = store.region_tree.set_index("region_id")["depth"]
    top = store.default_depth(Scope(scope.period, scope.as_of, entitlement=Entitlement("")))
    chosen = scope.region or (viewer.regions if viewer else ())
    watched = [id for id, depth in tree.items() if depth == top or id in own or (id in chosen and depth > top)]
    inside = _below(company, scope.region)
    return {
        str(id): int(tree[id]) for id in watched
        if viewer and company.sees_region(viewer, str(id)) and (inside is None or id in inside)
    }  # fmt: skip


def _below(company: Company, regions: Sequence[str]) -> set[str] | None:
    path = company.store.region_path
    return set(path.loc[path["ancestor_id"].isin(regions), "region_id"]) if regions else None


def _own_thresholds(company: Company, rule: AlertRule, notes: list[Note]) -> dict[str, str]:
    """Regions with a threshold of their own: id -> the name that the settings give it."""
    own: dict[str, str] = {}
    for name in rule.regions:
        try:
            own[company.store.resolve("region", name)] = name
        except ScopeError:
            notes.append(Note(N_("An alert of the settings names a region that the data do not hold: {name}."),
                              {"name": name}))  # fmt: skip
    return own


def _nearest(company: Company, region: str, own: dict[str, str]) -> str:
    """The name under which the rule has a threshold for the region or for the nearest one above it; else empty."""
    path = company.store.region_path
    above = path[path["region_id"] == region].sort_values("depth", ascending=False)["ancestor_id"]
    return next((own[id] for id in above if id in own), "")


def _named(company: Company, table: pd.DataFrame) -> pd.DataFrame:
    names = company.store.names("region").reindex(table["region_id"])
    table = table.astype({"since": "object", "start": "object", "end": "object"})
    return table.assign(region_name=names.iloc[:, 0].to_numpy(), region_name_en=names.iloc[:, 1].to_numpy())[COLUMNS]
