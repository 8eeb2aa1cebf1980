"""Who may see what: `qudao bench entitlement [VIEWER ...]`, on a demo company of 120 dealers built for it.

Five viewers ask every question, in every grouping and with addresses of what is not theirs, of the company and of the
same company in which everything was changed that they may not see. What differs is a leak; the figure is how many.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from analytics import questions
from analytics.refresh import refresh
from data.company import Company, open_warehouse
from data.demo import build
from data.scope import Entitlement
from tests import walk
from tests.elsewhere import Elsewhere

PRODUCTS = ("P001", "P005", "P010")
VIEWERS = {
    "region": Entitlement("region", regions=("South",)),
    "regions": Entitlement("regions", regions=("CN-GD", "CN-SH")),
    "dealers": Entitlement("dealers", dealers=("D00001", "D00004", "D00039", "D00050")),
    "products": Entitlement("products", products=PRODUCTS),
    "both": Entitlement("both", regions=("South",), products=PRODUCTS),
}


def main() -> None:
    wanted = sys.argv[1:] or list(VIEWERS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        build(open_warehouse(home), dealers=120, months=26)
        refresh(company := Company.open(home))
        total = 0
        for name in wanted:
            start, asked, found = time.perf_counter(), 0, list[str]()
            elsewhere = Elsewhere(company, VIEWERS[name])
            changed = elsewhere.changed(Path(folder) / name)
            for question in questions.QUESTIONS:
                cases = [({}, options) for options in walk.ways(question)]
                cases += [(keys, {}) for keys in walk.addresses(elsewhere)]
                for keys, options in cases:
                    asked += 1
                    found += walk.leaks(elsewhere, changed, question, keys, options)
            total += len(found)
            seconds = time.perf_counter() - start
            print(f"{name:10} {asked:4} asked, {len(found):3} leaks, {seconds:4.0f} s", flush=True)
            for line in found[:20]:
                print(f"    {line}")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
