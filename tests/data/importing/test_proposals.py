"""Mappings proposed from headers and synonyms, and mappings as text."""

from __future__ import annotations

from typing import Any

import pytest

from data.importing import Mapping, import_files, inspect, propose, shipped


def test_chinese_headers_are_understood(home: Any) -> None:
    home.file("客户档案.csv", "客户编码,客户名称,信用额度,帐期\nC1,北京,1000,30\n", "gb18030")
    home.file(
        "销售明细.csv",
        "订单号,行号,下单日期,客户编码,商品编码,数量,销售金额,备注\nO1,1,2024-01-05,C1,P1,2,30,好\n",
        "gb18030",
    )
    home.file("应受帐款.csv", "发票号,经销商,开票日期,应受帐款\nI1,C1,2024/01/05,99.5\n", "gb18030")
    mapping = propose(inspect([home.folder]))
    by_table = {f.table: dict(f.columns) for f in mapping.feeds}
    assert by_table["dim_dealer"] == {
        "dealer_id": "客户编码",
        "dealer_name": "客户名称",
        "credit_limit": "信用额度",
        "payment_term_days": "帐期",
    }
    assert by_table["fact_sales"] | {"net_amount": "销售金额", "order_date": "下单日期"} == by_table["fact_sales"]
    assert "line_id" not in by_table["fact_sales"]  # 行号 begins anew in each document: it is no key of the company
    assert by_table["fact_receivable"]["amount"] == "应受帐款"
    assert mapping.complete
    report = home.load(home.folder, mapping=Mapping.parse(mapping.to_toml()))
    assert {f.table: f.accepted for f in report.files} == {"dim_dealer": 1, "fact_sales": 1, "fact_receivable": 1}


def test_without_a_mapping_nothing_changes_and_one_is_proposed(home: Any) -> None:
    path = home.file("invoices.csv", "Invoice No,Customer,Bill Date,Amount,Comment\n1,C1,2024-01-05,10,x\n")
    report = import_files(home.warehouse, [path])
    assert (report.exit_code, report.snapshot) == (1, None)
    assert report.proposal is not None
    text = report.proposal.to_toml()
    assert "# not used: Comment" in text
    assert report.to_dict()["proposal"] == text
    assert home.load(path, mapping=Mapping.parse(text)).exit_code == 0


def test_what_is_missing_is_said(home: Any) -> None:
    mapping = propose(inspect([home.file("sales.csv", "Customer,Order Date,Product,Quantity\nC1,2024-01-05,P1,1\n")]))
    assert not mapping.complete
    assert "REQUIRED and not found: net_amount" in mapping.to_toml()


def test_prices_rates_and_names_of_a_flat_file(home: Any) -> None:
    text = "Order No,Order Date,Customer ID,Customer Name,SKU,Product Name,Category,Unit Price,Qty,Discount\n"
    path = home.file(
        "sales.csv", text + "O1,2024-01-05,C1,Ann,P1,Ale,Beer,10,3,0.1\nO1,2024-01-05,C1,Ann,P2,Red,Wine,5,2,\n"
    )
    mapping = propose(inspect([path]))
    assert mapping.complete
    home.load(path, mapping=mapping)
    assert home.rows("SELECT line_id, net_amount, discount_amount FROM fact_sales ORDER BY 1") == [
        ("O1-1", 27, 3),
        ("O1-2", 10, None),
    ]
    assert home.rows("SELECT product_name, category FROM dim_product ORDER BY 1") == [("Ale", "Beer"), ("Red", "Wine")]
    assert home.value("SELECT dealer_name FROM dim_dealer") == "Ann"


def test_files_of_another_kind_get_no_feed(home: Any) -> None:
    assert propose(inspect([home.file("weather.csv", "station,temperature,rain\nX,20,1\n")])).feeds == ()
    report = import_files(home.warehouse, [home.folder / "weather.csv"])
    assert (report.exit_code, report.proposal) == (1, None)


@pytest.mark.parametrize("name", ["northwind", "superstore"])
def test_shipped_mappings_are_valid_and_survive_their_text(name: str) -> None:
    assert name in shipped()
    mapping = Mapping.load(name)
    assert Mapping.parse(mapping.to_toml()) == mapping


def test_texts_of_any_kind_survive() -> None:
    text = """
name = "odd"
[options]
nulls = ["?", "\\"quoted\\"", "back\\\\slash"]
[[feed]]
file = "a \\"b\\" [1]*.csv"
table = "dim_dealer"
when = "x <> 'it''s'"
[feed.columns]
dealer_id = "经销商 \\t\\u007f"
dealer_name = { template = "{a b}-{c}" }
tier = { column = "k", lookup = "odd name" }
[lookups."odd name"]
values = { "1 a" = "x", "" = "y" }
default = ""
"""
    mapping = Mapping.parse(text)
    assert Mapping.parse(mapping.to_toml()) == mapping
