"""A real server, a real browser. Every page that a test opens is watched for errors, and photographed when it fails."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Error, Page, sync_playwright

from data.scope import KEYS
from tests.browser.steps import WATCH, settled

ROOT = Path(__file__).resolve().parents[2]
ADVICE = (
    "install Chromium: `apt-get install chromium`, or `uv run playwright install --with-deps chromium`, "
    "or name one in QUDAO_CHROMIUM"
)
START = 60.0  # seconds that a server may take to start
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
LOCALES = {"en": "en-US", "zh": "zh-CN"}

# Opened below the root, Streamlit looks for its server there first, and then at the root.
_PROBES = re.compile(r"/\w+/_stcore/(health|host-config)$")

_pages = pytest.StashKey[list[Page]]()
_app = pytest.StashKey["App"]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# ------------------------------------------------------------------ Chromium


@pytest.fixture(scope="session")
def chromium(shared_folder: Path) -> str:
    """Path of a Chromium. Fails with one line when there is none and none can be installed."""
    with FileLock(shared_folder / "chromium.lock"):
        tried = shared_folder / "chromium-install.tried"
        found = _find_chromium()
        if found is None and not tried.exists() and "QUDAO_CHROMIUM" not in os.environ:
            tried.touch()
            install = [sys.executable, "-m", "playwright", "install", "chromium"]
            subprocess.run(install, capture_output=True, check=False, timeout=600)
            found = _find_chromium()
    if found is None:
        pytest.fail(ADVICE, pytrace=False)
    return found


def _find_chromium() -> str | None:
    named = os.environ.get("QUDAO_CHROMIUM")
    if named:
        return shutil.which(named)
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=chromium, args=flags)
        except Error as error:
            reason = str(error).strip().splitlines()[0]
            pytest.fail(f"{chromium} does not start ({reason}); {ADVICE}", pytrace=False)
        yield opened
        opened.close()


# ------------------------------------------------------------------ the server


@dataclasses.dataclass(frozen=True)
class App:
    """A running dashboard."""

    url: str
    home: Path
    log: Path
    pid: int = 0  # of the server, which leads its process group

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def environment(self) -> dict[str, str]:
        return {**os.environ, "QUDAO_HOME": str(self.home), "PYTHONPATH": str(ROOT)}

    @functools.cache  # noqa: B019 - an App lives as long as its module's tests
    def ask(self, question: str = "overview", **scope: str) -> dict[str, Any]:
        """What `qudao ask QUESTION --json` says for a scope (other keys are options): what a page must show."""
        pairs = [text for key, value in scope.items()
                 for text in ("--scope" if key in KEYS else "--option", f"{key}={value}")]  # fmt: skip
        command = [sys.executable, "-m", "dashboard", "ask", question, "--json", *pairs]
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture(scope="module")
def app(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The dashboard, served by the `qudao` command from a copy of the demo company's home."""
    folder = tmp_path_factory.mktemp("app")
    shutil.copytree(demo_home, folder / "home")
    port = _free_port()
    served = App(f"http://localhost:{port}", folder / "home", folder / "server.log")
    environment = served.environment() | {
        "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    }  # fmt: skip
    with served.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard"],
            cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        served = dataclasses.replace(served, pid=process.pid)
        try:
            _wait_until_healthy(served, process)
            yield served
        finally:
            _end(process)
    assert "Traceback" not in (said := served.log.read_text(encoding="utf-8", errors="replace")), said
    shutil.rmtree(served.home)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_healthy(served: App, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"the dashboard did not start\n{served.tail()}", pytrace=False)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop the server and what it started."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
    except ProcessLookupError:
        process.wait(10)


# ------------------------------------------------------------------ pages

OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(app: App, browser: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenPage]:
    """`open_page(path="/", lang="en", scheme="light", width=1440, height=900, keys=None)` -> a settled Page.

    A reader of their own each time: a fresh browser context whose own language is `lang`. `path` may be a whole
    address of the app. When the test ends, nothing may have been logged to the console as an error, raised in the
    page, shown as an exception, or asked for outside the app.
    """
    request.node.stash[_pages] = opened = []
    request.node.stash[_app] = app
    troubles: list[str] = []

    def open_one(path: str = "/", *, lang: str = "en", scheme: Any = "light", width: int = 1440, height: int = 900,
                 keys: dict[str, str] | None = None) -> Page:  # fmt: skip
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme,
                                      locale=LOCALES[lang], reduced_motion="reduce")  # fmt: skip
        context.add_init_script(WATCH)
        page = context.new_page()
        opened.append(page)
        page.on("console", lambda said: troubles.append(f"console: {said.text} {said.location['url']}")
                if said.type == "error" and not _PROBES.search(said.location["url"]) else None)  # fmt: skip
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on("request", lambda asked: None if _is_ours(asked.url, app) else troubles.append(f"asks {asked.url}"))
        address = path if path.startswith(app.url) else app.url + path
        page.goto(f"{address}?{urlencode(keys)}" if keys else address)
        settled(page)
        return page

    yield open_one
    for page in opened:
        troubles += [f"exception: {text}" for text in page.get_by_test_id("stException").all_inner_texts()]
        page.context.close()
    assert not troubles, "\n".join(troubles)


def _is_ours(url: str, app: App) -> bool:
    return url.startswith((app.url, app.url.replace("http", "ws", 1), "data:", "blob:", "about:"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A failed test leaves photographs of its pages and the end of the server's log."""
    report = yield
    if report.when == "call" and report.failed:
        for number, page in enumerate(item.stash.get(_pages, [])):
            picture = item.funcargs["tmp_path"] / f"failed-{number}.png"  # type: ignore[attr-defined]
            page.screenshot(path=picture, full_page=True)
            report.sections.append((f"page {page.url}", str(picture)))
        if _app in item.stash:
            report.sections.append(("server log", item.stash[_app].tail()))
    return report
