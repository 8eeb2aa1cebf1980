"""A sketch as a native chart: its cells in a block of the sheet, and the chart that refers to them."""

from __future__ import annotations

from typing import Any

from dashboard.export.excel.book import Book
from dashboard.export.inks import OUTLINE, ink
from dashboard.export.sketch import Look, Series, Sketch
from dashboard.i18n import _

WIDTH, HEIGHT = 760, 420  # px
COLUMNS = 12  # of 64 px, that a chart covers
ROW = 26  # px of a lying bar
MARKERS = {"circle": "circle", "triangle": "triangle", "diamond": "diamond", "square": "square", "dash": "long_dash"}
UNSEEN = "\N{ZERO WIDTH SPACE}"
_KINDS = {"bar": {"columns": "column", "bars": "bar"}, "line": {"columns": "line"}, "area": {"columns": "area"}}


def put(book: Book, sheet: Any, sketch: Sketch, row: int, column: int, *, size: tuple[int, int] | None = None,
        data: int | None = None) -> int:  # fmt: skip
    """Draw the chart at a cell and write its data right of it. size: px; data: where they stand, if not right beside.
    Returns the first column of the data."""
    data = column + COLUMNS + 1 if data is None else data
    tall = max(HEIGHT, 60 + ROW * len(sketch.categories)) if sketch.shape == "bars" else HEIGHT
    _Drawing(book, sheet, sketch, row, data).insert(row, column, size or (WIDTH, tall))
    return data


class _Drawing:
    """One chart while it is drawn."""

    def __init__(self, book: Book, sheet: Any, sketch: Sketch, row: int, column: int) -> None:
        self.book, self.sheet, self.sketch = book, sheet, sketch
        self.places = _written(book, sheet, sketch, row, column)

    def insert(self, row: int, column: int, size: tuple[int, int]) -> None:
        sketch = self.sketch
        charts: dict[str, Any] = {}
        if sketch.shape == "points":
            charts["points"] = self.book.file.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        for series in sketch.series:
            if sketch.shape != "points" and series.drawn not in charts:
                charts[series.drawn] = self._chart(series.drawn)
        order: list[Series] = []
        for drawn, chart in charts.items():
            for at, series in enumerate(sketch.series):
                if drawn in ("points", series.drawn):
                    chart.add_series(self._series(at, series))
                    order.append(series)
        first, *others = charts.values()
        for other in others:
            first.combine(other)
        self._dress(first, order)
        first.set_size({"width": size[0], "height": size[1]})
        self.sheet.insert_chart(row, column, first, {"object_position": 2})

    def _chart(self, drawn: str) -> Any:
        kind = _KINDS[drawn][self.sketch.shape]
        stacked = drawn == "area" or (drawn == "bar" and self.sketch.stacked)
        return self.book.file.add_chart({"type": kind, "subtype": "stacked"} if stacked else {"type": kind})

    def _series(self, at: int, series: Series) -> dict[str, Any]:
        sketch, palette = self.sketch, self.book.palette
        head, categories, values = self.places[at]
        options: dict[str, Any] = {"name": head, "categories": categories, "values": values}
        options |= _drawn(series, self.book) if _is_bar(series, sketch) else _lined(series, self.book)
        if _is_bar(series, sketch):
            bars = sum(_is_bar(other, sketch) for other in sketch.series)
            options |= {"gap": 55, "overlap": 100 if sketch.stacked or sketch.overlaid else 35 if bars > 1 else 0}
            if series.looks:
                options["points"] = [_filled(look, self.book) for look in series.looks]
        if series.low:
            below, above = sketch.whiskers(series)
            options["y_error_bars"] = {"type": "custom", "plus_values": list(above), "minus_values": list(below),
                                       "end_style": 1, "line": {"color": palette.model, "width": 1.5}}  # fmt: skip
        if labels := self._labels(series):
            options["data_labels"] = labels
        return options

    def _labels(self, series: Series) -> dict[str, Any] | None:
        sketch = self.sketch
        if series.labels == () or not any(value is not None for value in series.values):
            return None
        if _is_bar(series, sketch):
            place = "outside_end" if not sketch.stacked else "inside_base" if series.look == "hidden" else "center"
        elif sketch.shape == "points":
            place = "right"
        else:
            place = "below" if max(value or 0.0 for value in series.values) <= 0 else "above"
        font = {"size": 9, "color": self.book.palette.text}
        labels: dict[str, Any] = {"value": True, "position": place, "font": font, "num_format": sketch.number}
        if series.labels is not None:
            labels["custom"] = [
                {"value": _literal(word), "font": font} if word and value is not None else {"delete": True}
                for word, value in zip(series.labels, series.values, strict=True)
            ]
        return labels

    def _dress(self, chart: Any, order: list[Series]) -> None:
        sketch, palette = self.sketch, self.book.palette
        font = {"size": 9, "color": palette.text}
        quiet = {"num_font": font, "major_tick_mark": "none", "minor_tick_mark": "none",
                 "major_gridlines": {"visible": False}}  # fmt: skip
        line = {"line": {"color": palette.muted, "width": 0.75}}
        if sketch.shape == "points":
            for axis, put_axis, number in (("x", chart.set_x_axis, sketch.x_number), ("y", chart.set_y_axis, "")):
                title = sketch.axes["xy".index(axis)]
                put_axis(quiet | line | {"num_format": number or sketch.number, "label_position": "low"}
                         | ({"name": _literal(title), "name_font": font | {"bold": False}} if title else {})
                         | ({"log_base": 10, "crossing": "min"} if sketch.log == axis else {}))  # fmt: skip
        else:
            names = quiet | line | {"label_position": "low", "reverse": sketch.shape == "bars", "text_axis": True}
            least = min((end for series in sketch.series for end in (*series.values, *series.low) if end is not None),
                        default=0.0)  # fmt: skip
            amounts = quiet | {"visible": False} | ({"min": 0} if least >= 0 else {})
            if not any(series.labels != () and series.drawn != "line" for series in sketch.series):
                amounts = quiet | {"line": {"none": True}, "num_format": sketch.number} | (
                    {"min": 0} if least >= 0 else {})  # fmt: skip
            lying = sketch.shape == "bars"  # whose axis of names is the upright one
            (chart.set_y_axis if lying else chart.set_x_axis)(names)
            (chart.set_x_axis if lying else chart.set_y_axis)(amounts)
        chart.set_title({"none": True})
        told: set[str] = set()
        unnamed = []
        for at, series in enumerate(order):
            if series.look == "hidden" or not series.name or series.name in told:
                unnamed.append(at)
            told.add(series.name)
        if sketch.legend:
            chart.set_legend({"position": "bottom", "font": font, "delete_series": unnamed})
        else:
            chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"none": True}})
        chart.show_blanks_as("gap")


