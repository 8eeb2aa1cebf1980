"""Bad rows: held back with a reason, counted, repaired or retried, never lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.importing import quarantine_csv, status
from data.spreadsheets import plain

ORDERS = """
[[feed]]
file = "orders*.csv"
table = "sales_document"
[feed.columns]
document_id = "order"
order_date = "date"
dealer_id = "customer"
[[feed]]
file = "details*.csv"
table = "fact_sales"
[feed.columns]
document_id = "order"
product_id = "product"
quantity = "qty"
net_amount = { expr = "qty * price" }
"""


def counts(report: Any, name: str) -> tuple[int, int, int]:
    file = next(f for f in report.files if f.name == name)
    return file.rows_in, file.accepted, file.quarantined


def test_reasons_name_row_column_and_value(home: Any, sales: Callable[..., Path]) -> None:
    report = home.load(
        sales(
            "1,O1,2024-01-05,D1,P1,1,10",
            "2,O1,2024-13-05,D1,P1,1,10",
            "3,O1,2024-01-05,D1,P1,many,10",
            "4,O1,2024-01-05,,P1,1,10",
            "5,O1,2024-01-05,D1,P1,-1,10",
            "1,O2,2024-01-06,D1,P1,1,20",
            "6,O1,2024-01-05,D1,P1,1",
            "7,O1,,D1,P1,1,10",
        )
    )
    assert counts(report, "fact_sales.csv") == (8, 1, 7)
    told = [(p.row, p.column, p.reason) for p in report.problems]
    assert told == [
        (3, "order_date", "bad date"),
        (4, "quantity", "bad number"),
        (5, "document_id", "unknown document"),
        (6, "quantity", "broken rule"),
        (7, "line_id", "duplicate key"),
        (8, "", "ragged row"),
        (9, "document_id", "unknown document"),
    ]
    assert "'many' is not a number" in report.problems[1].message
    assert home.rows("SELECT line_id, net_amount FROM fact_sales") == [("1", Decimal(10))]


def test_nothing_good_publishes_nothing(home: Any, sales: Callable[..., Path]) -> None:
    report = home.load(sales("1,O1,bad,D1,P1,1,10"))
    assert (report.exit_code, report.snapshot) == (1, None)
    assert home.warehouse.current() is None
    assert report.problems[0].reason == "bad date"


def test_lines_wait_for_their_document_and_come_in_by_themselves(home: Any) -> None:
    details = home.file("details.csv", "order,product,qty,price\nO1,P1,2,10\nO2,P1,3,10\nO2,P2,1,5\nO3,P1,1,7\n")
    broken = home.file("orders.csv", "order,date,customer\nO1,2024-01-05,D1\nO2,2024-01-06,D2, extra\n")
    report = home.load(details, broken, mapping=ORDERS)
    assert counts(report, "orders.csv") == (2, 1, 1)
    assert counts(report, "details.csv") == (4, 1, 3)
    assert home.value("SELECT sum(net_amount) FROM fact_sales") == 20
    assert status(home.warehouse).waiting == 3

    good = home.file("orders.csv", "order,date,customer\nO1,2024-01-05,D1\nO2,2024-01-06,D2\n")
    report = home.load(good, mapping=ORDERS)
    assert home.value("SELECT sum(net_amount) FROM fact_sales") == 20 + 30 + 5
    assert home.value("SELECT count(*) FROM fact_sales WHERE sales_date IS NULL OR dealer_id IS NULL") == 0
    state = status(home.warehouse)
    assert (state.waiting, state.to_repair) == (1, 1)  # O3; the broken row of O2 came with the good file
    by_id = {f.file_id: f for f in state.imports}
    assert [(by_id[i].rows_in, by_id[i].accepted, by_id[i].quarantined, by_id[i].to_repair) for i in (1, 2, 3)] == [
        (4, 3, 1, 1),
        (2, 1, 1, 0),
        (2, 2, 0, 0),
    ]


def test_a_document_that_changes_takes_its_lines_along(home: Any) -> None:
    mapping = ORDERS.replace('order_date = "date"', 'order_date = "date"\nship_date = "shipped"')
    home.load(
        home.file("details.csv", "order,product,qty,price\nO1,P1,2,10\n"),
        home.file("orders.csv", "order,date,shipped,customer\nO1,2024-01-05,,D1\n"),
        mapping=mapping,
    )
    home.load(home.file("orders2.csv", "order,date,shipped,customer\nO1,2024-01-05,2024-02-01,D2\n"), mapping=mapping)
    assert [tuple(map(str, r)) for r in home.rows("SELECT ship_date, sales_date, dealer_id FROM fact_sales")] == [
        ("2024-02-01", "2024-02-01", "D2")
    ]


def test_default_line_ids_survive_ragged_rows_and_repair(home: Any) -> None:
    orders = home.file("orders.csv", "order,date,customer\nO1,2024-01-05,D1\n")
    details = home.file(
        "details.csv", "order,product,qty,price\nO1,P1,1,10\nO1,P2,2,10,surplus\nO1,P3,3,10\nO1,P4,x,10\n"
    )
    home.load(orders, details, mapping=ORDERS)
    assert home.rows("SELECT line_id, product_id FROM fact_sales ORDER BY 1") == [("O1-1", "P1"), ("O1-3", "P3")]

    rows = list(csv.reader(io.StringIO(quarantine_csv(home.warehouse.current(), 2))))
    header = rows[0]
    assert header[:5] == ["order", "product", "qty", "price", "quarantine_extra_1"]
    unrepaired = home.file("details-fixed.csv", quarantine_csv(home.warehouse.current(), 2))
    assert home.load(unrepaired, mapping=ORDERS).files[0].reasons == {"bad number": 1, "not repaired": 1}

    rows[1][4] = ""  # the surplus field is removed
    rows[2][2] = "4"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    home.load(home.file("whatever name.csv", out.getvalue()), mapping=ORDERS)
    assert home.rows("SELECT line_id, product_id, quantity FROM fact_sales ORDER BY 1") == [
        ("O1-1", "P1", 1),
        ("O1-2", "P2", 2),
        ("O1-3", "P3", 3),
        ("O1-4", "P4", 4),
    ]
    assert status(home.warehouse).to_repair == 0


def test_repair_keeps_the_style_of_the_whole_file(home: Any) -> None:
    lines = ["line_id;order_date;dealer_id;quantity;net_amount", "1;13/06/2024;D1;1;12,50", "2;05/06/2024;D1;x;1,234"]
    home.load(home.file("fact_sales.csv", "\n".join(lines)))
    repaired = quarantine_csv(home.warehouse.current(), 1).replace(",x,", ",2,")
    home.load(home.file("repaired.csv", repaired))
    assert [
        tuple(map(str, r)) for r in home.rows("SELECT order_date, net_amount FROM fact_sales WHERE line_id = '2'")
    ] == [("2024-06-05", "1.2340")]


def test_data_survive_the_round_trip_unchanged_and_nothing_is_a_formula(home: Any) -> None:
    nasty = [
        "=1+1",
        "'=1+1",
        "\t=1",
        "＝1+1",
        "+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-2",
        " lead",
        'q"uote',
        "a,b",
        "line\nbreak",
        "北京",
        "NULL",
    ]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["dealer_id", "dealer_name", "credit_limit"])
    writer.writerow(["good", "fine", "1"])
    writer.writerows([text, text, "=evil"] for text in nasty)
    home.load(home.file("dim_dealer.csv", out.getvalue()))
    text = quarantine_csv(home.warehouse.current(), 1)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [plain(r["dealer_name"]) for r in rows] == nasty
    assert all(r["credit_limit"] == "'=evil" for r in rows)
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝")) and cell != "-2"]
    home.load(home.file("again.csv", text.replace("'=evil", "5")))
    stored = {r[0] for r in home.rows("SELECT dealer_name FROM dim_dealer")}
    assert {"=1+1", "'=1+1", "=1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "lead", 'q"uote', "a,b", "北京"} <= stored


def test_rows_that_wait_are_superseded_by_later_ones(home: Any) -> None:
    home.load(home.file("dim_dealer.csv", "dealer_id,dealer_name\nD1,One\n"))
    home.load(
        home.file("fact_sales.csv", "line_id,order_date,dealer_id,net_amount\n1,2024-01-05,D9,10\n2,2024-01-05,D1,1\n")
    )
    home.load(
        home.file("fact_sales.csv", "line_id,order_date,dealer_id,net_amount\n1,2024-01-05,D9,11\n3,2024-01-05,D1,1\n")
    )
    assert status(home.warehouse).waiting == 2
    home.load(home.file("dim_dealer.csv", "dealer_id,dealer_name\nD9,Nine\n"))
    assert home.value("SELECT net_amount FROM fact_sales WHERE line_id = '1'") == 11
    assert (status(home.warehouse).waiting, status(home.warehouse).to_repair) == (0, 0)


def test_a_waiting_row_can_come_to_wait_for_something_else(home: Any) -> None:
    home.load(home.file("dim_dealer.csv", "dealer_id\nD1\n"), home.file("dim_product.csv", "product_id\nP1\n"))
    home.load(
        home.file(
            "fact_sales.csv",
            "line_id,order_date,dealer_id,product_id,net_amount\n1,2024-01-05,D9,P9,10\n2,2024-01-05,D1,P1,1\n",
        )
    )
    assert home.value("SELECT reason FROM quarantine") == "unknown dealer"
    home.load(home.file("dim_dealer.csv", "dealer_id\nD9\n"))
    assert home.value("SELECT reason FROM quarantine") == "unknown product"
    home.load(home.file("dim_product.csv", "product_id\nP9\n"))
    assert home.value("SELECT count(*) FROM fact_sales") == 2
    assert home.value("SELECT count(*) FROM quarantine") == 0
