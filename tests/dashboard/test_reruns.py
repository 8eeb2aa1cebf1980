"""What a rerun does not do: compute an answer again, draw what the page does not show, search imported code for
garbage; and a figure that nobody validated says the same."""

from __future__ import annotations

import gc
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import questions
from dashboard import i18n, session
from dashboard.charts import style
from dashboard.components import filters
from dashboard.findings import names
from data.company import Company

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"


def test_a_rerun_draws_each_chart_once_and_computes_nothing(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(demo_home, tmp_path / "home"))
    monkeypatch.setenv("QUDAO_HOME", str(home))
    computed: list[tuple[str, str, str]] = []
    drawn: list[dict[str, Any]] = []
    ask, figure = questions.ask, style.Canvas.figure

    def asking(company: Company, name: str, scope: Any, **options: Any) -> questions.Answer:
        computed.append((name, repr(scope), repr(options)))
        return ask(company, name, scope, **options)

    def drawing(canvas: style.Canvas, **layout: Any) -> Any:
        drawn.append(layout)
        return figure(canvas, **layout)

    monkeypatch.setattr(questions, "ask", asking)
    monkeypatch.setattr(style.Canvas, "figure", drawing)
    try:
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["period"] = "2026-04"
        for page in ("briefing", "sales", "receivables"):
            app.switch_page(f"dashboard/pages/{page}.py").run()
            assert not app.exception
            assert len(set(computed)) == len(computed) > 0, page
            computed.clear()
            drawn.clear()
            app.run()
            assert computed == [], page
            assert len(drawn) == len(app.get("plotly_chart")) > 1, page
        assert gc.get_freeze_count() > 100_000
    finally:
        i18n.follow(None)


def test_an_unvalidated_figure_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for validated in (True, False):
        monkeypatch.setattr(style, "VALIDATED", validated)
        canvas = style.Canvas(style.Style())
        canvas.words([1, 2], ["a", "b"], ["1.0", "2.0"], "middle right")
        canvas.marks([1.5], ["a"], "circle", "#000000", marker={"size": 4})
        canvas.stems([(0, 0, 1, 0, "#111111", "dot")], 2)
        canvas.note("note", 1, 1, xanchor="left")
        canvas.line(0, 0, 1, 1, dash="dot")
        said.append(json.loads(canvas.figure(height=200, xaxis={"range": [0, 3]}).to_json()))
    assert said[0] == said[1]
    assert said[0]["layout"]["xaxis"]["range"] == [0, 3]
    monkeypatch.setattr(style, "VALIDATED", True)
    with pytest.raises(ValueError, match="nonsense"):  # the other tests do notice a property that plotly does not know
        style.Canvas(style.Style()).figure(nonsense=1)


def test_names_and_periods_follow_the_language(company: Company) -> None:
    tree = company.store.names("region")
    with i18n.use_language("en"):
        english, period = names.labels(company, "region"), filters.period_labels(company)("2026-05")
    with i18n.use_language("zh"):
        chinese, monat = names.labels(company, "region"), filters.period_labels(company)("2026-05")
    assert english == dict(zip(tree.index, tree["region_name_en"], strict=True))
    assert chinese == dict(zip(tree.index, tree["region_name"], strict=True))
    assert (period, monat) == ("May 2026", "2026年5月")
    assert filters.period_labels(company)("no period") == "no period"


def test_settings_are_read_again_when_their_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUDAO_HOME", str(tmp_path))
    assert session.settings().currency == "CNY"
    (tmp_path / "config.toml").write_text('currency = "EUR"\n', encoding="utf-8")
    assert session.settings().currency == "EUR"
