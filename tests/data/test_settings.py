"""Settings: the file, the environment over it, and errors that name the field."""

import pytest

from analytics.segmentation.scorecard import BY_ID
from data.settings import SCORE_WEIGHTS, Settings, SettingsError


def test_file_and_environment(tmp_path, monkeypatch):
    assert Settings.load(tmp_path).currency == "CNY"
    (tmp_path / "config.toml").write_text('currency = "EUR"\nfiscal_year_start = 4\n', encoding="utf-8")
    assert (Settings.load(tmp_path).currency, Settings.load(tmp_path).fiscal_year_start) == ("EUR", 4)
    monkeypatch.setenv("QUDAO_CURRENCY", "USD")
    assert Settings.load(tmp_path).currency == "USD"


@pytest.mark.parametrize(
    ("text", "says"),
    [("fiscal_year_start = 13", "fiscal_year_start: Input should be less than or equal to 12, not 13"),
     ('currency = "yuan"', "currency: "), ("currency = ", "not valid TOML"),
     ("[segment_rules]\na_up_to = 1.5", "segment_rules.a_up_to: Input should be less than 1, not 1.5"),
     ("[segment_rules]\ngrowing = nan", "segment_rules.growing: Input should be a finite number"),
     ("[segment_rules]\ngrowth = 0.2", "segment_rules.growth: "),
     ("[segment_rules_by_region.South]\ndormant_days = 0", "segment_rules_by_region: Value error, South.dormant"),
     ('[segment_rules_by_region.South]\ngrowing = "x"', "segment_rules_by_region.South.growing: "),
     ("[segment_rules_by_region.South]\ncolour = 1", "South.colour: "),
     ("[score_weights]\nsales = -1", "score_weights: Value error, sales: "),
     ("[score_weights]\nsales = nan", "score_weights: Value error, sales: "),
     ("[score_weights]\ncolour = 1", "score_weights: Value error, colour is not one of sales, growth, "),
     ('[score_weights]\nsales = "much"', "score_weights.sales: "),
     ("[score_weights]\n" + "".join(f"{name} = 0\n" for name in SCORE_WEIGHTS), "score_weights: "),
     ("[tier_cuts]\nA = 40\nB = 60", "tier_cuts: Value error, A begins at 40, and B below it at 60"),
     ("[tier_cuts]\nA = 140", "tier_cuts: "), ("[tier_cuts]\nA = 60\nC = 40", "lowest_tier: Value error, C has a cut")],
)  # fmt: skip
def test_a_bad_value_is_named(tmp_path, text, says):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path)
    assert says in str(caught.value)
    assert "config.toml" in str(caught.value)


def test_weights_of_the_score_are_those_of_its_criteria(tmp_path):
    assert set(SCORE_WEIGHTS) == set(BY_ID)
    (tmp_path / "config.toml").write_text("[score_weights]\ngrowth = 30\npromotion = 0\n")
    assert Settings.load(tmp_path).score_weights == SCORE_WEIGHTS | {"growth": 30, "promotion": 0}


def test_rules_of_a_region_are_kept_as_given(tmp_path):
    (tmp_path / "config.toml").write_text(
        "[segment_rules]\ngrowing = 0.2\n[segment_rules_by_region.South]\ndormant_days = 30\n"
    )
    settings = Settings.load(tmp_path)
    assert settings.segment_rules.growing == 0.2
    assert settings.segment_rules.dormant_days == 90
    assert settings.segment_rules_by_region == {"South": {"dormant_days": 30}}
