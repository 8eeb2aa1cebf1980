"""Does the plan add up? Each target beside the sum of its parts at every level below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analytics.frames import require

TOLERANCE = 0.001  # of the parent: smaller differences are rounding [convention of this project]
_LEADS = {"region": ("dealer", "employee"), "channel": ("dealer",), "employee": ("dealer",), "category": ("product",)}


@dataclass(frozen=True)
class Level:
    """Targets of one level. keys: its columns, for `region` with the depth (1 = top), 0 otherwise; none for the whole
    company. cells: one row a cell, a column of ids a key, and `target` (money). reach: the depth down to which the
    region of each cell is known, where another column tells it."""

    name: str
    keys: Mapping[str, int]
    cells: pd.DataFrame
    reach: int = 99

    def __post_init__(self) -> None:
        require(self.cells, (*self.keys, "target"), what=f"Level {self.name}")


@dataclass(frozen=True)
class Places:
    """Where things belong. of: (`dealer`, `region`) -> {dealer id: region id} and the like, for the pairs of a thing
    and what it lies in; above: region id -> its regions from the top down to itself."""

    of: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    above: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def region_at(self, region: object, depth: int) -> str | None:
        """The region at that depth that holds a region; None when it does not lie so deep or is unknown."""
        path = self.above.get(region, ()) if isinstance(region, str) else ()
        return path[depth - 1] if len(path) >= depth else None


def over_regions(level: Level) -> Level | None:
    """The sums by region of a level that is given for regions and something else besides; None for other levels."""
    if "region" not in level.keys or len(level.keys) == 1:
        return None
    depth = level.keys["region"]
    sums = level.cells.groupby("region", as_index=False)["target"].sum()
    return Level(f"region{depth}", {"region": depth}, sums)


def refines(child: Level, parent: Level) -> bool:
    """Every cell of the child lies in one cell of the parent. Of two that lie in each other, the one with fewer
    columns is the parent."""
    if child.name == parent.name or not _within(child, parent):
        return False
    return not _within(parent, child) or (len(parent.keys), parent.name) < (len(child.keys), child.name)


def _within(child: Level, parent: Level) -> bool:
    for key, depth in parent.keys.items():
        if key in child.keys and (key != "region" or child.keys[key] >= depth):
            continue
        if not any(lead in child.keys for lead in _LEADS.get(key, ())) or depth > child.reach:
            return False
    return True


def direct(child: Level, parent: Level, levels: Sequence[Level]) -> bool:
    """No third level lies between the two."""
    return refines(child, parent) and not any(
        refines(child, between) and refines(between, parent) for between in levels
    )


def compared(parent: Level, child: Level, places: Places, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """Each cell of the parent beside the sum of the child's cells that lie in it.

    Returned: the parent's key columns (empty ids for parts that belong to no parent), `target`, `parts` (sum; 0 where
    there are none), `difference` (target − parts), `share` (difference / parts, a fraction; NaN without parts) and
    `state`: `adds_up` (the difference is within the tolerance, a fraction of the larger of both), `not_handed_down`
    (the target is larger than its parts), `no_parts`, `above_target` (the parts are larger), `no_target` (parts
    without a target above them). Largest difference first. target and parts add up to the cells of both levels.
    Raises ValueError when the child does not refine the parent.
    """
    if not refines(child, parent):
        raise ValueError(f"{child.name} does not refine {parent.name}")
    keys = list(parent.keys)
    lifted = pd.DataFrame({key: _lifted(child, key, parent.keys[key], places) for key in keys}, dtype="object")
    lifted["parts"] = child.cells["target"].to_numpy(float)
    target = parent.cells[[*keys, "target"]].astype(dict.fromkeys(keys, "object"))
    if keys:
        sums = lifted.groupby(keys, dropna=False, as_index=False)["parts"].sum()
        wide = target.merge(sums, on=keys, how="outer", indicator="side")
    else:
        wide = pd.DataFrame({"target": [target["target"].sum()], "parts": [lifted["parts"].sum()], "side": ["both"]})
    wide["difference"] = wide["target"].fillna(0) - wide["parts"].fillna(0)
    wide["share"] = wide["difference"] / wide["parts"].where(wide["parts"] != 0)
    larger = wide[["target", "parts"]].abs().max(axis=1)
    wide["state"] = "adds_up"
    off = wide["difference"].abs() > tolerance * larger
    wide.loc[off & (wide["difference"] > 0), "state"] = "not_handed_down"
    wide.loc[off & (wide["difference"] < 0), "state"] = "above_target"
    wide.loc[off & (wide["side"] == "left_only"), "state"] = "no_parts"
    wide.loc[off & (wide["side"] == "right_only"), "state"] = "no_target"
    wide[["target", "parts"]] = wide[["target", "parts"]].fillna(0.0)
    wide[keys] = wide[keys].where(wide[keys].notna(), None)
    order = wide["difference"].abs().sort_values(ascending=False, kind="stable").index
    return wide.loc[order].drop(columns="side").reset_index(drop=True)


def _lifted(child: Level, key: str, depth: int, places: Places) -> list[str | None]:
    """The parent's id of each cell of the child."""
    lead = key if key in child.keys and (key != "region" or child.keys[key] >= depth) else next(
        lead for lead in _LEADS[key] if lead in child.keys
    )  # fmt: skip
    ids = [id if isinstance(id, str) else None for id in child.cells[lead]]
    if lead != key:
        belongs = places.of.get((lead, key), {})
        ids = [belongs.get(id) if id is not None else None for id in ids]
    return [places.region_at(id, depth) for id in ids] if key == "region" else ids
