"""Files as companies export them: encodings, delimiters, number and date styles, workbooks, parquet, folders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from data.importing import ImportRefused, inspect

MAPPING = """
[[feed]]
file = "*"
table = "fact_sales"
[feed.columns]
line_id = "行号"
order_date = "订单日期"
dealer_id = "经销商"
product_id = "商品"
net_amount = "金额"
"""
CHINESE = "行号,订单日期,经销商,商品,金额\n1,2024年1月5日,北京经销商,白酒,￥1200.50\n2,2024/1/6,上海经销商,啤酒,800\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_files_in_every_encoding(home: Any, encoding: str) -> None:
    path = home.file("销售.csv", CHINESE, encoding)
    assert inspect([path])[0].columns == ("行号", "订单日期", "经销商", "商品", "金额")
    report = home.load(path, mapping=MAPPING)
    assert report.exit_code == 0
    assert home.rows("SELECT line_id, order_date, dealer_id, net_amount FROM fact_sales ORDER BY line_id") == [
        ("1", dt.date(2024, 1, 5), "北京经销商", Decimal("1200.5")),
        ("2", dt.date(2024, 1, 6), "上海经销商", Decimal(800)),
    ]


def test_columns_that_feed_nothing_are_named_once(home: Any) -> None:
    """Of a file that feeds two tables as well, and not what only a rule or a condition reads."""
    path = home.file("flat.csv", "no,day,who,amount,kind,colour,shade\n1,2026-01-05,D1,5,x,red,dark\n")
    mapping = """
        [[feed]]
        file = "flat.csv"
        table = "fact_sales"
        when = "kind = 'x'"
        columns = { line_id = "no", document_id = "no", order_date = "day", dealer_id = "who", net_amount = "amount" }
        [[feed]]
        file = "flat.csv"
        table = "dim_dealer"
        columns = { dealer_id = "who", dealer_name = { expr = "upper(who)" } }
    """
    report = home.load(path, mapping=mapping)
    notes = [note for file in report.files for note in file.notes]
    assert [note for note in notes if note.startswith("feed nothing")] == ["feed nothing: colour, shade"]


def test_a_file_of_several_encodings_and_one_with_nul_say_so(home: Any) -> None:
    rows = b"dealer_id,dealer_name\n1," + "北京".encode() + b"\n2,M\xfcller\n3," + "北京".encode("gb18030") + b"\n"
    mixed = home.folder / "dim_dealer.csv"
    mixed.write_bytes(rows)
    assert any("some of it is UTF-8 and some is not" in note for note in home.load(mixed).files[0].notes)
    mixed.write_bytes(b"dealer_id,dealer_name\nK\x001,x\n")
    assert "1 NUL characters were left out" in home.load(mixed).files[0].notes


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_western_names_are_not_taken_for_chinese(home: Any, encoding: str) -> None:
    names = [
        "Bólido Comidas preparadas",
        "Frankenversand Köln",
        "Île Orléans",
        "Günther Gruß",
        "São Paulo",
        "Taquería",
        "Ærø",
    ]
    path = home.file(
        "dim_dealer.csv", "dealer_id,dealer_name\n" + "".join(f"{i},{n}\n" for i, n in enumerate(names)), encoding
    )
    home.load(path)
    assert [r[0] for r in home.rows("SELECT dealer_name FROM dim_dealer ORDER BY dealer_id")] == names


def test_utf8_with_a_broken_byte_stays_utf8(home: Any) -> None:
    path = home.folder / "dim_dealer.csv"
    good = "".join(f"{i},北京市第{i}经销商\n" for i in range(50)).encode()
    path.write_bytes(b"dealer_id,dealer_name\n" + good + b"99,\xe5\x8c\n")
    report = home.load(path)
    assert home.value("SELECT dealer_name FROM dim_dealer WHERE dealer_id = '7'") == "北京市第7经销商"
    assert any("not valid UTF-8" in note for note in report.files[0].notes)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(home: Any, delimiter: str) -> None:
    rows = [["line_id", "order_date", "dealer_id", "net_amount"], ["1", "2024-01-05", '"a, b; c|d"', "10.5"]]
    path = home.file("fact_sales.csv", "".join(delimiter.join(r) + "\n" for r in rows))
    assert inspect([path])[0].delimiter == delimiter
    home.load(path)
    assert home.rows("SELECT dealer_id::VARCHAR, net_amount FROM fact_sales") == [("a, b; c|d", Decimal("10.5"))]


def test_decimal_comma_and_day_first_are_found_out_from_the_whole_file(home: Any) -> None:
    lines = [
        "line_id;order_date;dealer_id;quantity;net_amount",
        "1;05/06/2024;D1;1.000;1,234",
        "2;13/06/2024;D1;2;1.234,5",
        "3;07/06/2024;D2;3;0,99",
    ]
    report = home.load(home.file("fact_sales.csv", "\n".join(lines)))
    assert home.rows("SELECT order_date, quantity, net_amount FROM fact_sales ORDER BY line_id") == [
        (dt.date(2024, 6, 5), 1000, Decimal("1.234")),
        (dt.date(2024, 6, 13), 2, Decimal("1234.5")),
        (dt.date(2024, 6, 7), 3, Decimal("0.99")),
    ]
    assert any("decimal comma" in n for n in report.files[0].notes)
    assert any("day before month" in n for n in report.files[0].notes)


def test_month_first_is_found_out_and_impossible_dates_are_held_back(home: Any) -> None:
    dates = ["05/06/2024", "06/13/2024", "12/31/2023", "31/12/2023"]
    text = "line_id,order_date,dealer_id,net_amount\n" + "".join(f"{i},{d},D1,1\n" for i, d in enumerate(dates))
    report = home.load(home.file("fact_sales.csv", text))
    assert home.value("SELECT order_date FROM fact_sales WHERE line_id = '0'") == dt.date(2024, 5, 6)
    assert report.files[0].reasons == {"bad date": 1}
    assert any("both orders" in n for n in report.files[0].notes)


def test_a_column_that_tells_nothing_follows_the_other_dates_and_says_so(home: Any) -> None:
    text = (
        "line_id,order_date,ship_date,dealer_id,net_amount\n1,05/06/2024,06/13/2024,D1,1\n2,07/06/2024,08/20/2024,D1,1"
    )
    report = home.load(home.file("fact_sales.csv", text))
    assert home.value("SELECT min(order_date) FROM fact_sales") == dt.date(2024, 5, 6)
    assert any(
        n.startswith("order_date: could be read both ways, read month before day") for n in report.files[0].notes
    )


def test_options_of_the_mapping_win(home: Any) -> None:
    path = home.file("s.csv", "行号;订单日期;经销商;商品;金额\n1;05/06/2024;D1;P1;1.234\n")
    home.load(path, mapping='[options]\ndecimal = ","\ndayfirst = false\n' + MAPPING)
    assert home.rows("SELECT order_date, net_amount FROM fact_sales") == [(dt.date(2024, 5, 6), Decimal(1234))]


def test_null_texts_percent_and_separators(home: Any) -> None:
    text = (
        "line_id,order_date,dealer_id,product_id,employee_id,quantity,net_amount\n"
        '1,2024-01-05,D1,NULL,N/A,\\N,"1,234.50"\n2,2024-01-05,D1,-,,５,"(12)"\n'
    )
    report = home.load(home.file("fact_sales.csv", text))
    assert home.rows("SELECT product_id, employee_id, quantity, net_amount FROM fact_sales") == [
        (None, None, None, Decimal("1234.5"))
    ]
    assert report.files[0].reasons == {"broken rule": 1}  # five pieces for minus twelve


def test_workbook_with_sheets_titles_dates_and_formulas(home: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "销售明细"
    for row in [
        ["2024 年销售"],
        [],
        ["行号", "订单日期", "经销商", "商品", "金额"],
        [1, dt.datetime(2024, 1, 5), "D1", 10248, 1200.5],
        [2, dt.date(2024, 1, 6), "D2", 10249, 800],
        [None] * 5,
        [3, "2024-01-07", "D1", 10248, "1,000.25"],
    ]:
        sheet.append(row)
    dealers = book.create_sheet("dim_dealer")
    dealers.append(["dealer_id", "dealer_name", "payment_term_days"])
    dealers.append(["D1", "北京经销商", 30])
    dealers.append(["D2", "上海经销商", 45.5])
    book.create_sheet("empty")
    path = home.folder / "book.xlsx"
    book.save(path)
    mapping = (
        MAPPING.replace('"*"', '"book.xlsx:销售明细"')
        + """
