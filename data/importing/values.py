"""From text to numbers, dates and flags, in SQL: fast for plain values, tolerant for the rest.

Each function returns SQL that is NULL for a text it cannot read. The plain reading is tried first; `coalesce`
evaluates the tolerant one only for what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from data.schema import SQL_TYPES
from data.scope import FIRST_YEAR, LAST_YEAR

NUMBER = "DECIMAL(38,8)"  # type of numbers inside expressions
NULL_TEXTS = ("", "NULL", "null", "N/A", "n/a", "#N/A", r"\N", "-", "--", "—", "None", "nan", "NaN", "(null)", "<null>",
              "无")  # fmt: skip
# Evidence about the decimal sign: values that can be read in one way only.
COMMA_EVIDENCE = r"(?:\d{1,3}(?:\.\d{3})+,\d*|\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d{3}|\d{1,3}(?:\.\d{3}){2,})"
POINT_EVIDENCE = r"(?:\d{1,3}(?:,\d{3})+\.\d*|\d+\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d{3}|\d{1,3}(?:,\d{3}){2,})"
_AROUND = r"[-+(]?[¥￥$€£]?\s?{}\s?[%元€-]?\)?"
COMMA_NUMBER = _AROUND.format(COMMA_EVIDENCE)
POINT_NUMBER = _AROUND.format(POINT_EVIDENCE)
# Evidence about the order of day and month: one of the two numbers is above 12.
DAY_FIRST = r"(1[3-9]|2\d|3[01])[-/.](0?[1-9]|1[0-2])[-/.](\d{4}|\d{2})([ T].*)?"
MONTH_FIRST = r"(0?[1-9]|1[0-2])[-/.](1[3-9]|2\d|3[01])[-/.](\d{4}|\d{2})([ T].*)?"
EITHER_FIRST = r"(0?[1-9]|1[0-2])[-/.](0?[1-9]|1[0-2])[-/.](\d{4}|\d{2})([ T].*)?"

_WIDE, _NARROW = "０１２３４５６７８９．，－＋（）％￥＄／：", "0123456789.,-+()%¥$/:"
_UNITS = r"(CNY|RMB|USD|EUR|GBP|HKD|JPY|[¥$€£元圆])"
_TRUE = ("true", "t", "yes", "y", "1", "x", "是", "有", "√", "对", "真", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "否", "没有", "×", "错", "假", "0.0")
_MONTH_NAMES = ("%d-%b-%Y", "%d %b %Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%d. %B %Y", "%b %d %Y",
                "%b-%Y", "%b %Y", "%B %Y", "%b-%y")  # fmt: skip


def literal(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def one_of(texts: Iterable[str]) -> str:
    """Texts as the list of a SQL `IN`."""
    return "(" + ", ".join(literal(t) for t in texts) + ")"


def guess_decimal(texts: Sequence[str], delimiter: str | None = None) -> str:
    """Decimal sign that most of the unambiguous numbers among the texts use; `.` when none tells."""
    comma = sum(1 for t in texts if re.fullmatch(COMMA_NUMBER, t.strip()))
    point = sum(1 for t in texts if re.fullmatch(POINT_NUMBER, t.strip()))
    return "," if (comma > point and delimiter != ",") or (comma and not point) else "."


def guess_dayfirst(texts: Sequence[str]) -> bool | None:
    """Whether days stand before months in the dates among the texts; None when no date tells."""
    day = sum(1 for t in texts if re.fullmatch(DAY_FIRST, t.strip()))
    month = sum(1 for t in texts if re.fullmatch(MONTH_FIRST, t.strip()))
    return None if day == month else day > month


def clean(column: str, nulls: Sequence[str] = (), *, odd_spaces: bool = True) -> str:
    """The text of a cell without spaces around it; NULL when it says that there is none."""
    none = one_of((*NULL_TEXTS, *nulls))
    trimmed = f"trim({column}, ' \t\r\n\u00a0\u3000')" if odd_spaces else f"trim({column})"
    if odd_spaces:
        return f"CASE WHEN {trimmed} IN {none} THEN NULL ELSE {trimmed} END"
    # Trimming costs more than asking; the lambda keeps it from being computed for every row.
    careful = f"list_transform([{trimmed}], lambda t: CASE WHEN t NOT IN {none} THEN t END)[1]"
    spaced = f"starts_with({column}, ' ') OR ends_with({column}, ' ')"
    return f"CASE WHEN {spaced} THEN {careful} WHEN {column} IN {none} THEN NULL ELSE {column} END"


def number(text: str, decimal: str = ".", sql_type: str = NUMBER) -> str:
    """A number: separators, currency signs, percent, full-width digits, 万 and accounting negatives are understood."""
    group = "," if decimal == "." else "."
    plain = (
        f"TRY_CAST({text} AS {sql_type})" if decimal == "."
        else f"CASE WHEN NOT contains({text}, '.') THEN TRY_CAST(replace({text}, ',', '.') AS {sql_type}) END"
    )  # fmt: skip
    bare = f"regexp_replace(upper(translate({text}, '{_WIDE}', '{_NARROW}')), '{_UNITS}', '', 'g')"
    bare = f"trim(replace(replace({bare}, '\u00a0', ' '), '\u202f', ' '))"
    body = rf"(?:\d{{1,3}}(?:[{group} ''’]\d{{3}})+|\d+)(?:[{decimal}]\d*)?|[{decimal}]\d+"
    shape = rf"(\(\s*(?:{body})\s*[%万亿]?\)|[-+]?\s*(?:{body})\s*[%万亿]?\s*-?)"
    digits = rf"replace(regexp_replace(bare, '[^0-9{decimal}]', '', 'g'), '{decimal}', '.')"
    sign = "CASE WHEN contains(bare, '-') OR contains(bare, '(') THEN -1 ELSE 1 END"
    scale = (
        "CASE WHEN contains(bare, '%') THEN 0.01 WHEN contains(bare, '万') THEN 10000 "
        "WHEN contains(bare, '亿') THEN 100000000 ELSE 1 END"
    )
    value = f"TRY_CAST({digits} AS {NUMBER}) * {sign} * {scale}"
    slow = (  # the lambda gives the long expression a name, so that it is evaluated once
        f"list_transform([{bare}], lambda bare: CASE WHEN regexp_full_match(bare, '{shape}') "
        f"THEN TRY_CAST(TRY({value}) AS {sql_type}) END)[1]"
    )
    return f"coalesce({plain}, {slow})"


def whole(text: str, decimal: str = ".") -> str:
    """An INTEGER; NULL also for a number with a fraction."""
    value = number(text, decimal, "DECIMAL(18,4)")
    return f"list_transform([{value}], lambda n: CASE WHEN n = round(n) THEN TRY_CAST(n AS INTEGER) END)[1]"


def rate(text: str, decimal: str = ".") -> str:
    """A fraction as DOUBLE: `8%` is 0.08."""
    return f"({number(text, decimal)})::DOUBLE"


def _plausible(date: str) -> str:
    """SQL condition: a date that business data may hold (9999-12-31 stands for an open end)."""
    known = f"DATE '{FIRST_YEAR}-01-01' AND DATE '{LAST_YEAR}-12-31'"
    return f"({date} BETWEEN {known} OR {date} = DATE '9999-12-31')"


def date(text: str, dayfirst: bool = True) -> str:
    """A DATE: ISO, year-first and 年月日 dates, day-first or month-first ones, months, month names, Excel's numbers."""
    iso = f"TRY_CAST({text} AS DATE)"
    order = "%d-%m-" if dayfirst else "%m-%d-"
    bare = f"translate({text}, '{_WIDE}', '{_NARROW}')"
    bare = rf"regexp_replace({bare}, '[ T]+\d{{1,2}}:\d{{2}}.*$', '')"
    dashed = r"regexp_replace(regexp_replace(b, '[年月/.]\s*', '-', 'g'), '-?日?$', '')"
    slow = f"""list_transform([{bare}], lambda b: CASE
        WHEN ends_with(b, '-') THEN NULL
        WHEN regexp_full_match(b, '\\d{{5}}(\\.\\d+)?') AND b::DOUBLE BETWEEN 18000 AND 80000
            THEN DATE '1899-12-30' + floor(b::DOUBLE)::INTEGER
        WHEN regexp_full_match(b, '\\d{{8}}') THEN try_strptime(b, '%Y%m%d')::DATE
        WHEN regexp_full_match(b, '(19|20|21)\\d{{4}}') THEN try_strptime(b, '%Y%m')::DATE
        WHEN NOT regexp_matches(b, '\\d') THEN NULL
        WHEN regexp_matches(b, '[A-Za-z]') THEN try_strptime(b, [{", ".join(literal(f) for f in _MONTH_NAMES)}])::DATE
        ELSE list_transform([{dashed}], lambda t: CASE
            WHEN regexp_full_match(t, '\\d{{4}}-\\d{{1,2}}-\\d{{1,2}}') THEN TRY_CAST(t AS DATE)
            WHEN regexp_full_match(t, '\\d{{4}}-\\d{{1,2}}') THEN TRY_CAST(t || '-01' AS DATE)
            WHEN regexp_full_match(t, '\\d{{1,2}}-\\d{{1,2}}-\\d{{4}}') THEN try_strptime(t, '{order}%Y')::DATE
            WHEN regexp_full_match(t, '\\d{{1,2}}-\\d{{1,2}}-\\d{{2}}') THEN try_strptime(t, '{order}%y')::DATE
            END)[1] END)[1]"""
    # Words are dates to DuckDB, too: infinity, epoch.
    begins = f"{text} BETWEEN '0' AND ':'"
    usual = f"CASE WHEN {begins} THEN try_strptime({text}, '{order.replace('-', '/')}%Y')::DATE END"
    # Each reading stands once: an expression that stands twice would be computed for every row, needed or not.
    plausible = f"lambda d: CASE WHEN {_plausible('d')} THEN d END"
    return (
        f"coalesce(CASE WHEN {begins} AND {_plausible(iso)} THEN {iso} END, list_transform([{usual}], {plausible})[1], "
        f"list_transform([{slow}], {plausible})[1])"
    )


def flag(text: str) -> str:
    """A BOOLEAN from the usual words in English and Chinese."""
    return f"CASE WHEN lower({text}) IN {one_of(_TRUE)} THEN true WHEN lower({text}) IN {one_of(_FALSE)} THEN false END"


def typed(text: str, kind: str, decimal: str, dayfirst: bool) -> str:
    """The reading of a cell as a schema type (or `number`, the type inside expressions)."""
    if kind in ("text", "id"):
        return text
    if kind == "date":
        return date(text, dayfirst)
    if kind == "flag":
        return flag(text)
    if kind in ("integer", "days"):
        return whole(text, decimal)
    if kind == "rate":
        return rate(text, decimal)
    return number(text, decimal, NUMBER if kind == "number" else SQL_TYPES[kind])  # type: ignore[index]
