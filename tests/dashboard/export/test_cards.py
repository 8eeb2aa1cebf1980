"""Every card of every page, made again from its id: what the registry makes is what the page shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from analytics import questions
from analytics.questions import Answer
from dashboard import i18n, session
from dashboard.charts import config
from dashboard.components import cards as on_page
from dashboard.components import filters, notices
from dashboard.export.cards import CARDS, PAGES, CardError, Missing, card, card_of, pick_of, picker
from dashboard.export.desk import Desk
from dashboard.export.selection import Pick
from dashboard.findings import Finding
from dashboard.i18n import _
from data import records
from data.company import Company
from data.importing import Mapping as ImportMapping
from data.importing import import_files
from data.scope import Scope, ScopeError
from data.settings import Settings
from data.warehouse import Warehouse
from tests.golden_home import small_company

APP = Path(__file__).resolve().parents[3] / "streamlit_app.py"
NARROW = {"period": "2026-Q2"}  # with a region: the second scope
# reasons for no rows that point to what stands beside the card on its page, and mean nothing elsewhere
BESIDE = ("targets.notes", "dealers.grade_requests")


@dataclass
class Shown:
    """A card as a page showed it. why: what it says where there are no rows."""

    page: str
    options: dict[str, str]
    desk: Desk
    lang: str
    finding: Finding
    why: str = ""

    @property
    def id(self) -> str | None:
        return card_of(self.page, self.options, self.finding.key)

    @property
    def words(self) -> str:
        return f"{self.page} {self.options} {self.desk.scope.to_keys()} {self.lang} {self.finding.key}"


@dataclass
class Walk:
    """One company: its desks, whose answers pages and cards share, and what its pages showed."""

    company: Company
    desks: dict[Scope, Desk] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    answers: dict[Any, Answer] = field(default_factory=dict)

    def ask(self, name: str, scope: Scope, **options: Any) -> Answer:
        key = (name, scope, *sorted(options.items()))
        if key not in self.answers:
            self.answers[key] = questions.ask(self.company, name, scope, **options)
        return self.answers[key]

    def desk(self, keys: dict[str, str]) -> Desk:
        scope = self.company.scope(keys)
        return self.desks.setdefault(scope, Desk(self.company, scope, self.ask))

    def visit(self, page: str, keys: dict[str, str], options: dict[str, str], lang: str) -> None:
        """Run a page once and keep the cards that it shows."""
        desk, before, failures = self.desk(keys), len(self.shown), list[Exception]()
        app = AppTest.from_file(APP, default_timeout=60)
        for key, text in (keys | options | {"lang": lang}).items():
            app.query_params[key] = text
        if page != "briefing":
            app.switch_page(f"dashboard/pages/{page}.py")
        with pytest.MonkeyPatch.context() as patch:

            def seen(finding: Finding, *, empty: str = "", **_options: Any) -> None:
                self.shown.append(Shown(page, options, desk, lang, finding, empty))

            for shows in ("chart", "table", "ranked", "head"):  # every way to a card; what is seen need not be drawn
                patch.setattr(on_page, shows, seen)
            patch.setattr(notices, "failed", failures.append)
            patch.setattr(session, "ask", self.ask)
            patch.setattr(filters, "bar", lambda *_given, **_options: None)  # no card, and a fifth of the time
            patch.setenv("QUDAO_HOME", str(self.company.home))
            app.run()
        assert not app.exception
        assert not failures
        assert len(self.shown) > before, f"{page} {options} shows no card"


@pytest.fixture(autouse=True, scope="module")
def language_of_nobody() -> Iterator[None]:
    """A run makes messages follow its session; the tests after it must not."""
    yield
    i18n.follow(None)


def written(company: Company) -> None:
    """What people write, so that the cards of it have rows."""
    scope, today = company.scope(), company.snapshot.as_of
    dealer = str(company.store.names("dealer").index[0])
    notes = questions.ask(company, "targets.notes", scope)
    for kind, subject, body in (
        ("price_exception", f"dealer:{dealer}|1", {"dealer_id": dealer, "approved_by": "E01", "valid_from": today,
                                                   "valid_to": today}),
        ("variance_note", notes.frames["subjects"]["subject"].iloc[0], {"way": "A second visit a week"}),
        ("forecast_override", "company:all|2026-08", {"amount": 3e7, "reason": "A large order is signed"}),
        ("grade_change", f"dealer:{dealer}", {"grade": "B", "reason": "Paid", "known_on": today, "state": "applied"}),
    ):  # fmt: skip
        company.ledger.write(kind, subject, "somebody", records.checked(kind, body))


@pytest.fixture(scope="module")
def walk(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Every view of every page: as it opens, in English; narrowed and with options chosen, in Chinese."""
    home = tmp_path_factory.mktemp("cards") / "home"
    shutil.copytree(demo_home, home)
    company = Company.open(home)
    written(company)
    walk = Walk(company)
    whole = walk.desk({})
    suspect = whole.ask("integrity.territory").frames["dealers"].iloc[0]
    dealer, narrow = str(suspect["dealer_id"]), NARROW | {"region": str(suspect["region_id"])}
    for page in PAGES.values():
        for view in page.views:
            walk.visit(page.name, {}, {"show": view} if view else {}, "en")
            for options in chosen(walk.desk(narrow), page.name, view, dealer):
                keys = narrow | ({"dealer": dealer} if page.one_dealer else {})
                walk.visit(page.name, keys, options | ({"show": view} if view else {}), "zh")
    return walk


