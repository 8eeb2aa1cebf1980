"""Whether groups of dealers are real: `qudao bench segmentation --data DIR` (or QUDAO_BENCH_DATA), some minutes.

DIR holds segmentation/uci_wholesale.csv (UCI Wholesale customers: 440 customers, six spending columns; the channel is
what the groups are judged on and never seen). Then demo companies (300 dealers, 36 months, one a seed): whether the
planted segments come out, and how steady they are from quarter to quarter. Last clouds without groups: how often a
grouping is shipped where there is none. One process; CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from analytics.questions import segments_job
from analytics.segmentation import Segmentation, segment
from analytics.segmentation.features import STYLE
from data import demo
from data.company import Company, open_warehouse

SEEDS = (7, 11, 23)
CLOUDS = 20  # of each kind
SPENDING = ["Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"]


def say(what: str, value: float, goal: str = "", digits: int = 3) -> None:
    print(f"  {what:<62}{value:>9.{digits}f}   {goal}", flush=True)


def timed(features: pd.DataFrame) -> tuple[Segmentation, float]:
    start = time.process_time()
    return segment(features), time.process_time() - start


def wholesale(path: Path) -> None:
    table = pd.read_csv(path)
    found, cost = timed(table[SPENDING])
    print(f"UCI wholesale: {len(table)} customers, {found.verdict}, {cost:.1f} CPU s")
    say("groups", found.count, digits=0)
    say("stability", found.stability, ">= .900")
    say("adjusted Rand index with the channel", adjusted_rand_score(table["Channel"], found.labels))
    for group, name in found.names.items():
        own = table[found.labels == group]
        print(f"    {name}: {len(own)} customers, {(own['Channel'] == 2).mean():.0%} of them retail")


def company(seed: int) -> pd.DataFrame:
    """Figures of one demo company; returns the features of its last day."""
    with tempfile.TemporaryDirectory() as folder:
        demo.build(open_warehouse(Path(folder)), dealers=300, seed=seed)
        company = Company.open(Path(folder))
        planted = json.loads((Path(folder) / demo.TRUTH_FILE).read_text(encoding="utf-8"))["segments"]["dealers"]
        start = time.process_time()
        stored = segments_job.compute(company, company.scope(), lambda _done, _of: None)
        cost = time.process_time() - start
    names, groups, steady = (stored[name] for name in (segments_job.NAMES, segments_job.GROUPS, segments_job.STEADY))
    print(f"Demo company, seed {seed}: {names['verdict'].iloc[0]}, job {cost:.1f} CPU s")
    last = groups[groups["day"] == groups["day"].max()]
    say("groups (four are planted)", len(names), digits=0)
    say("stability", names["stability"].iloc[0], ">= .900")
    say("adjusted Rand index with the planted segments", adjusted_rand_score(last["dealer_id"].map(planted),
                                                                             last["group"]), ">= .800")  # fmt: skip
    say("dealers that change their group a quarter, mean %", 100 * steady["moved"].mean(), digits=1)
    say("  most in a quarter, %", 100 * steady["moved"].max(), digits=1)
    before = steady["agreement"].dropna().iloc[:-1]
    say("agreement with groups learned anew on earlier days, mean", before.mean())
    say("  least", before.min())
    features = stored[segments_job.FEATURES]
    return features[features["day"] == features["day"].max()].set_index("dealer_id")[list(STYLE)]


def many(features: pd.DataFrame, wanted: int = 5000) -> None:
    """Dealers of the demo company drawn again and shaken by a tenth."""
    random = np.random.default_rng(1)
    drawn = features.sample(wanted, replace=True, random_state=1).reset_index(drop=True)
    found, cost = timed(drawn * np.exp(random.normal(0, 0.1, drawn.shape)))
    print(f"{len(drawn):,} dealers × {drawn.shape[1]} columns: {found.verdict}, {found.count} groups")
    say("CPU s", cost, digits=1)


def clouds() -> None:
    random = np.random.default_rng(2)

    def size() -> np.ndarray:
        latent = random.normal(0, 1.2, (500, 1))
        return np.asarray(np.exp(latent * [1, 0.6, 0.3] + random.normal(0, 0.2, (500, 3))))

    kinds: dict[str, Callable[[], np.ndarray]] = {
        "normal": lambda: random.normal(size=(500, 4)) @ random.normal(size=(4, 4)),
        "heavy tails": lambda: random.standard_t(3, size=(500, 4)),
        "uniform": lambda: random.uniform(2, 50, size=(500, 3)),
        "exponential": lambda: random.exponential(10, size=(500, 4)),
        "one scale of size": size,
    }
    print(f"Clouds of 500 without groups, {CLOUDS} of each: how many are cut up all the same")
    for name, draw in kinds.items():
        wrong, start = [], time.process_time()
        for _ in range(CLOUDS):
            found = segment(pd.DataFrame(draw()).add_prefix("x"))
            if found.verdict == "stable":
                wrong.append(found.count)
        say(name, len(wrong), f"0; {(time.process_time() - start) / CLOUDS:.1f} CPU s each", 0)
        if wrong:
            print(f"    groups: {wrong}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="qudao bench segmentation", description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("QUDAO_BENCH_DATA"))
    given = parser.parse_args()
    print(f"{'':<64}{'here':>9}   goal")
    path = Path(given.data) / "segmentation" / "uci_wholesale.csv" if given.data else None
    if path and path.exists():
        wholesale(path)
    else:
        print("UCI wholesale is left out: give --data DIR with segmentation/uci_wholesale.csv")
    features = [company(seed) for seed in SEEDS]
    many(features[0])
    clouds()


main()
