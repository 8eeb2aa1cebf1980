"""A small company, a stand-in for the files of an export, and a real mail server on the loopback."""

from __future__ import annotations

import datetime as dt
import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from dashboard.export.desk import Desk
from dashboard.export.files import File
from dashboard.export.selection import Selection
from dashboard.i18n import language
from dashboard.reports.file import load
from dashboard.reports.send import Run
from data.company import Company
from tests.golden_home import small_company

DAY = dt.date(2026, 7, 1)
MEDIA = {"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "pdf": "application/pdf"}  # fmt: skip
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two regions, a dealer in each: South sold 100 a month and 10 in June, North 200."""
    home = tmp_path_factory.mktemp("reports") / "home"
    lines = [
        {"line_id": f"{dealer}{month}", "document_id": f"{dealer}{month}", "dealer_id": dealer, "product_id": "P",
         "invoice_date": dt.date(2026, month, 30 if month != 2 else 28), "quantity": 1, "line_type": "sale",
         "net_amount": 10 if (dealer, month) == ("D1", 6) else amount}
        for dealer, amount in (("D1", 100), ("D2", 200)) for month in range(1, 7)
    ]  # fmt: skip
    small_company(home, {
        "dim_region": [{"region_id": "S", "region_name": "华南", "name_en": "South"},
                       {"region_id": "N", "region_name": "华北", "name_en": "North"}],
        "dim_dealer": [{"dealer_id": "D1", "region_id": "S"}, {"dealer_id": "D2", "region_id": "N"}],
        "dim_product": [{"product_id": "P"}], "fact_sales": lines,
    })  # fmt: skip
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "home"))


@dataclass
class Rendered:
    """Stands in for dashboard.export.files.render: says what it was asked, and in which language."""

    asked: list[tuple[str, str, Any, Selection | None]] = field(default_factory=list)
    fails: str = ""  # for whom
    name: str = "简报 {kind}"

    def __call__(self, kind: str, desk: Desk, selection: Selection | None = None, *, progress: Any = None) -> File:
        viewer = desk.scope.entitlement
        assert viewer is not None
        if viewer.viewer == self.fails:
            raise RuntimeError("no chart\nfor them")
        self.asked.append((kind, language(), viewer, selection))
        sales = desk.ask("overview", decide=False).values["net_sales"]
        name = self.name.format(kind=kind)
        return File(f"{name}.{kind}", MEDIA[kind], f"{kind} {language()} {sales:.0f}".encode())


@pytest.fixture
def rendered() -> Rendered:
    return Rendered()


@dataclass
class Server:
    """The mail server: what arrived, whom it refuses, where it breaks off."""

    port: int = 0
    arrived: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    breaks: bool = False
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.arrived += [(address, message) for address in envelope.rcpt_tos]
        self.secure.append(session.ssl is not None)
        if self.breaks:  # taken, and gone before it says so
            server.transport.abort()
        return "250 OK"

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


class OnAnyPort(Controller):
    """Listens on a port that the system chose."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server. Options are those of aiosmtpd."""
    started: list[Controller] = []

    def start(**options: Any) -> Server:
        server = Server()
        if options.pop("auth", False):
            options |= {"authenticator": server.login, "auth_required": True}
        controller = OnAnyPort(server, hostname="127.0.0.1", port=0, **options)
        controller.start()
        started.append(controller)
        server.port = controller.port
        return server

    yield start
    for controller in started:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for localhost, which clients of this test trust."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def run(home: Path, rendered: Rendered) -> Callable[..., Run]:
    """A run of the report with this text, as its file beside the home."""

    def made(text: str, day: dt.date = DAY, settings: str = "", **options: Any) -> Run:
        path = home.parent / "report.toml"
        path.write_text(text, encoding="utf-8")
        if settings:
            (home / "config.toml").write_text(settings, encoding="utf-8")
        return Run(Company.open(home), load(path), path, day, **({"render": rendered} | options))

    return made
