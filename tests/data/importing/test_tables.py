"""What lands in the tables: rows appended and replaced, dimensions derived and supplied, expressions, lookups."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.importing import ImportRefused, Mapping, status


def test_own_headers_need_no_mapping(home: Any, sales: Callable[..., Path]) -> None:
    report = home.load(sales("1,O1,2024-01-05,D1,P1,2,20.5", "2,O1,2024-01-05,D2,P2,-1,-5"))
    assert report.exit_code == 0
    assert home.rows("SELECT line_id, line_type, sales_date, net_amount FROM fact_sales ORDER BY 1") == [
        ("1", "sale", dt.date(2024, 1, 5), Decimal("20.5")),
        ("2", "return", dt.date(2024, 1, 5), Decimal(-5)),
    ]


def test_the_same_file_again_changes_nothing(home: Any, sales: Callable[..., Path]) -> None:
    path = sales("1,O1,2024-01-05,D1,P1,1,10")
    first = home.load(path)
    again = home.load(path)
    assert (again.exit_code, again.unchanged, again.snapshot) == (0, True, None)
    assert home.warehouse.current().id == first.snapshot.id
    forced = home.load(path, again=True)
    assert forced.snapshot is not None
    assert home.value("SELECT count(*) FROM fact_sales") == 1


def test_the_same_file_beside_a_new_one_is_skipped(home: Any, sales: Callable[..., Path]) -> None:
    path = sales("1,O1,2024-01-05,D1,P1,1,10")
    home.load(path)
    report = home.load(path, sales("2,O2,2024-01-06,D1,P1,1,10", name="fact_sales_2.csv"))
    assert [f.name for f in report.files] == ["fact_sales_2.csv"]
    assert home.value("SELECT count(*) FROM fact_sales") == 2


def test_later_files_append_and_replace_by_key(home: Any, sales: Callable[..., Path]) -> None:
    home.load(sales("1,O1,2024-01-05,D1,P1,1,10", "2,O1,2024-01-05,D1,P2,1,20"))
    report = home.load(sales("2,O1,2024-02-05,D3,P2,1,25", "3,O2,2024-02-06,D2,P1,1,30"))
    assert [(t.name, t.added, t.replaced) for t in report.tables if t.name == "fact_sales"] == [("fact_sales", 1, 1)]
    assert home.rows("SELECT line_id, net_amount, dealer_id FROM fact_sales ORDER BY 1") == [
        ("1", Decimal(10), "D1"),
        ("2", Decimal(25), "D3"),
        ("3", Decimal(30), "D2"),
    ]


def test_keys_with_empty_parts_replace_too(home: Any) -> None:
    text = "receipt_id,dealer_id,invoice_id,receipt_date,amount\nR1,D1,,2024-01-05,{}\nR1,D1,I1,2024-01-05,50\n"
    home.load(home.file("fact_receipt.csv", text.format(10)))
    home.load(home.file("fact_receipt.csv", text.format(11)))
    assert home.rows("SELECT invoice_id, amount FROM fact_receipt ORDER BY amount") == [
        (None, Decimal(11)),
        ("I1", Decimal(50)),
    ]


def test_targets_get_their_defaults(home: Any) -> None:
    home.load(home.file("fact_target.csv", "period_start,dealer_id,target_value\n2024-02,D1,100\n2024-03,D1,200\n"))
    home.load(home.file("fact_target.csv", "period_start,dealer_id,target_value\n2024-02,D1,150\n"))
    assert home.rows(
        "SELECT scenario, period_start, period_end, measure, target_value FROM fact_target ORDER BY 2"
    ) == [
        ("plan", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "net_sales", 150),
        ("plan", dt.date(2024, 3, 1), dt.date(2024, 3, 31), "net_sales", 200),
    ]


def test_dimensions_nobody_supplied_are_taken_from_the_facts(home: Any, sales: Callable[..., Path]) -> None:
    report = home.load(sales("1,O1,2024-01-05,D1,P1,1,10", "2,O1,2024-01-05,D2,P1,1,10"))
    assert home.rows("SELECT dealer_id, dealer_name FROM dim_dealer ORDER BY 1") == [("D1", "D1"), ("D2", "D2")]
    assert any(m.startswith("dim_dealer: 2 ids taken from the rows") for m in report.messages)
    assert status(home.warehouse).supplied == ()


def test_a_supplied_dimension_is_authoritative_from_then_on(home: Any, sales: Callable[..., Path]) -> None:
    home.load(sales("1,O1,2024-01-05,D1,P1,1,10"))
    home.load(home.file("dim_dealer.csv", "dealer_id,dealer_name\nD1,One\nD2,Two\n"))
    assert status(home.warehouse).supplied == ("dim_dealer",)
    report = home.load(sales("2,O2,2024-01-06,D2,P1,1,10", "3,O3,2024-01-06,D7,P9,1,10"))
    assert report.files[0].reasons == {"unknown dealer": 1}
    assert home.value("SELECT dealer_name FROM dim_dealer WHERE dealer_id = 'D1'") == "One"
    assert home.value("SELECT count(*) FROM dim_product WHERE product_id = 'P9'") == 0  # only good rows bring ids


def test_a_file_with_some_columns_keeps_the_others(home: Any) -> None:
    home.load(home.file("dim_product.csv", "product_id,product_name,category\nP1,One,Beer\nP2,Two,Wine\n"))
    home.load(home.file("dim_product.csv", "product_id,list_price\nP1,9.5\n"))
    assert home.rows("SELECT product_name, category, list_price FROM dim_product ORDER BY product_id") == [
        ("One", "Beer", Decimal("9.5")),
        ("Two", "Wine", None),
    ]


def test_references_between_dimensions(home: Any) -> None:
    """Regions are supplied: a dealer elsewhere waits, and its sales with it. Employees are not: they are derived."""
    home.load(
        home.file("dim_region.csv", "region_id,region_name,parent_id\nN,North,\nN1,Sub,N\nX1,Lost,X\n"),
        home.file("dim_dealer.csv", "dealer_id,region_id,employee_id\nD1,N1,E1\nD2,X1,E2\n"),
        home.file(
            "fact_sales.csv", "line_id,order_date,dealer_id,net_amount\n1,2024-01-05,D1,10\n2,2024-01-05,D2,10\n"
        ),
    )
    assert home.rows("SELECT table_name, reason FROM quarantine ORDER BY 1") == [
        ("dim_dealer", "unknown region"),
        ("dim_region", "unknown region"),
        ("fact_sales", "unknown dealer"),
    ]
    assert home.rows("SELECT employee_id FROM dim_employee") == [("E1",)]
    home.load(home.file("dim_region.csv", "region_id,region_name\nX,Found\n"))
    assert home.value("SELECT count(*) FROM quarantine") == 0
    assert home.value("SELECT sum(net_amount) FROM fact_sales") == 20


def test_regions_above_themselves_are_held_back(home: Any) -> None:
    report = home.load(home.file("dim_region.csv", "region_id,parent_id\nA,B\nB,C\nC,A\nD,\nE,D\nF,F\n"))
    assert home.rows("SELECT region_id FROM dim_region ORDER BY 1") == [("D",), ("E",)]
    assert report.files[0].quarantined == 4


FLAT = """
name = "flat"
[[feed]]
file = "flat*.csv"
table = "fact_sales"
[feed.columns]
line_id = "Row"
order_date = "Date"
dealer_id = "Customer ID"
product_id = "Product ID"
channel_id = { value = "wholesale" }
ship_to_region_id = { expr = "path(Country, City)" }
net_amount = { expr = "negative_if(Sales, Kind = 'R')" }
quantity = { expr = "negative_if(Qty, Kind = 'R')" }
line_type = { column = "Kind", lookup = "kind" }
[[feed.derive]]
table = "dim_region"
levels = ["Country", "City"]
[[feed.derive]]
table = "dim_dealer"
[feed.derive.columns]
dealer_id = "Customer ID"
dealer_name = "Customer"
region_id = { expr = "path(Country, City)" }
[[feed.derive]]
table = "dim_product"
[feed.derive.columns]
product_id = "Product ID"
product_name = "Product"
category = { expr = "upper(left([Product ID], 1))" }
[lookups.kind]
values = { S = "sale", R = "return" }
"""
FLAT_ROWS = (
    "Row,Date,Customer ID,Customer,Country,City,Product ID,Product,Kind,Qty,Sales\n"
    "1,2024-01-05,C1,Ann,US,Springfield,b1,Beer,S,2,20\n2,2024-01-06,C2,Bob,UK,Springfield,w1,Wine,S,1,30\n"
    "3,2024-01-07,C1,Ann Smith,US,Springfield,b1,Beer 0.5l,R,1,10\n"
    "4,2024-01-07,C1,Ann Smith,US,Springfield,b1,Beer,?,1,10\n"
)


def test_a_flat_file_feeds_facts_and_dimensions(home: Any) -> None:
    report = home.load(home.file("flat.csv", FLAT_ROWS), mapping=FLAT)
    assert home.rows("SELECT region_id, region_name, parent_id FROM dim_region ORDER BY 1") == [
        ("UK", "UK", None),
        ("UK/Springfield", "Springfield", "UK"),
        ("US", "US", None),
        ("US/Springfield", "Springfield", "US"),
    ]
    assert home.rows("SELECT dealer_id, dealer_name, region_id FROM dim_dealer ORDER BY 1") == [
        ("C1", "Ann Smith", "US/Springfield"),
        ("C2", "Bob", "UK/Springfield"),
    ]
    assert home.rows("SELECT product_id, product_name, category FROM dim_product ORDER BY 1") == [
        ("b1", "Beer 0.5l", "B"),
        ("w1", "Wine", "W"),
    ]
    assert home.rows("SELECT line_type, quantity, net_amount, channel_id FROM fact_sales ORDER BY line_id") == [
        ("sale", 2, 20, "wholesale"),
        ("sale", 1, 30, "wholesale"),
        ("return", -1, -10, "wholesale"),
    ]
    file = report.files[0]
    assert file.reasons == {"unknown value": 1}
    assert "1 dealer_id have more than one dealer_name; the last one in the file is kept" in file.notes
    assert status(home.warehouse).supplied == ()


def test_one_file_may_feed_two_tables(home: Any) -> None:
    mapping = """
