"""What leaves and what is shown to a viewer of some dealers and products: pages, cards, files, kept answers, links.

Everything that this viewer may not see is named ELSEWHERE in the company of these tests (tests/elsewhere.py).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import i18n, session
from dashboard.export import files, tables
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick, Selection
from dashboard.i18n import use_language
from data.company import Company
from data.scope import LOCAL, Entitlement, ScopeError
from tests.dashboard.test_pages import APP, all_words
from tests.elsewhere import MARK, Elsewhere
from tests.walk import every_card

VIEWER = Entitlement("key", dealers=("D00001", "D00004", "D00039"), products=("P001", "P005", "P010"))
FOREIGN = {"dealer": "D00002", "product": "P002"}
# The pages that show more than the filters of all and cards of the registry, which are walked below.
SHOWN = ("audit", "briefing", "channel_order", "data", "dealer", "dealers")
# rows about one's own dealers name where the goods went and who agreed to it
NEIGHBOURS = {"channel_order.register"}


@pytest.fixture(scope="module")
def elsewhere(company: Company) -> Elsewhere:
    return Elsewhere(company, VIEWER)


@pytest.fixture(scope="module")
def changed(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Company:
    return elsewhere.changed(tmp_path_factory.mktemp("entitled") / "home")


@pytest.fixture
def signed_in(changed: Company, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QUDAO_HOME", str(changed.home))
    monkeypatch.setattr(session, "admitted", lambda *_: VIEWER)
    yield
    i18n.follow(None)


def opened(page: str, **keys: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    for key, value in (keys | {"lang": "zh"}).items():
        app.query_params[key] = value
    if page != "briefing":
        app.switch_page(f"dashboard/pages/{page}.py")
    app.run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("page", SHOWN)
def test_a_page_names_nothing_of_elsewhere(page: str, elsewhere: Elsewhere):
    app = opened(page)
    text = " ".join(all_words(app) + [frame.value.to_csv() for frame in app.dataframe])
    with use_language("zh"):
        assert i18n._("This page could not be shown") not in text
    assert (len(text) > 200) == VIEWER.opens(page)  # else a sentence that says so
    if page == "channel_order":  # the register names who agreed to a sale of one's own dealer
        text = re.sub(rf"{MARK}-dealer-\w+", "", text)
    assert not elsewhere.said(text)


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("name", FOREIGN)
def test_a_link_to_elsewhere_shows_nothing(name: str, elsewhere: Elsewhere):
    """A shared address, and the dealer card of somebody else's dealer."""
    for page in ("sales", "dealer") if name == "dealer" else ("sales",):
        app = opened(page, **{name: FOREIGN[name]})
        text = " ".join(all_words(app) + [frame.value.to_csv() for frame in app.dataframe])
        assert set(elsewhere.said(text)) <= {FOREIGN[name]}  # what the reader wrote into the address


@pytest.fixture(scope="module")
def desk(changed: Company) -> Desk:
    return Desk(changed, changed.scope({}, VIEWER))


def test_no_card_names_elsewhere(desk: Desk, elsewhere: Elsewhere):
    found, made = [], 0
    with use_language("zh"):
        for id, finding in every_card(desk):
            made += 1
            told = f"{finding.title} {finding.subtitle} {tables.safe_csv(finding).decode()}"
            found += [f"{id} says {word}" for word in elsewhere.said(told) if id not in NEIGHBOURS]
    assert made > 40
    assert not found, "\n".join(found)


@pytest.mark.parametrize("kind", files.KINDS)
def test_no_file_names_elsewhere(desk: Desk, elsewhere: Elsewhere, kind: files.Kind):
    """The briefing, and a deck that somebody else saved: its picks are of dealers elsewhere."""
    saved = Selection.from_body(Selection("Monday", (Pick("sales.drill"), Pick("dealer.trend", {"dealer": "D00002"}),
                                                     Pick("sales.trend", {"product": "P002"}))).to_body())  # fmt: skip
    for selection in (None, saved):
        with use_language("zh"):
            text = inside(files.render(kind, desk, selection).data, kind)
        assert len(text) > 300
        assert MARK not in text
        assert not set(elsewhere.said(text)) - {"D00002", "P002"}


def inside(data: bytes, kind: str) -> str:
    """The text of a file, workbooks inside a deck included."""
    if kind == "pdf":
        from pypdf import PdfReader

        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                found.append(inside(archive.read(name), "xlsx"))
            elif name.endswith(".xml"):
                found.append(re.sub(r"<[^>]*>", " ", archive.read(name).decode("utf-8")))
    return " ".join(found)


@pytest.mark.usefixtures("signed_in")
def test_a_kept_answer_is_never_anothers(changed: Company):
    """The same question, asked by two viewers in turn through the cache that all sessions share."""
    everything, mine = changed.scope({}, LOCAL), changed.scope({}, VIEWER)
    for _round in range(2):
        whole = session.ask("dealers.list", everything).frames["dealers"]
        own = session.ask("dealers.list", mine).frames["dealers"]
        assert set(own["dealer_id"]) <= set(VIEWER.dealers) < set(whole["dealer_id"])


def test_a_saved_view_holds_no_rights(changed: Company):
    """What a link or a saved view may hold are the keys of a scope; rights are none of them."""
    assert "entitlement" not in changed.scope({}, LOCAL).to_keys()
    for key in ("entitlement", "viewer", "may_regions", "role"):
        with pytest.raises(ScopeError):
            changed.scope({key: "all"}, VIEWER)


def test_a_report_shows_a_recipient_the_own_view(changed: Company, elsewhere: Elsewhere, tmp_path: Path):
    """Rights of a report's file, the real writers, into a folder."""
    from dashboard.reports.file import load
    from dashboard.reports.send import Run

    path = tmp_path / "weekly.toml"
    path.write_text(
        'name = "weekly"\nevery = "week"\nformats = ["xlsx"]\n'
        '[[recipients]]\nname = "Key"\nfolder = "out"\nlanguage = "zh"\n'
        f'dealers = {list(VIEWER.dealers)}\nproducts = {list(VIEWER.products)}\n'.replace("'", '"'), encoding="utf-8",
    )  # fmt: skip
    done = Run(changed, load(path), path, changed.snapshot.as_of).send()
    assert [outcome.state for outcome in done] == ["sent"], done
    written = [file for file in (tmp_path / "out").iterdir() if file.suffix in (".xlsx", ".txt")]
    assert len(written) == 2
    for file in written:
        text = inside(file.read_bytes(), "xlsx") if file.suffix == ".xlsx" else file.read_text(encoding="utf-8")
        assert not elsewhere.said(text)
