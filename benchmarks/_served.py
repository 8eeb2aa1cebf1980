"""A real server of the dashboard, and readers who speak Streamlit's protocol to it without a browser.

A reader does what the browser does: sends its address and the widgets it moved, keeps the address that the server gives
back, names the messages that it has kept, and reads until the script has finished.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 180  # seconds for one rerun


@contextmanager
def serving(command: list[str], port: int, *, health: str = "/_stcore/health", cwd: Path = ROOT,
            **environment: str) -> Iterator[psutil.Process]:  # fmt: skip
    """A server process, from the moment it answers; ended with all that it started."""
    settings = {"STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true", "PYTHONPATH": str(ROOT),
                "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none", "PYTHONWARNINGS": "ignore"}  # fmt: skip
    process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **settings, **environment},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        _wait(f"http://localhost:{port}{health}", process)
        yield psutil.Process(process.pid)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.terminate()
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server ended")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start within a minute")


def dashboard(port: int, home: Path | str) -> Any:
    """The dashboard on that home. Without the refresh that `qudao` runs beside: it would be measured, too."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py")]
    return serving(command, port, QUDAO_HOME=str(home))


def cpu_ms(process: psutil.Process) -> float:
    """CPU milliseconds that a process has used, all its threads, finished ones too, to the nanosecond (Linux)."""
    return time.clock_gettime((~process.pid << 3) | 2) * 1000


@dataclass
class Run:
    """What one rerun was: seconds until it had finished, bytes and messages received, charts and exceptions in it."""

    seconds: float = 0.0
    size: int = 0
    messages: int = 0
    charts: int = 0
    troubles: list[str] = field(default_factory=list)


class Reader:
    """One session. `run` reruns the page that is open."""

    def __init__(self, port: int) -> None:
        self.socket: ClientConnection = connect(
            f"ws://localhost:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None, open_timeout=60,
            origin=f"http://localhost:{port}", compression=None,
        )  # fmt: skip
        self.query, self.page = "", ""
        self.pages: dict[str, str] = {}  # url path -> hash
        self.selects: dict[str, Any] = {}  # label -> the latest selectbox of that label
        self._kept: dict[str, ForwardMsg] = {}

    def open(self, page: str = "", **keys: str) -> Run:
        """Follow the menu to a page, or a link to a view of it when keys are given."""
        self.query = "&".join(f"{key}={text}" for key, text in keys.items())
        self.page = self.pages.get(page, "")
        return self.run(name=page)

    def choose(self, label: str, value: str) -> Run:
        """Choose in a list of the page."""
        return self.run({self.selects[label].id: value})

    def run(self, moved: Mapping[str, str] | None = None, *, name: str = "") -> Run:
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_script_hash, state.page_name = (
            self.query,
            self.page,
            name if not self.page else "",
        )
        state.cached_message_hashes.extend(self._kept)
        state.context_info.locale, state.context_info.timezone = "en-US", "UTC"
        state.context_info.url, state.context_info.color_scheme = "http://localhost/", "light"
        for id, value in (moved or {}).items():
            widget = state.widget_states.widgets.add()
            widget.id, widget.string_value = id, value
        self.selects.clear()
        done, start = Run(), time.perf_counter()
        self.socket.send(asked.SerializeToString())
        while not self._read(done, start):
            pass
        done.seconds = time.perf_counter() - start
        return done

    def _read(self, done: Run, start: float) -> bool:
        """Read a message; True when the script has finished, and no other run followed."""
        raw = self.socket.recv(timeout=PATIENCE - (time.perf_counter() - start))
        done.size += len(raw)
        done.messages += 1
        said = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
        kind = said.WhichOneof("type")
        if kind == "ref_hash":
            said = self._kept[said.ref_hash]
        elif said.metadata.cacheable:
            self._kept[said.hash] = said
        if kind == "new_session":
            self.page = said.new_session.page_script_hash
        elif kind == "navigation":
            self.page = said.navigation.page_script_hash or self.page
            self.pages = {
                p.url_pathname if not p.is_default else "": p.page_script_hash for p in said.navigation.app_pages
            }
        elif kind == "page_info_changed":
            self.query = said.page_info_changed.query_string
        elif said.WhichOneof("type") == "delta" and said.delta.WhichOneof("type") == "new_element":
            self._element(said.delta.new_element, done)
        elif kind == "script_finished":
            return said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _element(self, element: Any, done: Run) -> None:
        match element.WhichOneof("type"):
            case "plotly_chart":
                done.charts += 1
            case "selectbox":
                self.selects[element.selectbox.label] = element.selectbox
            case "exception":
                done.troubles.append(element.exception.message)
            case "markdown" if "could not be shown" in element.markdown.body:
                done.troubles.append(element.markdown.body)

    def close(self) -> None:
        self.socket.close()


def some(options: Any, at: random.Random) -> str:
    """One of the options."""
    return str(at.choice(list(options)))
