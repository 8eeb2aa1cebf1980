"""Stock loading: a dealer whose books are known, and the reasons not to judge."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.integrity.loading import judged
from analytics.questions import ask
from data.company import Company

MONTHS = pd.date_range("2024-10-01", "2026-06-01", freq="MS")
QUARTER = pd.DatetimeIndex(["2026-06-01"])
END = pd.Timestamp("2026-06-30")


def flows(dealers: int = 12, loaded: float = 0.0) -> pd.DataFrame:
    """Dealers who sell on 100 a day, keep 30 days and buy evenly; the last month brings the first one `loaded` more,
    in its last days."""
    rows = []
    for number in range(dealers):
        for month in MONTHS:
            sold = 100.0 * month.days_in_month
            extra = loaded if number == 0 and month == MONTHS[-1] else 0.0
            rows.append({
                "dealer_id": f"D{number:02d}", "month": month, "sell_in": sold + extra, "sell_in_last": 1400 + extra,
                "sell_in_first": 1400.0, "order_days": 8, "sell_out": sold, "stock": 3000 + extra,
            })  # fmt: skip
    return pd.DataFrame(rows)


def first(frame: pd.DataFrame, last_day: pd.Timestamp = END, quarters: pd.DatetimeIndex = QUARTER) -> pd.Series:
    return judged(frame, quarters, last_day).set_index("dealer_id").loc["D00"]


def test_who_buys_what_it_sells_is_not_suspected() -> None:
    found = judged(flows(), QUARTER, END)
    assert set(found["verdict"]) == {"normal"}
    assert found["loading"].abs().max() == pytest.approx(0, abs=1e-6)
    assert found["cover"].iloc[0] == pytest.approx(30)


def test_goods_pushed_at_the_end_are_the_loading() -> None:
    row = first(flows(loaded=2000.0))
    assert row["verdict"] == "suspected"
    assert row["loading"] == pytest.approx(2000)
    assert row["loading"] == pytest.approx(row["closing"] - row["usual_stock"])
    assert (row["cover"], row["usual_cover"]) == (pytest.approx(50), pytest.approx(30))
    assert row["push_share"] == pytest.approx(3400 / (9100 + 2000))


def test_too_much_stock_that_came_evenly_is_full_but_not_suspected() -> None:
    frame = flows(loaded=2000.0)
    frame.loc[(frame["dealer_id"] == "D00") & (frame["month"] == MONTHS[-1]), "sell_in_last"] = 1400.0
    assert first(frame)["verdict"] == "full"


def test_a_season_of_the_whole_network_is_no_suspicion() -> None:
    frame = flows()
    last = frame["month"] == MONTHS[-1]
    frame.loc[last, ["sell_in", "sell_in_last", "stock"]] += 2000.0
    assert set(judged(frame, QUARTER, END)["verdict"]) == {"normal"}


def test_what_comes_after_the_quarter_is_shown_once_it_is_known() -> None:
    frame = flows()
    april = pd.DatetimeIndex(["2026-03-01"])
    frame.loc[(frame["dealer_id"] == "D00") & (frame["month"] == "2026-04-01"), "sell_in_first"] = 700.0
    assert first(frame, pd.Timestamp("2026-04-14"), april)["payback"] == pytest.approx(-0.5)
    assert pd.isna(first(frame, pd.Timestamp("2026-04-13"), april)["payback"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"stock": float("nan")}, "no_reports"),
        ({"sell_out": float("nan")}, "no_reports"),
        ({"order_days": 1}, "few_orders"),
    ],
)
def test_who_cannot_be_judged_is_told_so(change: dict[str, float], reason: str) -> None:
    frame = flows(loaded=2000.0)
    mine = (frame["dealer_id"] == "D00") & (frame["month"] > "2026-03-31")
    frame.loc[mine, list(change)] = list(change.values())
    row = first(frame)
    assert (row["verdict"], row["reason"]) == ("cannot_tell", reason)


def test_a_short_history_is_no_yardstick() -> None:
    frame = flows(loaded=2000.0)
    row = first(frame[frame["month"] >= "2025-07-01"])
    assert (row["verdict"], row["reason"]) == ("cannot_tell", "short_history")


def test_stock_explains_itself_on_the_demo_company(company: Company) -> None:
    """Where books balance, loading is the stock above the usual; and stock is what came less what went."""
    frame = ask(company, "integrity.loading", company.scope()).frames["dealers"]
    known = frame[frame["verdict"] != "cannot_tell"]
    assert len(known) > 10
    assert (known["loading"] - (known["closing"] - known["usual_stock"])).abs().max() < 0.02 * known["closing"].max()
    by_hand = company.store._unscoped(
        """SELECT dealer_id::VARCHAR AS dealer, sum(quantity * list_price)::DOUBLE AS sold FROM fact_sell_out
        JOIN dim_product USING (product_id) WHERE sell_out_date BETWEEN '2026-04-01' AND '2026-06-30' GROUP BY 1"""
    ).set_index("dealer")["sold"]
    assert (known.set_index("dealer_id")["sell_out"] - by_hand).dropna().abs().max() < 0.01


def test_rising_sell_in_is_no_good_news_where_nobody_reports(company: Company) -> None:
    answer = ask(company, "integrity.loading", company.scope())
    assert 0 < answer.values["unknown_share"] < 1
    assert answer.values["reporting"] < answer.values["selling"]
    assert any("no good news" in str(note) for note in answer.notes)
    silent = company.store.query("dealer_terms", company.scope())["dealer_id"]
    silent = silent[~silent.isin(company.store.query("stock_flows", company.scope(), push=14)["dealer_id"])]
    alone = ask(company, "integrity.loading", company.scope({"dealer": silent.iloc[0]}))
    assert alone.verdict == "insufficient_evidence"
