"""From the command to the first page: `qudao bench first_page`. A new home, packages installed, a real browser.

Starts `python -m dashboard` on an empty home, waits for the server (the demo company is built on the way) and for the
Briefing's title in Chromium.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import sync_playwright

from dashboard.cli import ROOT
from tests.browser.conftest import FLAGS, _find_chromium

PORT = 8599


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QUDAO_HOME": home, "STREAMLIT_SERVER_PORT": str(PORT),
                       "STREAMLIT_SERVER_HEADLESS": "true"}  # fmt: skip
        start = time.perf_counter()
        server = subprocess.Popen([sys.executable, "-m", "dashboard"], cwd=ROOT, env=environment,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            _wait()
            print(f"server answers after {time.perf_counter() - start:.1f} s")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=_find_chromium(), args=[*FLAGS, "--no-sandbox"])
                page = browser.new_page()
                page.goto(f"http://localhost:{PORT}")
                page.get_by_role("heading", level=1).wait_for(timeout=60_000)
                print(f"first page stands after {time.perf_counter() - start:.1f} s: {page.locator('h1').inner_text()}")
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


def _wait() -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://localhost:{PORT}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start within two minutes")


main()
