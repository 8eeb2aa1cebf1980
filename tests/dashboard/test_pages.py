"""Every page in both languages, run without a browser: no exception, and no word of ours left in the other language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from dashboard import i18n
from data.measures import MEASURES

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"
PAGES = sorted(path.stem for path in (APP.parent / "dashboard" / "pages").glob("[a-z]*.py"))
LANGUAGES = ("en", "zh")
CHINESE = re.compile("[\u3400-\u9fff]+")
WORD = re.compile(r"[A-Za-z]{4,}")

# What Chinese readers write in Latin letters, too, and the names by which `qudao ask` and files know things.
LATIN = {
    "Excel",
    "PowerPoint",
    "Qudao",
    "qudao",
    "demo",
    "parquet",
    "toml",
    "xlsx",
    "IFRS",
    "reactivation",
    "WAPE",
    "MASE",
} | {w for m in MEASURES for w in WORD.findall(m.id)}
# What is no word that a reader sees: markdown's directives and icons, colours, markup inside charts.
NO_WORD = re.compile(r":material/\w+:|%\{\w+|:[a-z-]+(?=\[)|<[^>]*>|&nbsp;|#[0-9a-f]{6}\b|`[^`]*`|https?://\S+", re.I)
# Fields of Streamlit's messages that hold a reader's words.
FIELDS = {"body", "label", "help", "placeholder", "value", "delta", "default", "options", "content", "alt", "title",
          "caption", "element", "tag", "text", "name", "message", "header", "subtitle"}  # fmt: skip
SKIPPED = {"id", "key", "url", "page_script_hash", "icon", "mime", "raw_values", "raw_value"}


def words(message: Message) -> Iterator[str]:
    """The strings of an element that a reader sees, those inside a chart included."""
    for field, value in message.ListFields():
        several = list(value) if field.is_repeated else [value]
        if field.name in SKIPPED:
            continue
        if field.name == "spec":
            yield from words_of_chart(json.loads(value))
        elif field.name == "columns" and isinstance(value, str):  # settings of a table's columns
            yield from words_of_columns(json.loads(value))
        elif field.type == field.TYPE_MESSAGE:
            for inner in several:
                if isinstance(inner, Message):
                    yield from words(inner)
        elif field.type == field.TYPE_STRING and field.name in FIELDS:
            yield from several


def words_of_chart(part: Any, name: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for key, inner in part.items():
            yield from words_of_chart(inner, key)
    elif isinstance(part, list):
        for inner in part:
            yield from words_of_chart(inner, name)
    elif isinstance(part, str) and name in ("text", "ticktext", "hovertemplate", "x", "y"):
        yield part


def words_of_columns(part: dict[str, Any]) -> Iterator[str]:
    for settings in part.values():
        yield from (settings[key] for key in ("label", "help") if isinstance(settings.get(key), str))


def all_words(app: AppTest) -> list[str]:
    """Every string on the page, as it is read."""
    found: list[str] = []
    for block in (app.main, app.sidebar, *app.get("dialog"), *app.get("popover")):
        for element in block:
            proto = getattr(element, "proto", None)
            if isinstance(proto, Message):
                found += words(proto)
    return [NO_WORD.sub(" ", text.replace("\\", "")) for text in found if text.strip()]


def wrong_words(app: AppTest, lang: str) -> set[str]:
    """Words of the other language."""
    text = " ".join(all_words(app))
    if lang == "zh":
        return set(WORD.findall(text)) - LATIN
    return set(CHINESE.findall(text)) - {"中文"}


@pytest.fixture(autouse=True)
def language_of_nobody() -> Iterator[None]:
    """A run makes messages follow its session; the tests after it must not."""
    yield
    i18n.follow(None)


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    with i18n.use_language(request.param):  # options are formatted outside the run, too
        yield request.param


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, lang: str, page: str, *, fails: bool = False,
           **keys: str) -> AppTest:  # fmt: skip
    """The page, run once. fails: it is meant to say that it could not be shown."""
    monkeypatch.setenv("QUDAO_HOME", str(home))
    app = AppTest.from_file(APP, default_timeout=60)
    for key, value in (keys | {"lang": lang}).items():
        app.query_params[key] = value
    if page != "briefing":
        app.switch_page(f"dashboard/pages/{page}.py")
    app.run()
    assert not app.exception
    with i18n.use_language(lang):
        assert (i18n._("This page could not be shown") in " ".join(all_words(app))) == fails
    return app


@pytest.mark.parametrize("page", PAGES)
def test_a_page_speaks_its_language(page: str, lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(demo_home, monkeypatch, lang, page)
    title = app.title[0].value
    assert len(title) > 5
    assert bool(CHINESE.search(title)) == (lang == "zh")
    assert len(all_words(app)) > (8 if page == "audit" else 20)  # nothing was noted in this home yet
    assert wrong_words(app, lang) == set()


@pytest.mark.parametrize("key", ["trend", "gap", "regions", "actions"])
def test_a_dialog_speaks_its_language(key: str, lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(demo_home, monkeypatch, lang, "briefing", period="2026-05")
    before = len(all_words(app))
    app.button(key=f"details_{key}").click().run()
    assert not app.exception
    assert len(all_words(app)) > before
    assert wrong_words(app, lang) == set()


def test_the_hidden_filters_speak_its_language(lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(demo_home, monkeypatch, lang, "briefing")
    assert not app.multiselect
    app.session_state[f"more_{lang}"] = True
    app.run()
    assert not app.exception
    assert len(app.multiselect) == 4
    assert wrong_words(app, lang) == set()


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_home_is_welcomed(page: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    app = opened(tmp_path, monkeypatch, lang, page)
    assert wrong_words(app, lang) == set()
    if page == "briefing":
        assert i18n._("No data yet") in " ".join(all_words(app))


def test_a_failure_is_a_sentence_with_a_number(lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("secret of the machine room")

    monkeypatch.setattr("dashboard.components.kpis.row", broken)
    app = opened(demo_home, monkeypatch, lang, "briefing", fails=True)
    text = " ".join(all_words(app))
    assert i18n._("This page could not be shown") in text
    assert re.search(r"\*\*[0-9A-F]{4}\*\*", text)
    assert "secret" not in text
    assert wrong_words(app, lang) == set()
