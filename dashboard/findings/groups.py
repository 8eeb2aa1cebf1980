"""Words for the groupings of sales, and the names of their groups."""

from __future__ import annotations

import pandas as pd

from dashboard.findings.names import names_of
from dashboard.i18n import _


def head_of(by: str) -> str:
    """The head of the column that names a group."""
    return {
        "region": _("Region"), "dealer": _("Dealer"), "product": _("Product"), "category": _("Category"),
        "brand": _("Brand"), "price_class": _("Price class"), "channel": _("Channel"), "employee": _("Sales person"),
    }[by]  # fmt: skip


def by_words(by: str) -> str:
    """How a subtitle says the grouping."""
    return {
        "region": _("by region"), "dealer": _("by dealer"), "product": _("by product"), "category": _("by category"),
        "brand": _("by brand"), "price_class": _("by price class"), "channel": _("by channel"),
        "employee": _("by sales person"),
    }[by]  # fmt: skip


def absent(by: str) -> str:
    """What stands for lines that carry no such key."""
    return {
        "region": _("Without a region"), "dealer": _("Without a dealer"), "product": _("Without a product"),
        "category": _("Without a category"), "brand": _("Without a brand"), "price_class": _("Without a price class"),
        "channel": _("Without a channel"), "employee": _("Without a sales person"),
    }[by]  # fmt: skip


def key_of(frame: pd.DataFrame, by: str) -> str:
    """The column that holds the key of a grouping."""
    return f"{by}_id" if f"{by}_id" in frame else by


def group_names(frame: pd.DataFrame, by: str) -> list[str]:
    """Names of all rows; price classes of the common words in the reader's language."""
    there = frame[key_of(frame, by)].notna()
    names = names_of(frame, by)
    if by == "price_class":
        known = {"economy": _("Economy"), "core": _("Core"), "premium": _("Premium")}
        names = [known.get(name, name) for name in names]
    return [name if found else absent(by) for name, found in zip(names, there, strict=True)]
