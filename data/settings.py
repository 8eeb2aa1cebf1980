"""Settings of one company: `config.toml` in its home, with defaults that fit a Chinese wholesaler.

Environment variables `QUDAO_<NAME>` win over the file.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from data.alerts import AlertRule

CONFIG_FILE = "config.toml"
SCORE_WEIGHTS = {"sales": 25.0, "growth": 15.0, "margin": 15.0, "payment": 20.0, "coverage": 10.0,
                 "price_discipline": 10.0, "promotion": 5.0}  # fmt: skip


class SettingsError(ValueError):
    """A setting that cannot be used. The message names file, field and value."""


class SegmentRules(BaseModel):
    """Where one group of dealers ends and the next begins."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    a_up_to: float = Field(
        default=0.80, gt=0, lt=1, description="cumulative share of net sales up to which class A goes"
    )
    b_up_to: float = Field(default=0.95, gt=0, lt=1, description="... class B")
    large: float = Field(default=1.0, gt=0, description="a dealer is large from so many times the mean net sales")
    grows: float = Field(default=0.0, description="growth from which a dealer counts as growing beside its size")
    growing: float = Field(default=0.10, description="growth from which a dealer's stage is growing")
    declining: float = Field(default=-0.10, description="growth down to which its stage is declining")
    new_days: int = Field(default=365, ge=1, description="days since the first order up to which a dealer is new")
    dormant_days: int = Field(default=90, ge=1, description="days without an order after which it is dormant")
    lost_days: int = Field(default=365, ge=1, description="... and lost")


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
    slide_template: str = Field(
        "", description="a .pptx in the home whose master slides decks are written on; empty: a plain white page"
    )
    language: Literal["", "en", "zh"] = Field("", description="empty: the browser's language")
    keep_snapshots: int = Field(5, ge=2)
    memory_limit: str = Field(
        "2GB", pattern=r"^\d+(\.\d+)?\s*([KMGT]i?B|%)$", description="most memory that DuckDB may use, such as 2GB"
    )
    threads: int = Field(2, ge=1)
    query_seconds: float = Field(
        60, gt=0, allow_inf_nan=False, description="longest that one query of a page may take before it is interrupted"
    )
    segment_rules: SegmentRules = SegmentRules()
    segment_rules_by_region: dict[str, dict[str, float]] = Field(
        {}, description="thresholds that differ in a region and those below it, by its id"
    )
    score_weights: dict[str, float] = Field(
        SCORE_WEIGHTS,
        description="weight of each criterion of the dealers' score; 0 leaves one out, the unnamed keep theirs",
    )
    tier_cuts: dict[str, float] = Field(
        {}, description="score from which a dealer belongs to a tier, best tier first; empty: as many in each as now"
    )
    lowest_tier: str = Field("C", validate_default=True, description="the tier of those below every cut")
    alerts: tuple[AlertRule, ...] = Field((), description="what raises an alert, on the Briefing and by mail")

    @field_validator("segment_rules_by_region")
    @classmethod
    def _known(cls, rules: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        for region, changed in rules.items():
            try:
                SegmentRules.model_validate(changed)
            except ValidationError as error:
                wrong = error.errors()[0]
                raise ValueError(f"{region}.{wrong['loc'][0]}: {wrong['msg']}") from None
        return rules

    @field_validator("score_weights")
    @classmethod
    def _weighed(cls, weights: dict[str, float]) -> dict[str, float]:
        for name, weight in weights.items():
            if name not in SCORE_WEIGHTS:
                raise ValueError(f"{name} is not one of {', '.join(SCORE_WEIGHTS)}")
            if not 0 <= weight < float("inf"):
                raise ValueError(f"{name}: a weight is a number of zero or more")
        if not any((merged := SCORE_WEIGHTS | weights).values()):
            raise ValueError("one weight at least is above zero")
        return merged

    @field_validator("tier_cuts")
    @classmethod
    def _falling(cls, cuts: dict[str, float]) -> dict[str, float]:
        for (upper, high), (lower, low) in pairwise(cuts.items()):
            if not high > low:
                raise ValueError(f"{upper} begins at {high:g}, and {lower} below it at {low:g}: best tier first")
        if not all(0 <= cut <= 100 for cut in cuts.values()):
            raise ValueError("a score lies between 0 and 100")
        return cuts

    @field_validator("lowest_tier")
    @classmethod
    def _below(cls, tier: str, info: ValidationInfo) -> str:
        if tier in info.data.get("tier_cuts", {}):
            raise ValueError(f"{tier} has a cut in tier_cuts: the lowest tier has none")
        return tier

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
