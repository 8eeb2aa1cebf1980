"""Questions: (Company, Scope, ...) -> a frozen Answer. Pages, notebooks, exports and the command line call these."""

from __future__ import annotations

import types
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules
from typing import Any, get_args, get_type_hints

from analytics.questions.answer import HEADQUARTERS, QUESTIONS, READS, Answer, Note, question, short
from data.company import Company, NotEntitled
from data.scope import GROUPINGS, Scope, ScopeError

__all__ = ["HEADQUARTERS", "QUESTIONS", "READS", "Answer", "Note", "UnknownQuestion", "ask", "grouping", "options",
           "question", "short"]  # fmt: skip

for _module in iter_modules(__path__):  # each file registers its questions
    import_module(f"{__name__}.{_module.name}")


_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


class UnknownQuestion(KeyError):
    """There is no question of that name."""


def grouping(name: str, by: str) -> str:
    """The grouping, when the question can be split by it. Raises ScopeError."""
    if "by" not in signature(QUESTIONS[name]).parameters:
        raise ScopeError(f"by: {name} is not split by a grouping")
    if by not in GROUPINGS:
        raise ScopeError(f"by: {by!r} is not one of {', '.join(GROUPINGS)}")
    return by


def options(name: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Options of a question read from texts, by the types of its parameters. Raises ScopeError."""
    function = QUESTIONS[name]
    types_of, known = get_type_hints(function), list(signature(function).parameters)[2:]
    read: dict[str, Any] = {}
    for key, text in given.items():
        if key not in known:
            raise ScopeError(f"{key}: {name} has no such option" + (f"; it has {', '.join(known)}" if known else ""))
        if key == "by":
            read[key] = grouping(name, text)
            continue
        try:
            read[key] = _as(types_of[key], text)
        except ValueError:
            raise ScopeError(f"{key}: cannot read {text!r}") from None
    return read


def _as(kind: Any, text: str) -> Any:
    if isinstance(kind, types.UnionType):  # an option that may be left out
        kind = next(part for part in get_args(kind) if part is not types.NoneType)
    if kind is bool:
        if text.casefold() not in _FLAGS:
            raise ValueError(text)
        return _FLAGS[text.casefold()]
    return kind(text) if kind in (int, float, str) else text


def ask(company: Company, name: str, scope: Scope, **options: Any) -> Answer:
    """Ask by name. Raises UnknownQuestion, and NotEntitled for headquarters' rules that the viewer is not shown."""
    if name not in QUESTIONS:
        raise UnknownQuestion(name)
    if name in HEADQUARTERS and scope.entitlement is not None and not scope.entitlement.headquarters:
        raise NotEntitled(f"{name} is for headquarters")
    return QUESTIONS[name](company, scope, **options)
