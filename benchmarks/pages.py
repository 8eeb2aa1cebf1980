"""What a rerun of each page and view costs the server: `qudao bench pages [RUNS]` on the home in QUDAO_HOME.

A real server, asked over its websocket as a browser does: CPU milliseconds of the whole process for the first run of a
view (cold answers; those of views before it that it shares are warm), then the median and worst of reruns. Beside it
kilobytes sent for a rerun and the number of charts. The first lines of the table warm the imports of a page.
"""

from __future__ import annotations

import statistics
import sys

import psutil

from benchmarks._served import Reader, cpu_ms, dashboard
from data.company import Company
from data.settings import default_home

PORT = 8598
VIEWS = {
    "": [""], "sales": ["", "bridge", "mix", "concentration", "dealers"], "targets": ["", "plan", "gap", "potential"],
    "forecast": ["", "landing", "moved", "accuracy", "changes"],
    "receivables": ["", "collect", "quality", "provision", "cash"],
    "visits": ["", "whom", "time", "shelf", "effect"], "channel_order": ["", "prices", "stock"],
    "promotions": ["", "one", "evaluation", "plan"], "budget": [""],
    "dealers": ["", "moves", "score", "grades", "risk"], "dealer": [""], "data": [""], "definitions": [""],
}  # fmt: skip


def measured(reader: Reader, server: psutil.Process, page: str, keys: dict[str, str], runs: int) -> float:
    """Open a view and rerun it; prints its line."""
    before = cpu_ms(server)
    reader.open(page, **keys)
    cold, warm = cpu_ms(server) - before, []
    for _ in range(runs):
        before = cpu_ms(server)
        run = reader.run()
        warm.append(cpu_ms(server) - before)
        assert not run.troubles, (page, keys, run.troubles)
    middle = statistics.median(warm)
    print(f"{page or 'briefing':14} {keys.get('show', ''):14} {cold:6.0f} {middle:6.0f} {max(warm):6.0f} "
          f"{run.size / 1000:6.0f} {run.charts:6}", flush=True)  # fmt: skip
    return middle


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    company = Company.open(default_home())
    dealer = company.store.names("dealer").index[0]
    print(f"{company.store.rows['fact_sales']:,} sales lines, snapshot {company.snapshot.id}; CPU ms")
    print(f"{'page':14} {'view':14} {'cold':>6} {'warm':>6} {'worst':>6} {'kB':>6} {'charts':>6}")
    with dashboard(PORT, default_home()) as server:
        reader = Reader(PORT)
        reader.open()
        for page in VIEWS:  # imports
            reader.open(page, period="2026-05")
        found = {}
        for page, views in VIEWS.items():
            for view in views:
                keys = ({"show": view} if view else {}) | ({"dealer": dealer} if page == "dealer" else {})
                found[page, view] = measured(reader, server, page, keys, runs)
        slow = [f"{page or 'briefing'} {view}".strip() for (page, view), middle in found.items() if middle > 100]
        print(f"median of views {statistics.median(found.values()):.0f}; above 100: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
