"""Does the plan add up over its levels: the target of each parent beside the sum of its parts."""

from __future__ import annotations

from itertools import product, takewhile

import pandas as pd

from analytics.questions.answer import Answer, Note, answer, question
from analytics.targets import Level, Places, compared, direct, over_regions, refines
from data import targets
from data.company import Company
from data.scope import Scope
from data.words import N_

KEYS = ("region", "dealer", "employee", "channel", "category", "product")
PAIR = ("parent_level", "parts_level")
PLACE = tuple(f"{key}_id" if key != "category" else key for key in KEYS)


@question("targets.decomposition")
def decomposition(company: Company, scope: Scope) -> Answer:
    """Where the targets of a level are not the sum of the levels below it. Targets of the whole period count.

    Levels are named by what they are given for: `company`, `region1` (1 = top), `region2+category`, `dealer` ...
    A level that cannot be restricted to the scope is left out. Frames:
    `open`: one row a parent that does not add up to a level directly below it: parent_level, parts_level (those that
    differ, joined by ", "), the ids and names of the parent (region_id, region_name, region_name_en, dealer_id ...,
    category, category_en, empty where not part of the level), target, parts, difference, share (of the parts), state
    (analytics.targets.compared); of several levels below the one with the largest difference; largest first.
    `pairs`: one row a pair of levels of which one lies within the other: parent_level, parts_level, direct (no other
    level between), parents, target, parts, difference (sums; the parts before `total` add up), differing (parents),
    missing (sum of their absolute differences).
    `parts`: one row a pair and parent: the columns of `open`, direct.
    Values: differing (rows of `open`), missing (sum of their absolute differences), levels.
    """
    places = _places(company, scope)
    levels = _levels(company, scope, places)
    rows, pairs = [], []
    for parent, child in product(levels, levels):
        if refines(child, parent) and not _said(parent, child, levels):
            found = compared(parent, child, places)
            found = found.rename(columns=dict(zip(KEYS, PLACE, strict=True)))
            near = direct(child, parent, levels)
            off = found[found["state"] != "adds_up"]
            pairs.append({
                "parent_level": parent.name, "parts_level": child.name, "direct": near, "parents": len(found),
                "target": found["target"].sum(), "parts": found["parts"].sum(), "difference": found["difference"].sum(),
                "differing": len(off), "missing": off["difference"].abs().sum(),
            })  # fmt: skip
            rows.append(found.assign(parent_level=parent.name, parts_level=child.name, direct=near))
    parts = _named(company, pd.concat(rows, ignore_index=True) if rows else pd.DataFrame())
    summary = pd.DataFrame(pairs, columns=_PAIR_COLUMNS)
    summary = summary.sort_values(["direct", "missing"], ascending=False, kind="stable", ignore_index=True)
    unsolved = _open(parts)
    notes: tuple[Note, ...] = ()
    if not rows:
        notes = (Note(N_("Targets of at least two levels are needed, one within the other.")),)
    values = {"differing": len(unsolved), "missing": float(unsolved["difference"].abs().sum()),
              "levels": [level.name for level in levels]}  # fmt: skip
    return answer("targets.decomposition", company, scope, {"open": unsolved, "pairs": summary, "parts": parts},
                  definitions=("target",), values=values, notes=notes,
                  verdict="ok" if rows else "insufficient_evidence")  # fmt: skip


_PAIR_COLUMNS = [*PAIR, "direct", "parents", "target", "parts", "difference", "differing", "missing"]
_NUMBERS = ["target", "parts", "difference", "share", "state"]


def _levels(company: Company, scope: Scope, places: Places) -> list[Level]:
    """The levels with a target in the period, coarsest first; where targets are given by region and something else,
    the regions are a level of their own."""
    found = {}
    for name in company.store.readable_levels(scope):
        keys = targets.parts(name)
        if not set(keys) <= set(KEYS):
            continue
        cells = company.store.measure(scope, ("target",), tuple(keys), depth=keys.get("region"), level=name)
        cells = cells.rename(columns=dict(zip(PLACE, KEYS, strict=True)))
        cells = cells[cells["target"].notna()]
        if len(cells):
            found[name] = Level(name, keys, cells[[*keys, "target"]], _reach(keys, cells, places))
    for sums in [over_regions(level) for level in found.values()]:
        if sums is not None:
            found.setdefault(sums.name, sums)
    return sorted(found.values(), key=_coarse)


