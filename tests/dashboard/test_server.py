"""A running server with the settings of .streamlit/config.toml and docs/deploy: what it refuses, what its log keeps."""

from __future__ import annotations

import configparser
import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "docs" / "deploy" / "qudao.service"
NAME = "qudao.example.com"
SECRETS = ("client-secret-of-oidc", "cookie-secret-of-ours", "password-of-the-mail")
SHAKING = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip


@dataclass(frozen=True)
class Server:
    port: int
    log: Path

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body or None, {"Host": NAME} | headers)
        answer = connection.getresponse()
        told = answer.status, b"" if answer.status == 101 else answer.read()
        connection.close()
        return told


def unit() -> dict[str, str]:
    """The environment that the example for systemd gives."""
    read = configparser.RawConfigParser(strict=False, dict_type=_Many)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(UNIT, encoding="utf-8")
    lines = [part for text in read.get("Service", "Environment").splitlines() for part in shlex.split(text)]
    return dict(line.split("=", 1) for line in lines)


class _Many(dict):  # type: ignore[type-arg]
    """Of a key that is written more than once every value is kept, a line each."""

    def __setitem__(self, key: str, value: object) -> None:
        super().__setitem__(key, [*self.get(key, []), *value] if isinstance(value, list) and key in self else value)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Set up as the unit says, with everything that the server would ever log, and secrets to keep."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "secrets.toml").write_text(
        f'[auth]\nredirect_uri = "https://{NAME}/oauth2callback"\ncookie_secret = "{SECRETS[1]}"\nclient_id = "qudao"\n'
        f'client_secret = "{SECRETS[0]}"\nserver_metadata_url = "http://127.0.0.1:9/.well-known"\n', encoding="utf-8",
    )  # fmt: skip
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = int(listening.getsockname()[1])
    environment = os.environ | unit() | {
        "QUDAO_HOME": str(folder), "PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SECRETS_FILES": str(folder / "secrets.toml"), "STREAMLIT_LOGGER_LEVEL": "debug",
        "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none", "QUDAO_SMTP_PASSWORD": SECRETS[2],
    }  # fmt: skip
    one = Server(port, folder / "log")
    with one.log.open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "streamlit_app.py"], cwd=ROOT,
                                   env=environment, stdout=log, stderr=subprocess.STDOUT)  # fmt: skip
        try:
            end = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < end:
                try:
                    if one.ask("GET", "/_stcore/health")[0] == 200:
                        break
                except OSError:
                    time.sleep(0.1)
            assert process.poll() is None, one.log.read_text(encoding="utf-8")
            yield one
        finally:
            process.terminate()
            process.wait(20)


def test_the_settings_are_those_of_production():
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["client"] | {"showSidebarNavigation": True} == told["client"]
    assert (told["client"]["showErrorDetails"], told["client"]["toolbarMode"]) == ("none", "viewer")
    assert told["browser"] == {"gatherUsageStats": False}
    assert told["server"]["maxUploadSize"] <= 200
    assert (told["server"]["enableXsrfProtection"], told["server"]["enableCORS"]) == (True, True)
    assert told["server"]["enableAgentApi"] is False
    assert unit()["STREAMLIT_SERVER_ADDRESS"] == "127.0.0.1"  # reached by the proxy alone


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 101), ({"Origin": f"https://{NAME}"}, 101),
    ({"Origin": "https://elsewhere.example"}, 403), ({"Origin": "null"}, 403),
    ({"Host": "elsewhere.example"}, 403), ({"Host": "elsewhere.example", "Origin": "https://elsewhere.example"}, 403),
])  # fmt: skip
def test_a_connection_comes_from_our_pages_under_our_name(server: Server, headers: dict[str, str], status: int):
    assert server.ask("GET", "/_stcore/stream", **SHAKING | headers)[0] == status


@pytest.mark.parametrize("headers", [{}, {"X-Xsrftoken": "made up"}, {"Cookie": "_streamlit_xsrf=made-up"}])
def test_an_upload_without_the_token_is_refused(server: Server, headers: dict[str, str]):
    form = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.csv\r\n\r\na\r\n--x--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert server.ask("PUT", "/_stcore/upload_file/session/file", form, **kind | headers)[0] == 403


@pytest.mark.parametrize("path", [
    "/../data/store.py", "/app/static/../../.streamlit/config.toml", "/app/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%2f..%2f..%2fetc/passwd", "/media/../../../etc/passwd", "/app/static/..\\..\\pyproject.toml",
])  # fmt: skip
def test_no_file_but_its_own_is_served(server: Server, path: str):
    status, body = server.ask("GET", path)
    assert status >= 400 or b"<title>Streamlit</title>" in body
    assert not any(word in body for word in (b"duckdb", b"[server]", b"root:"))


def test_nobody_but_a_browser_drives_the_pages(server: Server):
    status, _body = server.ask("POST", "/_stcore/agent/interact", b"{}", **{"Content-Type": "application/json"})
    assert status in (403, 404, 405)


def test_the_log_keeps_secrets_and_what_was_looked_at(server: Server):
    """At the level at which most is said."""
    server.ask("GET", "/sales?dealer=somebody-we-sell-to&region=where", Cookie="_streamlit_user=somebodys-session")
    server.ask("GET", "/oauth2callback?code=code-of-a-sign-in&state=state-of-a-sign-in")
    said = server.log.read_text(encoding="utf-8")
    assert "streamlit" in said.casefold()
    told = (*SECRETS, "somebody-we-sell-to", "somebodys-session", "code-of-a-sign-in")
    assert not [word for word in told if word in said]
