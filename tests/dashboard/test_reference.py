"""The reference pages say what the code says."""

import pytest

from dashboard import reference
from dashboard.cli import ROOT


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_are_up_to_date(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), "run: python -m dashboard.reference"
