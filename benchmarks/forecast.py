"""How good and how fast forecasts are: `qudao bench forecast --data DIR` (or QUDAO_BENCH_DATA), about six minutes.

DIR holds m1_monthly_train/_test, m4_monthly_sample, carparts_monthly and tourism_quarterly_hier (parquet) and
china_imp/china_exp (csv); what is absent is said and left out. One process; CPU seconds. Scored as in the M
competitions: means over series first, then relative to our own Naive2. Nothing here is tuned on what it prints: the
last part of each set, which it is judged on, is never seen by forecast().
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.forecasting import accuracy, hierarchy, models, naive, outlook, reconcile, routing, seasonality
from data.calendar import spring_festivals

Cases = list[tuple[str, np.ndarray, np.ndarray]]


def say(what: str, value: float, goal: str = "", digits: int = 3) -> None:
    print(f"  {what:<52}{value:>9.{digits}f}   {goal}")


def frame(cases: Cases) -> pd.DataFrame:
    """Histories that end together."""
    return pd.concat([
        pd.DataFrame({"unique_id": name, "ds": np.arange(len(y)) - len(y), "y": y}) for name, y, _ in cases
    ])  # fmt: skip


def competition(title: str, cases: Cases, goal: str) -> None:
    print(f"{title}: {len(cases)} monthly series, 18 months ahead")
    cases = sorted(cases)
    start = time.process_time()
    for _, y, _ in cases:
        models.fit(y, 12, deep=False).forecast(y, 18)
    say(
        "one fit of the fast tier, CPU s per 1,000 series",
        (time.process_time() - start) / len(cases) * 1000,
        "<= 35",
        1,
    )
    start = time.process_time()
    found = outlook(frame(cases), 18, freq=1, season_length=12)
    bands = found.frame()
    say("forecast(), CPU s per 1,000 series", (time.process_time() - start) / len(cases) * 1000, "<= 200", 1)
    print("  routes:", ", ".join(f"{name} {n}" for name, n in pd.Series(found.models).value_counts().items()))
    table = {}
    for name, paths in (
        ("Naive2", [naive.naive2(y, 18, 12) for _, y, _ in cases]),
        ("seasonal naive", [naive.seasonal_naive(y, 18, 12) for _, y, _ in cases]),
        ("forecast", list(found.means)),
    ):
        errors = [
            (accuracy.smape(a, f), accuracy.mase(y, a, f, 12)) for (_, y, a), f in zip(cases, paths, strict=True)
        ]  # fmt: skip
        table[name] = np.array(errors)
    for name, errors in table.items():
        base = table["Naive2"]
        say(f"{name}: sMAPE", errors[:, 0].mean())
        say(f"{name}: MASE", np.nanmean(errors[:, 1]))
        overall = accuracy.owa(errors[:, 0], errors[:, 1], base[:, 0], base[:, 1])
        say(f"{name}: OWA", overall, goal if name == "forecast" else "")
    coverage(bands, found.draws(500, 0), np.array([actual for *_, actual in cases]), 12)


def coverage(bands: pd.DataFrame, draws: np.ndarray, actual: np.ndarray, season: int) -> None:
    for level, goal in ((80, "80 ± 2"), (95, "95 ± 1.5")):
        lo, hi = (bands[f"{side}-{level}"].to_numpy().reshape(actual.shape) for side in ("lo", "hi"))
        inside = (actual >= lo) & (actual <= hi)
        say(f"coverage of the {level} % band, %", 100 * inside.mean(), goal, 1)
        by_step = 100 * inside.mean(axis=0)
        say("  lowest and highest step of the horizon, %", by_step.min(), f"{by_step.max():.1f}", 1)
    if actual.shape[1] >= season:
        sums, happened = draws[:, :, :season].sum(axis=2), actual[:, :season].sum(axis=1)
        for level, goal in ((80, "80 ± 3"), (95, "")):
            lo, hi = np.quantile(sums, [0.5 - level / 200, 0.5 + level / 200], axis=0)
            say(
                f"coverage of {season}-period sums, {level} %, %",
                100 * np.mean((happened >= lo) & (happened <= hi)),
                goal,
                1,
            )


def seasonal(title: str, series: dict[str, np.ndarray], ahead: int, m: int, origins: Sequence[int]) -> None:
    """Strongly seasonal series against seasonal ETS of the whole history, asked directly."""
    from statsforecast.models import AutoETS

    print(f"{title}: strongly seasonal series against ETS alone, {ahead} periods ahead")
    for back in origins:
        cases = []
        for name, whole in sorted(series.items()):
            y, actual = whole[: -ahead - back], whole[: len(whole) - back][-ahead:]
            if len(y) <= 3 * m or routing.kind(y, m) != routing.REGULAR:
                continue
            if seasonality.shrunken(y[-15 * m :], m).strength >= routing.STRONG:
                cases.append((name, y, actual))
        start = time.process_time()
        found = outlook(frame(cases), ahead, freq=1, season_length=m)
        cost = (time.process_time() - start) / len(cases) * 1000
        print(f"  last {back} left out: {len(cases)} series of {np.mean([len(y) for _, y, _ in cases]):.0f} periods")
        say("    forecast(), CPU s per 1,000 series", cost, "<= 200", 1)
        scores = {}
        for name, paths in (
            ("seasonal naive", [naive.seasonal_naive(y, ahead, m) for _, y, _ in cases]),
            ("ETS", [AutoETS(season_length=m).forecast(y=y, h=ahead)["mean"] for _, y, _ in cases]),
            ("forecast", list(found.means)),
        ):
            mase = [accuracy.mase(y, a, f, m) for (_, y, a), f in zip(cases, paths, strict=True)]
            mape = [100 * np.mean(np.abs(f / a - 1)) for (_, _, a), f in zip(cases, paths, strict=True) if a.min() > 0]
            scores[name] = float(np.nanmean(mase)), float(np.mean(mape))
            goal = name == "forecast"
            say(f"    {name}: MASE", scores[name][0], f"<= {scores['ETS'][0]:.3f}" if goal else "")
            say(f"    {name}: MAPE, %", scores[name][1], f"<= {scores['ETS'][1]:.2f}" if goal else "", 2)


def carparts(table: pd.DataFrame) -> None:
    series = [(str(name), rows.sort_values("t")["y"].to_numpy(float)) for name, rows in table.groupby("unique_id")]
    cases = sorted((name, y[:-12], y[-12:]) for name, y in series if len(y) >= 24)
    print(f"Car parts: {len(cases)} sparse series of two years or more, 12 months ahead")
    start = time.process_time()
    found = outlook(frame(cases), 12, freq=1, season_length=12)
    say("forecast(), CPU s per 1,000 series", (time.process_time() - start) / len(cases) * 1000, "<= 200", 1)
    print("  routes:", ", ".join(f"{name} {n}" for name, n in pd.Series(found.models).value_counts().items()))
    sold = sum(actual.sum() for *_, actual in cases)
    plain = [models.intermittent(y, 12)["imapa"] for _, y, _ in cases]
    for name, paths in (("IMAPA alone", plain), ("forecast", list(found.means))):
        for m, words in ((12, "scaled by season"), (1, "scaled by month")):
            errors = [accuracy.rmsse(y, a, f, m) for (_, y, a), f in zip(cases, paths, strict=True)]
            errors = np.where(np.isfinite(errors), errors, np.nan)
            say(f"{name}: RMSSE, {words}", np.nanmean(errors), "<= .684" if name == "forecast" and m == 12 else "", 4)
        excess = sum((f - a).sum() for (*_, a), f in zip(cases, paths, strict=True)) / sold
        say(f"{name}: bias, %", 100 * excess, "± 5" if name == "forecast" else "", 1)
    coverage(found.frame(), found.draws(200, 0), np.array([actual for *_, actual in cases]), 12)


def tourism(table: pd.DataFrame, ahead: int = 8) -> None:
    keys = ["Country", "State", "Region", "Purpose"]
    levels = [keys[:1], keys[:2], keys[:3], ["Country", "Purpose"], ["Country", "State", "Purpose"], keys]
    bottom = table.drop_duplicates(keys)
    summing, tags = hierarchy(bottom, levels)
    named = table.assign(unique_id=table[keys].agg("/".join, axis=1))
    wide = named.pivot(index="unique_id", columns="ds", values="y").reindex(summing.columns)
    values = summing.to_numpy() @ wide.to_numpy()
    print(f"Tourism: {len(summing)} quarterly series in {len(tags)} levels, {ahead} quarters ahead, four origins")
    at = {name: place for place, name in enumerate(summing.index)}
    for cut in (12, 8, 4, 0):
        y = values[:, : values.shape[1] - cut]
        cases = [(name, row[:-ahead], row[-ahead:]) for name, row in zip(summing.index, y, strict=True)]
        base = outlook(frame(cases), ahead, freq=1, season_length=4).frame()
        whole = reconcile(base, summing)
        errors = {}
        for name, result in (("base", base), ("reconciled", whole)):
            path = result.pivot(index="unique_id", columns="ds", values="mean").reindex(summing.index).to_numpy()
            errors[name] = np.array([
                accuracy.mase(known, actual, path[at[node]], 4) for node, known, actual in cases
            ])  # fmt: skip
        last = "" if cut else "<= .960 (base .996)"
        say(f"origin {cut} quarters back: MASE of all levels, base", errors["base"].mean())
        say("  reconciled", errors["reconciled"].mean(), last)
        by_level = {
            level: (errors["base"][[at[n] for n in nodes]].mean(), errors["reconciled"][[at[n] for n in nodes]].mean())
            for level, nodes in tags.items()
        }
        worst = max(after / before - 1 for before, after in by_level.values())
        say("  worst level against its base, %", 100 * worst, "<= 5", 1)
        if not cut:
            for level, (before, after) in by_level.items():
                say(f"    {level}: base {before:.3f}, reconciled", after)


def festival(title: str, table: pd.DataFrame) -> None:
    months = pd.PeriodIndex(table["month"], freq="M")
    y, n = table["y"].to_numpy(float), len(table)
    days = pd.DataFrame({"ds": months.to_timestamp(), "before": 0.0, "after": 0.0})
    for first in spring_festivals(range(months[0].year, months[-1].year + 1)):
        for offset in range(-14, 14):
            place = np.flatnonzero(months == pd.Timestamp(first + pd.Timedelta(days=offset)).to_period("M"))
            days.loc[place, "before" if offset < 0 else "after"] += 1 / 14
    off = {"without": np.empty((0, 12)), "with": np.empty((0, 12))}
    first_month = []
    for origin in range(n - 108, n - 11, 6):
        history = pd.DataFrame({"unique_id": title, "ds": days["ds"][:origin], "y": y[:origin]})
        first_month.append(np.arange(origin, origin + 12))
        for name, regressors in (("without", None), ("with", days)):
            path = outlook(history, 12, freq="MS", regressors=regressors).means[0]
            off[name] = np.vstack([off[name], np.abs(path / y[origin : origin + 12] - 1)])
    early = months.month.to_numpy()[np.array(first_month)] <= 3
    print(f"{title}: Spring Festival as regressors, 12 months ahead from {len(first_month)} origins")
    for name, errors in off.items():
        say(f"{name}: MAPE January to March, %", 100 * errors[early].mean(), "", 1)
        say(f"{name}: MAPE of the other months, %", 100 * errors[~early].mean(), "", 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="qudao bench forecast", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("QUDAO_BENCH_DATA"))
    parser.add_argument("--only", choices=("m1", "m4", "seasonal", "carparts", "tourism", "festival"))
    given = parser.parse_args()
    if given.data is None:
        raise SystemExit("Where are the data? --data DIR or QUDAO_BENCH_DATA.")
    folder = Path(given.data)

    def read(name: str) -> pd.DataFrame | None:
        if not (path := folder / name).exists():
            print(f"{name} is absent in {folder}: left out")
            return None
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)

    def wanted(name: str) -> bool:
        return given.only in (None, name)

    def arrays(table: pd.DataFrame) -> dict[str, np.ndarray]:
        return {str(name): rows.sort_values("t")["y"].to_numpy(float) for name, rows in table.groupby("unique_id")}

    print(f"{'':<54}{'here':>9}   goal")
    train, test = (read(f"m1_monthly_{part}.parquet") if wanted("m1") else None for part in ("train", "test"))
    if train is not None and test is not None:
        known, later = arrays(train), arrays(test)
        competition("M1", [(name, y, later[name]) for name, y in known.items()], "<= .880")
    if wanted("m4") and (sample := read("m4_monthly_sample.parquet")) is not None:
        known, later = arrays(sample[~sample["is_test"]]), arrays(sample[sample["is_test"]])
        competition("M4 (sample)", [(name, y, later[name]) for name, y in known.items()], "")
    if wanted("seasonal"):
        if (sample := read("m4_monthly_sample.parquet")) is not None:
            seasonal("M4 (sample)", arrays(sample), 24, 12, (72, 24, 0))
        if (table := read("tourism_quarterly_hier.parquet")) is not None:
            named = table.assign(
                unique_id=table["State"] + "/" + table["Region"] + "/" + table["Purpose"], t=table["ds"]
            )
            seasonal("Tourism by quarter", arrays(named), 8, 4, (16, 8, 0))
    if wanted("carparts") and (table := read("carparts_monthly.parquet")) is not None:
        carparts(table)
    if wanted("tourism") and (table := read("tourism_quarterly_hier.parquet")) is not None:
        tourism(table)
    if wanted("festival"):
        for title, name in (("China's imports", "china_imp.csv"), ("China's exports", "china_exp.csv")):
            if (table := read(name)) is not None:
                festival(title, table)


main()