def _coarse(level: Level) -> tuple[int, bool, int, str]:
    """Coarsest first, regions before others."""
    return len(level.keys), "region" not in level.keys, level.keys.get("region", 0), level.name


def _said(parent: Level, child: Level, levels: list[Level]) -> bool:
    """The sums of the child by region are a level of their own, and are the parent or have it as theirs."""
    sums = over_regions(child)
    if sums is None:
        return False
    same = [level for level in levels if level.name == sums.name and level.cells.equals(sums.cells)]
    return any(level.name == parent.name or refines(level, parent) for level in same)


def _reach(keys: dict[str, int], cells: pd.DataFrame, places: Places) -> int:
    """How deep the regions of sales people go: each belongs to the smallest region that holds all of their dealers."""
    if "employee" not in keys or "dealer" in keys:
        return 99
    known = (places.of.get(("employee", "region"), {}).get(id) for id in cells["employee"])
    return min((len(places.above.get(region or "", ())) for region in known), default=0)


def _places(company: Company, scope: Scope) -> Places:
    store = company.store
    frame = store.query("target_places", scope)
    of: dict[tuple[str, str], dict[str, str]] = {}
    for thing, part in frame.groupby("thing"):
        for inside in ("region", "channel", "employee", "category"):
            known = part[part[inside].notna()]
            of[str(thing), inside] = dict(zip(known["id"], known[inside], strict=True))
    tree = store.region_tree
    parent = dict(zip(tree["region_id"], tree["parent_id"], strict=True))
    above: dict[str, list[str]] = {}
    for id in tree["region_id"]:
        path, up = [id], parent[id]
        while isinstance(up, str):
            path.insert(0, up)
            up = parent.get(up)
        above[id] = path
    served = frame[(frame["thing"] == "dealer") & frame["employee"].notna() & frame["region"].notna()]
    for employee, regions in served.groupby("employee")["region"]:
        shared = [set(step) for step in zip(*(above.get(region, []) for region in set(regions)), strict=False)]
        path = [step.pop() for step in takewhile(lambda step: len(step) == 1, shared)]
        of.setdefault(("employee", "region"), {})[str(employee)] = path[-1] if path else ""
    return Places(of, above)


def _open(parts: pd.DataFrame) -> pd.DataFrame:
    """One row a parent that does not add up to a level directly below."""
    if parts.empty:
        return parts
    off = parts[parts["direct"] & (parts["state"] != "adds_up")]
    off = off.loc[off["difference"].abs().sort_values(ascending=False, kind="stable").index]
    cell = pd.Series(list(off[["parent_level", *PLACE]].itertuples(index=False, name=None)), off.index).map(repr)
    first = off[~cell.duplicated()]
    below = off["parts_level"].groupby(cell).agg(", ".join)
    first = first.assign(parts_level=cell[first.index].map(below))
    return first.drop(columns="direct").reset_index(drop=True)


def _named(company: Company, frame: pd.DataFrame) -> pd.DataFrame:
    """All columns, in order, with the names of what the ids stand for."""
    columns: list[str] = [*PAIR]
    for key, column in zip(KEYS, PLACE, strict=True):
        ids = frame[column].astype("object") if column in frame else pd.Series(None, index=frame.index, dtype="object")
        frame[column] = ids.where(ids.notna(), None)
        if key == "category":
            frame["category_en"] = frame[column].map(company.store.categories).astype("object")
            columns += [column, "category_en"]
            continue
        names = company.store.names(key).reindex(frame[column])
        for name in names.columns:
            frame[name] = names[name].to_numpy()
        columns += [column, *names.columns]
    return frame.reindex(columns=[*columns, *_NUMBERS, "direct"])
