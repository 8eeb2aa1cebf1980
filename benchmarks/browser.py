"""What a reader waits in Chromium, beside Vizro and plain Streamlit: `qudao bench browser [ROUNDS]` on QUDAO_HOME.

Three pages show the same six subjects from the same DuckDB file, each with a choice of region (benchmarks/peers):
Qudao's own cards, plain Streamlit with plotly.express, and Vizro (by `uv run --with`, in an environment of its own).
Caches as their users have them: st.cache_data, flask-caching's SimpleCache, and Qudao's answers.

- load: from navigation to the last change in any chart, in a browser without a cache, the server warm
- filter, cold: from the click on a region to the last change in any chart, the region asked for the first time
- filter, warm: the same for regions asked before
Bytes are those of the network: responses as sent, and the frames of websockets. The servers take turns; medians.
"""

from __future__ import annotations

import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks._served import ROOT, serving
from data.settings import default_home
from tests.browser.conftest import FLAGS, _find_chromium

PEERS = ROOT / "benchmarks" / "peers"
REGIONS = ["South", "North", "East", "Northwest", "Central", "Northeast", "Southwest"]
CHARTS = 6
QUIET = 1500  # milliseconds without a change: all charts stand
WATCH = """(() => {
    const now = () => { window.lastDrawn = performance.now(); window.timesDrawn = (window.timesDrawn ?? 0) + 1; };
    const ours = node => node.nodeType === 1 && (node.closest('.main-svg') || node.querySelector?.('.main-svg'));
    new MutationObserver(changes => {
        if (changes.some(c => c.target.closest?.('.main-svg') || [...c.addedNodes].some(ours))) now();
    }).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ['d', 'transform']});
    for (const kind of ['mousedown', 'click'])
        document.addEventListener(kind, () => { window.clicked = performance.now(); }, true);
})()"""
STANDS = f"""since => document.querySelectorAll('.js-plotly-plot .main-svg').length >= {2 * CHARTS}
    && document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'running'
    && !document.querySelector('[data-stale=true], [data-dash-is-loading=true]')
    && window.lastDrawn > since && performance.now() - window.lastDrawn > {QUIET}"""


class Bytes:
    """Bytes that came over the network since the last reading."""

    def __init__(self, session: CDPSession) -> None:
        self.n = 0.0
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda said: self._add(said["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda said: self._frame(said["response"]))

    def _add(self, n: float) -> None:
        self.n += n

    def _frame(self, frame: Any) -> None:
        size = len(frame["payloadData"])
        self.n += size * 3 / 4 if frame["opcode"] == 2 else size

    def read(self) -> float:
        n, self.n = self.n, 0.0
        return n


@dataclass
class Peer:
    name: str
    port: int
    choose: Callable[[Page, str], None]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


def in_list(page: Page, region: str) -> None:
    """Choose in a selectbox of Streamlit: a long list shows what is typed."""
    field = page.locator("[data-testid=stSelectbox]").last.locator("input")
    field.click()
    page.get_by_role("option").first.wait_for()
    page.keyboard.type(region)
    page.get_by_role("option", name=region, exact=True).first.click()


def in_radio(page: Page, region: str) -> None:
    page.get_by_text(region, exact=True).first.click()


PEERS_OF = [Peer("qudao", 8591, in_list), Peer("streamlit", 8592, in_list), Peer("vizro", 8593, in_radio)]


def loaded(browser: Browser, peer: Peer) -> tuple[Page, Bytes, float]:
    """A page in a browser that has seen nothing, and the milliseconds until its charts stood."""
    context = browser.new_context(viewport={"width": 1440, "height": 1400}, locale="en-US")
    context.add_init_script(WATCH)
    page = context.new_page()
    read = Bytes(context.new_cdp_session(page))
    page.goto(peer.url)
    page.wait_for_function(STANDS, arg=0, timeout=120_000)
    return page, read, float(page.evaluate("window.lastDrawn"))


def filtered(page: Page, peer: Peer, region: str) -> float:
    """Milliseconds from the click on a region until all charts stood."""
    before = page.evaluate("performance.now()")
    peer.choose(page, region)
    page.wait_for_function(STANDS, arg=before, timeout=120_000)
    return float(page.evaluate("window.lastDrawn - window.clicked"))


def main() -> None:
    rounds = max(int(sys.argv[1]), 2) if len(sys.argv) > 1 else 7  # with one, the second choice changes nothing
    home, python = {"QUDAO_HOME": str(default_home())}, sys.executable
    vizro = ["uv", "run", "-q", "--no-project", "--with", "vizro==1.0.0", "--with", "duckdb>=2", "--with", "gunicorn",
             "gunicorn", "-w", "1", "--threads", "4", "-b", "localhost:8593", "vizro_page:server"]  # fmt: skip
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    sizes: dict[tuple[str, str], list[float]] = defaultdict(list)
    with ExitStack() as stack, sync_playwright() as playwright:
        stack.enter_context(serving([python, "-m", "streamlit", "run", str(PEERS / "qudao_page.py")], 8591, **home))
        stack.enter_context(serving([python, "-m", "streamlit", "run", "plain_streamlit.py"], 8592, cwd=PEERS,
                                    PYTHONPATH=str(PEERS), **home))  # fmt: skip
        stack.enter_context(serving(vizro, 8593, health="/", cwd=PEERS, **home))
        browser = playwright.chromium.launch(executable_path=_find_chromium(), args=[*FLAGS, "--no-sandbox"])
        for peer in PEERS_OF:  # imports, and the answers without a region
            loaded(browser, peer)[0].context.close()
        for _ in range(rounds):
            for peer in PEERS_OF:
                page, read, took = loaded(browser, peer)
                times[peer.name, "load"].append(took)
                sizes[peer.name, "load"].append(read.read())
                page.context.close()
        pages = {peer.name: loaded(browser, peer) for peer in PEERS_OF}
        for what in ("filter, cold", "filter, warm"):
            for region in REGIONS[:rounds]:
                for peer in PEERS_OF:
                    page, read, _took = pages[peer.name]
                    read.read()
                    times[peer.name, what].append(filtered(page, peer, region))
                    sizes[peer.name, what].append(read.read())
        browser.close()
    print(f"{'':14} {'':10} {'ms':>6} {'worst':>6} {'kB':>7} {'x qudao':>8}")
    for what in ("load", "filter, cold", "filter, warm"):
        for peer in PEERS_OF:
            middle = statistics.median(times[peer.name, what])
            ratio = middle / statistics.median(times["qudao", what])
            print(f"{what:14} {peer.name:10} {middle:6.0f} {max(times[peer.name, what]):6.0f} "
                  f"{statistics.median(sizes[peer.name, what]) / 1000:7.0f} {ratio:8.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
