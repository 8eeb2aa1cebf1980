"""Two languages: the catalogue is complete, and the language is that of the reader."""

import ast
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from babel.messages import Catalog

from dashboard import i18n
from dashboard.i18n import _, follow, language, lazy, ngettext, translator, use_language
from dashboard.locale import catalogue


@pytest.fixture(autouse=True)
def nobody_followed():
    yield
    follow(None)


def test_catalogue_is_complete():
    template = catalogue.collected()
    assert len(template) > 0
    for locale in catalogue.TRANSLATED:
        assert list(catalogue.problems(template, catalogue.read(locale))) == []


def messages_out_of_reach(source):
    """Return the lines of calls that no tool can collect: a message that is an f-string, or a call inside one."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        inside = list(ast.walk(node)) if isinstance(node, ast.JoinedStr) else []
        calls = [call for call in inside if isinstance(call, ast.Call)]
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.JoinedStr):
            calls.append(node)
        for call in calls:
            # a variable inside an f-string is fine: its message is marked where it was written
            literal = call.args and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
            if isinstance(call.func, ast.Name) and call.func.id in catalogue.KEYWORDS and literal:
                lines.append(call.lineno)
    return lines


def test_messages_can_be_collected():
    assert messages_out_of_reach("f'{_(\"Total\")}'\nx = _(f'{n} dealers')\nf'{_(label)}'") == [1, 2]
    for package in catalogue.PACKAGES:
        for path in (catalogue.ROOT / package).rglob("*.py"):
            assert messages_out_of_reach(path.read_text()) == [], path


def template_with(*messages):
    template = Catalog()
    for message in messages:
        template.add(message, locations=[("page.py", 1)])
    return template


@pytest.mark.parametrize(
    ("translation", "flags", "problem"),
    [
        ("", (), "not translated"),
        ("{m}家经销商", (), "other placeholders"),
        ("{n}家经销商", ("fuzzy",), "fuzzy"),
        ("{n}家经销商,好", (), "half-width"),
        ("{n}家经销商", (), None),
    ],
)
def test_problems_are_found(translation, flags, problem):
    catalog = Catalog(locale="zh_CN")
    catalog.add("{n} dealers", translation, flags=flags)
    found = list(catalogue.problems(template_with("{n} dealers"), catalog))
    assert [line.split(":")[0].split(" than")[0].split(" punctuation")[0] for line in found] == (
        [problem] if problem else []
    )


def test_plural_forms_are_checked():
    catalog = Catalog(locale="zh_CN")
    template = template_with(("{n} day", "{n} days"))
    assert len(list(catalogue.problems(template, catalog))) == 1
    catalog.add(("{n} day", "{n} days"), ("{n}天",))
    assert list(catalogue.problems(template, catalog)) == []


def test_refreshing_keeps_translations_and_brings_back_obsolete_ones():
    known = Catalog(locale="zh_CN")
    known.add("Total", "合计")
    known.add("Gone", "不再用")
    fresh = catalogue.refreshed(template_with("Total", "New"), known)
    assert (fresh.get("Total").string, fresh.get("New").string) == ("合计", None)
    assert [message.id for message in fresh.obsolete.values()] == ["Gone"]
    again = catalogue.refreshed(template_with("Total", "Gone"), fresh)
    assert again.get("Gone").string == "不再用"


def test_translation_fills_values_afterwards():
    with use_language("zh"):
        assert _("over 99%") == "99%以上"
        assert _("{number} pts", number="−2.1") == "−2.1个百分点"
        assert ngettext("{number} day", "{number} days", 3, number=3) == "3天"
        assert f"{lazy('over 99%')}" == str(lazy("over 99%")) == _(lazy("over 99%")) == "99%以上"
        assert _("") == ""
        assert _("a message that nobody translated, 100%") == "a message that nobody translated, 100%"
    assert _("over 99%") == "over 99%"
    assert translator("zh")("over 99%") == "99%以上"


def test_language_of_a_block_and_of_its_thread():
    assert language() == "en"
    with use_language("zh"):
        assert language() == "zh"
        with use_language("en"):
            assert language() == "en"
        assert language() == "zh"
        with ThreadPoolExecutor(1) as other:
            assert other.submit(language).result() == "en"
    assert language() == "en"
    with pytest.raises(ValueError, match="fr"):
        use_language("fr")


def test_language_follows_the_session_where_none_is_set():
    session = threading.local()
    follow(lambda: getattr(session, "lang", None))
    assert language() == "en"
    session.lang = "zh"
    assert language() == "zh"
    with use_language("en"):
        assert language() == "en"
    with ThreadPoolExecutor(1) as other:
        assert other.submit(language).result() == "en"


def test_every_language_has_a_catalogue():
    for lang in i18n.LANGUAGES:
        i18n.catalogue(lang)