def _is_bar(series: Series, sketch: Sketch) -> bool:
    return sketch.shape != "points" and series.drawn == "bar"


def _drawn(series: Series, book: Book) -> dict[str, Any]:
    """How bars look where nothing is said of one value."""
    return _filled(series.look, book)


def _filled(look: Look, book: Book) -> dict[str, Any]:
    ink_ = ink(look, book.palette)
    border = {"color": ink_.colour, "width": OUTLINE} if ink_.outline else {"none": True}
    if ink_.hatched:
        return {"border": border, "pattern": {"pattern": "wide_upward_diagonal", "fg_color": ink_.colour,
                                              "bg_color": ink_.fill}}  # fmt: skip
    if not ink_.fill:
        return {"fill": {"none": True}, "border": border}
    return {"fill": {"color": ink_.fill, "transparency": round(100 * (1 - ink_.opacity))}, "border": border}


def _lined(series: Series, book: Book) -> dict[str, Any]:
    """Areas, lines and marks."""
    if series.drawn == "area":
        return _filled(series.look, book)
    if series.look == "hidden":
        return {"line": {"none": True}, "marker": {"type": "none"}}
    ink_ = ink(series.look, book.palette)
    line: dict[str, Any] = {"color": ink_.colour, "width": 2}
    if series.stroke == "none":
        line = {"none": True}
    elif series.stroke == "dash":
        line["dash_type"] = "dash"
    if not series.markers:
        return {"line": line, "marker": {"type": "none"}}
    open_ = series.look in ("plan", "neutral") and series.markers != "dash"
    fill = {"color": book.palette.background if open_ else ink_.colour}
    return {"line": line, "marker": {"type": MARKERS[series.markers], "size": 9 if series.markers == "dash" else 7,
                                     "fill": fill, "border": {"color": ink_.colour}}}  # fmt: skip


def _literal(text: str) -> str:
    """Words that no chart reads as the address of a cell."""
    return UNSEEN + text if text.startswith("=") else text


def _written(book: Book, sheet: Any, sketch: Sketch, row: int, column: int) -> list[tuple[Any, Any, Any]]:
    """Write the block; for each series where its name, its categories (or places) and its values stand."""
    name, places = sheet.get_name(), []
    number, muted = book.format(num_format=sketch.number, font_color=book.palette.muted), book.muted()
    book.text(sheet, row, column, " · ".join(filter(None, (_("Chart data"), sketch.unit))), muted)
    top, n = row + 1, max((len(series.values) for series in sketch.series), default=0)
    at = column
    if sketch.shape != "points":
        for i, category in enumerate(sketch.categories):
            book.text(sheet, top + 1 + i, column, category, muted)
        shared = [name, top + 1, column, top + n, column]
        at += 1
    for number_of, series in enumerate(sketch.series, start=1):
        if sketch.shape == "points":
            shared = [name, top + 1, at, top + len(series.x), at]
            for i, x in enumerate(series.x):
                if x is not None:
                    sheet.write_number(top + 1 + i, at, x, book.format(num_format=sketch.x_number or sketch.number,
                                                                       font_color=book.palette.muted))  # fmt: skip
            at += 1
        book.text(sheet, top, at, series.name or f"#{number_of}", muted)
        for i, amount in enumerate(series.values):
            if amount is not None:
                sheet.write_number(top + 1 + i, at, amount, number)
        places.append(([name, top, at], shared, [name, top + 1, at, top + len(series.values), at]))
        at += 1
    return places
