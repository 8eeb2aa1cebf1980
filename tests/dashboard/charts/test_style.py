"""Colours that can be read, told apart and do not stand alone."""

from itertools import product

import pytest

from dashboard.charts import rows
from dashboard.charts.style import Style, legend, palette, template

MODES = ("light", "dark")
VARIANCES = ("standard", "colour-blind", "red-up")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_formula():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("mode", "variance"), list(product(MODES, VARIANCES)))
def test_words_and_shapes_have_contrast(mode, variance):
    colours = palette(mode, variance)
    for name in ("text", "muted", "good_word", "bad_word", "attention"):
        for ground in (colours.background, colours.soft):
            assert contrast(getattr(colours, name), ground) >= 4.5, (name, ground)
    for name in ("actual", "last_year", "good", "bad", "model", "interactive", "neutral"):
        assert contrast(getattr(colours, name), colours.background) >= 3 - 0.02, name
    for colour in colours.series:
        assert contrast(colour, colours.background) >= 3
    # the classes of the ramp differ from their neighbours, and their names stand beside them
    assert all(contrast(a, b) > 1.15 for a, b in zip(colours.aging[1:], colours.aging[2:], strict=False))
    ramp = [luminance(colour) for colour in colours.aging[1:]]
    assert ramp == sorted(ramp, reverse=mode == "light")


@pytest.mark.parametrize(("mode", "variance"), list(product(MODES, VARIANCES)))
def test_verdict_follows_the_direction_of_the_measure(mode, variance):
    style = Style(mode, variance)
    colours = style.palette
    assert style.verdict(1, 1).colour == style.verdict(-1, -1).colour == colours.good
    assert style.verdict(-1, 1).colour == style.verdict(1, -1).colour == colours.bad
    assert style.verdict(5, 0).colour == style.verdict(0, 1).colour == style.verdict(None, 1).colour == colours.neutral
    # shape says the same as colour
    assert len({style.verdict(1, 1).symbol, style.verdict(-1, 1).symbol, style.verdict(0, 1).symbol}) == 3


def test_red_up_swaps_and_colour_blind_replaces():
    assert palette("light", "red-up").good == palette("light").bad
    assert palette("light", "red-up").bad == palette("light").good
    assert palette("light", "colour-blind").good == "#1F6FB2"
    assert "red/green" in legend(Style(variance="red-up"), variance=True)


def test_template_has_no_axes_and_no_zoom():
    for mode in MODES:
        layout = template(mode).layout
        assert layout.paper_bgcolor == palette(mode).background
        assert layout.xaxis.fixedrange
        assert not layout.yaxis.showgrid
        assert not layout.dragmode
        assert layout.font.family.startswith("Inter")


def test_names_are_cut_to_their_room():
    assert rows.shortened("Guangzhou Hengda Trading", 12) == "Guangzhou H…"
    assert rows.shortened("广州市恒达商贸有限公司", 12) == "广州市恒达…"
    assert rows.shortened("广州恒达商贸", 12) == "广州恒达商贸"
    assert rows.folded("Existing dealers, volume", 17) == "Existing dealers,<br>volume"
    assert rows.folded("广州市恒达商贸有限责任公司", 12) == "广州市恒达商<br>贸有限责任…"
    assert rows.folded("Volkswagenversicherung", 12) == "Volkswagenv…"
    assert rows.shortened("<b>A&B", 12) == "&lt;b&gt;A&amp;B"
    for text in ("A long English name of a dealer in the north", "东莞市北辰饮料有限公司佛山分公司", "一Abc二 def三"):
        for limit in (6, 10, 16):
            assert rows.width(rows.shortened(text, limit)) <= limit
            assert all(rows.width(line) <= limit for line in rows.folded(text, limit).split("<br>"))


def test_relative_needs_a_positive_base():
    assert rows.relative(110, 100) == pytest.approx(0.1)
    assert rows.relative(110, 0) is rows.relative(110, -5) is rows.relative(None, 5) is rows.relative(5, None) is None
    assert (rows.percent(-0.11), rows.percent(1.4), rows.percent(25), rows.percent(0)) == (
        "−11.0",
        "+140",
        ">+999",
        "±0.0",
    )
