"""How figures stand on cards and leave as pictures."""

import json

import pandas as pd
import pytest

from dashboard.charts import config
from dashboard.charts.style import Style
from dashboard.charts.trend import trend

FRAME = pd.DataFrame({"label": ["a", "b"], "actual": [1e6, 2e6], "target": [2e6, 1e6]})


def test_a_card_has_no_modebar():
    assert config.inline()["displayModeBar"] is False


@pytest.mark.parametrize("image", ["png", "svg"])
def test_a_slide_has_one_button_and_our_file_name(image):
    options = config.slide("gap - South - 2026-06-30", image, lang="zh")
    assert options["modeBarButtons"] == [["toImage"]]
    picture = options["toImageButtonOptions"]
    assert (picture["format"], picture["filename"]) == (image, "gap - South - 2026-06-30")
    assert picture["width"] * picture["scale"] == (1920 if image == "png" else 960)
    assert "PNG" in options["locales"][options["locale"]]["dictionary"]["Download plot as a PNG"]
    json.dumps(options)


def test_a_slide_carries_message_and_subtitle_and_leaves_the_card_alone():
    style = Style()
    figure = trend(FRAME, style)
    before = figure.to_json()
    copy = config.on_slide(figure, style, "Sales are <3% under target", "Net sales, CNY m")
    assert figure.to_json() == before
    assert "&lt;3%" in copy.layout.title.text
    assert "Net sales, CNY m" in copy.layout.title.text
    assert copy.layout.height >= 540
    assert copy.layout.margin.t > figure.layout.margin.t


def test_file_names_hold_nothing_that_a_system_forbids():
    name = config.filename('Sales: 3/4 "under"\n<target>', "South|East", "2026-06-30")
    assert name == "Sales 3 4 under target - South East - 2026-06-30"
    assert config.filename("月月未达标，差距扩大", "", "2026-06-30") == "月月未达标，差距扩大 - 2026-06-30"
    assert len(config.filename("x" * 300)) == 120
    assert config.filename("///") == "chart"
