"""What a figure may hold: all that is not drawn here is named, rather than left out without a word."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class Unsupported(ValueError):
    """A figure holds something that cannot be drawn without a browser."""


def only(part: Mapping[str, Any], what: str, drawn: Collection[str], *, silent: Collection[str] = (),
         fixed: Mapping[str, Any] | None = None) -> None:  # fmt: skip
    """Raise Unsupported where a part has a property that is neither drawn, nor without a look, nor at its fixed value.

    silent: properties that only a screen has, such as what appears when hovering.
    """
    for key, value in part.items():
        if value is None or key in drawn or key in silent:
            continue
        if fixed is None or key not in fixed or value != fixed[key]:
            raise Unsupported(f"{what}: {key}={value!r} cannot be drawn")


def one_of(value: Any, allowed: Collection[Any], what: str) -> Any:
    """The value where it is one of those allowed."""
    if value not in allowed:
        raise Unsupported(f"{what}: {value!r} cannot be drawn")
    return value


def merged(*parts: Mapping[str, Any] | None) -> dict[str, Any]:
    """Nested properties over those of the parts before them, as a template is under a figure."""
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in (part or {}).items():
            if isinstance(value, Mapping):
                before = whole.get(key)
                whole[key] = merged(before if isinstance(before, Mapping) else None, value)
            elif value is not None:
                whole[key] = value
    return whole


def plain(values: Any) -> list[Any]:
    """A list of the values of a trace, NaN as None."""
    if values is None:
        return []
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    return [None if isinstance(value, float) and value != value else value for value in listed]


def spread(value: Any, n: int) -> list[Any]:
    """One value a point, from one for all or one for each."""
    return plain(value) if isinstance(value, list | tuple) or hasattr(value, "tolist") else [value] * n
