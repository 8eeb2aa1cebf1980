"""access.toml: whom it knows, what they may see, and that no slip in it opens more."""

from __future__ import annotations

import pytest

from analytics.questions import HEADQUARTERS, QUESTIONS, ask
from data import access
from data.access import AccessError, Identity
from data.company import NotEntitled
from data.scope import LOCAL, PAGES, Entitlement
from tests.browser.signing_in import two_regions

FILE = """
[people."Wang.Wei@Example.com"]
role = "manager"
regions = ["华南"]

[people."00u-17"]
role = "field"
dealers = ["S1"]

[people."all@example.com"]
role = "director"
"""
NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    home = tmp_path_factory.mktemp("access")
    two_regions(home)
    from data.company import Company

    return Company.open(home)


def loaded(tmp_path, text=FILE):
    (tmp_path / access.FILE).write_text(text, encoding="utf-8")
    return access.load(tmp_path)


def claims(**given):
    return Identity.of({"iat": NOW} | given)


def test_a_home_without_the_file_has_no_rules(tmp_path):
    assert access.load(tmp_path) is None


@pytest.mark.parametrize(("given", "who"), [
    ({"email": "WANG.wei@example.com", "email_verified": True, "sub": "x"}, "wang.wei@example.com"),
    ({"email": "wang.wei@example.com", "sub": "x"}, "wang.wei@example.com"),
    ({"email": "wang.wei@example.com", "email_verified": False, "sub": "x"}, None),
    ({"email": "wang.wei@example.com", "email_verified": "false", "sub": "x"}, None),
    ({"sub": "00u-17"}, "00u-17"),
    ({"sub": "00U-17"}, None),
    ({"email": "other@example.com", "sub": "00u-17"}, "00u-17"),
    ({"sub": "wang.wei@example.com"}, None),  # a sub that looks like somebody's address is not that address
    ({"sub": "Wang.Wei@Example.com"}, None),
    ({}, None),
])  # fmt: skip
def test_only_a_verified_address_or_the_exact_sub_is_known(tmp_path, given, who):
    found = loaded(tmp_path).person(claims(**given))
    assert (found[0] if found else None) == who


@pytest.mark.parametrize(("text", "said"), [
    ('[people."a@b.c"]\nrole = "king"', "people.a@b.c.role: Input should be"),
    ('[people."a@b.c"]\nrole = "manager"', "manager needs regions, dealers or products"),
    ('[people."a@b.c"]\nrole = "field"\nregions = []', "people.a@b.c.regions"),
    ('[people."a@b.c"]\nrole = "director"\nregions = ["S"]', "director sees everything: without regions"),
    ('[people."a@b.c"]\nrole = "director"\npages = ["sails"]', "'sails' is not one of briefing"),
    ('[people."a@b.c"]\nrole = "director"\nregoins = ["S"]', "regoins: there is no such name; is it regions?"),
    ('[people."a@b.c"]\nrole = "director"\n[people."A@B.c"]\nrole = "director"', "'A@B.c' stands twice"),
    ("", 'nobody is named; write [people."name@example.com"]'),
    ('people = ["a@b.c"]', 'nobody is named; write [people."name@example.com"]'),
    ('[person."a@b.c"]\nrole = "director"', "person: there is no such name; is it people?"),
    ('[people."a@b.c"]\nregions = ["S"]', "people.a@b.c.role: is missing; one of director, manager"),
    ('[people."a@b.c"]\nrole = "manager"\nregions = "S"', "people.a@b.c.regions: write a list of one name or more"),
    ('[people."a@b.c"]\nrole = "king"\n[people.b]\nrole = "field"', "people.b: field needs regions"),
    ('[people."*"]\nrole = "director"', "'*' is no identity"),
    ('hours = true\n[people."a@b.c"]\nrole = "director"', "hours: Input should be a valid number"),
    ('[people.local]\nrole = "director"', "'local' is no identity"),
    ('hours = 0\n[people."a@b.c"]\nrole = "director"', "hours: Input should be greater than 0, not 0"),
    ('[people."a@b.c"\n', "not valid TOML"),
])  # fmt: skip
def test_a_mistake_is_named_and_lets_nobody_in(tmp_path, text, said):
    with pytest.raises(AccessError) as error:
        loaded(tmp_path, text)
    assert str(tmp_path / access.FILE) in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(("age", "lasts"), [(0, True), (12 * 3600 - 1, True), (12 * 3600, False), (-299, True),
                                            (-301, False)])  # fmt: skip
def test_a_sign_in_lasts_so_many_hours(tmp_path, age, lasts):
    assert claims(sub="00u-17").lasts(loaded(tmp_path), NOW + age) is lasts


