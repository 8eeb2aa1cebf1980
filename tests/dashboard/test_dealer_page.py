"""The dealer card and the action list without a browser: both languages, refusals in words, what is written."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator

import pytest

from analytics.questions import ask
from dashboard import i18n, session
from dashboard.findings import actions, dealer
from dashboard.findings.model import LIMITS, PAGE_LIMITS, length
from dashboard.i18n import use_language
from data.company import Company, NotEntitled
from data.scope import Entitlement
from tests.dashboard.test_pages import all_words, opened, wrong_words
from tests.golden_home import small_company

LANGUAGES = ("en", "zh")


@pytest.fixture(autouse=True)
def language_of_nobody() -> Iterator[None]:
    yield
    i18n.follow(None)


@pytest.fixture(params=LANGUAGES)
def lang(request) -> Iterator[str]:
    with use_language(request.param):
        yield request.param


@pytest.fixture(scope="module")
def home(demo_home, tmp_path_factory):
    """A copy in which people write."""
    home = tmp_path_factory.mktemp("card") / "home"
    shutil.copytree(demo_home, home)
    return home


@pytest.fixture(scope="module")
def busy(company) -> str:
    """A dealer about whom something stands out."""
    items = ask(company, "actions.list", company.scope()).frames["all"]
    return str(items[(items["subject"] == "dealer") & (items["kind"] == "overdue")]["subject_id"].iloc[0])


@pytest.mark.parametrize("show", ["", "print"])
def test_a_card_speaks_its_language(show, lang, demo_home, busy, monkeypatch):
    app = opened(demo_home, monkeypatch, lang, "dealer", dealer=busy, **({"show": show} if show else {}))
    assert wrong_words(app, lang) == set()
    assert len(app.metric) == 6
    assert len(app.get("plotly_chart")) == 2
    assert bool(app.selectbox) != bool(show)  # filters are no part of the sheet


@pytest.mark.parametrize("wanted", ["", "D00001,D00002"])
def test_without_one_dealer_there_is_a_list_to_choose_from(wanted, lang, demo_home, monkeypatch):
    app = opened(demo_home, monkeypatch, lang, "dealer", **({"dealer": wanted} if wanted else {}))
    assert wrong_words(app, lang) == set()
    assert app.title[0].value == i18n._("Which dealer?")
    assert len(app.dataframe[0].value) == (2 if wanted else 120)


def test_a_dealer_whom_one_may_not_see_is_refused_in_words(lang, demo_home, company, monkeypatch):
    south = set(ask(company, "dealers.list", company.scope({"region": "South"})).frames["dealers"]["dealer_id"])
    other = next(id for id in company.store.names("dealer").index if id not in south)
    monkeypatch.setattr(session, "viewer", lambda *_company: Entitlement("wang", regions=("South",)))
    app = opened(demo_home, monkeypatch, lang, "dealer", dealer=other)
    told = i18n._("“{value}” is not in the data or not among what you may see; the view goes without it.", value=other)
    assert told in " ".join(all_words(app))
    assert not app.metric
    assert set(app.dataframe[0].value.iloc[:, 1]) <= south  # those that one may see, to choose from
    assert wrong_words(app, lang) == set()


def item_of(company: Company, kind: str) -> str:
    items = ask(company, "actions.list", company.scope()).frames["all"]
    return str(items[items["kind"] == kind]["key"].iloc[0])


@pytest.mark.parametrize("kind", ["drop", "silent", "overdue", "stock", "territory"])
def test_an_item_speaks_its_language(kind, lang, demo_home, company, monkeypatch):
    items = ask(company, "actions.list", company.scope()).frames["all"]
    key = items[items["kind"] == kind]["key"].iloc[0]
    app = opened(demo_home, monkeypatch, lang, "briefing", item=key)
    assert wrong_words(app, lang) == set()
    assert i18n._("Save") in [button.label for button in app.button]


def test_every_item_is_worded(lang, company):
    answer = ask(company, "actions.list", company.scope())
    frame = actions.everything(answer, ("open",))
    assert frame["sentence"].str.len().min() > 5
    for row in frame.to_dict("records"):
        assert not re.search(r"\bnan\b|\bNone\b", f"{row['sentence']} {row['reason']}", re.I)
        assert not re.search(r"[{}]", row["sentence"] + row["reason"])
    assert length(actions.actions(answer).title) <= LIMITS[lang]


def test_titles_of_the_card_fit(lang, company):
    for id in ask(company, "dealers.list", company.scope()).frames["dealers"]["dealer_id"].iloc[::30]:
        answer = ask(company, "dealers.card", company.scope({"dealer": id}))
        assert length(dealer.page_title(answer)) <= PAGE_LIMITS[lang]
        for finding in (dealer.mix(answer), dealer.products(answer, "CNY"), dealer.owed(answer, "CNY"),
                        dealer.visits(answer), dealer.promotions(answer, "CNY"), dealer.shelf(answer),
                        actions.about(answer)):  # fmt: skip
            assert finding.title
            assert length(finding.title) <= LIMITS[lang], finding.title
            assert "nan" not in finding.title.lower()
            assert len({*finding.table.columns}) == len(finding.columns)


def test_dismissing_asks_for_a_reason_and_keeps_it(home, company, monkeypatch):
    key = item_of(company, "drop")
    app = opened(home, monkeypatch, "en", "briefing", item=key)
    decide = next(group for group in app.button_group if group.key == f"decide_{key}_en")
    decide.set_value("dismissed").run()
    save = next(button for button in app.button if button.label == "Save")
    save.click().run()
    assert "Say why it is dismissed." in " ".join(all_words(app))
    next(box for box in app.text_area if box.label == "Reason").set_value("closed for rebuilding")
    next(button for button in app.button if button.label == "Save").click().run()
    assert not app.exception
    entry = Company.open(home).ledger.latest("action")[0]
    assert (entry.subject, entry.body["state"], entry.body["reason"]) == (key, "dismissed", "closed for rebuilding")
    assert entry.body["money"] > 0
    assert "1 dismissed" in " ".join(all_words(app))


def test_a_note_is_kept_once_and_read_in_one_paragraph(home, busy, monkeypatch):
    app = opened(home, monkeypatch, "en", "dealer", dealer=busy)
    box = next(box for box in app.text_area if box.label == "Note")
    box.set_value("first line\n\n1. second *line*")
    form = box.form_id
    for _ in range(2):  # the second click finds an empty field
        next(button for button in app.button if button.label == "Save" and button.form_id == form).click().run()
    assert not app.exception
    assert [entry.body["text"] for entry in Company.open(home).ledger.history("dealer_note", f"dealer:{busy}")] == [
        "first line\n\n1. second *line*"
    ]
    assert next(box for box in app.text_area if box.label == "Note").value == ""
    assert any("first line 1. second" in words for words in all_words(app))


def test_a_variance_note_is_withdrawn(home, monkeypatch):
    app = opened(home, monkeypatch, "en", "targets", show="gap")
    next(box for box in app.text_area if box.label == "Way to close it").set_value("visit them")
    next(button for button in app.button if button.label == "Save").click().run()
    assert "1 variance note**" in " ".join(all_words(app))  # without a cost that nobody wrote
    next(button for button in app.button if button.label == "Withdraw").click().run()
    assert not app.exception
    words = " ".join(all_words(app))
    assert "No variance note is written yet" in words
    assert "withdrawn" in words
    assert "visit them" in words  # its history keeps it
    assert next(box for box in app.text_area if box.label == "Way to close it").value == ""


def test_nobody_writes_about_whom_they_may_not_see(home, company, monkeypatch):
    monkeypatch.setenv("QUDAO_HOME", str(home))
    monkeypatch.setattr(session, "viewer", lambda *_company: Entitlement("wang", regions=("South",)))
    places = ask(company, "dealers.list", company.scope({"region": "South"})).frames["dealers"]["dealer_id"]
    other = next(id for id in company.store.names("dealer").index if id not in set(places))
    for kind, subject, body in (
        ("action", f"drop:dealer:{other}", {"state": "done"}),
        ("action", "stock:region:North", {"state": "done"}),
        ("dealer_note", f"dealer:{other}", {"text": "x"}),
    ):
        with pytest.raises(NotEntitled):
            session.record(kind, subject, body)
    session.record("action", "stock:region:South", {"state": "done"})
    session.record("dealer_note", f"dealer:{places.iloc[0]}", {"text": "x"})


def test_what_was_not_imported_is_not_said_to_be_nothing(tmp_path):
    company = small_company(tmp_path, {
        "dim_dealer": [{"dealer_id": "A", "dealer_name": "Acme"}],
        "fact_sales": [{"line_id": 1, "dealer_id": "A", "line_type": "sale", "order_date": dt.date(2026, 6, 1),
                        "quantity": 1, "net_amount": 100}],
    })  # fmt: skip
    answer = ask(company, "dealers.card", company.scope({"dealer": "A", "period": "2026-06"}))
    with use_language("en"):
        assert dealer.owed(answer, "CNY").title == "What it owes is not known"
        assert dealer.promotions(answer, "CNY").title == "No promotion known"
        assert dealer.page_subtitle(answer) == "A · June 2026"


def test_what_a_colleague_wrote_meanwhile_stays(home, busy, monkeypatch):
    """Two forms about the same debtor are open: the second one changes only the field that its reader touched."""

    def written(page, label, text):
        next(field for field in page.text_input if field.label == label).set_value(text)
        next(button for button in page.button if button.label == "Save").click()
        page.run()
        assert not page.exception

    first, second = (opened(home, monkeypatch, "en", "receivables", item=busy) for _ in range(2))
    written(first, "Next step", "call on Monday")
    written(second, "Result", "promised to pay")
    standing = session.company().records("collection_action").set_index("subject").loc[f"dealer:{busy}"]
    assert (standing["next_step"], standing["result"]) == ("call on Monday", "promised to pay")
    assert next(field for field in second.text_input if field.label == "Next step").value == "call on Monday"
