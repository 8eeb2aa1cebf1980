"""Names of forecast nodes."""

from __future__ import annotations

import pandas as pd

from analytics.questions import forecast_nodes as nodes
from data.company import Company


def named(company: Company, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with name and name_en for its level and key; those of region1+category join two by a dot."""
    store, pairs = company.store, []
    for level, key in zip(frame["level"], frame["key"], strict=True):
        region, _, category = str(key).partition(nodes.JOINT)
        if level == nodes.BY_CATEGORY:
            one, two = _of_dimension(company, "region", region), (category, store.categories.get(category, category))
            pairs.append((f"{one[0]} · {two[0]}", f"{one[1]} · {two[1]}"))
        elif level == nodes.CATEGORY:
            pairs.append((key, store.categories.get(key, key)))
        elif level == nodes.COMPANY:
            pairs.append(("", ""))
        else:
            pairs.append(_of_dimension(company, "region" if level.startswith("region") else level, str(key)))
    return frame.assign(name=[pair[0] for pair in pairs], name_en=[pair[1] for pair in pairs])


def _of_dimension(company: Company, dimension: str, key: str) -> tuple[str, str]:
    names = company.store.names(dimension)
    if key not in names.index:
        return key, key
    name, english = names.loc[key]
    return str(name), str(english) if isinstance(english, str) else str(name)
