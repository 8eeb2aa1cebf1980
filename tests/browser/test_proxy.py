"""The example of docs/deploy in front of a running dashboard: headers, TLS, what is hidden, every page in Chromium."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import ROOT, App, _free_port
from tests.browser.steps import WATCH, settled
from tests.dashboard.test_pages import PAGES

CONF = ROOT / "docs" / "deploy" / "nginx.conf"
NAME = "qudao.example.com"
HEADERS = ("strict-transport-security", "content-security-policy", "x-frame-options", "x-content-type-options",
           "referrer-policy")  # fmt: skip


@dataclass(frozen=True)
class Proxy:
    """nginx with the example of docs/deploy, on other ports."""

    port: int
    plain: int
    log: Path

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        return asked(http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=_trusting()), method, path,
                     {"Host": NAME} | headers)  # fmt: skip


def asked(connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str],
          body: bytes = b"") -> tuple[int, dict[str, str], bytes]:  # fmt: skip
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    told = answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()
    connection.close()
    return told


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture(scope="module")
def proxy(app: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Skipped where there is no nginx: the example is for those who have one."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip("no nginx: `apt-get install nginx-light openssl` to test the example of docs/deploy")
    folder = tmp_path_factory.mktemp("proxy")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={NAME}", "-keyout", folder / "privkey.pem", "-out",
                    folder / "fullchain.pem"], check=True, capture_output=True)  # fmt: skip
    one = Proxy(_free_port(), _free_port(), folder / "error.log")
    text = CONF.read_text(encoding="utf-8")
    for old, new in (("127.0.0.1:8501", app.url.removeprefix("http://").replace("localhost", "127.0.0.1")),
                     ("listen 443", f"listen 127.0.0.1:{one.port}"), ("listen 80", f"listen 127.0.0.1:{one.plain}"),
                     ("/etc/nginx/qudao", str(folder)), ("/var/log/nginx", str(folder))):  # fmt: skip
        assert old in text, f"nginx.conf has changed: {old}"
        text = text.replace(old, new)
    spool = "\n".join(f"{name}_temp_path {folder / name};"
                      for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {one.log};\nevents {{}}\nhttp {{\n"
        f"include /etc/nginx/mime.types;\n{spool}\n{text}\n}}\n", encoding="utf-8",
    )  # fmt: skip
    checked = subprocess.run([nginx, "-t", "-c", folder / "nginx.conf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen([nginx, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        _wait(one.port)
        yield one
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("nginx did not start", pytrace=False)


# ------------------------------------------------------------------ the server itself


def test_the_server_is_set_as_the_documents_say(app: App):
    """The settings of .streamlit/config.toml as they act, without a proxy."""

    def plain(method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        host = app.url.removeprefix("http://")
        return asked(http.client.HTTPConnection(host, timeout=20), method, path, {"Host": host} | headers, body)

    shaking = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    assert plain("GET", "/_stcore/stream", **shaking, Origin="https://elsewhere.example")[0] == 403
    assert plain("GET", "/_stcore/stream", **shaking, Host="elsewhere.example")[0] == 400
    form = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.csv\r\n\r\na\r\n--x--\r\n"
    assert (
        plain("PUT", "/_stcore/upload_file/s/f", form, **{"Content-Type": "multipart/form-data; boundary=x"})[0] == 403
    )
    config = plain("GET", "/_stcore/host-config")[2].decode()
    assert "enableCustomParentMessages" not in config or '"enableCustomParentMessages":false' in config
    assert plain("POST", "/_stcore/agent/interact", b"{}", **{"Content-Type": "application/json"})[0] in (403, 404, 405)
    for path in ("/../data/store.py", "/app/static/../../.streamlit/config.toml", "/app/static/%2e%2e/pyproject.toml",
                 "/static/..%2f..%2fetc/passwd"):  # fmt: skip
        status, _headers, body = plain("GET", path)
        assert status >= 400 or b"<title>Streamlit</title>" in body, path
        assert b"duckdb" not in body


# ------------------------------------------------------------------ through the proxy


def test_plain_http_leads_to_tls(proxy: Proxy):
    status, headers, _body = asked(http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20), "GET",
                                   "/sales?region=S", {"Host": NAME})  # fmt: skip
    assert (status, headers["location"]) == (301, f"https://{NAME}/sales?region=S")


@pytest.mark.parametrize("path", ["/", "/sales", "/_stcore/health", "/static/favicon.png", "/no/such/page.js"])
def test_every_answer_carries_the_headers(proxy: Proxy, path: str):
    _status, headers, _body = proxy.get(path)
    assert not [name for name in HEADERS if name not in headers]
    assert "unsafe-eval'" not in headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")
    assert re.fullmatch("nginx|", headers.get("server", ""))


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/sales/_stcore/metrics"])
def test_what_runs_the_house_is_hidden(proxy: Proxy, path: str):
    assert proxy.get(path)[0] == 404


def test_a_body_beyond_the_limit_is_refused_before_it_is_sent(proxy: Proxy):
    assert proxy.get("/_stcore/upload_file/a/b", "PUT", **{"Content-Length": str(300 << 20)})[0] == 413


def test_every_page_opens_in_a_browser_behind_tls(app: App, proxy: Proxy, browser: Browser):
    """By the websocket, with nothing refused by the policy, and nothing asked for elsewhere."""
    address, troubles = f"https://localhost:{proxy.port}", list[str]()
    context = browser.new_context(ignore_https_errors=True, reduced_motion="reduce", locale="en-US")
    context.add_init_script(WATCH)
    page = context.new_page()
    sockets: list[str] = []
    page.on("websocket", lambda opened: sockets.append(opened.url))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error"
            and not re.search(r"/\w+/_stcore/(health|host-config)$", said.location["url"]) else None)  # fmt: skip
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda sent: troubles.append(sent.url) if not sent.url.startswith(
        (address, address.replace("https", "wss"), "data:", "blob:")) else None)  # fmt: skip
    try:
        for name in PAGES:
            page.goto(f"{address}/{'' if name == 'briefing' else name}")
            settled(page)
            assert page.get_by_role("heading").first.inner_text()
        assert page.locator(".js-plotly-plot").count() or page.goto(f"{address}/sales")
        settled(page)
        assert page.locator(".js-plotly-plot .main-svg").count() > 1
    finally:
        context.close()
    assert not troubles, "\n".join(troubles)
    assert sockets[0].startswith("wss://")
    assert len(sockets) >= len(PAGES)
    assert "region" not in (proxy.log.parent / "qudao.log").read_text(encoding="utf-8")
