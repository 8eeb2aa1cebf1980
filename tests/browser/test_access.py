"""Who may see what, signed in at a real OpenID Connect provider on loopback."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page
from pptx import Presentation

from data.ledger import Entry, Ledger
from tests.browser import signing_in
from tests.browser.conftest import ROOT, _end, _free_port
from tests.browser.steps import WATCH, keys, open_details, settled, title

NORTH = re.compile("Northern Light|Niu Wei|North|华北|7,?777|7\\.8k")  # what only the North holds


@dataclass(frozen=True)
class House:
    """The dashboard, its home, and the provider."""

    url: str
    home: Path
    log: Path

    def rules(self, more: str = "") -> None:
        """Write access.toml, with further lines at its head."""
        (self.home / "access.toml").write_text(signing_in.ACCESS.format(more=more), encoding="utf-8")

    def noted(self, kind: str, **wanted: str) -> list[Entry]:
        """Entries of a kind in the audit log; waits for the first, as nobody waits for the log."""
        end = time.monotonic() + 10
        while True:
            found = [entry for entry in Ledger(self.home).trail(kinds=(kind,))
                     if all(getattr(entry, name) == value for name, value in wanted.items())]  # fmt: skip
            if found or time.monotonic() > end:
                return found
            time.sleep(0.1)


@pytest.fixture(scope="module")
def house(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if find_spec("authlib") is None:
        pytest.fail("the sign-in needs the extra of Streamlit: `pip install 'streamlit[auth]'`", pytrace=False)
    folder = tmp_path_factory.mktemp("access")
    with FileLock(shared_folder / "oidc.lock"):
        packages = shared_folder / "oidc"
        if not packages.exists():
            signing_in.installed(packages)
    ours, theirs = _free_port(), _free_port()
    built = House(f"http://localhost:{ours}", folder / "home", folder / "server.log")
    signing_in.two_regions(built.home)
    provider = f"http://localhost:{theirs}"
    (built.home / "secrets.toml").write_text(
        signing_in.SECRETS.format(app=built.url, provider=provider, cookie=secrets.token_hex(32)), encoding="utf-8"
    )
    built.rules()
    log = folder / "provider.log"
    running = [signing_in.provider(packages, theirs, f"{built.url}/oauth2callback", log)]
    try:
        running.append(signing_in.dashboard(ROOT, built.home, ours, built.log))
        signing_in.answers(f"{provider}/.well-known/openid-configuration", running[0], log)
        signing_in.answers(f"{built.url}/_stcore/health", running[1], built.log)
        yield built
    finally:
        for process in running:
            _end(process)
    said = built.log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in said, said


Visit = Callable[..., Page]


@pytest.fixture
def visit(house: House, browser: Browser) -> Iterator[Visit]:
    """`visit(path="/", who="")` -> a settled page of a fresh browser, signed in where `who` is given."""
    house.rules()
    opened: list[Page] = []

    def go(path: str = "/", who: str = "", lang: str = "en-US") -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale=lang, reduced_motion="reduce")
        context.add_init_script(WATCH)
        page = context.new_page()
        opened.append(page)
        page.goto(house.url + path)
        settled(page)
        if who:
            sign_in(page, house, who)
        return page

    yield go
    for page in opened:
        assert page.get_by_test_id("stException").count() == 0
        page.context.close()


def sign_in(page: Page, house: House, who: str) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=login]").fill(who)
    page.locator("input[name=password]").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.wait_for_url(f"{house.url}/**")
    settled(page)


def menu(page: Page) -> list[str]:
    return [text.split("\n")[-1] for text in page.get_by_test_id("stTopNavLink").all_inner_texts()]


def everything(page: Page) -> str:
    """All that the browser was given to show: words, and what stands in charts and tables."""
    return page.locator("body").inner_text() + " ".join(page.locator("canvas table, svg").all_text_contents())


def at(page: Page, house: House, path: str) -> Page:
    """Another address in the same browser."""
    page.goto(house.url + path)
    return settled(page)


def leave(page: Page, house: House) -> None:
    """Confirm at the provider, which asks, and come back."""
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{house.url}/**")
    settled(page)
    assert title(page) == "Sign in to Qudao"


def test_a_director_comes_back_to_the_address_sees_everything_and_leaves(house, visit):
    page = visit("/sales?region=N&period=2026")
    assert title(page) == "Sign in to Qudao"
    assert menu(page) == []
    assert not NORTH.search(everything(page))
    sign_in(page, house, "Director@example.com")
    assert page.url.startswith(f"{house.url}/sales?")
    assert keys(page)["region"] == "N"
    assert "North" in everything(page)
    assert {"Channel order", "Data", "Log out"} <= set(menu(page))
    assert "Audit" not in menu(page)
    assert house.noted("sign_in", who="director@example.com", subject="director")
    assert house.noted("seen", who="director@example.com", subject="sales")[0].body["region"] == "N"
    dialog = open_details(page, "trend")
    with page.expect_download():
        dialog.get_by_role("button", name="CSV", exact=True).click()
    assert house.noted("export", who="director@example.com")[0].subject.startswith("csv: ")
    dialog.get_by_role("button", name="Close").click()
    settled(page)
    page.get_by_text("1 more").click()  # a director's pages fill the line
    page.get_by_text("Log out", exact=True).last.click()
    leave(page, house)
    assert title(at(page, house, "/sales")) == "Sign in to Qudao"


def test_a_manager_sees_nothing_of_another_region(house, visit):
    body = {"title": "Mine", "picks": [{"card": "sales.trend", "options": {"dealer": "N1"}, "note": ""}]}
    Ledger(house.home).write("deck", "south@example.com: Mine", "south@example.com", body)
    page = visit("/dealer?dealer=N1", "south@example.com")
    assert "Southern Sun" in everything(page)
    assert not NORTH.search(everything(page))
    for path in ("/sales?region=N&employee=EN", "/dealers?dealer=N1&item=N1", "/?region=N&item=silent:dealer:N1"):
        shown = everything(at(page, house, path))
        assert not NORTH.search(shown), (path, NORTH.findall(shown))
    page.get_by_role("combobox", name="Region").click()
    assert page.get_by_role("option").all_inner_texts() == ["All regions", "China › South"]
    assert "Data" not in menu(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Slides").click()
    page.get_by_role("radio", name=re.compile("Your deck")).click()
    page.get_by_role("button", name="Open deck").click()
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PowerPoint").click()
    words = " ".join(shape.text_frame.text for slide in Presentation(download.value.path()).slides
                     for shape in slide.shapes if shape.has_text_frame)  # fmt: skip
    assert "not among what you may see" in words
    assert not NORTH.search(words)
    assert house.noted("export", who="south@example.com")


def test_a_field_role_is_not_shown_the_rules_of_headquarters(house, visit):
    page = visit("/dealer?dealer=S2", "field@example.com")
    assert "Southern Sun" not in everything(page)
    assert "Southern Star" in everything(page)
    assert "Channel order" not in menu(page)
    assert title(at(page, house, "/channel_order")) == "Channel order is not among your pages"
    words = everything(at(page, house, "/definitions"))
    assert "Net sales" in words
    assert "price band" not in words
    assert "penalty points" not in words


def test_a_stranger_reads_one_sentence_and_can_leave(house, visit):
    page = visit("/sales", "stranger@example.com")
    assert title(page) == "Nothing to see for you yet"
    words = everything(page)
    assert "stranger@example.com" in words
    assert "Ask the service desk." in words
    assert menu(page) == []
    assert not re.search("Southern|Northern|Sun Li|Net sales", words)
    assert house.noted("refused", who="stranger@example.com", subject="stranger")
    page.get_by_role("button", name="Log out").click()
    leave(page, house)
    assert house.noted("sign_out", who="stranger@example.com")


def test_an_expired_sign_in_asks_again_and_new_rules_hold_from_the_next_run(house, visit):
    page = visit("/definitions", "south@example.com")
    at(page, house, "/sales?region=S&period=2026&show=concentration")
    house.rules("hours = 0.0001")
    page.get_by_role("radio", name="Dealers").click()
    settled(page)
    assert title(page) == "Your sign-in has expired"
    assert not re.search("Southern|Net sales", everything(page))
    assert house.noted("refused", who="south@example.com", subject="expired")
    house.rules("hours = 1")  # the door stays until somebody acts
    sign_in(page, house, "director@example.com")
    assert page.url.startswith(f"{house.url}/sales?")
    assert (keys(page)["region"], keys(page)["show"]) == ("S", "dealers")
    assert "Data" in menu(page)

    narrowed = signing_in.ACCESS.replace('role = "director"', 'role = "field"\ndealers = ["S1"]')
    (house.home / "access.toml").write_text(narrowed.format(more=""), encoding="utf-8")
    page.get_by_role("radio", name="Overview").click()
    settled(page)
    assert "Data" not in menu(page)
    (house.home / "access.toml").write_text("[people", encoding="utf-8")
    page.get_by_role("radio", name="Dealers").click()
    settled(page)
    assert title(page) == "Closed: access.toml cannot be used"
    (house.home / "access.toml").unlink()
    page.reload()
    settled(page)
    assert title(page) == "Nothing to see for you yet"


def test_the_administrator_reads_the_log(house, visit):
    page = visit("/", "sales@example.com")  # the first page is not theirs: the first that is
    assert page.url.startswith(f"{house.url}/sales")
    assert menu(page) == ["Sales", "Log out"]
    assert not re.search("Southern|Northern", everything(page))  # their region is not in the data: they see nothing
    assert house.noted("seen", who="sales@example.com", subject="sales")
    page = visit("/audit", "admin@example.com")
    assert title(page) == "Who saw, exported and changed what"
    assert "Nowhere" in everything(page)  # access.toml names a region that is not in the data
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    written = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert written.splitlines()[0] == "When,Who,What,About,Details"
    assert "sales@example.com,Page seen,Sales," in written
    told = (house.home / "secrets.toml").read_text(encoding="utf-8")
    for secret in re.findall(r'(?:cookie|client)_secret = "(.+)"', told):
        assert secret not in written
    assert "eyJ" not in written  # no token
