"""Prices outside the band (砸价 below the floor, raising above the cap): what dealers pay, and what they ask."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.integrity import prices
from analytics.questions import integrity_job as job
from analytics.questions.answer import Answer, Note, answer, question
from analytics.questions.integrity_base import measured, with_names, with_people
from data.company import Company
from data.scope import Scope
from data.words import N_

DEFINITIONS = ("price_breach_share", "price_gap")
SIDES = ("low", "in", "high", "approved", "none")


@question("integrity.prices", reads=("price_exception",), headquarters=True)
def breaches(company: Company, scope: Scope) -> Answer:
    """Units below the floor or above the cap of the price list, of what dealers bought and of what they sold on.

    Frame `dealers`: one row a dealer and practice (`bought_low`, `bought_high`, `resold_low`, `resold_high`) with a
    breach, suspects first, then by money: dealer_id and names, practice, lines, units, amount, gap (money to the band),
    promoted (units in promotions), banded (units of that flow with a band), share (units / banded), off (gap / money at
    the band), suspected (analytics.integrity.prices); region_id, owner_id, manager_id and names.
    Frame `months`: month, practice, units, gap. Frame `units`: flow, side (`low`, `in`, `high`, `approved`: outside the
    band with an approved exception, `none`: no band), lines, units, gap: low + in + high + approved are the units with
    a band. Frame `exceptions`: the approved ones that were recorded.
    Values: bought_gap, resold_gap, gap (their sum), low_gap, high_gap, suspected_gap, dealers (suspects), units
    (with a band), breach_units, breach_share, approved_units, judged (dealers with a band), measured_*.
    """
    allowed = exceptions(company, scope)
    cells = prices.approved(job.cells(company, job.PRICES, scope), allowed)
    frame = prices.practices(cells)
    frame["off"] = frame["gap"] / (
        frame["amount"] + frame["gap"].mask(frame["practice"].str.endswith("high"), -frame["gap"])
    )
    frame = frame.sort_values(["suspected", "gap"], ascending=False, kind="stable", ignore_index=True)
    units = cells.groupby(["flow", "side"], as_index=False)[["lines", "units", "gap"]].sum()
    frames = {
        "dealers": with_people(company, scope, frame), "months": _months(cells), "units": units,
        "exceptions": with_names(company, allowed, dealer="dealer", product="product"),
    }  # fmt: skip
    banded = cells[cells["side"] != "none"]
    notes, missing = _notes(company, banded)
    return answer("integrity.prices", company, scope, frames, definitions=DEFINITIONS, notes=notes,
                  values=_totals(cells, frame) | {"judged": banded["dealer_id"].nunique()} | measured("prices"),
                  verdict="insufficient_evidence" if missing else "ok")  # fmt: skip


@question("integrity.breaches", reads=("price_exception",), headquarters=True)
def evidence(company: Company, scope: Scope, shown: int = 200) -> Answer:
    """The evidence: what was bought or sold on outside the band, by dealer, product and day, newest first.

    Frame `breaches`: dealer_id, product_id and names, practice, day, lines, units, price (amount / units), floor, cap,
    gap, promoted (units in promotions). Values: found (before the cut), gap (of all found).
    """
    cells = prices.approved(job.cells(company, job.PRICES, scope), exceptions(company, scope))
    cells = cells[cells["side"].isin(["low", "high"])]
    cells = cells.assign(practice=cells["flow"] + "_" + cells["side"], price=cells["amount"] / cells["units"])
    cells = cells.sort_values(["day", "gap"], ascending=False, ignore_index=True)
    kept = ["dealer_id", "product_id", "practice", "day", "lines", "units", "price", "floor", "cap", "gap", "promoted"]
    frame = with_names(company, cells.head(shown)[kept], dealer="dealer", product="product")
    return answer("integrity.breaches", company, scope, {"breaches": frame}, definitions=DEFINITIONS,
                  values={"found": len(cells), "gap": float(cells["gap"].sum())})  # fmt: skip


def exceptions(company: Company, scope: Scope) -> pd.DataFrame:
    """The approved exceptions that people recorded, of the dealers in scope: subject, at, who, dealer_id, product_id
    (missing: all), approved_by, valid_from, valid_to (Timestamps), note."""
    recorded = company.records("price_exception")
    mine = company.store.query("dealer_terms", scope.but(channel=(), employee=()))["dealer_id"]
    recorded = recorded[recorded["dealer_id"].isin(mine)].reset_index(drop=True)
    return recorded.assign(**{column: pd.to_datetime(recorded[column]) for column in ("valid_from", "valid_to")})


def _months(cells: pd.DataFrame) -> pd.DataFrame:
    """Breaches by month and practice."""
    outside = cells[cells["side"].isin(["low", "high"])]
    month = outside["day"].dt.to_period("M").dt.start_time.rename("month")
    practice = (outside["flow"] + "_" + outside["side"]).rename("practice")
    return outside.groupby([month, practice])[["units", "gap"]].sum().reset_index()


def _totals(cells: pd.DataFrame, frame: pd.DataFrame) -> dict[str, Any]:
    outside, banded = (
        cells[cells["side"].isin(["low", "high"])],
        float(cells.loc[cells["side"] != "none", "units"].sum()),
    )
    gap = {f"{name}_gap": float(outside.loc[outside[key] == name, "gap"].sum())
           for key, names in (("flow", ("bought", "resold")), ("side", ("low", "high"))) for name in names}  # fmt: skip
    named = frame[frame["suspected"]]
    return gap | {
        "gap": float(outside["gap"].sum()), "suspected_gap": float(named["gap"].sum()),
        "dealers": named["dealer_id"].nunique(), "units": banded, "breach_units": float(outside["units"].sum()),
        "breach_share": float(outside["units"].sum()) / banded if banded else float("nan"),
        "approved_units": float(cells.loc[cells["side"] == "approved", "units"].sum()),
    }  # fmt: skip


def _notes(company: Company, banded: pd.DataFrame) -> tuple[tuple[Note, ...], bool]:
    if not company.store.has("price_list"):
        return (Note(N_("No price list imported yet: product, first day, floor and cap are needed.")),), True
    if banded.empty:
        return (Note(N_("No sale of this view has a floor or a cap in the price list.")),), True
    if not company.store.has("fact_sell_out"):
        return (Note(N_("What dealers sell on at is not known: import their sell-out with its amounts.")),), False
    return (), False
