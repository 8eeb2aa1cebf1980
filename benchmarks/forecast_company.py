"""The forecast of a whole company: `qudao bench forecast_company` on the home in QUDAO_HOME (a demo company for the
occasion without one; --dealers N chooses its size).

What it computes is stored in the home, as by `qudao refresh`. CPU seconds of the job and by series, how far past
forecasts missed by level beside last year's month, how often their bands held, whether all levels add up, and whether
planted truths are found: the growth of the next twelve months by region, and the Spring Festival.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import pandas as pd

from analytics.questions import ask, forecast_job
from data.company import Company, open_warehouse
from data.demo import build
from data.demo.truth import TRUTH_FILE


def main() -> None:
    parser = argparse.ArgumentParser(prog="qudao bench forecast_company", description=__doc__)
    parser.add_argument("--dealers", type=int, default=600)
    parser.add_argument("--months", type=int, default=48)
    given = parser.parse_args()
    home = os.environ.get("QUDAO_HOME")
    with tempfile.TemporaryDirectory() as folder:
        if home is None:
            home = folder
            build(open_warehouse(Path(folder)), dealers=given.dealers, months=given.months)
        measured(Path(home))


def measured(home: Path) -> None:
    company = Company.open(home)
    start = time.process_time()
    frames = forecast_job.compute(company, company.scope(), lambda done, of: None)
    spent = time.process_time() - start
    nodes, dealers = frames[forecast_job.NODES], frames[forecast_job.DEALERS]
    series = nodes[["level", "key"]].drop_duplicates().shape[0] + dealers["key"].nunique()
    print(f"{series:,} series: {spent:.0f} CPU s, {1000 * spent / series:.0f} per 1,000")
    company.snapshot.results.mkdir(exist_ok=True)
    for name, frame in frames.items():
        frame.to_parquet(company.snapshot.results / f"{name}.parquet", index=False)

    whole = nodes[nodes["level"] == "company"].set_index("ds")["mean"]
    apart = {
        level: (rows.groupby("ds")["mean"].sum() - whole).abs().max()
        for level, rows in pd.concat([nodes, dealers]).groupby("level")
    }
    print(f"largest gap between the sum of a level and the company: {max(apart.values()):.4f}")

    table = ask(company, "forecast.accuracy", company.scope()).frames["levels"]
    print("\none to three months ahead, chosen on earlier months than those tested")
    print(table.drop(columns="mase").to_string(index=False, float_format=lambda value: f"{value:.3f}"))

    truth = json.loads((home / TRUTH_FILE).read_text(encoding="utf-8"))["growth"]
    groups = ask(company, "forecast.landing", company.scope(), by="region", over="year").frames["by"]
    outlook = {row["key"]: row for row in groups.to_dict("records")}
    print("\nplanted growth of a year, by region, and that of the next twelve months over the last twelve")
    ahead = nodes[nodes["level"] == "region1"].groupby("key")
    for key, rows in ahead:
        said = rows.sort_values("ds")["mean"].head(12).sum() / rows["recent"].iloc[0] - 1
        print(f"  {outlook[key]['name_en']:<12} planted {truth['expected_by_region'][key]:+.1%}, forecast {said:+.1%}")
    months = whole[whole.index.month.isin((1, 2, 3))].head(3)
    print("first quarter ahead:", ", ".join(f"{day:%Y-%m} {value / 1e6:.0f}M" for day, value in months.items()))


main()
