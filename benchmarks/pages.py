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


def views(app: AppTest) -> list[str]:
    """Ids of the views that the page offers, as its address takes them."""
    key = "option_show_en"
    choice = next((group for group in app.get("button_group") if group.key == key), None)
    return list(choice.options) if choice else []


def measured(page: str, runs: int, view: str = "", **keys: str) -> AppTest:
    app = opened(page, **keys)
    cold = cpu_ms(app.run)
    assert not app.exception, (page, app.exception)
    warm = [cpu_ms(app.run) for _ in range(runs)]
    charts = len(app.get("plotly_chart"))
    a_chart = f"{statistics.median(warm) / charts:6.0f}" if charts else "     –"
    print(f"{page:14} {view[:24]:24} {cold:7.0f} {statistics.median(warm):7.0f} {max(warm):7.0f} {charts:7} {a_chart}")
    return app


def main() -> None:
    logging.disable(logging.WARNING)
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    company = Company.open(default_home())
    dealer = company.store.names("dealer").index[0]
    print(f"{company.store.rows['fact_sales']:,} sales lines, snapshot {company.snapshot.id}; CPU ms")
    print(f"{'page':14} {'view':24} {'cold':>7} {'warm':>7} {'worst':>7} {'charts':>7} {'a chart':>6}")
    opened("definitions").run()  # imports
    for page in PAGES:
        app = measured(page, runs, **({"dealer": dealer} if page == "dealer" else {}))
        for position, word in enumerate(views(app)[1:], start=1):
            shown = opened(page)
            shown.run()
            group = next(g for g in shown.get("button_group") if g.key == "option_show_en")
            cold = cpu_ms(group.set_value([word]).run if hasattr(group, "set_value") else shown.run)
            assert not shown.exception, (page, word, shown.exception)
            warm = [cpu_ms(shown.run) for _ in range(runs)]
            charts = len(shown.get("plotly_chart"))
            print(f"{page:14} {word[:24]:24} {cold:7.0f} {statistics.median(warm):7.0f} {max(warm):7.0f} {charts:7}"
                  f" {statistics.median(warm) / charts if charts else float('nan'):6.0f}  {position}")


main()
