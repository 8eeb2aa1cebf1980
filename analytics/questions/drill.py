"""The way down from the whole company to one product of one dealer: what comes next, and how to get back."""

from __future__ import annotations

import pandas as pd

from analytics.questions.answer import Answer, answer, question
from analytics.questions.sales import ranked
from data.company import Company
from data.scope import Scope

_PATH = ("level", "id", "name", "name_en", "others")


@question("sales.drill")
def drill(company: Company, scope: Scope) -> Answer:
    """Net sales by the next level below what the scope chooses: regions of the next depth, dealers, products.

    A level that would show a single region is passed over, and so are regions where no dealer has one. Below one dealer
    come its products; a product of a dealer is the end. Frame `by`: as `sales.by`, largest fall against the compared
    period first (shortfall to target without one). Frame `path`: level (`all`, `region`, `dealer`, `product`), id,
    name, name_en (empty for `all`), others (how many more are chosen on that level), from the top down to what is
    chosen, regions above it included. Values: by (`region`, `dealer` or `product`), deepest (nothing lies below), key
    (the scope key that a row of `by` sets), totals as in `sales.by`.
    """
    by, depth = _next(company, scope)
    frame, values, compared, notes = ranked(company, scope, by, depth=depth or None)
    order = "change" if frame["change"].notna().any() else str(values["order"])
    frame = frame.sort_values(order, ascending=order != "actual", ignore_index=True, kind="stable")
    values |= {"by": by, "key": by, "deepest": by == "product" and len(scope.product) == 1, "order": order}
    return answer("sales.drill", company, scope, {"by": frame, "path": _path(company, scope)},
                  definitions=("net_sales",), values=values, compared=compared, notes=notes)  # fmt: skip


def _next(company: Company, scope: Scope) -> tuple[str, int]:
    """Grouping below the scope, and the depth of the regions to list (0 for other groupings)."""
    if len(scope.dealer) == 1:
        return "product", 0
    for depth in [] if scope.dealer else _depths_below(company, scope):
        found = company.store.measure(scope, ("net_sales",), ("region",), depth=depth)
        sold = found[found["net_sales"] != 0]
        placed = sold["region_id"].notna()
        if placed.any() and len(sold) > 1:
            return "region", depth
    return "dealer", 0


def _depths_below(company: Company, scope: Scope) -> list[int]:
    """Depths of the regions below those that the scope chooses (or its viewer may see)."""
    store = company.store
    seen = scope.region or (scope.entitlement.regions if scope.entitlement else ())
    tree = store.region_tree
    deepest = 0 if tree.empty else int(tree["depth"].max())
    return list(range(store.region_depth(seen) + 1, deepest + 1))


def _path(company: Company, scope: Scope) -> pd.DataFrame:
    rows: list[tuple[str, str, object, object, int]] = [("all", "", "", "", 0)]
    for level in ("region", "dealer", "product"):
        chosen: tuple[str, ...] = getattr(scope, level)
        if not chosen:
            continue
        names = company.store.names(level)
        viewer = scope.entitlement
        if viewer is not None and company.nameable(viewer, level, chosen) != chosen:
            continue  # what is not the viewer's own keeps its name to itself
        above = _above(company, chosen[0]) if level == "region" and len(chosen) == 1 else []
        for id in (*above, chosen[0]):
            others = len(chosen) - 1 if id == chosen[0] else 0
            rows.append((level, id, *names.loc[id].tolist(), others))
    return pd.DataFrame(rows, columns=list(_PATH))


def _above(company: Company, region: str) -> list[str]:
    """The regions above one, from the top."""
    tree = company.store.region_tree
    parent = dict(zip(tree["region_id"], tree["parent_id"], strict=True))
    found: list[str] = []
    above = parent.get(region)
    while isinstance(above, str):
        found.insert(0, above)
        above = parent.get(above)
    return found
