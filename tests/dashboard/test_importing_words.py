"""What lies under the Data page: names of uploaded files, corrections of a mapping, the importer's words."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import i18n
from dashboard.components import uploads
from dashboard.findings import assignment, holdings, importer
from data import importing, schema
from data.settings import Settings
from data.warehouse import Warehouse

CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass
class File:
    name: str
    content: bytes = b"x"

    def getbuffer(self) -> memoryview:
        return memoryview(self.content)


# ------------------------------------------------------------------ uploaded files


@given(st.text(max_size=400))
def test_a_safe_name_is_one_name(name):
    safe = uploads.safe_name(name)
    assert Path(safe).name == safe
    assert safe.strip(" .") == safe != ""
    assert len(safe.encode()) <= 150
    assert not re.search(r'[\x00-\x1f\x7f<>:"|?*/\\]', safe)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), (r"C:\data\orders.csv", "orders.csv"), ("ab:c*.csv", "ab_c_.csv"), ("..", "file"),
     ("订单 2026.xlsx", "订单 2026.xlsx"), ("x" * 300 + ".csv", "x" * 146 + ".csv"), (".hidden", "hidden")],
)  # fmt: skip
def test_safe_names(name, safe):
    assert uploads.safe_name(name) == safe


def test_uploads_stand_apart_and_go(tmp_path):
    one = uploads.save(tmp_path, [File("a.csv", b"1"), File("../a.csv", b"2")])
    two = uploads.save(tmp_path, [File("a.csv")])
    assert [p.name for p in one] == ["a.csv", "a (2).csv"]
    assert [p.read_bytes() for p in one] == [b"1", b"2"]
    assert one[0].parent != two[0].parent
    uploads.remove(one)
    assert not one[0].parent.exists()
    assert two[0].exists()
    yesterday = time.time() - 2 * 86400
    os.utime(two[0].parent, (yesterday, yesterday))
    uploads.clear_abandoned(tmp_path)
    assert not two[0].parent.exists()


def test_removing_touches_nothing_but_uploads(tmp_path):
    kept = tmp_path / "mine" / "a.csv"
    kept.parent.mkdir()
    kept.write_bytes(b"1")
    uploads.remove([kept])
    assert kept.exists()


# ------------------------------------------------------------------ corrections


@pytest.fixture
def source(tmp_path: Path) -> importing.SourceFile:
    path = tmp_path / "lines.csv"
    path.write_text("nr,customer,day,pieces,price,city\n1,D1,2026-05-04,,2.5,Wuhan\n2,D2,2026-05-05,3,4,Wuhan\n")
    return importing.inspect([path])[0]


def mapping(columns: str, rest: str = "") -> importing.Mapping:
    head = f'[[feed]]\nfile = "lines.csv"\ntable = "fact_sales"\n{rest}\n'
    return importing.Mapping.parse(f"{head}[feed.columns]\n{columns}")


def test_rules_are_kept_until_they_are_replaced(source):
    rules = 'net_amount = { expr = "pieces * price" }\nchannel_id = { value = "wholesale" }'
    feed = mapping(f'line_id = "nr"\n{rules}').feeds[0]
    frame = assignment.assigned(feed, source).set_index("name")
    assert frame["source"]["net_amount"] == "= pieces * price"
    assert frame["source"]["channel_id"] == "“wholesale”"
    assert frame["sample"]["line_id"] == "1"
    changed = assignment.reassigned(feed, source, {"dealer_id": "customer", "line_id": ""})
    assert dict(changed.columns) == {
        "dealer_id": "customer", "net_amount": {"expr": "pieces * price"}, "channel_id": {"value": "wholesale"},
    }  # fmt: skip
    assert dict(assignment.reassigned(changed, source, {"net_amount": "price"}).columns)["net_amount"] == "price"
    assert dict(assignment.reassigned(feed, source, {"net_amount": "no such header"}).columns) == dict(feed.columns)


def test_the_order_stays_while_somebody_corrects(source):
    before = mapping('line_id = "nr"\ndealer_id = "customer"\nnet_amount = "price"')
    order = list(assignment.assigned(before.feeds[0], source)["name"])
    changed = assignment.reassigned(before.feeds[0], source, {"batch_no": "city", "line_id": ""})
    assert list(assignment.assigned(changed, source, before)["name"]) == order


def test_what_is_missing_is_named(source):
    feed = mapping('product_id = "article"').feeds[0]
    assert [column.name for column in assignment.lacking(feed)] == ["dealer_id", "net_amount"]
    needed = assignment.assigned(feed, source).set_index("name")["needed"]
    assert (needed["dealer_id"], needed["net_amount"], needed["quantity"]) == ("missing", "missing", "")
    # the document gives the dealer
    excused = mapping('document_id = "nr"\nnet_amount = "price"').feeds[0]
    assert not assignment.lacking(excused)


def test_a_feed_for_another_table_takes_the_headers_that_fit(source):
    feed = assignment.feed_for(source, schema.table("fact_visit"))
    assert dict(feed.columns)["dealer_id"] == "customer"
    assert len(set(dict(feed.columns).values())) == len(feed.columns)  # no header twice
    for proposed in importing.propose([source]).feeds:  # going back to the proposed table gives the proposal
        assert assignment.feed_for(source, schema.table(proposed.table)) == proposed


def test_used_and_unused_headers(source):
    given_mapping = mapping('line_id = "nr"\nnet_amount = { expr = "pieces * price" }')
    assert given_mapping.unused(source) == ["customer", "day", "city"]
    assert assignment.fits(given_mapping, [source]) == 1
    assert assignment.fits(mapping('line_id = "Nr"\nnet_amount = "gone"'), [source]) == 0


def test_replacing_feeds(source):
    whole = mapping('line_id = "nr"')
    feed = assignment.feed_for(source, schema.table("dim_dealer"))
    assert assignment.with_feed(whole, None, feed).feeds == (*whole.feeds, feed)
    assert assignment.with_feed(whole, whole.feeds[0], feed).feeds == (feed,)
    assert assignment.with_feed(whole, whole.feeds[0], None).feeds == ()
    first = whole.feeds[0]  # a second correction, made on the page as it was before the first
    once = assignment.with_feed(whole, first, replace(first, note="once"))
    assert assignment.with_feed(once, first, replace(first, note="twice")).feeds == (replace(first, note="twice"),)
    assert assignment.with_feed(replace(whole, feeds=()), first, feed).feeds == ()


# ------------------------------------------------------------------ words


def test_every_table_has_a_name():
    assert set(holdings.TABLES) == {table.name for table in schema.IMPORTABLE}


@pytest.mark.parametrize("dimension", [table.name.removeprefix("dim_") for table in schema.DIMENSIONS])
def test_rows_wait_for_every_dimension(dimension):
    assert f"unknown {dimension}" in importer.REASONS
    assert importer.waits(f"unknown {dimension}")


ODD = {
    "dealers.csv": "dealer_id;dealer_name;credit_limit;opened_date\nD1;One;1.000,50;05/01/2026\nD1;Uno;2;06/01/2026\n"
                   "D2;Two;-5;31/12/2025\n\nD3;Three;x;45/01/2026\n",
    "sales.csv": "line_id;dealer_id;order_date;product_id;quantity;net_amount;line_type\n"
                 "1;D1;31/01/2026;P1;1;10,5;sale\n2;D7;31/01/2026;P1;1;10,5;sale\n3;D1;31/01/2026;P1;1;10,5;what\n4;D1;31/01/2026;P1;1\n5;D1;;P1;1;1,5;sale\n"
                 "6;D1;31/01/2026;P1;-1;10,5;sale\n7;D1;01/02/2026;P1;1;;sale\n",
}  # fmt: skip


def test_what_the_importer_says_is_translated(tmp_path):
    for name, text in ODD.items():
        (tmp_path / name).write_text(text)
    warehouse = Warehouse(tmp_path / "home", Settings())
    sources = importing.inspect([tmp_path / name for name in ODD])
    paths = [tmp_path / name for name in ODD]
    report = importing.import_files(warehouse, paths, importing.propose(sources))
    again = importing.import_files(warehouse, paths, importing.propose(sources))
    reasons = {kind for file in report.files for kind in file.reasons}
    assert reasons >= {"bad number", "duplicate key", "unknown dealer", "unknown value", "ragged row", "missing value"}
    assert reasons <= set(importer.REASONS)
    notes = [note for file in report.files for note in file.notes]
    with i18n.use_language("zh"):
        for problem in report.problems:
            assert CHINESE.search(importer.advice(problem.reason, problem.message)), problem
        for said in [*notes, *report.messages, *again.messages]:
            assert CHINESE.search(importer.told(said)), said
    assert all(importer.told(said) == said for said in notes)  # English is the importer's own


@pytest.mark.parametrize("text", [
    "", "PK\x03\x04", "\n\n\n", '"never closed\n1', "a\0b\n1\n",
])  # fmt: skip
def test_refusals_are_translated(tmp_path, text):
    path = tmp_path / "odd.csv"
    path.write_bytes(text.encode())
    [source] = importing.inspect([path])
    if source.problem:
        with i18n.use_language("zh"):
            told = importer.told(source.problem)
        assert CHINESE.search(told), source.problem
        assert "odd.csv" in told


def test_forms_keep_their_values():
    """Every form finds the values it was filled with, whatever language shows them."""
    for form in importer._NOTES:
        names = re.findall(r"\{(\w+)\}", form.message)
        values = {name: f"v{position}" for position, name in enumerate(names)}
        said = form.message.format(**values)
        with i18n.use_language("zh"):
            told = importer.told(said)
        assert CHINESE.search(told), said
        assert all(value in told for value in values.values()), told


class _Large:
    """An uploaded file of that size, without its bytes."""

    name = "large.csv"

    def __init__(self, size: int) -> None:
        self._size = size

    def getbuffer(self):
        return type("Buffer", (), {"nbytes": self._size})()


@pytest.mark.parametrize(("sizes", "word"), [
    ([1] * uploads.MOST_FILES, ""), ([1] * (uploads.MOST_FILES + 1), "41 files at once"),
    ([200_000_000] * 5, ""), ([200_000_000] * 5 + [1_000_000], "1,001 MB at once"),
])  # fmt: skip
def test_too_much_at_once_is_refused_before_it_is_kept(sizes, word):
    with i18n.use_language("en"):
        said = uploads.excess([_Large(size) for size in sizes])
    assert said.startswith(word) if word else said == ""
