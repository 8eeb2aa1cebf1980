"""Who will not order soon, judged: `qudao bench churn [--data DIR] [--dealers N]`.

With --data (or QUDAO_BENCH_DATA), a folder with segmentation/: on Online Retail the model, the plain rule and frequency
at several days, for all customers, for those of a half that is told by a hash, and for random 500; on CDNOW the BG/NBD
parameters beside the published ones. Always: CPU seconds for so many synthetic dealers.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.segmentation import churn, expected_margin, fit_bgnbd, rfm
from analytics.segmentation.churn_model import auc, calibration_error

HORIZON = 90
DAYS = ("2011-07-01", "2011-08-01", "2011-09-01", "2011-09-10")  # the last has 90 days of orders after it
CDNOW = (0.2426, 4.4135, 0.7929, 2.4258, -9582.43)  # Fader, Hardie and Lee (2005)


def judged(name: str, orders: pd.DataFrame, as_of: str, of: set | None = None) -> tuple[float, float]:
    """AUC and calibration error among customers known on the day, of `of` where given."""
    day = pd.Timestamp(as_of)
    said = churn(orders, day, HORIZON)
    sales = orders[orders["net_amount"] > 0]
    known = pd.Index(sales.loc[sales["order_date"] < day + pd.Timedelta(days=1), "dealer_id"].unique())
    known = known[known.isin(of)] if of is not None else known
    after = (sales["order_date"] >= day + pd.Timedelta(days=1)) & (
        sales["order_date"] < day + pd.Timedelta(days=1 + HORIZON)
    )
    silent = ~known.isin(sales.loc[after, "dealer_id"])
    rows = said.set_index("dealer_id").loc[known]
    often = rfm(orders, day).set_index("dealer_id").loc[known, "frequency"]
    chance = rows["probability"].to_numpy()
    found = auc(chance, silent), calibration_error(chance, silent)
    print(f"  {as_of} {name:28} n {len(known):5,}  silent {silent.mean():.3f}  mean chance {chance.mean():.3f}  "
          f"AUC {found[0]:.3f}  ECE {found[1]:.3f}  rule AUC {auc(rows['rule'].to_numpy(), silent):.3f}  "
          f"frequency AUC {auc(-often.to_numpy(), silent):.3f}  {said.attrs['method']}")  # fmt: skip
    return found


def online_retail(path: Path) -> None:
    if not path.exists():
        print(f"no Online Retail orders: {path} is absent")
        return
    lines = pd.read_parquet(path)
    amount = lines["Quantity"].astype(float) * lines["UnitPrice"].astype(float)
    orders = pd.DataFrame(
        {"dealer_id": lines["CustomerID"], "order_date": lines["InvoiceDate"], "net_amount": amount}
    )  # fmt: skip
    ids = np.sort(orders["dealer_id"].unique())
    odd = np.array([int(hashlib.md5(str(i).encode()).hexdigest(), 16) % 2 for i in ids], bool)
    print(f"{path.name}: {len(orders):,} lines of {len(ids):,} customers, horizon {HORIZON} days")
    for day in DAYS:
        judged("all", orders, day)
        judged("a half, learned from itself", orders[orders["dealer_id"].isin(ids[odd])], day)
    rng = np.random.default_rng(0)
    each = []
    for number in range(8):
        some = set(rng.choice(ids, 500, replace=False))
        each.append(judged(f"random 500, sample {number}", orders[orders["dealer_id"].isin(some)], DAYS[-1]))
    print(f"  mean of the samples: AUC {np.mean(each, axis=0)[0]:.3f}, ECE {np.mean(each, axis=0)[1]:.3f}")
    model = fit_bgnbd(rfm(orders, DAYS[-1]).dropna(subset=["t_x"]))
    print(f"  BG/NBD on {DAYS[-1]}: {model.verdict} {model.reason}")


def cdnow(path: Path) -> None:
    if not path.exists():
        print(f"no CDNOW customers: {path} is absent")
        return
    cpu = time.process_time()
    model = fit_bgnbd(pd.read_csv(path))
    found = (model.r, model.alpha, model.a, model.b, model.log_likelihood)
    print(f"BG/NBD on {path.name}, {time.process_time() - cpu:.2f} CPU s, {model.verdict}")
    for name, value, published in zip(("r", "alpha", "a", "b", "log-likelihood"), found, CDNOW, strict=True):
        print(f"  {name:14} {value:12.4f}  published {published:12.4f}")


def synthetic(dealers: int, years: int) -> pd.DataFrame:
    """Orders of dealers that start at any time, buy at their own rate and drop out at their own chance."""
    rng = np.random.default_rng(0)
    length = years * 365
    rate, drop = rng.gamma(2.0, 1 / 40, dealers), rng.beta(1, 40, dealers)
    who, now = np.arange(dealers), rng.uniform(0, 0.7 * length, dealers)
    names, days = [], []
    while len(who):
        names.append(who)
        days.append(now)
        stay = rng.random(len(who)) >= drop[who]
        who, now = who[stay], now[stay]
        now = now + rng.exponential(1 / rate[who])
        who, now = who[now < length], now[now < length]
    day = np.concatenate(days).astype(int)
    amount = rng.lognormal(6, 1, len(day)) * np.where(rng.random(len(day)) < 0.03, -1, 1)
    return pd.DataFrame({"dealer_id": np.concatenate(names), "order_date": pd.Timestamp("2020-01-01")
                         + pd.to_timedelta(day, unit="D"), "net_amount": amount, "margin": amount * 0.2})  # fmt: skip


def cost(dealers: int, years: int) -> None:
    orders = synthetic(dealers, years)
    as_of = orders["order_date"].max() - pd.Timedelta(days=365)
    print(f"{dealers:,} synthetic dealers, {years} years, {len(orders):,} orders")
    for name, work in (("rfm", rfm), ("churn", churn), ("expected_margin", expected_margin)):
        cpu, wall = time.process_time(), time.perf_counter()
        said = work(orders, as_of)
        print(f"  {name}: {time.process_time() - cpu:.1f} CPU s, {time.perf_counter() - wall:.1f} s  {said.attrs}")
    judged("synthetic", orders, str(as_of.date()))
    ahead = orders[(orders["order_date"] > as_of) & (orders["order_date"] <= as_of + pd.Timedelta(days=365))]
    actual = ahead.groupby("dealer_id")["margin"].sum().reindex(said["dealer_id"]).fillna(0).to_numpy()
    for name in ("expected", "naive"):
        print(
            f"  margin of the year after, {name}: WAPE {np.abs(said[name] - actual).sum() / np.abs(actual).sum():.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=os.environ.get("QUDAO_BENCH_DATA"))
    parser.add_argument("--dealers", type=int, default=5000)
    parser.add_argument("--years", type=int, default=5)
    given = parser.parse_args()
    if given.data:
        online_retail(Path(given.data) / "segmentation" / "online_retail_dev.parquet")
        cdnow(Path(given.data) / "segmentation" / "cdnow_summary.csv")
    cost(given.dealers, given.years)


main()
