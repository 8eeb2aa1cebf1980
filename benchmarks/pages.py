"""What a rerun of each page and view costs the server: `qudao bench pages [RUNS]` on the home in QUDAO_HOME.

CPU milliseconds of a whole script run through Streamlit's own runner (AppTest): the first run with cold answers, then
warm ones. Beside it the number of charts, and warm milliseconds a chart.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time

from streamlit.testing.v1 import AppTest

from dashboard.cli import ROOT
from dashboard.components import views
from data.company import Company
from data.settings import default_home

PAGES = sorted(path.stem for path in (ROOT / "dashboard" / "pages").glob("[a-z]*.py"))


def cpu_ms(work) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def opened(page: str, **keys: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    for key, value in keys.items():
        app.query_params[key] = value
    if page != "briefing":
        app.switch_page(f"dashboard/pages/{page}.py")
    return app


def measured(page: str, runs: int, **keys: str) -> list[str]:
    """Run a view; prints its figures and returns the ids of the page's views."""
    offered: list[str] = []

    def listening(label, ids, **options):
        if options.get("option", "show") == "show":
            offered.extend(ids)
        return choose(label, ids, **options)

    choose, views.choose = views.choose, listening
    app = opened(page, **keys)
    cold = cpu_ms(app.run)
    views.choose = choose
    assert not app.exception, (page, app.exception)
    warm = [cpu_ms(app.run) for _ in range(runs)]
    charts, middle = len(app.get("plotly_chart")), statistics.median(warm)
    a_chart = f"{middle / charts:7.0f}" if charts else "      –"
    print(f"{page:14} {keys.get('show', ''):16} {cold:7.0f} {middle:7.0f} {max(warm):7.0f} {charts:7} {a_chart}")
    return offered


def main() -> None:
    logging.disable(logging.WARNING)
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    company = Company.open(default_home())
    dealer = company.store.names("dealer").index[0]
    print(f"{company.store.rows['fact_sales']:,} sales lines, snapshot {company.snapshot.id}; CPU ms")
    print(f"{'page':14} {'view':16} {'cold':>7} {'warm':>7} {'worst':>7} {'charts':>7} {'a chart':>7}")
    opened("definitions").run()  # imports
    for page in PAGES:
        for view in measured(page, runs, **({"dealer": dealer} if page == "dealer" else {}))[1:]:
            measured(page, runs, show=view)


main()
