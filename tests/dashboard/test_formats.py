"""Numbers and dates as the notation asks for them, in both languages."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import formats
from dashboard.formats import choose_unit


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (749_110_000, "749.1M", "7.49亿"),
        (1_579_500_000, "1,579.5M", "15.80亿"),
        (26_630_000, "26.6M", "2,663万"),
        (143_000_000, "143.0M", "1.43亿"),
        (43_100_000, "43.1M", "4,310万"),
        (17_670_000, "17.7M", "1,767万"),
        (2_250_000, "2.3M", "225万"),
        (800_000, "800k", "80万"),
        (803_000, "803k", "80.3万"),
        (12_345, "12.3k", "1.2万"),
        (9_999, "10.0k", "9,999"),
        (143, "143", "143"),
        (12.5, "12.50", "12.50"),
        (0, "0", "0"),
        (-26_630_000, "−26.6M", "−2,663万"),
        # the next unit takes over where this one would print its limit
        (999_499, "999k", "99.9万"),
        (999_500, "1.0M", "100万"),
        (99_994_999, "100.0M", "9,999万"),
        (99_995_000, "100.0M", "1.00亿"),
        (9_999_950_000, "10.0B", "100.0亿"),
        (123_450_000_000, "123.5B", "1,235亿"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
        (pd.NA, "–", "–"),
        (pd.NaT, "–", "–"),
        (Decimal("26630000.4999"), "26.6M", "2,663万"),
        (np.float64(26_630_000), "26.6M", "2,663万"),
        (np.int64(26_630_000), "26.6M", "2,663万"),
    ],
)
def test_compact(value, english, chinese):
    assert formats.compact(value, lang="en") == english
    assert formats.compact(value, lang="zh") == chinese


def test_variances_carry_a_sign():
    assert formats.compact(13_100_000, lang="en", signed=True) == "+13.1M"
    assert formats.compact(13_100_000, lang="zh", signed=True) == "+1,310万"
    assert formats.count(-29, signed=True) == "−29"
    assert formats.rate(-0.034, signed=True) == "−3.4%"
    assert formats.rate(0.039, signed=True) == "+3.9%"
    assert formats.rate(-0.0001, signed=True) == "±0.0%"
    assert formats.points(-0.021, lang="en") == "−2.1 pts"
    assert formats.points(-0.021, lang="zh") == "−2.1个百分点"
    assert formats.variance(-0.007, "rate", lang="en") == "−0.7 pts"
    assert formats.variance(-26_630_000, "money", lang="zh") == "−2,663万"
    assert formats.variance(1, "days", lang="en") == "+1 day"
    assert formats.variance(12, "count") == "+12"


def test_rates_round_half_up():
    assert formats.rate(0.0845) == "8.5%"
    assert formats.rate(-0.0845) == "−8.5%"
    assert formats.rate(0.318) == "31.8%"
    assert formats.rate(0.9665) == "96.7%"
    assert formats.rate(169 / 2000) == "8.5%"
    assert formats.rate(0.1 + 0.2) == "30.0%"
    # the noise of float arithmetic does not decide: 1.005 * 0.1 is 0.10049999999999999
    assert formats.rate(1.005 * 0.1) == "10.1%"
    assert formats.rate(None) == "–"


def test_counts_days_probabilities():
    assert formats.count(2155) == "2,155"
    assert formats.count(None) == "–"
    assert formats.full_money(Decimal("1265793.0395")) == "1,265,793.04"
    assert formats.full_money(1_265_793.04, currency="CNY") == "CNY 1,265,793.04"
    assert formats.thousands(105_500_000) == "105,500"
    assert formats.thousands(-1_300_000, signed=True) == "−1,300"
    assert (formats.days(38, lang="en"), formats.days(38, lang="zh")) == (
        "38 days",
        "38天",
    )
    assert (formats.days(1, lang="en"), formats.days(0, lang="en")) == (
        "1 day",
        "0 days",
    )
    assert (formats.days(73.74, 1, lang="en"), formats.days(None, lang="en")) == (
        "73.7 days",
        "–",
    )
    assert [formats.probability(p, lang="en") for p in (1, 0.995, 0.99, 0.87, 0.09, 0.01, 0.004, 0)] == [
        "over 99%", "over 99%", "99%", "87%", "9%", "1%", "under 1%", "under 1%",
    ]  # fmt: skip
    assert formats.probability(1, lang="zh") == "99%以上"
    assert formats.probability(float("nan"), lang="zh") == "–"


def test_dates():
    day = date(2026, 6, 30)
    assert (formats.date(day, lang="en"), formats.date(day, lang="zh")) == (
        "30 Jun 2026",
        "2026年6月30日",
    )
    assert (formats.short_date(day, lang="en"), formats.short_date(day, lang="zh")) == (
        "30 Jun",
        "6月30日",
    )
    assert (formats.month(day, lang="en"), formats.month(day, lang="zh")) == (
        "Jun",
        "6月",
    )
    assert formats.month(day, lang="zh", year=True) == "2026年6月"
    assert formats.date(pd.Timestamp("2026-09-03"), lang="en") == "3 Sep 2026"
    assert formats.date(None, lang="en") == formats.date(pd.NaT, lang="zh") == "–"


@pytest.mark.parametrize(
    ("start", "end", "english", "short", "chinese"),
    [
        ("2026-01-01", "2026-06-30", "January–June 2026", "Jan–Jun 2026", "2026年1–6月"),
        ("2026-06-01", "2026-06-30", "June 2026", "Jun 2026", "2026年6月"),
        ("2024-02-01", "2024-02-29", "February 2024", "Feb 2024", "2024年2月"),
        ("2025-01-01", "2025-12-31", "2025", "2025", "2025年"),
        ("2025-07-01", "2026-06-30", "July 2025 – June 2026", "Jul 2025 – Jun 2026", "2025年7月–2026年6月"),
        ("2026-06-03", "2026-06-17", "3–17 June 2026", "3–17 Jun 2026", "2026年6月3–17日"),
        ("2026-05-28", "2026-06-03", "28 May – 3 June 2026", "28 May – 3 Jun 2026", "2026年5月28日–6月3日"),
        ("2025-12-28", "2026-01-03", "28 December 2025 – 3 January 2026", "28 Dec 2025 – 3 Jan 2026",
         "2025年12月28日–2026年1月3日"),
        ("2026-06-03", "2026-06-03", "3 June 2026", "3 Jun 2026", "2026年6月3日"),
    ],
)  # fmt: skip
def test_periods(start, end, english, short, chinese):
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert formats.period(first, last, lang="en") == english
    assert formats.period(first, last, lang="en", short=True) == short
    assert formats.period(first, last, lang="zh") == chinese


def test_unit_of_a_chart():
    months = [132e6, 99e6, 169e6]
    unit = choose_unit(months, lang="en")
    assert [unit.label(v) for v in months] == ["132", "99", "169"]
    assert formats.unit_name(unit, currency="CNY", lang="en") == "CNY m"
    unit = choose_unit(months, lang="zh")
    assert [unit.label(v) for v in months] == ["1.32", "0.99", "1.69"]
    assert formats.unit_name(unit, currency="CNY", lang="zh") == "亿元"
    assert formats.unit_name(unit, currency="USD", lang="zh") == "亿美元"
    assert formats.unit_name(unit, lang="zh") == "亿"
    gaps = [-17.67e6, 3.49e6, None]
    assert [choose_unit(gaps, lang="en").label(v, signed=True) for v in gaps] == [
        "−17.7",
        "+3.5",
        "–",
    ]
    assert [choose_unit(gaps, lang="zh").label(v, signed=True) for v in gaps] == [
        "−1,767",
        "+349",
        "–",
    ]
    assert choose_unit([1_579.5e6], lang="en").label(1_579.5e6) == "1.58"
    assert choose_unit([0.966, 1.02], "rate").label(0.966) == "96.6"
    assert choose_unit([541, 600], "count", lang="en").label(541) == "541"
    assert choose_unit([4, 6], "count", lang="en").label(4) == "4"
    assert choose_unit([], lang="en").label(0) == "0"
    assert choose_unit([99.97e6], lang="en").label(99.97e6) == "100"
    assert formats.thousand_name(lang="zh") == "千元"
    assert formats.thousand_name("USD", lang="en") == "USD thousand"


@given(
    st.lists(st.floats(min_value=-9e11, max_value=9e11), min_size=1),
    st.sampled_from(["en", "zh"]),
)
@example([5e-324], "en")
def test_labels_stay_short(values, lang):
    largest = max(values, key=abs)
    unit = choose_unit(values, lang=lang)
    if abs(largest) >= 1:
        limit = 4 if lang == "en" else 5
        assert all(len(unit.label(value).lstrip("−")) <= limit for value in values)
        assert abs(float(unit.label(largest).replace("−", "-").replace(",", "")) * unit.scale - largest) <= (
            abs(largest) * 0.006
        )
