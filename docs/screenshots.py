"""The pictures of the user guide, made anew: `python docs/screenshots.py`.

The Briefing is that of the home in QUDAO_HOME (nothing is written to it), else of a demo company built for the
occasion. The pictures of the Data page show the worked example of the guide on its way into a small demo home.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.steps import grid, open_details, settled  # noqa: E402

IMAGES = ROOT / "docs" / "images"
COLOURS = 255  # of a picture: with an even palette the text stays clean and the file small
ROW = 31  # pixels of a table row


def main() -> None:
    """Make every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        given, small = os.environ.get("QUDAO_HOME"), Path(folder) / "small"
        home = Path(given) if given else Path(folder) / "demo"
        if not given:
            qudao(home, "demo")
        qudao(small, "demo", "--dealers", "60", "--months", "15")
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with served(home) as url:
            briefing(browser, url)
            pages(browser, url)
        with served(small) as url:
            importing(browser, url, worked_example(Path(folder)))
        browser.close()


# ------------------------------------------------------------------ the pictures


def briefing(browser: Browser, url: str) -> None:
    """The Briefing in both languages, on a phone, and the dialog behind a card."""
    page = opened(browser, url)
    whole(page, "briefing-en-light")
    page.set_viewport_size({"width": 1440, "height": 1300})
    page.keyboard.press("Home")
    open_details(page, "trend")
    take(page, "card-dialog")
    whole(opened(browser, url, lang="zh-CN", scheme="dark"), "briefing-zh-dark")
    take(opened(browser, url, width=390, height=1500), "briefing-phone")


def pages(browser: Browser, url: str) -> None:
    """One picture of a page for each guide."""
    whole(opened(browser, f"{url}/forecast"), "forecast-en-light")
    whole(opened(browser, f"{url}/receivables"), "receivables-en-light")
    whole(opened(browser, f"{url}/dealers"), "dealers-en-light")
    whole(opened(browser, f"{url}/promotions?period=2025"), "promotions-en-light")
    whole(opened(browser, f"{url}/channel_order", lang="zh-CN"), "channel-order-zh-light")


def importing(browser: Browser, url: str, file: Path) -> None:
    """A proposed mapping corrected, then what was held back after publishing."""
    page = opened(browser, f"{url}/data", height=1120)
    page.locator("input[type=file]").set_input_files(file)
    editor = page.get_by_test_id("stDataFrame").nth(2)
    expect(editor).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Start over").scroll_into_view_if_needed()
    box, names = editor.bounding_box(), [row[1] for row in grid(editor)]
    assert box
    page.mouse.dblclick(box["x"] + box["width"] - 100, box["y"] + ROW * (names.index("order_date") + 0.5))
    page.locator("#portal input").press_sequentially("Dat")
    expect(page.get_by_role("option", name="Date", exact=True)).to_be_visible()
    take(page, "data-import")

    page.get_by_role("option", name="Date", exact=True).click()
    settled(page)
    page.get_by_role("button", name="Check (publishes nothing)").click()
    publish = page.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_enabled()
    settled(page)
    publish.click()
    expect(page.get_by_text("is published:")).to_be_visible()
    settled(page)
    page.get_by_text("What came in, and what was held back").click()
    settled(page)
    page.keyboard.press("Home")
    take(page, "quarantine")


def opened(browser: Browser, url: str, *, lang: str = "en-US", scheme: str = "light", width: int = 1440,
           height: int = 900) -> Page:  # fmt: skip
    """The page at an address, finished, as a reader with that language and screen sees it."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale=lang, reduced_motion="reduce",
                                  color_scheme="dark" if scheme == "dark" else "light")  # fmt: skip
    page = context.new_page()
    page.goto(url)
    return settled(page)


def whole(page: Page, name: str) -> None:
    """Take the page to its end."""
    height = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": 1440, "height": height})
    take(page, name)


def take(page: Page, name: str) -> None:
    """Save the window as a small PNG."""
    settled(page)
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)  # the end of fades, which nothing announces
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(IMAGES / f"{name}.png", optimize=True)
    print(f"{name}.png {picture.width}x{picture.height}, {(IMAGES / f'{name}.png').stat().st_size / 1000:.0f} kB")


# ------------------------------------------------------------------ what they are made of


def worked_example(folder: Path) -> Path:
    """The flat file of the guide, written into a folder."""
    guide = (ROOT / "docs" / "user-guide.md").read_text(encoding="utf-8")
    found = re.search(r"```csv (\S+)\n(.*?)```", guide, re.DOTALL)
    assert found, "the guide holds no ```csv block"
    (folder / found[1]).write_text(found[2], encoding="utf-8")
    return folder / found[1]


def qudao(home: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "dashboard", "--home", str(home), *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


def chromium() -> str | None:
    """A Chromium of this machine; None: Playwright's own."""
    names = (os.environ.get("QUDAO_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The dashboard of a home at a free port; yields its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    environment = os.environ | {"QUDAO_HOME": str(home), "STREAMLIT_SERVER_PORT": str(port),
                                "STREAMLIT_SERVER_HEADLESS": "true",
                                "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none"}  # fmt: skip
    command = [sys.executable, "-m", "dashboard"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
