"""Does the action list find what was planted: `qudao bench actions` on the demo company in QUDAO_HOME.

By kind: dealers named, planted ones among them (precision), planted ones found (recall), and the share of the kind's
money that lies with planted dealers. No threshold was chosen by these figures: they are the conventions stated in
analytics.questions. Then CPU time of the list, cold and of what it is made of.
"""

from __future__ import annotations

import json
import time

import pandas as pd

from analytics.questions import ask
from data.company import Company
from data.settings import default_home

TRUTH_FILE = "demo-truth.json"


def named(items: pd.DataFrame) -> dict[str, float]:
    """Money by dealer of the items, those of a region split among its dealers."""
    money: dict[str, float] = {}
    for row in items.itertuples():
        for dealer, amount in (row.facts.get("dealers") or {row.subject_id: row.money}).items():
            money[dealer] = money.get(dealer, 0.0) + amount
    return money


def main() -> None:
    company = Company.open(default_home())
    truth = json.loads((company.home / TRUTH_FILE).read_text(encoding="utf-8"))
    start = time.process_time()
    items = ask(company, "actions.list", company.scope()).frames["all"]
    spent = time.process_time() - start
    stopped, lost = set(truth["lifecycle"]["stopped"]), set(truth["lifecycle"]["lost"])
    prices = {dealer for name, ids in truth["prices"].items() if name.startswith(("sold", "resold")) for dealer in ids}
    planted = (
        ("stopped lately", ("silent", "drop"), stopped, lost),
        ("stopped or lost", ("silent",), stopped | lost, set()),
        ("gap dealers", ("drop",), set(truth["gap"]["still_buys"]), stopped | lost),
        ("late payers", ("overdue",), set(truth["late_payers"]["dealers"]), set()),
        ("diverters", ("territory",), set(truth["diversion"]["dealers"]), set()),
        ("price breakers", ("price",), prices, set()),
        ("loaded dealers", ("stock",), set(truth["loading"]["dealers"]), set()),
    )  # the last column: other planted stories that the kind names with good reason
    print(f"{'story':16} {'kinds':14} named  true  other  planted found  precision recall  money")
    for story, kinds, wanted, other in planted:
        money = named(items[items["kind"].isin(kinds)])
        hit, rest = wanted & set(money), (other - wanted) & set(money)
        total = sum(money.values())
        right = sum(amount for dealer, amount in money.items() if dealer in wanted | other)
        print(f"{story:16} {'+'.join(kinds):14} {len(money):5} {len(hit):5} {len(rest):6} {len(wanted):8} {len(hit):5}"
              f" {(len(hit) + len(rest)) / max(len(money), 1):10.0%} {len(hit) / max(len(wanted), 1):6.0%}"
              f" {right / total if total else 0:6.0%}")  # fmt: skip
    first = ask(company, "actions.list", company.scope(), shown=20, each=20).frames["actions"]
    late = [row.subject_id for row in first.itertuples() if row.kind == "overdue"]
    print(f"of the first {len(first)} items {len(late)} are overdue dealers, "
          f"{len(set(late) & set(truth['late_payers']['dealers']))} of them planted")  # fmt: skip
    print(f"actions.list: {spent:.2f} CPU s cold", end="")
    start = time.process_time()
    ask(company, "actions.list", company.scope())
    print(f", {time.process_time() - start:.3f} again")


if __name__ == "__main__":
    main()