def test_a_sign_in_without_a_time_has_expired(tmp_path):
    assert not Identity.of({"sub": "00u-17"}).lasts(loaded(tmp_path), NOW)


def test_names_become_ids(tmp_path, company):
    rules = loaded(tmp_path)
    who, person = rules.person(claims(email="wang.wei@example.com"))
    assert access.entitlement(who, person, company.store) == Entitlement(who, regions=("S",), role="manager")
    assert list(access.problems(rules, company.store)) == []


@pytest.mark.parametrize("field", ["regions", "dealers", "products"])
def test_a_name_that_the_data_do_not_hold_opens_nothing(tmp_path, company, field):
    rules = loaded(tmp_path, f'[people."a@b.c"]\nrole = "manager"\n{field} = ["Nowhere"]')
    assert list(access.problems(rules, company.store)) == [("a@b.c", field, "Nowhere")]
    viewer = access.entitlement("a@b.c", rules.people["a@b.c"], company.store)
    scope = company.scope({"period": "all"}, viewer)
    assert not company.store.measure(scope, ("net_sales",))["net_sales"].iloc[0] > 0
    assert company.store.measure(scope.but(entitlement=LOCAL), ("net_sales",))["net_sales"].iloc[0] > 0
    if field != "products":
        assert list(company.seen("dealer", viewer)) == []
    assert company.shows_nothing(viewer)
    assert not company.shows_nothing(Entitlement("w", regions=("S",)))
    assert not company.shows_nothing(LOCAL)


def test_pages_that_do_not_open_all_the_same_are_named(tmp_path):
    rules = loaded(
        tmp_path,
        """
        [people.a]
        role = "manager"
        regions = ["S"]
        pages = ["data", "audit", "sales"]
        [people.b]
        role = "field"
        regions = ["S"]
        pages = ["channel_order"]
        [people.c]
        role = "administrator"
        pages = ["audit", "data"]
    """,
    )
    assert list(access.without_effect(rules)) == [("a", "data"), ("a", "audit"), ("b", "channel_order")]


def test_a_file_of_notepad_is_read(tmp_path):
    (tmp_path / access.FILE).write_text(FILE, encoding="utf-8-sig")
    assert len(access.load(tmp_path).people) == 3
    (tmp_path / access.FILE).write_text(FILE, encoding="gb18030")
    with pytest.raises(AccessError, match="not UTF-8"):
        access.load(tmp_path)


def test_filters_offer_what_is_ones_own(company):
    south = Entitlement("w", regions=("S",), role="manager")
    offered = {name: set(company.seen(name, south)) for name in ("region", "dealer", "employee", "product")}
    assert offered == {"region": {"S"}, "dealer": {"S1", "S2"}, "employee": {"ES"}, "product": {"P"}}
    assert set(company.seen("dealer", LOCAL)) == {"S1", "S2", "N1"}


@pytest.mark.parametrize(("keys", "foreign"), [
    ({"region": "N"}, "region"), ({"region": "S"}, ""), ({"region": "ALL"}, ""), ({"dealer": "N1"}, "dealer"),
    ({"dealer": "S1,N1"}, "dealer"), ({"employee": "EN"}, "employee"), ({"dealer": "S2"}, ""),
])  # fmt: skip
def test_what_an_address_names_of_others_is_foreign(company, keys, foreign):
    south = Entitlement("w", regions=("S",), role="manager")
    assert company.foreign(company.scope(keys, south)) == foreign
    assert company.foreign(company.scope(keys, LOCAL)) == ""


def test_pages_by_role():
    director, field = Entitlement("d"), Entitlement("f", dealers=("S1",), role="field")
    manager = Entitlement("m", regions=("S",), role="manager", pages=("sales", "audit", "data"))
    assert [page for page in PAGES if not director.opens(page)] == ["audit"]
    assert [page for page in PAGES if not field.opens(page)] == ["channel_order", "data", "audit"]
    assert [page for page in PAGES if manager.opens(page)] == ["sales"]
    assert all(Entitlement("a", role="administrator").opens(page) and LOCAL.opens(page) for page in PAGES)


def test_headquarters_rules_are_not_answered_to_field_roles(company):
    assert {"integrity.summary", "alerts.list", "dealers.scorecard", "dealers.grades"} <= HEADQUARTERS
    field = company.scope({}, Entitlement("f", regions=("S",), role="field"))
    manager = company.scope({}, Entitlement("f", regions=("S",), role="manager"))
    for name in sorted(HEADQUARTERS):
        with pytest.raises(NotEntitled):
            ask(company, name, field)
        assert ask(company, name, manager).question == name
    assert {name for name in QUESTIONS if name.startswith("integrity.")} <= HEADQUARTERS
