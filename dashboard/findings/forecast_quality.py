"""The line below every chart that shows a forecast: how good such forecasts were."""

from __future__ import annotations

from typing import Any

from dashboard import formats
from dashboard.i18n import _, ngettext


def how_good(values: Any) -> str:
    """How far the forecast missed in past months: the line below every chart that shows one."""
    if not values.get("tested"):
        return _("Not tested: past months cannot be forecast as well, for this view or with this history.")
    words = {"wape": formats.rate(values["wape"]), "bias": formats.rate(values["bias"], signed=True),
             "held": formats.rate(values["coverage_80"], 0), "naive": formats.rate(values["naive_wape"])}  # fmt: skip
    months = values["tested_months"]
    return ngettext(
        "In {n} past month, one to three months ahead: missed by {wape} (last year's month: {naive}), bias {bias}; the "
        "80% band held in {held}.",
        "In {n} past months, one to three months ahead: missed by {wape} (last year's months: {naive}), bias {bias}; "
        "the 80% band held in {held}.", months, **words,
    )  # fmt: skip
