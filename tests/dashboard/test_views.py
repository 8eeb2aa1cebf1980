"""Every view of every page in both languages, run without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard.components import views
from tests.dashboard.test_pages import PAGES, all_words, lang, language_of_nobody, opened, wrong_words

__all__ = ["lang", "language_of_nobody"]  # fixtures


@pytest.mark.parametrize("page", PAGES)
def test_every_view_speaks_its_language(page: str, lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch):
    offered: dict[str, str] = {}
    choose = views.choose

    def listening(label: str, ids: Mapping[str, str], **options: Any) -> str:
        if options.get("option", "show") == "show":
            offered.update(ids)
        return choose(label, ids, **options)

    monkeypatch.setattr(views, "choose", listening)
    opened(demo_home, monkeypatch, lang, page)
    for view in list(offered)[1:]:
        app = opened(demo_home, monkeypatch, lang, page, show=view)
        assert len(all_words(app)) > 20, view
        assert wrong_words(app, lang) == set(), view
