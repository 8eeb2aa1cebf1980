"""Twenty readers at once: `qudao bench viewers [--lines N] [--viewers N] [--seconds N]`.

Real websocket sessions that speak Streamlit's protocol to one server, on the demo company of about that many lines
(built in QUDAO_HOME if there is none yet). Each reader thinks 2 to 8 seconds, then follows the menu, opens a view, or
changes region or period on the page it is on; they arrive over the first fifth of the time. A rerun is timed from the
request to the end of the script. Readers and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import threading
import time

import psutil

from benchmarks._served import Reader, Run, cpu_ms, dashboard, some
from benchmarks.pages import VIEWS
from data import demo
from data.company import open_warehouse
from data.settings import default_home

PORT = 8597
A_DEALER_MONTH = 91  # sales lines of the demo company
MONTHS = 36
_SEEN: set[str] = set()  # addresses that some reader had


def company(lines: float) -> None:
    """The demo company of about so many lines, unless the home holds one."""
    if open_warehouse(default_home()).current() is None:
        demo.build(open_warehouse(default_home()), dealers=int(lines / A_DEALER_MONTH / MONTHS), months=MONTHS)
    snapshot = open_warehouse(default_home()).current()
    assert snapshot is not None
    print(
        f"{snapshot.manifest['rows']['fact_sales']:,} sales lines, {snapshot.manifest['rows']['dim_dealer']:,} dealers"
    )


class Viewer(threading.Thread):
    """One reader, until the time is over."""

    def __init__(self, number: int, begin: float, end: float) -> None:
        super().__init__(daemon=True)
        self.at, self.begin, self.end = random.Random(number), begin, end
        self.done: list[tuple[str, Run]] = []

    def run(self) -> None:
        time.sleep(max(self.begin - time.monotonic(), 0))
        try:
            self.reader = Reader(PORT)
            self._kept("open ", self.reader.open())
            while time.monotonic() < self.end:
                time.sleep(self.at.uniform(2, 8))
                self._one()
        except Exception as error:  # counted: a reader would have seen it
            self.done.append(("broken", Run(troubles=[repr(error)])))

    def _one(self) -> None:
        deed = self.at.random()
        known = [label for label in ("Region", "Period") if label in self.reader.selects]
        if deed < 0.35 or (deed >= 0.6 and not known):
            page = some(self.reader.pages, self.at)
            self._kept(f"page {page}", self.reader.open(page))
        elif deed < 0.6:
            page = some([p for p, views in VIEWS.items() if len(views) > 1], self.at)
            self._kept(f"view {page}", self.reader.open(page, show=some(VIEWS[page][1:], self.at)))
        else:
            label = some(known, self.at)
            select = self.reader.selects[label]
            value = some(select.options[:8], self.at)
            self._kept(f"{label.lower()} {value}", self.reader.choose(label, value))

    def _kept(self, what: str, run: Run) -> None:
        address = f"{self.reader.page}?{self.reader.query}"
        self.done.append((f"{what} {'again' if address in _SEEN else 'first'}", run))
        _SEEN.add(address)


def spread(name: str, seconds: list[float]) -> None:
    """A line of the table."""
    if len(seconds) < 2:
        return
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    print(f"{name:24} {len(seconds):6} {cuts[49]:7.2f} {cuts[89]:7.2f} {cuts[94]:7.2f} {max(seconds):7.2f}")


def main() -> None:
    read = argparse.ArgumentParser()
    read.add_argument("--lines", type=float, default=1e7)
    read.add_argument("--viewers", type=int, default=20)
    read.add_argument("--seconds", type=float, default=180)
    asked = read.parse_args(sys.argv[1:])
    company(asked.lines)
    with dashboard(PORT, default_home()) as server:
        first = Reader(PORT)
        first.open()
        for page in VIEWS:  # imports, and the default answers: as after the first reader of the morning
            first.open(page)
        alone = server.memory_info().rss
        used, start = cpu_ms(server), time.monotonic()
        viewers = [Viewer(n, start + asked.seconds / 5 * n / asked.viewers, start + asked.seconds)
                   for n in range(asked.viewers)]  # fmt: skip
        for viewer in viewers:
            viewer.start()
        for viewer in viewers:
            viewer.join(asked.seconds + 300)
        spent, crowded = (cpu_ms(server) - used) / 1000 / (time.monotonic() - start), server.memory_info().rss
    runs = [pair for viewer in viewers for pair in viewer.done]
    print(f"{psutil.cpu_count()} cores shared by readers and server, of which the server used {spent:.2f}")
    print(f"{'':24} {'reruns':>6} {'median':>7} {'90 %':>7} {'95 %':>7} {'worst':>7}   seconds")
    spread("all", [run.seconds for _, run in runs])
    for kind in ("first", "again"):  # whether some reader had asked for the same before
        spread(f"asked {kind}", [run.seconds for what, run in runs if what.endswith(kind)])
    for kind in ("page", "view", "region", "period"):
        spread(kind, [run.seconds for what, run in runs if what.startswith(kind)])
    troubles = [f"{what}: {trouble}" for what, run in runs for trouble in run.troubles]
    print(f"errors: {len(troubles)}", *troubles[:5], sep="\n  ")
    print(f"memory: {alone / 1e6:.0f} MB with one reader, {crowded / 1e6:.0f} MB with {asked.viewers} more: "
          f"{(crowded - alone) / 1e6 / asked.viewers:.1f} MB a reader, the answers kept for all included")  # fmt: skip


if __name__ == "__main__":
    main()
