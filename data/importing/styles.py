"""How the numbers and dates of a source are written: decided from all of its values, column by column."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import duckdb

from data.importing import values
from data.importing.mapping import Options
from data.importing.staging import Staged

_DATE_LIKE = f"({values.DAY_FIRST}|{values.MONTH_FIRST}|{values.EITHER_FIRST})"


@dataclass
class Styles:
    """Decimal sign and day order by column position; `notes` state what was decided where it was not plain."""

    decimal: dict[int, str] = field(default_factory=dict)
    dayfirst: dict[int, bool] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def to_json(self, columns: tuple[str, ...]) -> str:
        """By header, for a later reading of rows of the same file."""
        decimal, dayfirst = ({columns[i]: v for i, v in d.items()} for d in (self.decimal, self.dayfirst))
        return json.dumps({"decimal": decimal, "dayfirst": dayfirst}, ensure_ascii=False)


def decide(
    con: duckdb.DuckDBPyConnection,
    staged: Staged,
    options: Options,
    numbers: list[int],
    dates: list[int],
    former: str = "",
) -> Styles:
    """Look at every value of the number and date columns that a mapping uses. `former`: styles of the file that the
    rows come from (a few rows to repair do not show how the whole was written)."""
    styles = Styles()
    _decide_decimal(con, staged, options, numbers, styles)
    _decide_days(con, staged, options, dates, styles)
    if former:
        told = json.loads(former)
        columns = staged.source.columns
        styles.decimal |= {
            i: told["decimal"][columns[i]] for i in numbers if columns[i] in told["decimal"] and not options.decimal
        }
        styles.dayfirst |= {
            i: told["dayfirst"][columns[i]]
            for i in dates
            if columns[i] in told["dayfirst"] and options.dayfirst is None
        }
        styles.notes = []
    return styles


def _decide_decimal(
    con: duckdb.DuckDBPyConnection, staged: Staged, options: Options, numbers: list[int], styles: Styles
) -> None:
    source = staged.source
    if options.decimal or not numbers:
        styles.decimal = dict.fromkeys(numbers, options.decimal or ".")
        return
    with_comma = _with_comma(con, staged, numbers)
    if not with_comma and source.decimal == ".":
        styles.decimal = dict.fromkeys(numbers, ".")
        return
    counts = ", ".join(
        f"count_if(regexp_full_match(trim(c{i}), {values.literal(shape)}))"
        for i in numbers for shape in (values.COMMA_NUMBER, values.POINT_NUMBER)
    )  # fmt: skip
    found = _row(con, f"SELECT {counts} FROM {staged.table}")
    evidence = {i: (found[2 * k], found[2 * k + 1]) for k, i in enumerate(numbers)}
    # A text file is written by one program in one locale; cells of a workbook or parquet file may differ by column.
    whole = (sum(c for c, _ in evidence.values()), sum(p for _, p in evidence.values()))
    for i in numbers:
        comma, point = whole if source.format == "csv" else evidence[i]
        if comma == point == 0:
            styles.decimal[i] = "," if source.delimiter == ";" and i in with_comma else "."
            if i in with_comma:
                meaning = "the decimal sign" if styles.decimal[i] == "," else "a thousands separator"
                styles.notes.append(
                    f"{source.columns[i]}: the comma is read as {meaning}; set `decimal` in the mapping when it is not"
                )
        else:
            styles.decimal[i] = "," if comma > point else "."
    if source.format == "csv" and "," in styles.decimal.values() and whole[0]:
        styles.notes.append("numbers carry a decimal comma")
    if min(whole) and source.format == "csv":
        styles.notes.append(
            f"{min(whole):,} numbers contradict the decimal sign of the others; set `decimal` when it was misread"
        )


def _with_comma(con: duckdb.DuckDBPyConnection, staged: Staged, numbers: list[int]) -> list[int]:
    """The columns in which a comma stands."""
    text = staged.source.text
    if text and text.ascii and not text.quotes and staged.source.delimiter == ",":
        return []  # every comma separates fields
    wide = "" if text and text.ascii else " OR contains(c{i}, '，')"
    asked = (f"coalesce(bool_or(contains(c{i}, ','){wide.format(i=i)}), false)" for i in numbers)
    found = _row(con, f"SELECT {', '.join(asked)} FROM {staged.table}")
    return [i for i, has in zip(numbers, found, strict=True) if has]


def _decide_days(
    con: duckdb.DuckDBPyConnection, staged: Staged, options: Options, dates: list[int], styles: Styles
) -> None:
    source = staged.source
    undecided: list[int] = []
    for i in dates:
        text = values.clean(f"c{i}", options.nulls)
        odd = f"TRY_CAST(c{i} AS DATE) IS NULL AND ({text}) IS NOT NULL"
        if not con.execute(f"SELECT 1 FROM {staged.table} WHERE {odd} LIMIT 1").fetchall():
            styles.dayfirst[i] = True
            continue
        day, month, either = _row(
            con,
            f"""SELECT count_if(regexp_full_match(t, {values.literal(values.DAY_FIRST)})),
                count_if(regexp_full_match(t, {values.literal(values.MONTH_FIRST)})),
                count_if(regexp_full_match(t, {values.literal(values.EITHER_FIRST)}))
            FROM (SELECT DISTINCT trim(c{i}) AS t FROM {staged.table})""",
        )
        if options.dayfirst is not None:
            styles.dayfirst[i] = options.dayfirst
        elif day == month:
            styles.dayfirst[i] = True
            undecided += [i] if either or day else []
        else:
            styles.dayfirst[i] = day > month
            order = "day before month" if day > month else "month before day"
            styles.notes.append(f"{source.columns[i]}: {order}, as its values show")
        if options.dayfirst is None and min(day, month):
            styles.notes.append(f"{source.columns[i]}: dates in both orders; those that do not fit are held back")
    decided = [styles.dayfirst[i] for i in dates if i not in undecided and any(
        note.startswith(source.columns[i] + ": ") for note in styles.notes)]  # fmt: skip
    for i in undecided:  # no value above 12 tells: the file's other dates do, or the day comes first
        styles.dayfirst[i] = decided[0] if decided else True
        order = "day before month" if styles.dayfirst[i] else "month before day"
        styles.notes.append(
            f"{source.columns[i]}: could be read both ways, read {order}; "
            f"set `dayfirst` in the mapping when that is wrong"
        )


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return con.execute(sql).fetchall()[0]
