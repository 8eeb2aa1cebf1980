"""Order in the channel on one page: what is suspected of whom, by kind, and how much money it is about."""

from __future__ import annotations

import pandas as pd

from analytics.questions import integrity_loading, integrity_prices, integrity_territory
from analytics.questions.answer import Answer, answer, question
from analytics.questions.integrity_base import with_people
from data.company import Company
from data.scope import Scope

DEFINITIONS = ("out_of_territory", "price_gap", "stock_loading")


@question("integrity.summary", reads=("territory_exception", "price_exception"), headquarters=True)
def summary(company: Company, scope: Scope) -> Answer:
    """What is suspected of whom. The rules are those of integrity.territory, integrity.prices and integrity.loading.

    Frame `suspicions`: one row a dealer and kind, most money first: kind (`territory`, `bought_low`, `bought_high`,
    `resold_low`, `resold_high`, `loading`), dealer_id and names, money (sales out of territory; gap to the price band;
    stock above the usual), share (of deliveries; of units; cover against the usual, less 1), cases (deliveries; lines;
    quarter ends of the last four), region_id, owner_id, manager_id and names.
    Frame `kinds`: rule (`territory`, `prices`, `loading`), money, dealers, verdict (of the question).
    Values: money of each rule, dealers (each once), dealers_share (of net sales), selling (dealers with sales in the
    period), cleared (money of sales out of territory that the register clears), clearing and standing (exceptions that
    clear a sale of this view; all), quarter_end (of the stock).
    """
    territory = integrity_territory.suspects(company, scope)
    prices = integrity_prices.breaches(company, scope)
    loading = integrity_loading.suspects(company, scope)
    rows = pd.concat([_territory(territory), _prices(prices), _loading(loading)], ignore_index=True)
    rows = rows.sort_values("money", ascending=False, ignore_index=True)
    rule = rows["kind"].where(rows["kind"].isin(["territory", "loading"]), "prices")
    kinds = pd.DataFrame([
        {"rule": name, "money": float(rows.loc[rule == name, "money"].sum()),
         "dealers": rows.loc[rule == name, "dealer_id"].nunique(), "verdict": part.verdict}
        for name, part in (("territory", territory), ("prices", prices), ("loading", loading))
    ])  # fmt: skip
    sold = company.store.measure(scope, ("net_sales",), ("dealer",))
    total = float(sold["net_sales"].sum())
    concerned = float(sold.loc[sold["dealer_id"].isin(rows["dealer_id"]), "net_sales"].sum())
    register = territory.frames["register"]
    values = dict(zip(kinds["rule"], kinds["money"], strict=True)) | {
        "dealers": rows["dealer_id"].nunique(), "dealers_share": concerned / total if total else float("nan"),
        "selling": int((sold["net_sales"] > 0).sum()), "cleared": territory.values["cleared_amount"],
        "clearing": int((register["clears"] > 0).sum()), "standing": len(register),
        "quarter_end": loading.values["quarter_end"],
    }  # fmt: skip
    notes = (*territory.notes, *prices.notes)
    frames = {"suspicions": with_people(company, scope, rows), "kinds": kinds}
    return answer("integrity.summary", company, scope, frames, definitions=DEFINITIONS, values=values, notes=notes)


_COLUMNS = ["kind", "dealer_id", "money", "share", "cases"]


def _territory(part: Answer) -> pd.DataFrame:
    frame = part.frames["dealers"]
    if part.verdict != "ok":
        return pd.DataFrame(columns=_COLUMNS)
    named = frame[frame["suspected"]].assign(kind="territory")
    return named.rename(columns={"suspect_amount": "money", "suspect_deliveries": "cases"})[_COLUMNS]


def _prices(part: Answer) -> pd.DataFrame:
    frame = part.frames["dealers"]
    return frame[frame["suspected"]].rename(columns={"practice": "kind", "gap": "money", "lines": "cases"})[_COLUMNS]


def _loading(part: Answer) -> pd.DataFrame:
    frame = part.frames["dealers"]
    named = frame[frame["verdict"] == "suspected"]
    if named.empty:
        return pd.DataFrame(columns=_COLUMNS)
    named = named.assign(kind="loading", share=named["cover"] / named["usual_cover"] - 1)
    return named.rename(columns={"loading": "money", "times": "cases"})[_COLUMNS]
