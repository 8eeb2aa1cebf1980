"""How often the rules of channel order are right: `qudao bench channel_order [SEED ...]`.

Builds a demo company a seed (600 dealers, 36 months), asks the questions of the page for its default period, and
compares whom they suspect with what was planted. The sums are the figures in analytics/integrity/accuracy.py.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from analytics import questions
from analytics.integrity.accuracy import SEEDS, Accuracy, counted
from data import demo
from data.company import Company, open_warehouse

PLANTED = {"bought_low": "sold_below_floor", "bought_high": "sold_above_cap",
           "resold_low": "resold_below_floor", "resold_high": "resold_above_cap"}  # fmt: skip


def measured(home: Path) -> dict[str, Accuracy]:
    """What each rule finds in the demo company of a home."""
    company = Company.open(home)
    truth = json.loads((home / demo.TRUTH_FILE).read_text(encoding="utf-8"))
    scope = company.scope()
    territory = questions.ask(company, "integrity.territory", scope).frames["dealers"]
    prices = questions.ask(company, "integrity.prices", scope).frames["dealers"]
    loading = questions.ask(company, "integrity.loading", scope).frames["dealers"]
    practices = prices[prices["suspected"]]
    cases = [(dealer, practice) for practice, key in PLANTED.items() for dealer in truth["prices"][key]]
    every = [(dealer, practice) for practice in PLANTED for dealer in territory["dealer_id"]]
    suspects = loading.loc[loading["verdict"] == "suspected", "dealer_id"]
    judged = loading.loc[loading["verdict"] != "cannot_tell", "dealer_id"]
    first = territory["dealer_id"].head(len(truth["diversion"]["dealers"]))
    print(f"  diverters ranked first: {set(first) == set(truth['diversion']['dealers'])}; loaded dealers who cannot be "
          f"judged: {len(set(truth['loading']['dealers']) - set(judged))}")  # fmt: skip
    return {
        "territory": counted(territory.loc[territory["suspected"], "dealer_id"], truth["diversion"]["dealers"],
                             territory["dealer_id"]),
        "prices": counted(list(zip(practices["dealer_id"], practices["practice"], strict=True)), cases, every),
        "loading": counted(suspects, truth["loading"]["dealers"], judged),
    }  # fmt: skip


def main() -> None:
    seeds = [int(text) for text in sys.argv[1:]] or SEEDS
    sums: dict[str, Accuracy] = {}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            demo.build(open_warehouse(Path(folder)), seed=seed)
            print(f"seed {seed}")
            for rule, accuracy in measured(Path(folder)).items():
                sums[rule] = sums[rule] + accuracy if rule in sums else accuracy
                print(f"  {rule}: {accuracy}")
    for rule, accuracy in sums.items():
        print(f"{rule}: {accuracy}; precision {accuracy.precision:.3f}, recall {accuracy.recall:.3f}, "
              f"{accuracy.false_per_100:.2f} false alarms per 100 dealers")  # fmt: skip


main()
