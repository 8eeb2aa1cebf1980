"""Figures of all tests are validated by plotly, which pages leave out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.charts import style


@pytest.fixture(scope="session", autouse=True)
def validated_figures() -> Iterator[None]:
    style.VALIDATED = True
    yield
    style.VALIDATED = False
