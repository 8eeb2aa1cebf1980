"""What a reader does on a page and sees on it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=15_000)

# Notes in the page when its socket last sent and last received: what was asked and not yet answered is unfinished,
# however long a busy machine takes to begin.
WATCH = """(() => {
    const send = WebSocket.prototype.send;
    const heard = new WeakSet();
    WebSocket.prototype.send = function (...data) {
        if (!heard.has(this)) {
            heard.add(this);
            this.addEventListener('message', () => { window.lastReceived = performance.now(); });
        }
        window.lastSent = performance.now();
        return send.apply(this, data);
    };
})()"""

# Finished: what was sent is answered, the script ran, nothing is stale or loading, every chart is drawn, and it stays
# so for a moment, which bridges the time between a click and the request that it starts. Should a message never be
# answered, the page is not waited for longer than some seconds.
_SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const done = app && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton], [data-stale=true], [data-testid=stSpinner]')
        && [...document.querySelectorAll('.stPlotlyChart')].every(chart => chart.querySelector('.main-svg'));
    const now = performance.now();
    const waits = window.lastSent > (window.lastReceived ?? 0) && now - window.lastSent < 8000;
    if (!done || waits) { window.settledSince = undefined; return false; }
    window.settledSince ??= now;
    return now - window.settledSince > 350;
}"""


def settled(page: Page) -> Page:
    """Wait until the page is finished."""
    page.evaluate("window.settledSince = undefined")
    page.wait_for_function(_SETTLED, timeout=45_000)
    return page


def keys(page: Page) -> dict[str, str]:
    """The keys of the page's address."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def title(page: Page) -> str:
    return page.locator("h1").first.inner_text()


def kpi_values(page: Page) -> list[str]:
    """The values of the KPI cards, left to right; the space that levels Chinese values is no part of them."""
    return [text.strip("\u3000\n ") for text in page.get_by_test_id("stMetricValue").all_inner_texts()]


def background(page: Page) -> str:
    """The colour behind everything, as CSS says it: rgb(16, 21, 29)."""
    colour: str = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    return colour


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a filter by its words, typing them as a reader with a long list would."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def switch_language(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    settled(page)


def open_details(page: Page, key: str) -> Locator:
    """Open the dialog behind a card (trend, gap, regions, actions) and return it."""
    page.locator(f".st-key-details_{key} button:visible").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    settled(page)
    return dialog


def grid(frame: Locator) -> list[list[str]]:
    """The cells of a table: its heads, then the rows that are drawn."""
    rows: list[list[str]] = json.loads(frame.locator("canvas table").first.evaluate(
        "table => JSON.stringify([...table.querySelectorAll('tr')].map("
        "row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent)))"
    ))  # fmt: skip
    return rows


def overflow(page: Page) -> list[Any]:
    """What is cut off: a page wider than the window, words beyond its edge, shortened or outside of their chart."""
    found: list[Any] = page.evaluate("""() => {
        const cut = [];
        const width = document.documentElement.clientWidth;
        const all = selector => document.querySelectorAll(`[data-testid=stMain] :is(${selector})`);
        const tell = (what, element) => cut.push([what, (element.textContent || element.tagName).trim().slice(0, 60)]);
        for (const box of [document.documentElement, document.querySelector('[data-testid=stMain]')])
            if (box.scrollWidth > box.clientWidth + 1) cut.push(['scrolls', box.scrollWidth, box.clientWidth]);
        for (const element of all('h1, h2, h3, p, button, svg, input')) {
            const box = element.getBoundingClientRect();
            if (box.width && (box.right > width + 1 || box.left < -1)) tell('beyond the edge', element);
        }
        for (const element of all('h1, p, [data-testid=stMetricValue] *'))
            if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden')
                tell('shortened', element);
        for (const chart of document.querySelectorAll('.stPlotlyChart')) {
            const frame = chart.getBoundingClientRect();
            for (const text of chart.querySelectorAll('svg text')) {
                const box = text.getBoundingClientRect();
                if (box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
                                  || box.top < frame.top - 2 || box.bottom > frame.bottom + 2))
                    tell('outside of its chart', text);
            }
        }
        return cut;
    }""")
    return found
