"""Whether "collect this week" leads to those who pay late: `qudao bench worklist [SEED ...]`.

Builds a demo company a seed (600 dealers, 36 months) and compares the first k of the list with the planted late
payers, for k = their number and beyond, at the end of the data and 60 days before; beside it the list by overdue money
alone.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from pathlib import Path

from analytics import questions
from data import demo
from data.company import Company, open_warehouse

SEEDS = (1, 2, 3)
BEFORE = 60  # days


def measured(home: Path) -> None:
    company = Company.open(home)
    planted = set(json.loads((home / demo.TRUTH_FILE).read_text(encoding="utf-8"))["late_payers"]["dealers"])
    for back in (0, BEFORE):
        scope = company.scope({"as_of": str(company.snapshot.as_of - dt.timedelta(days=back))})
        frame = questions.ask(company, "receivables.worklist", scope).frames["worklist"]
        for order in ("at_risk", "overdue"):
            ranked = frame.sort_values(order, ascending=False)["dealer_id"]
            figures = []
            for k in (len(planted), 20, 50):
                hits = len(planted & set(ranked.head(k)))
                figures.append(f"@{k} precision {hits / k:.2f} recall {hits / len(planted):.2f}")
            print(f"  {scope.as_of} by {order:8} {'; '.join(figures)}")


def main() -> None:
    for seed in [int(text) for text in sys.argv[1:]] or SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            demo.build(open_warehouse(Path(folder)), seed=seed)
            print(f"seed {seed}")
            measured(Path(folder))


main()
