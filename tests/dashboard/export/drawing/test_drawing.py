"""Figures drawn without a browser: every chart, complete, where its axes say, and nothing left out in silence."""

import importlib
import inspect
import pkgutil
import re
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard import charts
from dashboard.charts.config import on_slide
from dashboard.charts.style import Canvas, Style, hatched, palette
from dashboard.export import fonts
from dashboard.export.drawing import Unsupported, svg, words

NOT_CHARTS = {"on_slide"}
WIDTH = 640
TAG = "{http://www.w3.org/2000/svg}"


def parsed(picture):
    return ElementTree.fromstring(picture.encode())


def written(picture):
    return ["".join(element.itertext()) for element in parsed(picture).iter(f"{TAG}text")]


def of(picture, tag, kind):
    """Numbers of all elements of a kind."""
    return [{name: float(value) for name, value in element.attrib.items() if name in ("x", "y", "width", "height")}
            for element in parsed(picture).iter(f"{TAG}{tag}") if element.get("class") == kind]  # fmt: skip


def labels(figure):
    """All words that a reader of the figure sees, line by line."""
    texts = [note.text for note in figure.layout.annotations]
    for axis in [*figure.select_xaxes(), *figure.select_yaxes()]:
        if axis.visible is not False and axis.showticklabels is not False and axis.ticktext:
            low, high = sorted(axis.range or (-np.inf, np.inf))
            values = np.log10(axis.tickvals) if axis.type == "log" else axis.tickvals
            texts += [text for text, at in zip(axis.ticktext, values, strict=True) if low <= at <= high]
    for trace in figure.data:
        if trace.type == "sankey":
            texts += trace.node.label
        elif trace.type == "heatmap":
            texts += [text for line in trace.text for text in line]
        elif trace.mode and "text" in trace.mode if trace.type == "scatter" else False:
            texts += trace.text
    return ["".join(run.text for run in line) for text in texts if text for line in words.lines(text)]


def test_every_chart_function_has_a_sample(every_chart):
    names = set()
    for module in pkgutil.iter_modules(charts.__path__):
        loaded = importlib.import_module(f"dashboard.charts.{module.name}")
        names |= {
            name for name, function in inspect.getmembers(loaded, inspect.isfunction)
            if function.__module__ == loaded.__name__ and not name.startswith("_")
            and "Figure" in str(inspect.signature(function).return_annotation)
        }  # fmt: skip
    assert names - NOT_CHARTS == set(every_chart(Style()))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("variance", ["standard", "colour-blind"])
def test_every_chart_is_drawn_with_all_its_words_and_within_the_canvas(every_chart, lang, variance):
    for name, figure in every_chart(Style("light", variance, lang)).items():
        picture = svg(figure, WIDTH)
        assert not re.search(r"\b(nan|inf|None)\b", picture), name
        found = written(picture)
        missing = [label for label in labels(figure) if label.strip() and label not in found]
        assert not missing, (name, missing)
        root = parsed(picture)
        height = float(root.get("height"))
        assert (float(root.get("width")), height) == (WIDTH, figure.layout.height), name
        for element in root.iter(f"{TAG}text"):
            text, size = "".join(element.itertext()), float(element.get("font-size"))
            x, y, wide = float(element.get("x")), float(element.get("y")), fonts.width(text, size)
            left = {"start": x, "middle": x - wide / 2, "end": x - wide}[element.get("text-anchor")]
            assert left > -1, (name, text)
            assert left + wide < WIDTH + 1, (name, text)
            assert y - 0.7 * size > 0, (name, text)
            assert y < height + 1, (name, text)
        for kind in ("bar", "cell", "node"):
            for box in of(picture, "rect", kind):
                assert min(box["width"], box["height"]) >= 0, name
                assert box["x"] >= -0.5, name
                assert box["x"] + box["width"] <= WIDTH + 0.5, name


