"""Settings of one company: `config.toml` in its home, with defaults that fit a Chinese wholesaler.

Environment variables `QUDAO_<NAME>` win over the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

CONFIG_FILE = "config.toml"


class SettingsError(ValueError):
    """A setting that cannot be used. The message names file, field and value."""


class Settings(BaseSettings):
    """What differs between companies. Frozen: a change takes a new start."""

    model_config = SettingsConfigDict(env_prefix="QUDAO_", extra="ignore", frozen=True)

    company_name: str = ""
    company_name_en: str = Field("", description="shown to English readers; empty: company_name")
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$")
    country: str = Field("CN", description="ISO 3166 code: its public holidays are no selling days")
    selling_weekdays: tuple[int, ...] = Field((0, 1, 2, 3, 4), description="0 = Monday")
    fiscal_year_start: int = Field(1, ge=1, le=12, description="month in which the fiscal year starts")
    sales_date: Literal["invoice", "ship", "order"] = Field(
        "invoice", description="the date that counts first; the others follow when it is missing"
    )
    reactivation_gap_days: int = Field(365, ge=1, description="a dealer that buys after so many days is returning")
    variance_colours: Literal["standard", "colour-blind", "red-up"] = "standard"
    language: Literal["", "en", "zh"] = Field("", description="empty: the browser's language")
    keep_snapshots: int = Field(5, ge=2)
    memory_limit: str = Field(
        "2GB", pattern=r"^\d+(\.\d+)?\s*([KMGT]i?B|%)$", description="most memory that DuckDB may use, such as 2GB"
    )
    threads: int = Field(2, ge=1)

    @classmethod
    def load(cls, home: Path) -> Settings:
        """Settings of that home. Raises SettingsError when config.toml or the environment holds a bad value."""

        class _HomeSettings(cls):  # type: ignore[valid-type,misc]
            @classmethod
            def settings_customise_sources(
                cls,
                settings_cls: type[BaseSettings],
                init_settings: PydanticBaseSettingsSource,
                env_settings: PydanticBaseSettingsSource,
                dotenv_settings: PydanticBaseSettingsSource,
                file_secret_settings: PydanticBaseSettingsSource,
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home / CONFIG_FILE)

        try:
            return cls.model_validate(_HomeSettings().model_dump())
        except ValidationError as error:
            wrong = error.errors()[0]
            field = ".".join(str(part) for part in wrong["loc"])
            raise SettingsError(f"{home / CONFIG_FILE}: {field}: {wrong['msg']}, not {wrong['input']!r}") from None
        except TOMLDecodeError as error:
            raise SettingsError(f"{home / CONFIG_FILE}: not valid TOML: {error}") from None


def default_home() -> Path:
    """QUDAO_HOME, else the platform's user data directory."""
    return Path(os.environ.get("QUDAO_HOME") or platformdirs.user_data_path("qudao", appauthor=False))