[[feed]]
file = "ar.csv"
table = "fact_receivable"
[feed.columns]
invoice_id = "no"
dealer_id = "who"
invoice_date = "on"
amount = "money"
due_date = { expr = "on + 30" }
[[feed]]
file = "ar.csv"
table = "fact_receipt"
when = "not empty(paid)"
[feed.columns]
receipt_id = { template = "R-{no}" }
invoice_id = "no"
dealer_id = "who"
receipt_date = "paid"
amount = "money"
"""
    report = home.load(
        home.file("ar.csv", "no,who,on,paid,money\n1,D1,2024-01-31,,10\n2,D1,2024-01-31,2024-02-10,20\n"),
        mapping=mapping,
    )
    assert [(f.table, f.rows_in, f.accepted) for f in report.files] == [
        ("fact_receivable", 2, 2),
        ("fact_receipt", 1, 1),
    ]
    assert home.value("SELECT min(due_date) FROM fact_receivable") == dt.date(2024, 3, 1)
    assert home.value("SELECT sum(balance) FROM receivable_balance WHERE valid_to > DATE '2024-12-31'") == 10


def test_lookups_in_other_files(home: Any) -> None:
    mapping = """
[[feed]]
file = "products.csv"
table = "dim_product"
[feed.columns]
product_id = "id"
category = { column = "cat", lookup = "category" }
[lookups.category]
file = "categories.csv"
key = "code"
value = "label"
"""
    products = home.file("products.csv", "id,cat\nP1,1\nP2,2\nP3,9\n")
    categories = home.file("categories.csv", "code,label\n1,Beer\n2,Wine\n")
    report = home.load(products, categories, mapping=mapping)
    assert home.rows("SELECT product_id, category FROM dim_product ORDER BY 1") == [("P1", "Beer"), ("P2", "Wine")]
    assert report.files[0].reasons == {"unknown value": 1}
    alone = home.load(products, mapping=mapping, again=True)  # without the lookup's file nothing is overwritten
    assert home.value("SELECT category FROM dim_product WHERE product_id = 'P1'") == "Beer"
    assert any("categories.csv" in note for note in alone.files[0].notes)
    other = home.load(products, categories, mapping=mapping + 'default = "other"\n')
    assert home.value("SELECT category FROM dim_product WHERE product_id = 'P3'") == "other"
    assert other.files[0].quarantined == 0


def test_dry_run_tells_the_same_and_changes_nothing(home: Any, sales: Callable[..., Path]) -> None:
    path = sales("1,O1,2024-01-05,D1,P1,1,10", "2,O1,bad,D1,P1,1,10")
    dry = home.load(path, dry_run=True)
    assert (dry.exit_code, dry.snapshot, home.warehouse.current()) == (0, None, None)
    real = home.load(path)
    assert (dry.files, dry.tables, dry.problems) == (real.files, real.tables, real.problems)


def test_progress_is_told(home: Any, sales: Callable[..., Path]) -> None:
    told: list[str] = []
    home.load(sales("1,O1,2024-01-05,D1,P1,1,10"), progress=lambda stage, done, total: told.append(stage))
    assert list(dict.fromkeys(told)) == ["read", "check", "write", "publish"]


def test_demo_data_never_mix_with_real_ones(home: Any, sales: Callable[..., Path]) -> None:
    with home.warehouse.build("demo") as build:
        build.connection.execute("INSERT INTO dim_channel (channel_id) VALUES ('demo')")
        build.publish()
    report = home.load(sales("1,O1,2024-01-05,D1,P1,1,10"))
    assert home.value("SELECT count(*) FROM dim_channel") == 0
    assert any("demo company" in m for m in report.messages)
    assert status(home.warehouse).origin == "import"


def test_status_of_an_empty_and_a_filled_home(home: Any, sales: Callable[..., Path]) -> None:
    assert status(home.warehouse).to_dict()["snapshot"] is None
    home.load(sales("1,O1,2024-01-05,D1,P1,1,10", "2,O1,bad,D1,P1,1,10"))
    told = status(home.warehouse).to_dict()
    assert told["rows"]["fact_sales"] == 1
    assert [(f["name"], f["rows_in"], f["accepted"], f["quarantined"]) for f in told["imports"]] == [
        ("fact_sales.csv", 2, 1, 1)
    ]
    assert told["as_of"] == "2024-01-05"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ('line_id = "nr"\nnet_amount = "sum"\ndealer_id = "who"', "did you mean 'who_id'"),
        ('line_id = "nr"\ndealer_id = "who_id"', "nothing feeds fact_sales.net_amount"),
        ('line_id = "nr"\nnet_amount = { expr = "sum *" }\ndealer_id = "who_id"', "expression"),
        ('line_id = "nr"\nnet = "sum"', "has no column 'net'"),
        ('line_id = "nr"\nnet_amount = "sum"\ndealer_id = { column = "who_id", lookup = "none" }', "lookup 'none'"),
    ],
)
def test_mistakes_in_a_mapping_are_named(home: Any, columns: str, says: str) -> None:
    path = home.file("s.csv", "nr,who_id,sum\n1,D1,2\n")
    with pytest.raises(ImportRefused, match=says):
        home.load(path, mapping=f'[[feed]]\nfile = "s.csv"\ntable = "fact_sales"\n[feed.columns]\n{columns}\n')
    assert home.warehouse.current() is None


def test_files_that_the_mapping_does_not_name(home: Any, sales: Callable[..., Path]) -> None:
    mapping = Mapping.parse(
        '[[feed]]\nfile="fact_*.csv"\ntable="fact_sales"\n[feed.columns]\nline_id="line_id"\n'
        'dealer_id="dealer_id"\norder_date="order_date"\nnet_amount="net_amount"\n'
    )
    report = home.load(sales("1,O1,2024-01-05,D1,P1,1,10"), home.file("other.csv", "a,b\n1,2\n"), mapping=mapping)
    assert report.ignored == (("other.csv", "not named by the mapping"),)
    with pytest.raises(ImportRefused, match="names none of these files"):
        home.load(home.file("other.csv", "a,b\n1,2\n"), mapping=mapping)
