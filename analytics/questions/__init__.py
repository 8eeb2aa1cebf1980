"""Questions: (Company, Scope, ...) -> a frozen Answer. Pages, notebooks, exports and the command line call these."""

from __future__ import annotations

from inspect import signature
from typing import Any

from analytics.questions import exceptions, overview, receivables, sales, targets, visits
from analytics.questions.answer import QUESTIONS, Answer, Note, question
from data.company import Company
from data.scope import GROUPINGS, Scope, ScopeError

__all__ = [
    "QUESTIONS",
    "Answer",
    "Note",
    "ask",
    "exceptions",
    "grouping",
    "overview",
    "question",
    "receivables",
    "sales",
    "targets",
    "visits",
]


class UnknownQuestion(KeyError):
    """There is no question of that name."""


def grouping(name: str, by: str) -> str:
    """The grouping, when the question can be split by it. Raises ScopeError."""
    if "by" not in signature(QUESTIONS[name]).parameters:
        raise ScopeError(f"by: {name} is not split by a grouping")
    if by not in GROUPINGS:
        raise ScopeError(f"by: {by!r} is not one of {', '.join(GROUPINGS)}")
    return by


def ask(company: Company, name: str, scope: Scope, **options: Any) -> Answer:
    """Ask by name. Raises UnknownQuestion."""
    if name not in QUESTIONS:
        raise UnknownQuestion(name)
    return QUESTIONS[name](company, scope, **options)
