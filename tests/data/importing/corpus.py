"""More than two hundred bad files, made from good ones by one change each. The same files in every run.

`csv_files()` and `other_files()` give name -> bytes; a name says the mutation. `EXPECTED` says what must come of some:
how many rows are accepted and how many are held back; the others must keep their counts, whatever is made of them.
"""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any

import openpyxl
import xlsxwriter

HEADER = ("line_id", "document_id", "order_date", "dealer_id", "product_id", "quantity", "net_amount")
ROWS = 12
BOMB = 40 * 2**20  # bytes, unpacked
REFUSED = (-1, -1)
EXPECTED: dict[str, tuple[int, int]] = {}


def good(lines: int = ROWS) -> list[list[str]]:
    return [
        [f"L{i}", f"O{i // 3}", f"2024-02-{1 + i % 28:02}", f"D{i % 5}", f"P{i % 3}", str(1 + i % 7), f"{i}.50"]
        for i in range(lines)
    ]


def text(rows: list[list[str]], header: tuple[str, ...] = HEADER, delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in [list(header), *rows])


def with_cell(column: str, value: str, row: int = 4) -> bytes:
    rows = good()
    rows[row][HEADER.index(column)] = f'"{value}"' if "," in value else value
    return text(rows).encode()


# column, value, held back? (a negative amount beside a positive quantity breaks a rule)
CELLS = [
    *(("order_date", v, True) for v in (
        "2023-02-29", "2100-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "0001-01-01", "9998-01-01", "1899-12-31",
        "2200-01-01", "yesterday", "31/31/2024", "2024-2-", "-1", "99999999", "2024-W05", "1e9", "infinity", "epoch",
        "-infinity", "20240230", "00:00", "",
    )),
    *(("order_date", v, False) for v in (
        "2024-02-29", "2000-02-29", "29.02.2024", "2024年2月29日", "45351", "20240229", "2024/2/29",
        "2024-02-29T23:59:59", "29 Feb 2024", "1900-01-01",
    )),
    *(("net_amount", v, True) for v in (
        "NaN5", "inf", "-inf", "Infinity", "1e400", "12,34,56", "1.2.3", "abc", "--5", "0x1F", "1e", "9" * 40, "=1+1",
        "#REF!", "5 apples", "１２x", "+-3", "()", "%", "-12.50", "(12.50)", "12.50-",
    )),
    *(("net_amount", v, False) for v in (
        "1_000", "¥1,234.50", "1,234.50", "1.5e3", "0", "-0", "１２３", "1.2万", "99999999999.9999", " 7 ", "+5",
    )),
    *(("quantity", v, True) for v in ("two", "1;2", "1e99", "∞", "½")),
    *(("quantity", v, False) for v in ("--", "nan")),  # words for nothing
    *(("dealer_id", v, True) for v in ("", "NULL", "N/A", "-", "   ")),
    *(("dealer_id", v, False) for v in (
        "=cmd|' /C calc'!A0", "D'; DROP TABLE fact_sales; --", "经销商", "\u202eD1", "D" * 5000,
        "<script>alert(1)</script>", "../../etc/passwd", "\U0001f600", "%s%n", "{0}",
    )),
]  # fmt: skip


