"""A desk of the small demo company."""

from __future__ import annotations

import pytest

from dashboard.export.desk import Desk
from data.company import Company

QUARTER = {"period": "2026-Q2", "region": "South"}


@pytest.fixture(scope="module")
def desk(company: Company) -> Desk:
    """Questions of the second quarter in the South."""
    return Desk(company, company.scope(QUARTER))
