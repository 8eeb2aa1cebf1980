"""The briefing as PowerPoint, read back from the file: native charts, computed titles, the numbers of `qudao ask`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from pptx import Presentation
from pptx.util import Inches, Pt

from dashboard.charts.style import Style
from dashboard.export import briefing, powerpoint
from dashboard.export.deck import Deck, Item, Slide
from dashboard.export.desk import Desk
from dashboard.i18n import LANGUAGES, use_language
from data.company import Company


@pytest.fixture(scope="module", params=LANGUAGES)
def spoken(request: pytest.FixtureRequest, company: Company) -> Iterator[tuple[Desk, Deck, Presentation]]:
    """The briefing in both languages."""
    with use_language(request.param):
        desk = Desk(company, company.scope())
        deck = briefing.deck(desk)
        yield desk, deck, opened(powerpoint.pptx(deck, desk.style))


def opened(data: bytes):
    return Presentation(io.BytesIO(data))


def charts(show) -> dict[int, object]:
    return {at: shape.chart for at, slide in enumerate(show.slides) for shape in slide.shapes if shape.has_chart}


def texts(slide) -> str:
    words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    words += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(words)


def values(chart, name: str) -> list[float]:
    return next(list(series.values) for plot in chart.plots for series in plot.series if series.name == name)


def test_six_native_charts_and_a_finding_a_slide(spoken):
    _desk, deck, show = spoken
    assert len(charts(show)) >= 6
    assert [slide.shapes.title.text_frame.text for slide in show.slides] == [page.title for page in deck.slides]
    assert not [shape for slide in show.slides for shape in slide.shapes if shape.shape_type == 13]  # no picture


def test_both_languages_have_the_same_charts(company: Company):
    kinds = []
    for lang in LANGUAGES:
        with use_language(lang):
            desk = Desk(company, company.scope())
            show = opened(powerpoint.pptx(briefing.deck(desk), desk.style))
            kinds.append({at: [type(plot).__name__ for plot in chart.plots] for at, chart in charts(show).items()})
    assert kinds[0] == kinds[1]


def test_sales_over_time_are_those_of_the_question(spoken):
    desk, _deck, show = spoken
    trend = desk.ask("overview", decide=False).frames["trend"]
    actual = [value for value in trend["actual"] if value == value]
    written = values(charts(show)[0], "AC, FC")
    scale = actual[0] / written[0]
    assert scale in (1e6, 1e4, 1e8, 1e3)
    assert [value * scale for value in written[: len(actual)]] == pytest.approx(actual)


def test_the_title_states_the_gap_of_the_question(spoken):
    from dashboard import formats

    desk, _deck, show = spoken
    kpis = desk.ask("overview", decide=False).frames["kpis"].set_index("measure")
    gap = formats.compact(abs(kpis.loc["net_sales", "target_change"]))
    assert gap in show.slides[0].shapes.title.text_frame.text
    assert formats.compact(kpis.loc["net_sales", "value"]) in texts(show.slides[0])


def test_the_band_of_the_forecast_adds_up(spoken):
    desk, _deck, show = spoken
    frame = desk.ask("forecast.outlook").frames["chart"]
    chart = charts(show)[3]
    areas = list(chart.plots[0].series)
    tops = [sum(parts) for parts in zip(*[[value or 0.0 for value in series.values] for series in areas], strict=True)]
    ahead = frame["hi-95"].notna().to_numpy()
    highest = frame["hi-95"][ahead].to_list()[-1]
    scale = round(highest / tops[len(frame) - 1], 6)
    assert scale in (1e6, 1e4, 1e8, 1e3)
    got = [top * scale for top, there in zip(tops, ahead, strict=True) if there]
    assert got == pytest.approx(frame["hi-95"][ahead].to_list(), rel=1e-9)


def test_every_slide_says_scope_day_and_unit(spoken):
    from dashboard import formats

    desk, _deck, show = spoken
    for slide in show.slides:
        words = texts(slide)
        assert desk.name in words
        assert formats.date(desk.scope.as_of) in words
        assert formats.currency_name(desk.currency) in words


def test_nothing_lies_beyond_the_edge(spoken):
    _desk, _deck, show = spoken
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height


# ------------------------------------------------------------------ the company's own template


def own(path: Path) -> Path:
    """A company's template: 4:3, a master of its own, example slides."""
    show = Presentation()
    show.slide_master.name = "ACME"
    example = show.slides.add_slide(show.slide_layouts[0])
    example.shapes.title.text_frame.text = "Example"
    show.save(str(path))
    return path


PLAIN = Slide("Net sales are up", "who · what", "foot", items=(Item("Call them", "why", "2.1M", "Li"),))


def test_a_template_keeps_its_size_and_master_and_loses_its_examples(tmp_path: Path):
    show = opened(powerpoint.pptx(Deck("d", (PLAIN,)), Style(), template=own(tmp_path / "own.pptx")))
    assert (show.slide_width, show.slide_height) == (Inches(10), Inches(7.5))
    assert [slide.shapes.title.text_frame.text for slide in show.slides] == ["Net sales are up"]
    assert show.slides[0].slide_layout.slide_master.name == "ACME"
    assert show.slides[0].slide_layout.name == "Title Only"
    place = show.slides[0].slide_layout.placeholders[0]
    assert show.slides[0].shapes.title.top == place.top  # where the company puts it


def test_a_file_that_is_no_template_is_named(tmp_path: Path):
    (tmp_path / "bad.pptx").write_text("no")
    with pytest.raises(powerpoint.TemplateError, match=r"bad\.pptx"):
        powerpoint.pptx(Deck("d", (PLAIN,)), Style(), template=tmp_path / "bad.pptx")


def test_words_of_the_data_stay_words():
    odd = Slide("=cmd|' /C calc'!A0 \x01 & <b>", "s", "f", items=(Item("\x0b<script>", "&", "1", ""),))
    words = texts(opened(powerpoint.pptx(Deck("d", (odd,)), Style())).slides[0])
    assert "=cmd|' /C calc'!A0   & <b>" in words
    assert "<script>" in words


def test_a_slide_without_data_says_why():
    empty = Slide("Promotions", "", "foot", missing="Import promotions to see what they brought.")
    show = opened(powerpoint.pptx(Deck("d", (empty,)), Style()))
    assert "Import promotions" in texts(show.slides[0])
    assert not charts(show)


def test_a_stop_while_writing_leaves_nothing(company: Company):
    class Stopped(Exception):
        pass

    def stop(_stage: str, at: int, _of: int) -> None:
        if at == 1:
            raise Stopped

    with pytest.raises(Stopped):
        powerpoint.pptx(Deck("d", (PLAIN, PLAIN)), Style(), progress=stop)


def test_figures_of_kpis_are_larger_than_words(spoken):
    _desk, _deck, show = spoken
    runs = [run for shape in show.slides[0].shapes if shape.has_text_frame for p in shape.text_frame.paragraphs
            for run in p.runs if run.font.size == Pt(24)]  # fmt: skip
    assert len(runs) == 7  # the title and six figures
