"""Which targets answer a scope.

Targets are given at several levels (company, region, region and category, dealer ...). They are never added across
levels: one level is chosen, the coarsest that can say what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# What else a level's column can tell: a dealer has a region, a channel and an owner; a product has a category.
_IMPLIED = {"region": ("dealer",), "channel": ("dealer",), "employee": ("dealer",), "category": ("product",)}
_ANY_DEPTH = 99


def parts(level: str) -> dict[str, int]:
    """`region2+category` -> {"region": 2, "category": 0}; `company` -> {}."""
    found: dict[str, int] = {}
    for part in level.split("+"):
        match = re.fullmatch(r"region(\d+)", part)
        if match:
            found["region"] = int(match.group(1))
        elif part != "company":
            found[part] = 0
    return found


def _answers(level: Mapping[str, int], need: str, depth: int) -> bool:
    if need in level and (need != "region" or level[need] >= depth):
        return True
    return any(other in level for other in _IMPLIED.get(need, ()))


def readable(levels: Iterable[str], needs: Mapping[str, int]) -> tuple[str, ...]:
    """The levels that can say all needs (see choose_level): those of which a reader may be shown every cell."""
    return tuple(level for level in levels if choose_level((level,), needs))


def choose_level(levels: Iterable[str], needs: Mapping[str, int]) -> str | None:
    """The coarsest level that can say all needs, or None.

    needs: scope columns that are filtered or grouped by, with the depth wanted for `region` (1 = top), 0 otherwise.
    """
    fitting = [
        (len(have), have.get("region", 0) or (_ANY_DEPTH if "dealer" in have else 0), level)
        for level in levels
        for have in (parts(level),)
        if all(_answers(have, need, depth) for need, depth in needs.items())
    ]
    return min(fitting)[2] if fitting else None
