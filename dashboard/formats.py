"""Numbers and dates on screen, in the language of the reader.

Every function takes a value that may be missing (None, NaN, NaT: shown as "–") and `lang`, by default the
reader's. Rounding is half up on the decimal value as written (0.0845 is 8.5 %), minus is U+2212, a signed
variance carries its sign and one that rounds to nothing reads ±0. Rates are fractions in, percent out;
differences of rates are points. Compact money carries no currency: the subtitle says it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import floor, isfinite, log10
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pandas import NaT

from dashboard.i18n import LOCALES, Lang, language, ngettext, translator, use_language

MISSING = "–"
MINUS = "\N{MINUS SIGN}"

Kind = Literal["money", "rate", "count", "quantity", "days", "price"]  # the units of the metric registry

_EXACT = 15  # significant digits that a double carries: below them lies the noise of arithmetic


@dataclass(frozen=True)
class Unit:
    """One scale and precision for all labels of a chart or a column: `value / scale` with `decimals` places."""

    scale: float
    symbol: str
    decimals: int

    def label(self, value: Any, *, signed: bool = False) -> str:
        """Return the number without its unit word, which the subtitle or column head carries."""
        exact = _decimal(value)
        return MISSING if exact is None else _fixed(exact / _exact(self.scale), self.decimals, signed)


def compact(value: Any, *, lang: Lang | None = None, signed: bool = False) -> str:
    """Return money or a large quantity in short: 749.1M, 26.6M, 245k, 143; 7.49亿, 2,663万, 80万, 143."""
    exact = _decimal(value)
    if exact is None:
        return MISSING
    for start, scale, symbol, decimals in _ENGLISH if (lang or language()) == "en" else _CHINESE:
        if abs(exact) >= start:
            text = _fixed(exact / scale, decimals, signed)
            return (text.removesuffix(".0") if symbol == "万" else text) + symbol
    return _fixed(
        exact,
        0 if abs(exact) >= 100 or exact == exact.to_integral_value() else 2,
        signed,
    )


def full_money(value: Any, *, currency: str | None = None, signed: bool = False) -> str:
    """Return money to the cent, 1,265,793.04, after its currency code where one is given: CNY 1,265,793.04."""
    exact = _decimal(value)
    if exact is None:
        return MISSING
    text = _fixed(exact, 2, signed)
    return f"{currency} {text}" if currency else text


def thousands(value: Any, *, signed: bool = False) -> str:
    """Return money in thousands for tables whose head says so: 105,500 for 105.5 million."""
    exact = _decimal(value)
    return MISSING if exact is None else _fixed(exact / 1000, 0, signed)


def count(value: Any, *, signed: bool = False) -> str:
    """Return a whole number: 2,155."""
    return number(value, 0, signed=signed)


def number(value: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """Return a number with fixed places: 1.25."""
    exact = _decimal(value)
    return MISSING if exact is None else _fixed(exact, decimals, signed)


def rate(value: Any, decimals: int = 1, *, signed: bool = False) -> str:
    """Return a fraction as percent: 31.8%; signed for a relative change: −3.4%."""
    exact = _decimal(value)
    return MISSING if exact is None else _fixed(exact * 100, decimals, signed) + "%"


def points(value: Any, decimals: int = 1, *, lang: Lang | None = None) -> str:
    """Return the difference of two fractions: −2.1 pts, −2.1个百分点."""
    exact = _decimal(value)
    _ = translator(lang)
    return MISSING if exact is None else _("{number} pts", number=_fixed(exact * 100, decimals, signed=True))


def days(value: Any, decimals: int = 0, *, lang: Lang | None = None, signed: bool = False) -> str:
    """Return a duration: 38 days, +1 day; 38天, +1天."""
    exact = _decimal(value)
    if exact is None:
        return MISSING
    text = _fixed(exact, decimals, signed)
    with use_language(lang or language()):
        return ngettext(
            "{number} day",
            "{number} days",
            1 if text.lstrip(f"+{MINUS}") == "1" else 2,
            number=text,
        )


def variance(value: Any, kind: Kind, *, lang: Lang | None = None) -> str:
    """Return a difference of two values of a measure, signed, in the way of its kind: points for rates."""
    if kind == "rate":
        return points(value, lang=lang)
    return measure(value, kind, lang=lang, signed=True)


def measure(value: Any, kind: Kind, *, lang: Lang | None = None, signed: bool = False) -> str:
    """Return a value of a measure in the way of its kind."""
    match kind:
        case "money" | "quantity":
            return compact(value, lang=lang, signed=signed)
        case "rate":
            return rate(value, signed=signed)
        case "days":
            return days(value, lang=lang, signed=signed)
        case "count":
            return count(value, signed=signed)
        case "price":
            return number(value, 2, signed=signed)


def probability(value: Any, *, lang: Lang | None = None) -> str:
    """Return a chance: 87%, and at the ends "over 99%" and "under 1%", for nothing is certain."""
    exact = _decimal(value)
    _ = translator(lang)
    if exact is None:
        return MISSING
    if exact > Decimal("0.99"):
        return _("over 99%")
    if exact < Decimal("0.01"):
        return _("under 1%")
    return rate(exact, 0)


def date(day: dt.date | None, *, lang: Lang | None = None) -> str:
    """Return a day: 30 Jun 2026, 2026年6月30日."""
    return MISSING if _absent(day) else _dated(_day(day), "d MMM yyyy", "y年M月d日", lang)


def short_date(day: dt.date | None, *, lang: Lang | None = None) -> str:
    """Return a day of the current year: 3 Jul, 7月3日."""
    return MISSING if _absent(day) else _dated(_day(day), "d MMM", "M月d日", lang)


def month(day: dt.date | None, *, lang: Lang | None = None, year: bool = False) -> str:
    """Return the month of a day for an axis: Jun, 6月; with its year Jun 2026, 2026年6月."""
    if _absent(day):
        return MISSING
    return _dated(_day(day), "MMM yyyy", "y年M月", lang) if year else _dated(_day(day), "MMM", "M月", lang)


def period(start: dt.date, end: dt.date, *, lang: Lang | None = None, short: bool = False) -> str:
    """Return a period of inclusive days: January–June 2026, 3–17 June 2026; 2026年1–6月, 2026年6月3–17日.

    `short` abbreviates English months, for a filter: Jan–Jun 2026.
    """
    start, end = _day(start), _day(end)
    lang, name = lang or language(), "MMM" if short else "MMMM"
    whole_months = start.day == 1 and (end + dt.date.resolution).day == 1
    same_year, same_month = (
        start.year == end.year,
        (start.year, start.month) == (end.year, end.month),
    )
    if whole_months and same_year and (start.month, end.month) == (1, 12):
        return _dated(end, "yyyy", "y年", lang)
    if start == end:
        return _dated(end, f"d {name} yyyy", "y年M月d日", lang)
    if whole_months and same_month:
        return _dated(end, f"{name} yyyy", "y年M月", lang)
    if lang == "zh":
        left = f"y年{'M' if whole_months and same_year else 'M月'}" if whole_months else "y年M月d日"
        if not whole_months and same_month:
            left = "y年M月d"
        right = ("" if same_year else "y年") + ("M月" if whole_months else "d日" if same_month else "M月d日")
        return f"{_babel(start, left, lang)}–{_babel(end, right, lang)}"
    day, year = "" if whole_months else "d ", "" if same_year else " yyyy"
    left = "d" if same_month and not whole_months else f"{day}{name}{year}"
    dash = "–" if " " not in left else " – "
    return _babel(start, left, lang) + dash + _babel(end, f"{day}{name} yyyy", lang)


def choose_unit(values: Iterable[Any], kind: Kind = "money", *, lang: Lang | None = None) -> Unit:
    """Return the unit in which the largest of `values` takes three digits (in Chinese up to four) and its sign.

    All labels then share one precision and stay short enough for a phone: 143, 26.6 or 1.58 in English with
    the symbols k, m, bn; 1,767, 26.6 or 1.43 in Chinese with 万, 亿.
    """
    numbers = [abs(exact) for value in values if (exact := _decimal(value)) is not None]
    largest = max(numbers, default=Decimal(0))
    if kind == "rate":
        return Unit(0.01, "%", 1 if largest < 10 else 0)
    if 0 < largest < Decimal("0.01"):
        power = max(largest.adjusted() // 3 * 3, -300)  # what a float can divide by
        return Unit(float(f"1e{power}"), f"10{str(power).translate(_RAISED)}", _places(float(largest) / 10.0**power))
    whole = kind == "count" or (kind == "days" and all(n == n.to_integral_value() for n in numbers))
    steps = _ENGLISH_UNITS if (lang or language()) == "en" else _CHINESE_UNITS
    scale, symbol = next((scale, symbol) for scale, symbol, full in steps if largest < full * scale)
    return Unit(scale, symbol, 0 if whole and scale == 1 else _places(float(largest) / scale))


def unit_name(unit: Unit, *, currency: str | None = None, lang: Lang | None = None) -> str:
    """Return the words for a subtitle: CNY m, 亿元, 万; with a foreign currency USD m, 亿美元; "" for a bare
    number.
    """
    if (lang or language()) == "zh":
        return unit.symbol + (_currency_word(currency) if currency else "")
    return " ".join(word for word in (currency, unit.symbol) if word)


def currency_name(currency: str, *, lang: Lang | None = None) -> str:
    """Return the currency in words for a sentence: CNY, 人民币."""
    from babel.numbers import get_currency_name

    return str(get_currency_name(currency, locale=LOCALES["zh"])) if (lang or language()) == "zh" else currency


def thousand_name(currency: str = "CNY", *, lang: Lang | None = None) -> str:
    """Return the words for a table in thousands: CNY thousand, 千元."""
    return f"千{_currency_word(currency)}" if (lang or language()) == "zh" else f"{currency} thousand"


# amount from which the step serves, scale, symbol, decimals; the first that fits wins. A step starts where the
# one below it would print its limit: 999,500 reads 1.0M, never 1,000k.
_ENGLISH: tuple[tuple[Decimal, int, str, int], ...] = (
    (Decimal(9_999_950_000), 10**9, "B", 1),
    (Decimal(999_500), 10**6, "M", 1),
    (Decimal(99_950), 10**3, "k", 0),
    (Decimal("999.5"), 10**3, "k", 1),
)
_CHINESE: tuple[tuple[Decimal, int, str, int], ...] = (
    (Decimal(99_995_000_000), 10**8, "亿", 0),
    (Decimal(9_999_500_000), 10**8, "亿", 1),
    (Decimal(99_995_000), 10**8, "亿", 2),
    (Decimal(999_500), 10**4, "万", 0),
    (Decimal("9_999.5"), 10**4, "万", 1),
)
# scale, symbol, the scaled number from which the next unit is taken
_ENGLISH_UNITS: tuple[tuple[int, str, Decimal], ...] = (
    (1, "", Decimal("999.5")),
    (10**3, "k", Decimal("999.5")),
    (10**6, "m", Decimal("999.5")),
    (10**9, "bn", Decimal("Infinity")),
)
_CHINESE_UNITS: tuple[tuple[int, str, Decimal], ...] = (
    (1, "", Decimal("9999.5")),
    (10**4, "万", Decimal("9999.5")),
    (10**8, "亿", Decimal("Infinity")),
)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _places(largest: float) -> int:
    """Return the decimals that give three digits to `largest`, as it will be printed; at most six."""
    if largest <= 0:
        return 0
    if largest < 1e-6:
        return 6
    digits = floor(log10(largest))
    places = min(max(2 - digits, 0), 6)
    # 99.96 rounds to 100.0 in one place: a digit more than meant
    return max(places - 1, 0) if round(largest, places) >= 10 ** (digits + 1) else places


def _absent(value: dt.date | None) -> bool:
    return value is None or value is NaT


def _day(value: dt.date | None) -> dt.date:
    assert value is not None
    return value.date() if isinstance(value, dt.datetime) else value


def _decimal(value: Any) -> Decimal | None:
    """Return the decimal number as a person would write it, None when missing or infinite."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    try:
        real = float(value)
    except TypeError:  # pandas' NA
        return None
    return _exact(real) if isfinite(real) else None


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.{_EXACT}g}")


def _rounded(exact: Decimal, decimals: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _fixed(exact: Decimal, decimals: int, signed: bool = False) -> str:
    shown = _rounded(exact, decimals)
    sign = MINUS if shown < 0 else "" if not signed else "+" if shown > 0 else "±"
    return f"{sign}{abs(shown):,}"


def _dated(day: dt.date, english: str, chinese: str, lang: Lang | None) -> str:
    lang = lang or language()
    return _babel(day, english if lang == "en" else chinese, lang)


@lru_cache(maxsize=4096)
def _babel(day: dt.date, pattern: str, lang: Lang) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=LOCALES[lang])


@lru_cache(maxsize=64)
def _currency_word(currency: str) -> str:
    return "元" if currency == "CNY" else currency_name(currency, lang="zh")


def moment(at: str, zone: str | None = None) -> str:
    """A UTC time in the reader's zone: 22 Nov 2026, 22:45."""
    try:
        local = dt.datetime.fromisoformat(at).astimezone(zone_of(zone))
    except ValueError:
        return at
    return f"{date(local.date())} {local:%H:%M}"


def zone_of(name: str | None) -> dt.tzinfo | None:
    """The reader's time zone; None, which is that of the machine, where it is not known."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, ZoneInfoNotFoundError):
        return None