def chosen(desk: Desk, page: str, view: str, dealer: str) -> list[dict[str, str]]:
    """Options of a view that are not those that open, as a reader may choose them; one of them cannot be read."""
    match page, view:
        case "sales", "bridge":
            return [{"by": "product", "against": "2025-Q1"}, {"by": "nonsense", "against": "some day"}]
        case "sales", "mix":
            return [{"by": "channel"}]
        case "sales", "concentration":
            return [{"by": "product"}]
        case "sales", "dealers":
            return [{"by": "kept"}]
        case "targets", "reached":
            return [{"by": "employee"}, {"by": "product"}]
        case "targets", "potential":
            return [{"by": "employee"}]
        case "forecast", "outlook":
            return [{"unit": "week"}]
        case "forecast", "landing":
            return [{"by": "channel", "over": "year"}, {"by": "dealer", "over": "quarter"}]
        case "forecast", "moved":
            return [{"over": "quarter", "item": "2"}]
        case "receivables", "aging":
            return [{"by": "office", "unit": "full"}, {"item": dealer}]
        case "receivables", "collect":
            return [{"item": dealer}]
        case "receivables", "provision":
            return [{"factor": "1.5"}]
        case "channel_order", "territory" | "prices":
            return [{"item": dealer}]
        case "promotions", "one":
            return [{"item": str(desk.ask("promotions.one").values["options"][1]["promotion_id"])}]
        case "promotions", "plan":
            return [{"by": desk.ask("promotions.plan").values["types"][-1], "against": "2026-07-20",
                     "cuts": "dealers=40;weeks=6;uplift=0.2"},
                    {"cuts": "dealers=many", "against": "2020-01-01"}]  # fmt: skip
        case "budget", "":
            region = str(desk.ask("budget.evaluate").frames["cells"]["region_id"].iloc[0])
            return [{"item": region, "cuts": "roi_floor=0.1"}, {"plan": "nonsense", "cuts": "total=1"}]
        case "dealers", "groups":
            return [{"by": "life_cycle", "cuts": "growing=0.15", "item": "growing"}, {"cuts": "growing=lots"}]
        case "dealers", "moves":
            return [{"by": "abc"}]
        case "dealers", "score":
            return [{"item": dealer}]
        case "dealer", _view:
            return [{"by": "region"}]
        case _other:
            return [{}]


