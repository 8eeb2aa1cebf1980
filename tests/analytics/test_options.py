"""Options of a question as the command line gives them: texts, read by the types of the parameters."""

from __future__ import annotations

import pytest

from analytics import questions
from data.scope import ScopeError


def test_options_take_the_type_of_their_parameter() -> None:
    assert questions.options("targets.gap", {"named": "3"}) == {"named": 3}
    assert questions.options("sales.by", {"by": "product"}) == {"by": "product"}


@pytest.mark.parametrize(("name", "given"), [("targets.gap", {"named": "three"}), ("sales.by", {"by": "colour"}),
                                             ("sales.by", {"named": "3"}), ("overview", {"by": "region"})])  # fmt: skip
def test_options_that_cannot_be_read_are_refused(name: str, given: dict[str, str]) -> None:
    with pytest.raises(ScopeError):
        questions.options(name, given)
