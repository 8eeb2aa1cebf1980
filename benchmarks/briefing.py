"""What a rerun of the Briefing costs the server: `qudao bench briefing [RUNS]` on the home in QUDAO_HOME.

CPU milliseconds of a whole script run through Streamlit's own runner (AppTest), first with cold caches, then warm;
beside it the CPU time of the SQL that the cold answer needs.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from functools import partial

from streamlit.testing.v1 import AppTest

from analytics import questions
from dashboard.cli import ROOT
from data.company import Company
from data.settings import default_home
from data.store import Store


def cpu_ms(work) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def main() -> None:
    logging.disable(logging.WARNING)
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    company = Company.open(default_home())
    print(f"{company.store.rows['fact_sales']:,} sales lines, snapshot {company.snapshot.id}")

    spent = []
    plain = Store._run

    def timed(self, *args, **kwargs):
        start = time.process_time()
        try:
            return plain(self, *args, **kwargs)
        finally:
            spent.append((time.process_time() - start) * 1000)

    Store._run = timed
    scope = company.scope()
    questions.ask(company, "exceptions", company.scope({"period": str(company.store.sales_span)}))  # imports
    # the exceptions keep what they found for the next question: they are cold once
    for name, options, times in (("overview", {"decide": False}, 3), ("exceptions", {}, 1)):
        cold = []
        for _ in range(times):
            spent.clear()
            cold.append((cpu_ms(partial(questions.ask, company, name, scope, **options)), sum(spent), len(spent)))
        whole, sql, count = min(cold)
        print(f"{name}, cold: {whole:.0f} CPU ms, of which {sql:.0f} in {count} queries ({whole / sql:.2f} x)")
    Store._run = plain

    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    print(f"page, first run of a process (imports included): {cpu_ms(app.run):.0f} CPU ms")
    assert not app.exception
    warm = [cpu_ms(app.run) for _ in range(runs)]
    print(f"page, warm rerun: median {statistics.median(warm):.0f}, worst {max(warm):.0f} CPU ms of {runs}")


main()
