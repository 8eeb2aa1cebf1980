"""The doors, without a browser: one of access.toml and sign-in without the other opens nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import i18n, session
from dashboard.export.desk import Desk
from dashboard.export.files import picked
from dashboard.export.selection import Pick
from dashboard.titles import TITLES
from data.company import Company
from data.scope import PAGES, Entitlement
from tests.browser.signing_in import ACCESS, two_regions

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    two_regions(folder)
    return folder


@pytest.fixture
def app(home, monkeypatch):
    (home / "access.toml").unlink(missing_ok=True)
    monkeypatch.setenv("QUDAO_HOME", str(home))
    yield AppTest.from_file(APP, default_timeout=60)
    i18n.follow(None)


def test_without_both_there_is_one_local_user(app):
    app.query_params["region"] = "N"
    app.run()
    assert not app.exception
    assert "Sign in" not in [button.label for button in app.button]
    assert len(app.metric) > 0


@pytest.mark.parametrize(("text", "said"), [
    (ACCESS.format(more=""), "Closed: no sign-in is set up"), ("[people", "Closed: access.toml cannot be used"),
    ("", "Closed: access.toml cannot be used"),
])  # fmt: skip
def test_rules_without_a_sign_in_let_nobody_in(app, home, text, said):
    (home / "access.toml").write_text(text, encoding="utf-8")
    app.run()
    assert [title.value.replace("\\", "") for title in app.title] == [said]
    assert len(app.metric) == 0
    assert str(home) not in " ".join(text.value for text in app.markdown)  # where the file lies is nobody's business


def test_rules_that_come_while_a_page_is_open_close_it(app, home):
    app.run()
    (home / "access.toml").write_text(ACCESS.format(more=""), encoding="utf-8")
    app.run()
    assert [title.value.replace("\\", "") for title in app.title] == ["Closed: no sign-in is set up"]


@pytest.mark.parametrize("lists", [{"regions": ("Atlantis",)}, {"dealers": ("D9",)}, {"products": ("nope",)},
                                   {"regions": ("S",), "dealers": ("N1",)}])  # fmt: skip
@pytest.mark.parametrize("page", ["briefing", "receivables", "visits"])
def test_lists_that_name_nothing_show_no_zeros(app, monkeypatch, lists, page):
    """A misspelt name: one sentence instead of figures that look like a company without sales."""
    monkeypatch.setattr(session, "admitted", lambda *_company: Entitlement("li", role="manager", **lists))
    if page != "briefing":
        app.switch_page(f"dashboard/pages/{page}.py")
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Nothing to see for you yet"]
    assert len(app.metric) == len(app.dataframe) == len(app.get("plotly_chart")) == 0
    assert any("What is listed for li is not in the data" in text.value for text in (*app.markdown, *app.caption))


def test_every_page_has_a_title_and_a_file():
    assert tuple(TITLES) == PAGES
    files = {path.stem for path in (APP.parent / "dashboard" / "pages").glob("[a-z]*.py")}
    assert files == set(PAGES)


@pytest.mark.parametrize(("viewer", "card", "options"), [
    (Entitlement("f", regions=("S",), role="field"), "channel_order.shares", {}),
    (Entitlement("m", pages=("receivables",)), "sales.trend", {}),
    (Entitlement("m", regions=("S",), role="manager"), "sales.trend", {"dealer": "N1"}),
    (Entitlement("m", regions=("S",), role="manager"), "sales.trend", {"region": "N"}),
])  # fmt: skip
def test_a_card_of_a_deck_follows_who_makes_it(home, viewer, card, options):
    opened = Company.open(home)
    slide = picked(Desk(opened, opened.scope({}, viewer)), Pick(card, options))
    assert slide.finding is None
    assert "Northern" not in f"{slide.title}{slide.missing}"
    assert slide.missing == "This is not among what you may see."
