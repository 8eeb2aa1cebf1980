"""What the tests of charts share: finding traces by name, and frames that every chart must survive."""

from itertools import product

import pytest

from dashboard.charts.style import Style


@pytest.fixture
def traces():
    def find(figure, name):
        return [trace for trace in figure.data if trace.name == name]

    return find


@pytest.fixture
def one(traces):
    def find(figure, name):
        (trace,) = traces(figure, name)
        return trace

    return find


@pytest.fixture(params=list(product(("light", "dark"), ("en", "zh"))), ids="-".join)
def style(request):
    mode, lang = request.param
    return Style(mode, "standard", lang)
