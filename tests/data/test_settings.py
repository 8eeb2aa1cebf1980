"""Settings: the file, the environment over it, and errors that name the field."""

import pytest

from data.settings import Settings, SettingsError


def test_file_and_environment(tmp_path, monkeypatch):
    assert Settings.load(tmp_path).currency == "CNY"
    (tmp_path / "config.toml").write_text('currency = "EUR"\nfiscal_year_start = 4\n', encoding="utf-8")
    assert (Settings.load(tmp_path).currency, Settings.load(tmp_path).fiscal_year_start) == ("EUR", 4)
    monkeypatch.setenv("QUDAO_CURRENCY", "USD")
    assert Settings.load(tmp_path).currency == "USD"


@pytest.mark.parametrize(
    ("text", "says"),
    [("fiscal_year_start = 13", "fiscal_year_start: Input should be less than or equal to 12, not 13"),
     ('currency = "yuan"', "currency: "), ("currency = ", "not valid TOML")],
)  # fmt: skip
def test_a_bad_value_is_named(tmp_path, text, says):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        Settings.load(tmp_path)
    assert says in str(caught.value)
    assert "config.toml" in str(caught.value)