[[feed]]
file = "book.xlsx"
sheet = "dim_dealer"
table = "dim_dealer"
[feed.columns]
dealer_id = "dealer_id"
dealer_name = "dealer_name"
payment_term_days = "payment_term_days"
"""
    )
    report = home.load(path, mapping=mapping)
    assert home.rows("SELECT line_id, order_date, product_id, net_amount FROM fact_sales ORDER BY 1") == [
        ("1", dt.date(2024, 1, 5), "10248", Decimal("1200.5")),
        ("3", dt.date(2024, 1, 7), "10248", Decimal("1000.25")),
    ]
    by_table = {f.table: f for f in report.files}
    assert by_table["dim_dealer"].reasons == {"bad number": 1}  # a term of 45.5 days
    assert by_table["fact_sales"].reasons == {"unknown dealer": 1}  # and so the sale of that dealer waits
    assert [(p.row, p.table) for p in report.problems] == [
        (3, "dim_dealer"),
        (5, "fact_sales"),
    ]  # rows as Excel counts them


def test_parquet(home: Any) -> None:
    path = home.folder / "fact_sales.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'L' || i AS line_id, DATE '2024-01-01' + i::INTEGER AS order_date, 'D1' AS dealer_id, "
            f"i::DOUBLE / 4 AS net_amount, TIMESTAMP '2024-01-02 10:00:00' AS ship_date FROM range(8) t(i)) TO '{path}'"
        )
    report = home.load(path)
    assert report.files[0].accepted == 8
    assert home.value("SELECT sum(net_amount) FROM fact_sales") == Decimal("7")
    assert home.value("SELECT max(ship_date) FROM fact_sales") == dt.date(2024, 1, 2)


def test_folder_takes_its_tables_and_lists_the_rest(home: Any, sales: Callable[..., Path]) -> None:
    sales("1,O1,2024-01-05,D1,P1,1,10")
    home.file("dim_dealer.csv", "dealer_id,dealer_name\nD1,One\n")
    home.file("notes.txt", "nothing to see here\nreally\n")
    (home.folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    report = home.load(home.folder)
    assert {f.name for f in report.files} == {"dim_dealer.csv", "fact_sales.csv"}
    assert {name for name, _ in report.ignored} == {"notes.txt", "picture.png"}


def test_quoted_line_breaks_quotes_and_delimiters(home: Any) -> None:
    text = 'dealer_id,dealer_name\r\nD1,"a ""quoted"", name\r\nin two lines"\r\nD2,5" pipe\r\n\r\nD3,last'
    report = home.load(home.file("dim_dealer.csv", text))
    assert home.rows("SELECT dealer_name FROM dim_dealer ORDER BY dealer_id")[1:] == [('5" pipe',), ("last",)]
    assert 'a "quoted", name' in home.value("SELECT dealer_name FROM dim_dealer WHERE dealer_id = 'D1'")
    assert report.files[0].rows_in == 3


def test_row_numbers_with_blank_lines_and_ragged_rows(home: Any) -> None:
    text = "dealer_id,dealer_name,credit_limit\nD1,One,1\n\nD2,Two,x\n\n\nD3,Three,3,4\nD4,Four,-1\n"
    report = home.load(home.file("dim_dealer.csv", text))
    assert [(p.row, p.reason) for p in report.problems] == [(3, "bad number"), (4, "ragged row"), (5, "broken rule")]


def test_title_above_the_header_and_repeated_headers(home: Any) -> None:
    text = "Sales report 2024,,,\nline_id,order_date,dealer_id,net_amount,net_amount,\n1,2024-01-05,D1,10,99,\n"
    report = home.load(home.file("fact_sales.csv", text))
    assert home.value("SELECT net_amount FROM fact_sales") == 10
    notes = " ".join(report.files[0].notes)
    assert "header is in row 2" in notes
    assert "'net_amount' occurs again" in notes


def test_old_line_ends(home: Any) -> None:
    home.load(home.file("dim_dealer.csv", "dealer_id,dealer_name\rD1,One\rD2,Two\r"))
    assert home.value("SELECT count(*) FROM dim_dealer") == 2


def test_missing_path_is_refused(home: Any) -> None:
    with pytest.raises(ImportRefused, match=r"nowhere\.csv: no such file"):
        home.load(home.folder / "nowhere.csv")


def test_row_numbers_below_titles_and_blank_lines(home: Any) -> None:
    rows = "D1,One,1\nD2,Two,x\n\nD3,Three,3,4\nD4,Four,-1\n"
    for above, number in (("Title,,\n,,\n", 5), ("\n\n", 3), ('"a title\nin two lines"\n\n', 4)):
        path = home.file("dim_dealer.csv", above + 'dealer_id,dealer_name,"credit_limit"\n' + rows)
        told = [(p.row, p.reason) for p in home.load(path, dry_run=True).problems]
        assert told == [(number, "bad number"), (number + 1, "ragged row"), (number + 2, "broken rule")]


def test_row_numbers_in_a_file_that_is_read_in_parallel(home: Any) -> None:
    lines, bad = ["line_id,batch_no,order_date,dealer_id,net_amount"], {}
    for i in range(300_000):
        if i % 50_021 == 7:
            lines.append(f"L{i},a,b,c,d,e")
            bad[i + 2] = "ragged row"
        elif i % 40_009 == 11:
            lines.append(f"L{i},a,2024-01-05,D1,x")
            bad[i + 2] = "bad number"
        else:
            batch = f'"lot\nof {"z" * 60}"' if i % 7 == 0 else "lot " + "y" * 60
            lines.append(f"L{i},{batch},2024-01-05,D1,1")
    report = home.load(home.file("fact_sales.csv", "\n".join(lines) + "\n"), dry_run=True)
    assert {p.row: p.reason for p in report.problems} == bad