def test_the_registry_makes_what_a_page_shows(walk: Walk) -> None:
    wrong = []
    for shown in walk.shown:
        with i18n.use_language(shown.lang):
            if shown.id is None:
                wrong.append(f"{shown.words}: no card")
                continue
            try:
                made = card(shown.desk, Pick(shown.id, shown.options))
                kept = pick_of(shown.page, shown.options, shown.finding.key, shown.desk.scope)
                assert kept is not None
                besides = set(shown.options) - {"show", *kept.options}
                again = card(shown.desk, kept) if besides else made
            except Missing as reason:
                wrong.append(f"{shown.words}: {reason}")
                continue
            if made.answer is not shown.finding.answer:  # they share answers: another is another question or option
                wrong.append(f"{shown.words}: asks {made.answer.question} otherwise")
            for each in (made,) if again is made else (made, again):
                wrong += [f"{shown.words}: {what}" for what in differences(shown, each)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def differences(shown: Shown, made: Finding) -> Iterator[str]:
    on_it = shown.finding
    for name in ("key", "title", "subtitle", "columns", "definitions", "file_name"):
        if getattr(made, name) != getattr(on_it, name):
            yield f"{name} {getattr(made, name)!r} is not {getattr(on_it, name)!r}"
    if (made.figure is None) != (on_it.figure is None):
        yield "only one of them has a chart"
    try:
        pd.testing.assert_frame_equal(made.frame, on_it.frame)
    except AssertionError as error:
        yield f"frame: {error}"
    said = made.empty or _("There are no rows for these filters.")
    if on_it.frame.empty and shown.why and shown.why != said and shown.id not in BESIDE:
        yield f"says {said!r} in place of rows, not {shown.why!r}"


def test_every_card_stands_on_a_page(walk: Walk) -> None:
    assert set(CARDS) - {shown.id for shown in walk.shown} == set()
    for lang in i18n.LANGUAGES:
        assert len({shown.id for shown in walk.shown if shown.lang == lang}) > 100


def test_every_chart_draws_as_on_its_page_and_as_a_picture_for_a_slide(walk: Walk) -> None:
    drawn: dict[tuple[str, str], str] = {}
    for shown in walk.shown:
        finding, pick = shown.finding, pick_of(shown.page, shown.options, shown.finding.key, shown.desk.scope)
        if finding.figure is None or finding.frame.empty or pick is None:
            continue
        once = (pick.card, str(pick.options)) if pick.options else (pick.card, shown.lang)
        if once in drawn:
            continue
        with i18n.use_language(shown.lang):
            style, made = shown.desk.style, card(shown.desk, pick)
            assert made.figure is not None, shown.words
            figure = finding.figure(style)
            assert made.figure(style) == figure, shown.words
            picture = config.on_slide(figure, style, made.title, made.subtitle)
        assert any(has_values(trace) for trace in picture.data), shown.words
        assert picture.layout.height >= config.SLIDE_HEIGHT
        drawn[once] = pick.card
    assert len(set(drawn.values())) >= 55


def has_values(trace: Any) -> bool:
    """The trace holds at least one number to draw."""
    if isinstance(trace, go.Sankey):
        return len(trace.link.value) > 0
    numbers = (pd.to_numeric(pd.Series(list(values)), errors="coerce") for name in ("x", "y")
               if (values := trace[name]) is not None)  # fmt: skip
    return any(values.notna().any() for values in numbers)


def test_what_is_not_known_is_named(walk: Walk) -> None:
    desk = walk.desk({})
    with pytest.raises(CardError, match="nonsense"):
        card(desk, Pick("sales.nonsense"))
    with pytest.raises(CardError, match="colour"):
        card(desk, Pick("sales.trend", {"colour": "red"}))
    with pytest.raises(ScopeError, match="dealer"):
        card(desk, Pick("dealer.trend", {"dealer": "nobody at all"}))
    with pytest.raises(Missing):
        card(desk, Pick("dealer.trend"))


def test_a_pick_keeps_its_dealer_and_what_changes_it(walk: Walk) -> None:
    whole = walk.desk({})
    dealer = str(walk.company.store.names("dealer").index[0])
    one = walk.desk({"dealer": dealer})
    pick = pick_of("dealer", {"by": "region", "item": "drop:dealer:1"}, "mix", one.scope)
    assert pick == Pick("dealer.mix", {"by": "region", "dealer": dealer})
    assert card(whole, pick).title == card(one, Pick("dealer.mix", {"by": "region"})).title
    assert pick_of("sales", {"show": "mix", "item": "P1"}, "mix", whole.scope) == Pick("sales.mix")
    assert pick_of("data", {}, "imports", whole.scope) is None


def test_the_id_depends_on_the_view() -> None:
    assert card_of("sales", {}, "bridge") == "sales.change"
    assert card_of("sales", {"show": "bridge"}, "bridge") == "sales.bridge"
    assert card_of("sales", {"show": "no view"}, "bridge") == "sales.change"
    assert card_of("", {}, "trend") == "briefing.trend"
    assert card_of("targets", {"show": "gap"}, "gap_category") == "targets.gap_category"
    assert card_of("targets", {}, "reached_region_CN") == "targets.reached"
    assert card_of("forecast", {"show": "accuracy"}, "forecast_alarms") == "forecast.forecast_alarms"
    assert card_of("sales", {}, "pareto") is None


def test_the_picker_lists_a_page_in_its_order() -> None:
    assert [each.id for each in picker("briefing")] == ["briefing.trend", "briefing.gap", "briefing.regions",
                                                        "briefing.actions"]  # fmt: skip
    assert picker("") == picker("briefing")
    assert len(picker()) == len(CARDS)
    for page in PAGES.values():
        for lang in i18n.LANGUAGES:
            with i18n.use_language(lang):
                labels = [str(each.label) for each in page.cards]
            assert len(set(labels)) == len(labels), f"{page.name}: two cards have the same name"


@pytest.fixture(params=["sales_alone", "northwind"], scope="module")
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company that has little but sales, and no long result."""
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "northwind":
        folder: Path = request.getfixturevalue("real_data")
        import_files(Warehouse(home, Settings()), [folder / "northwind"], ImportMapping.load("northwind"))
        return Company.open(home)
    lines = [
        {"line_id": f"L{n}", "document_id": f"D{n}", "order_date": f"2026-0{1 + n % 6}-1{n % 9}",
         "dealer_id": f"C{n % 3}",
         "product_id": f"P{n % 2}", "quantity": 1 + n % 4, "net_amount": 100.0 + n}
        for n in range(40)
    ]  # fmt: skip
    return small_company(home, {
        "dim_dealer": [{"dealer_id": f"C{n}", "dealer_name": f"Dealer {n}"} for n in range(3)],
        "dim_product": [{"product_id": f"P{n}", "product_name": f"Product {n}"} for n in range(2)],
        "fact_sales": lines,
    })  # fmt: skip


def test_no_card_fails_where_data_are_missing(bare: Company) -> None:
    """Rows, or a sentence in the reader's language that says why there are none."""
    walk, told = Walk(bare), {}
    with i18n.use_language("zh"):
        for keys in ({}, {"dealer": str(bare.store.names("dealer").index[0])}):
            desk = walk.desk(keys)
            for id in CARDS:
                try:
                    finding = card(desk, Pick(id))
                except Missing as reason:
                    told[id] = str(reason)
                    continue
                assert finding.title
                assert len(finding.table) == len(finding.frame)
                if finding.figure is not None and len(finding.frame):
                    finding.figure(desk.style)
    assert len(told) > 40
    assert not [id for id, reason in told.items() if not any("\u4e00" <= char <= "\u9fff" for char in reason)]
