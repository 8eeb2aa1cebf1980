"""What questions cost against the bare SQL of the same answer: `qudao bench speed [--lines 1e6,1e7,1e8] [--homes DIR]`.

Builds a company of about so many sales lines (kept in DIR, where it is found again), opens every page on it, and asks
each question that the page asked once more without any cache. Beside it, in the same run, the same question's SQL over
the lines themselves, without cubes, run bare and fetched as Arrow. Milliseconds: the best of some runs.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from analytics import questions
from analytics.questions import exceptions, integrity_job
from dashboard import session
from dashboard.cli import ROOT
from data import demo
from data.company import Company, open_warehouse
from data.guards import guarded
from data.scope import Scope
from data.store import Store

PAGES = ("briefing", "sales", "targets", "receivables", "visits", "channel_order", "dealers", "dealer")
SHAPES = ((2e6, 500, 24), (2e7, 3000, 36), (float("inf"), 18000, 60))  # up to so many lines: dealers, months of 100 %
PATIENCE = 3.0  # seconds after which one run is enough

Question = tuple[str, Scope, dict[str, Any]]


class OfLines(Store):
    """Answers from the lines alone, and notes the statements."""

    cubed = False

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.said: list[tuple[str, dict[str, Any]]] = []

    def _run(self, sql: str, scope: Scope, params: dict[str, Any], level: str | None = None) -> Any:
        text, own = guarded(sql, scope, level, unplaced=self.unplaced)
        self.said.append((text, {k: v for k, v in (own | params).items() if f"${k}" in text}))
        return super()._run(sql, scope, params, level)

    def bare(self) -> None:
        """Every statement noted, and nothing else."""
        for text, params in self.said:
            self._connection.cursor().sql(text, params=params).to_arrow_table()


class FromLines(Company):
    """Reads no result that stands for lines, and notes which others it read."""

    def __init__(self, company: Company) -> None:
        super().__init__(company.home, company.settings, company.snapshot)
        self.__dict__["store"] = self.lines = OfLines(company.snapshot, company.settings)
        self.read: list[str] = []

    def result(self, name: str, **of: Any) -> pd.DataFrame | None:
        if name in integrity_job.RESULTS:
            return None
        self.read.append(name)
        return super().result(name, **of)


def ms(work: Callable[[], Any]) -> float:
    """Wall milliseconds: the best of three, of one when it is slow."""
    best = float("inf")
    for _ in range(3):
        exceptions._found.cache_clear()
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
        if best > PATIENCE:
            break
    return best * 1000


def home(lines: float, folder: Path) -> Path:
    """The home of a company of about that size; built when it is not there."""
    _, dealers, months = next(shape for shape in SHAPES if lines <= shape[0])
    path = folder / f"{lines:.0e}"
    warehouse = open_warehouse(path)
    if warehouse.current() is None:
        start = time.perf_counter()
        built = demo.build(warehouse, dealers=max(60, round(dealers * lines / _full(dealers, months))), months=months)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{built.manifest['rows']['fact_sales']:,} lines built in {time.perf_counter() - start:.0f} s, "
              f"{built.database.stat().st_size / 2**20:,.0f} MB, peak memory {peak:.1f} GB")  # fmt: skip
    return path


def _full(dealers: int, months: int) -> float:
    """Lines of the demo company of that size: some 91 a dealer and month."""
    return dealers * months * 91.3


def asked(company: Company, page: str) -> list[Question]:
    """The questions that a page asks when it is opened, each once."""
    found: dict[str, Question] = {}
    ask = session.ask

    def listening(name: str, scope: Scope, **options: Any) -> Any:
        found.setdefault(f"{name} {options} {scope}", (name, scope, options))
        return ask(name, scope, **options)

    session.ask = listening
    try:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=900)
        if page == "dealer":
            app.query_params["dealer"] = company.store.names("dealer").index[0]
        if page != "briefing":
            app.switch_page(f"dashboard/pages/{page}.py")
        app.run()
    finally:
        session.ask = ask
    assert not app.exception, app.exception
    return list(found.values())


def measure(path: Path) -> dict[str, float]:
    """Print the table of one company; ours by question."""
    import os

    os.environ["QUDAO_HOME"] = str(path)
    company = Company.open(path)
    lines = FromLines(company)
    store = lines.lines
    print(f"\n{company.store.rows['fact_sales']:,} sales lines, {company.store.rows['dim_dealer']:,} dealers")
    print(f"{'page':14} {'question':40} {'ours':>8} {'bare SQL':>8} {'ratio':>6}")
    seen: dict[str, float] = {}
    for page in PAGES:
        for name, scope, options in asked(company, page):
            label = " ".join([name, *(f"{k}={v}" for k, v in options.items() if v not in (None, False))])
            if label in seen:
                continue
            store.said.clear()
            lines.read.clear()
            questions.ask(lines, name, scope, **options)
            if not store.said:
                continue  # it reads stored results alone
            said = list(store.said)
            ours = ms(lambda: questions.ask(company, name, scope, **options))  # noqa: B023 - run at once
            store.said = said
            bare = ms(store.bare)
            seen[label] = ours
            print(f"{page:14} {label:40} {ours:8.0f} {bare:8.0f} {ours / bare:6.2f} {'stored' if lines.read else ''}",
                  flush=True)  # fmt: skip
    return seen


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(prog="qudao bench speed")
    parser.add_argument("--lines", default="1e6,1e7", help="sizes, such as 1e6,1e7,1e8")
    parser.add_argument("--homes", type=Path, help="where the companies are kept; without it they are thrown away")
    given = parser.parse_args()
    sizes = [float(size) for size in given.lines.split(",")]
    keep: AbstractContextManager[Any] = nullcontext(given.homes) if given.homes else tempfile.TemporaryDirectory()
    with keep as folder:
        found = [measure(home(size, Path(folder))) for size in sizes]
    for (small, before), (large, after) in zip(
        zip(sizes, found, strict=True), list(zip(sizes, found, strict=True))[1:], strict=False
    ):
        print(f"\nfrom {small:.0e} to {large:.0e} lines, times as long:")
        for label in before:
            if label in after:
                print(f"  {label:40} {after[label] / before[label]:6.1f}")


main()