def test_charts_stay_within_the_slide_that_config_makes_of_them(every_chart):
    style = Style()
    for name, figure in every_chart(style).items():
        slide = on_slide(figure, style, "A title that says <what> happened & where", "Net sales, CNY m")
        found = written(svg(slide, 960, slide.layout.height))
        assert "A title that says <what> happened & where" in found, name
        assert "Net sales, CNY m" in found, name


def bars(**trace):
    canvas = Canvas(Style())
    canvas.traces.append({"type": "bar", "x": [0, 1, 2], "y": [10.0, None, -5.0], "width": 0.5,
                          "marker": {"color": "#27303D"}, **trace})  # fmt: skip
    return canvas


LAYOUT = {
    "margin": {"l": 60, "r": 30, "t": 10, "b": 40},
    "xaxis": {"range": [-0.5, 2.5]},
    "yaxis": {"range": [-10, 20]},
}


def test_columns_stand_where_the_axes_say():
    picture = svg(bars(offset=-0.1).figure(height=350, **LAYOUT), 390)
    first, second = of(picture, "rect", "bar")  # None has no bar
    # 300 px for three units across, 300 px for thirty units up, zero at 10 + 200
    assert first == {"x": 60 + (0.5 - 0.1) * 100, "y": 110, "width": 50, "height": 100}
    assert second == {"x": 60 + (2.5 - 0.1) * 100, "y": 210, "width": 50, "height": 50}


def test_lying_bars_begin_at_their_base_and_rows_run_downwards():
    canvas = Canvas(Style())
    canvas.traces.append({"type": "bar", "orientation": "h", "y": [0, 1], "x": [4.0, -3.0], "base": [0.0, 4.0],
                          "width": 0.5, "marker": {"color": ["#007A5A", "#C8371B"]}})  # fmt: skip
    layout = {**LAYOUT, "xaxis": {"range": [0, 10], "domain": [0, 0.5]}, "yaxis": {"range": [1.5, -0.5]}}
    picture = svg(canvas.figure(height=250, **layout), 490)
    assert of(picture, "rect", "bar") == [
        {"x": 60, "y": 10 + 25, "width": 80, "height": 50}, {"x": 60 + 20, "y": 110 + 25, "width": 60, "height": 50},
    ]  # fmt: skip
    assert [element.get("fill") for element in parsed(picture).iter(f"{TAG}rect") if element.get("class") == "bar"] == [
        "#007A5A", "#C8371B",
    ]  # fmt: skip


def test_stacked_columns_stand_on_each_other_and_negative_ones_hang_below():
    canvas = Canvas(Style())
    for values in ([4.0], [-2.0], [6.0], [-3.0]):
        canvas.traces.append({"type": "bar", "x": [0], "y": values, "width": 1, "marker": {"color": "#27303D"}})
    layout = {**LAYOUT, "xaxis": {"range": [-0.5, 0.5]}, "yaxis": {"range": [-10, 20]}}
    boxes = of(svg(canvas.figure(height=350, barmode="relative", **layout), 190), "rect", "bar")
    assert [(box["y"], box["height"]) for box in boxes] == [(170, 40), (210, 20), (110, 60), (230, 30)]


def test_hatching_stays_within_its_bar():
    canvas = bars(marker=hatched(palette("light")))
    picture = svg(canvas.figure(height=350, **LAYOUT), 390)
    box = of(picture, "rect", "bar")[0]
    lines = next(e.get("d") for e in parsed(picture).iter(f"{TAG}path") if e.get("class") == "hatch")
    points = [tuple(map(float, point)) for point in re.findall(r"([\d.]+),([\d.]+)", lines)]
    assert len(points) == 2 * 29  # every 5 px of 50 + 100, but not at the corners
    assert all(box["x"] - 0.01 <= x <= box["x"] + box["width"] + 0.01 for x, _y in points)
    assert all(box["y"] - 0.01 <= y <= box["y"] + box["height"] + 0.01 for _x, y in points)


