"""Which level of targets answers which question: never a sum across levels, always the coarsest that can say it."""

import pytest

from data.targets import choose_level, parts

LEVELS = ("company", "region1", "region2+category", "dealer", "employee")


@pytest.mark.parametrize(
    ("needs", "level"),
    [
        ({}, "company"),
        ({"region": 1}, "region1"),
        ({"region": 2}, "dealer"),  # one scope column tells more cheaply than two
        ({"region": 3}, "dealer"),
        ({"category": 0}, "region2+category"),
        ({"category": 0, "region": 1}, "region2+category"),
        ({"category": 0, "region": 3}, None),
        ({"category": 0, "dealer": 0}, None),
        ({"dealer": 0}, "dealer"),
        ({"channel": 0}, "dealer"),
        ({"employee": 0}, "employee"),
        ({"product": 0}, None),
    ],
)
def test_the_coarsest_level_that_can_say_it(needs, level):
    assert choose_level(LEVELS, needs) == level


def test_parts_of_a_level():
    assert parts("company") == {}
    assert parts("region2+category") == {"region": 2, "category": 0}