def csv_files() -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    plain = text(good())

    def put(name: str, content: bytes | str, accepted: int | None = None, held: int = 0) -> None:
        name = f"{len(files):03} {name}.csv"
        files[name] = content.encode() if isinstance(content, str) else content
        if accepted is not None:
            EXPECTED[name] = (accepted, held)

    for number, (column, value, bad) in enumerate(CELLS):
        put(f"cell {number} {column}", with_cell(column, value), ROWS - bad, int(bad))
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "cp1252", "latin-1",
                     "shift_jis", "euc_kr", "utf-32"):  # fmt: skip
        words = {
            "cp1252": "Käse",
            "latin-1": "Münch",
            "shift_jis": "ニホン",
            "euc_kr": "한국말",
            "big5": "華東經銷",
        }.get(encoding, "华东经销")
        rows = good()
        for row in rows:
            row[3] = words + row[3]
        put(f"encoding {encoding}", text(rows).encode(encoding), *(() if encoding == "utf-32" else (ROWS,)))
    for name, delimiter in (("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
        put(f"delimiter {name}", text(good(), delimiter=delimiter), ROWS)
    for name, delimiter in (("caret", "^"), ("space", " "), ("two", ",,"), ("unit", "\x1f")):
        put(f"delimiter {name}", text(good(), delimiter=delimiter))
    for name, end in (("crlf", "\r\n"), ("cr", "\r"), ("blank lines", "\n\n"), ("trailing spaces", "  \n")):
        put(f"line ends {name}", text(good(), end=end), ROWS)
    put("line ends mixed", plain.replace("\n", "\r\n", 4).replace("L7", "\rL7"))
    put("no last line end", plain.rstrip("\n"), ROWS)
    quoted = text([[f'"{cell}"' for cell in row] for row in good()])
    put("quotes everywhere", quoted, ROWS)
    put("quotes doubled", plain.replace("D4", '"D""4"'), ROWS)
    put("quotes with a delimiter", plain.replace("D4", '"D,4"'), ROWS)
    put("quotes with a line end", plain.replace("D4", '"D\n4"'), ROWS)
    for number, bad in enumerate(('"D4', 'D"4', 'D4"', '"D4"x', '""D4"', "'D4", '"', '"""', "“D4”")):
        put(f"quote {number}", plain.replace("D4", bad, 1))
    for number in range(12):
        lines = plain.splitlines()
        at = 1 + number
        lines[at] = ",".join(lines[at].split(",")[: number % 7]) if number % 2 else lines[at] + "," * (number + 1) + "x"
        put(f"ragged {number}", "\n".join(lines) + "\n", ROWS - 1 if lines[at] else None, 1)
    put("ragged everywhere", text([[*row, "x"] for row in good()]))
    for number, null in enumerate(("NULL", "null", r"\N", "None", "n/a", "(null)", "无", "—", "", "-")):
        put(f"null {number}", with_cell("document_id", null), ROWS)
    for size in (70_000, 1_900_000, 2_500_000):
        put(f"huge field {size}", with_cell("document_id", "x" * size))
    put("NUL in a field", with_cell("dealer_id", "D\x001"))
    put("NUL everywhere", plain.replace(",", ",\x00"))
    put("control characters", with_cell("dealer_id", "D\x01\x02\x1b[31m"), ROWS)
    for number, header in enumerate((
        (*HEADER[:-1], "dealer_id"), (*HEADER, "dealer_id"), ("x",) * 7, ("",) * 7, (*HEADER[:3], "", *HEADER[4:]),
        tuple(h.upper() for h in HEADER), tuple(f" {h} " for h in HEADER), tuple(h.replace("_", " ") for h in HEADER),
        HEADER[::-1], tuple(f'"{h}"' for h in HEADER), ("1", "2", "3", "4", "5", "6", "7"), HEADER[:6], HEADER[:1],
    )):  # fmt: skip
        put(f"header {number}", text(good(), header))
    put("header only", text([]))
    put("header twice", text([list(HEADER), *good()]), ROWS, 1)
    put("header below a title", "Sales of February\nprinted by x\n" + plain, ROWS)
    put("no header", text(good()[1:], tuple(good()[0])))
    put("zero bytes", b"", *REFUSED)
    put("blank", "\n\n\n", *REFUSED)
    put("one byte", "x")
    put("bom only", b"\xef\xbb\xbf")
    put("rows repeated", text([*good(), *good()]))
    put("one line without end", "x," * 100_000)
    put("five thousand columns", text([], tuple(f"c{i}" for i in range(5001))))
    put("json", '[{"line_id": "L1", "dealer_id": "D1"}]')
    put("html", "<html><table><tr><td>line_id</td></tr></table></html>")
    put("png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, *REFUSED)
    put("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 40)
    chance = random.Random(8)
    for number in range(25):
        bad = bytearray(plain.encode())
        for _ in range(chance.randint(1, 15)):
            bad[chance.randrange(len(bad))] = chance.choice(b',"\n\r\x00;x9\xe9\xff -\t|')
        put(f"bytes changed {number}", bytes(bad))
    for number in range(6):
        put(f"cut short {number}", plain.encode()[: chance.randrange(1, len(plain))])
    return files


def _book(fill: Any) -> bytes:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(HEADER))
    for row in good():
        sheet.append([*row[:5], int(row[5]), float(row[6])])
    fill(sheet)
    book.save(out)
    return out.getvalue()


def _set(cell: str, value: Any) -> bytes:
    return _book(lambda sheet: sheet.__setitem__(cell, value))


def _with_sheet_xml(old: str, new: str) -> bytes:
    """A workbook whose sheet says something else than any program would write."""
    source, out = zipfile.ZipFile(io.BytesIO(_book(lambda sheet: None))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            copy.writestr(name, content)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(b"0" * BOMB)
    return out.getvalue()


def _liar() -> bytes:
    """An archive that says its sheet is small."""
    raw = bytearray(_bomb())
    size = BOMB.to_bytes(4, "little")
    return bytes(raw.replace(size, (1000).to_bytes(4, "little")))


def _formulas() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for number, row in enumerate(good(), start=1):
        sheet.write_row(number, 0, row[:6])
        sheet.write_formula(number, 6, f"=F{number + 1}*2", None, float(row[5]) * 2)
    book.close()
    return out.getvalue()


def other_files() -> dict[str, bytes]:
    """Workbooks, archives, parquet, and files with the ending of another."""
    whole = _book(lambda sheet: None)
    files: dict[str, tuple[bytes, tuple[int, int] | None]] = {
        "good.xlsx": (whole, (ROWS, 0)),
        "formula cells.xlsx": (_formulas(), (ROWS, 0)),
        "formula without value.xlsx": (_set("G5", "=F5*2"), (ROWS - 1, 1)),
        "error cell.xlsx": (_set("G5", "#DIV/0!"), (ROWS - 1, 1)),
        "text for a number.xlsx": (_set("G5", "many"), (ROWS - 1, 1)),
        "a bool for a date.xlsx": (_set("C5", True), (ROWS - 1, 1)),
        "a number for a date.xlsx": (_set("C5", 45351), (ROWS, 0)),
        "a date before dates.xlsx": (_set("C5", -5), (ROWS - 1, 1)),
        "an endless number.xlsx": (_set("G5", 1e300), (ROWS - 1, 1)),
        "an empty row.xlsx": (_book(lambda s: s.insert_rows(4)), (ROWS, 0)),
        "merged cells.xlsx": (_book(lambda s: s.merge_cells("D3:E4")), None),
        "a wide row.xlsx": (_book(lambda s: s.cell(5, 60, "far")), None),
        "a far cell.xlsx": (_set("XFD1048576", "x"), REFUSED),
        "a far row.xlsx": (_with_sheet_xml('r="G13"', 'r="G4294967290"'), REFUSED),
        "a far row in single quotes.xlsx": (_with_sheet_xml('r="G13"', "r='XFD1048575'"), REFUSED),
        "a column beyond columns.xlsx": (_with_sheet_xml('r="G13"', 'r="ZZZZZZZ13"'), REFUSED),
        "a row without number.xlsx": (_with_sheet_xml('<row r="13"', '<row r=""'), None),
        "a broken tag.xlsx": (_with_sheet_xml("</row>", "</raw>"), None),
        "an entity.xlsx": (_with_sheet_xml("<sheetData>", "<sheetData>&x;"), None),
        "cut short.xlsx": (whole[: len(whole) // 2], REFUSED),
        "bytes changed.xlsx": (whole[:900] + b"\xff" * 40 + whole[940:], None),
        "a bomb.xlsx": (_bomb(), REFUSED),
        "a lying bomb.xlsx": (_liar(), REFUSED),
        "zero bytes.xlsx": (b"", REFUSED),
        "text inside.xlsx": (text(good()).encode(), (ROWS, 0)),
        "workbook inside.csv": (whole, (ROWS, 0)),
        "an empty book.xlsx": (_empty(), REFUSED),
        "old book.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), REFUSED),
        "cut.parquet": (b"PAR1" + bytes(100) + b"PAR1", REFUSED),
        "text inside.parquet": (text(good()).encode(), (ROWS, 0)),
        "zero bytes.parquet": (b"", REFUSED),
        "no ending": (text(good()).encode(), (ROWS, 0)),
        "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, REFUSED),
    }
    EXPECTED.update({name: expected for name, (_, expected) in files.items() if expected})
    return {name: content for name, (content, _) in files.items()}


def _empty() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()