def test_lines_break_at_gaps_and_points_lie_on_logarithmic_axes():
    canvas = Canvas(Style())
    canvas.traces.append({"type": "scatter", "mode": "lines", "x": [0, 1, None, 2, 2.5], "y": [10, 100, 1, 1000, 10],
                          "line": {"color": "#27303D", "width": 2, "dash": "4px,3px"}})  # fmt: skip
    layout = {**LAYOUT, "yaxis": {"type": "log", "range": [0, 3], "tickvals": [1, 100], "ticktext": ["one", "hundred"]}}
    picture = svg(canvas.figure(height=350, **layout), 390)
    (path,) = [element for element in parsed(picture).iter(f"{TAG}path") if element.get("class") == "line"]
    assert path.get("d") == "M110,210L210,110 M310,10L360,210"
    assert path.get("stroke-dasharray") == "4,3"
    places = {"".join(e.itertext()): float(e.get("y")) for e in parsed(picture).iter(f"{TAG}text")}
    assert places["one"] - places["hundred"] == pytest.approx(200)


def test_names_of_rows_have_room():
    names = ["华南大区经销商", "a"]
    figure = Canvas(Style()).figure(height=100, yaxis={
        "range": [1.5, -0.5], "automargin": True, "tickvals": [0, 1], "ticktext": names,
        "tickfont": {"size": 12, "color": "#1B2430"}}, shapes=[{
            "type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": {"color": "#1B2430", "width": 1}}],
        xaxis={"range": [0, 1], "visible": False})  # fmt: skip
    (name,) = [e for e in parsed(svg(figure, 300)).iter(f"{TAG}text") if "".join(e.itertext()) == names[0]]
    assert float(name.get("x")) >= 7 * 12  # seven characters of 12 px end there
    assert name.get("text-anchor") == "end"


def test_tags_are_looks_and_escaped_brackets_are_words():
    read = words.lines(
        "<b>a &lt;b&gt;</b><br><span style='color:#007A5A;font-size:9px'>x</span> 1 < 2 <foo> &amp; AT&T"
    )
    assert [[(run.text, run.bold, run.colour, run.size) for run in line] for line in read] == [
        [("a <b>", True, "", 0.0)], [("x", False, "#007A5A", 9.0), (" 1 < 2 <foo> & AT&T", False, "", 0.0)],
    ]  # fmt: skip


@pytest.mark.parametrize(("change", "named"), [
    (lambda figure: figure.add_pie(values=[1, 2]), "pie"),
    (lambda figure: figure.update_traces(error_y={"array": [1, 1, 1]}), "error_y"),
    (lambda figure: figure.update_traces(marker={"pattern": {"shape": "x"}}), "'x'"),
    (lambda figure: figure.update_layout(barmode="group"), "group"),
    (lambda figure: figure.update_layout(images=[{"source": "a.png"}]), "images"),
    (lambda figure: figure.update_xaxes(showgrid=True), "showgrid"),
    (lambda figure: figure.update_xaxes(type="date"), "date"),
    (lambda figure: figure.add_shape(type="circle", x0=0, x1=1, y0=0, y1=1), "circle"),
    (lambda figure: figure.add_scatter(x=[0], y=[0], mode="markers", marker={"symbol": "star"}), "star"),
    (lambda figure: figure.add_annotation(text="a", x=0, y=0, showarrow=False, textangle=90), "textangle"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_named(change, named):
    figure = bars().figure(height=200, **LAYOUT)
    svg(figure, 300)
    with pytest.raises(Unsupported, match=named):
        svg(change(figure), 300)


def test_names_cannot_bring_in_elements_of_their_own():
    figure = go.Figure(Canvas(Style()).figure(height=100, **{**LAYOUT, "xaxis": {
        "range": [0, 1], "tickvals": [0.5], "ticktext": ['<script>x</script>"]]>\x07']}}))  # fmt: skip
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line={"color": "#000000"})
    picture = svg(figure, 300)
    assert not list(parsed(picture).iter(f"{TAG}script"))
    assert '<script>x</script>"]]>' in written(picture)
