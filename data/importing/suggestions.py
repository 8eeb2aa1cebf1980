"""Guessing what a person meant by a name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from data import schema


def closest(wanted: str, names: Iterable[str]) -> str:
    """The name most like the wanted one; '' when none is like it."""
    by_form = {schema.normalise(n): n for n in names}
    found = difflib.get_close_matches(schema.normalise(wanted), by_form, n=1, cutoff=0.7)
    return by_form[found[0]] if found else ""
