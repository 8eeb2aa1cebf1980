"""The workbook inside a native chart, as Excel opens it: names that look like formulas stay texts.

python-pptx writes it with XlsxWriter's defaults, which make a formula of `=cmd|...` and a link of `http:...`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.chart.xlsx import CategoryWorkbookWriter, XyWorkbookWriter
from xlsxwriter import Workbook


class _Texts:
    @contextmanager
    def _open_worksheet(self, xlsx_file: Any) -> Iterator[tuple[Any, Any]]:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with Workbook(xlsx_file, options) as workbook:
            yield workbook, workbook.add_worksheet()


class _Categories(_Texts, CategoryWorkbookWriter):
    pass


class _Points(_Texts, XyWorkbookWriter):
    pass


class _CategoryData(CategoryChartData):
    @property
    def _workbook_writer(self) -> Any:
        kind: Any = _Categories
        return kind(self)


class _PointData(XyChartData):
    @property
    def _workbook_writer(self) -> Any:
        kind: Any = _Points
        return kind(self)


def category_data(number_format: str) -> Any:
    """Data of a chart over categories."""
    kind: Any = _CategoryData
    return kind(number_format=number_format)


def point_data(number_format: str) -> Any:
    """Data of a chart of points."""
    kind: Any = _PointData
    return kind(number_format=number_format)
