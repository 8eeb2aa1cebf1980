"""Slides for the meeting: cards from two pages, ordered, with a note, kept, downloaded; the numbers are the page's."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pptx import Presentation

from tests.browser import steps


def add(page: Page, key: str) -> None:
    steps.open_details(page, key).locator(f".st-key-add_{key} button:visible").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    steps.settled(page)


def download(page: Page, folder: Path) -> Path:
    dialog = page.get_by_role("dialog")
    dialog.locator(".st-key-slides_make button").click()
    with page.expect_download() as found:
        dialog.locator(".st-key-slides_download button").click(timeout=60_000)
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    return path


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in Presentation(str(path)).slides]


def test_a_deck_of_ones_own_is_built_kept_and_made_again(app, open_page, tmp_path):
    page = open_page("/", keys={"region": "South"})
    gap = steps.open_details(page, "gap")
    shown = gap.get_by_role("heading").first.inner_text()
    gap.get_by_role("button", name="Close").click()
    add(page, "gap")
    page.get_by_role("link", name="Sales").click()
    steps.settled(page)
    assert steps.keys(page)["deck"] == "briefing.gap"  # the list stays from page to page
    add(page, "like_for_like")

    page.locator(".st-key-slides button").click()
    dialog = page.get_by_role("dialog")
    steps.settled(page)
    dialog.locator(".st-key-deck_up_1 button:visible").click()
    expect(page).to_have_url(re.compile(r"deck=sales\.like_for_like"))
    steps.settled(page)
    note = dialog.get_by_placeholder("Note on the slide").first
    note.fill("ask for volume; not price!")
    note.press("Tab")
    expect(page).to_have_url(re.compile("volume"))
    steps.settled(page)
    made = titles(download(page, tmp_path))
    assert len(made) == 2
    assert made[1] == shown

    name = dialog.get_by_label("Title of the deck")
    name.fill("Monday South")
    name.press("Tab")
    steps.settled(page)
    dialog.get_by_role("button", name="Save this deck").click()
    steps.settled(page)
    expect(dialog.get_by_role("button", name="Open deck")).to_be_visible()

    later = open_page("/", keys={"region": "North"})
    later.locator(".st-key-slides button").click()
    dialog = later.get_by_role("dialog")
    dialog.get_by_text("Your deck").click()
    dialog.get_by_role("button", name="Open deck").click()
    steps.settled(later)
    if not dialog.is_visible():
        later.locator(".st-key-slides button").click()
    file = download(later, tmp_path)
    texts = [shape.text_frame.text for shape in Presentation(str(file)).slides[0].shapes if shape.has_text_frame]
    assert "ask for volume; not price!" in texts
    assert titles(file)[1] != shown  # other numbers: another region


def test_the_briefing_leaves_in_the_language_of_the_page(app, open_page, tmp_path):
    page = open_page("/", keys={"lang": "zh"})
    title = steps.title(page)
    page.locator(".st-key-slides button").click()
    steps.settled(page)
    file = download(page, tmp_path)
    assert titles(file)[0] == title
    assert len(titles(file)) == 8
