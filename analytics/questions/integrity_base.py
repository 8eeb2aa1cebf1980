"""What the questions about channel order share: the network as a yardstick, and whom to ask about a dealer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.integrity.accuracy import MEASURED
from data.company import Company
from data.scope import Scope


def network(scope: Scope) -> Scope:
    """The scope without its choice of dealers: what is usual is told by all dealers whom the viewer may see."""
    return scope.but(region=(), channel=(), dealer=(), employee=())


def measured(rule: str) -> dict[str, Any]:
    """How often a rule is right, as values of an answer."""
    return {f"measured_{key}": value for key, value in MEASURED[rule].values.items()}


def seen_dealers(company: Company, scope: Scope) -> pd.Index:
    """Ids of the dealers in scope."""
    return pd.Index(company.store.query("dealer_terms", scope)["dealer_id"])


def with_names(company: Company, frame: pd.DataFrame, **groupings: str) -> pd.DataFrame:
    """The frame with `<part>_name` and `<part>_name_en` of each `<part>_id`: part=grouping."""
    frame = frame.copy()
    for part, grouping in groupings.items():
        names = company.store.names(grouping).reindex(frame[f"{part}_id"])
        frame[f"{part}_name"], frame[f"{part}_name_en"] = names.iloc[:, 0].to_numpy(), names.iloc[:, 1].to_numpy()
    return frame


def with_people(company: Company, scope: Scope, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of dealers with their names, region, and whom to ask: owner, and manager of the region (ids and names)."""
    store = company.store
    owners = store.query("dealer_owners", scope, depth=store.default_depth(scope))
    frame = frame.merge(owners, on="dealer_id", how="left")
    return with_names(company, frame, dealer="dealer", region="region", owner="employee", manager="employee")
