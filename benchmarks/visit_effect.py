"""Is the planted effect of visits recovered, and do its bands hold: `qudao bench visit_effect [PANELS]`.

First the home in QUDAO_HOME, when it holds a demo company: estimate, bands and placebo beside the truth, for the
company and for each top region, and the time it takes. Then simulated panels with a known effect: bias, coverage of the
80 and 95 % bands, and how often a panel without any effect is called an effect, or a sound one refused by its placebo.
Last the time for 5,000 dealers and three years.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd

from analytics.questions.effect import visit_effect
from analytics.visits.effect import association
from analytics.visits.panel import Panel, around
from data.company import Company, NoSnapshot
from data.settings import default_home

TRUTH_FILE = "demo-truth.json"


def on_the_home() -> None:
    try:
        company = Company.open(default_home())
        truth = json.loads((company.home / TRUTH_FILE).read_text(encoding="utf-8"))["visits"]["effect"]
    except (NoSnapshot, FileNotFoundError):
        print("no demo company in this home")
        return
    print(f"planted: {truth:+.2%} orders a visit in each of the four weeks after it")
    regions = company.store.region_tree.query("depth == 1")["region_id"]
    for name in ("", *regions):
        scope = company.scope({"region": name} if name else {})
        start = time.process_time()
        frame = visit_effect(company, scope)
        spent = time.process_time() - start
        rows = frame.set_index("term")
        line = f"{name or 'company':<12} {int(rows['dealers'].iloc[0]):>5} dealers"
        if "within" in rows.index:
            within, placebo, pooled = rows.loc["within"], rows.loc["placebo"], rows.loc["pooled"]
            line += (f"  {within['mean']:+.2%}  80% {within['lo-80']:+.2%} {within['hi-80']:+.2%}  "
                     f"95% {within['lo-95']:+.2%} {within['hi-95']:+.2%}  placebo {placebo['mean']:+.2%}  "
                     f"pooled {pooled['mean']:+.1%}")  # fmt: skip
        print(f"{line}  {rows['reason'].iloc[0] or 'ok'}  {spent:.2f} CPU s")


def simulated(dealers: int, weeks: int, effect: float, rng: np.random.Generator) -> Panel:
    """Sizes, a season, slow shocks, orders not every week and in amounts; larger dealers are visited more."""
    size = np.exp(rng.normal(0, 1, dealers))
    season = np.exp(0.3 * np.sin(np.arange(weeks) / 8) + rng.normal(0, 0.1, weeks))
    shock = np.zeros((dealers, weeks))
    for week in range(1, weeks):
        shock[:, week] = 0.85 * shock[:, week - 1] + rng.normal(0, 0.1, dealers)
    attention = np.repeat(np.exp(rng.normal(-0.18, 0.6, (dealers, weeks // 4 + 1))), 4, axis=1)[:, :weeks]
    visits = rng.poisson(0.4 * (size / size.mean())[:, None] ** 0.6 * attention).astype(float)
    level = 1000 * size[:, None] * season * np.exp(shock) * (1 + effect) ** around(visits, range(1, 5))
    pace = rng.choice([0.3, 0.75, 1.0], dealers)[:, None]
    outcome = level / pace * (rng.random(level.shape) < pace) * rng.gamma(8, 1 / 8, level.shape)
    return Panel(tuple(map(str, range(dealers))), pd.RangeIndex(weeks), outcome, visits, np.ones(outcome.shape, bool))


def bands_hold(panels: int) -> None:
    rng = np.random.default_rng(20260630)
    for dealers, weeks in ((60, 52), (200, 104)):
        for effect in (0.03, 0.0):
            found = [association(simulated(dealers, weeks, effect, rng), profile=(0,)) for _panel in range(panels)]
            rows = pd.DataFrame([f.terms.set_index("term").loc["within"] for f in found])
            inside = {b: ((rows[f"lo-{b}"] <= effect) & (effect <= rows[f"hi-{b}"])).mean() for b in (80, 95)}
            reasons = pd.Series([f.reason or "ok" for f in found]).value_counts(normalize=True)
            said = ", ".join(f"{name} {share:.0%}" for name, share in reasons.items())
            print(f"{dealers} dealers, {weeks} weeks, true {effect:+.1%}: bias {rows['mean'].mean() - effect:+.3%}, "
                  f"spread {rows['mean'].std():.2%}, in the 80% band {inside[80]:.0%}, in the 95% band "
                  f"{inside[95]:.0%}; verdicts: {said}")  # fmt: skip


def at_size() -> None:
    data = simulated(5000, 156, 0.03, np.random.default_rng(1))
    start, wall = time.process_time(), time.perf_counter()
    found = association(data)
    mean = found.terms.set_index("term").loc["within", "mean"]
    print(f"5,000 dealers, 156 weeks: {mean:+.2%}, {time.process_time() - start:.1f} CPU s, "
          f"{time.perf_counter() - wall:.1f} s")  # fmt: skip


def main() -> None:
    on_the_home()
    bands_hold(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
    at_size()


main()
