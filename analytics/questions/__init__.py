"""Questions: (Company, Scope, ...) -> a frozen Answer. Pages, notebooks, exports and the command line call these."""

from __future__ import annotations

from typing import Any

from analytics.questions import exceptions, overview, receivables, sales, targets, visits
from analytics.questions.answer import QUESTIONS, Answer, Note, question
from data.company import Company
from data.scope import Scope

__all__ = [
    "QUESTIONS",
    "Answer",
    "Note",
    "ask",
    "exceptions",
    "overview",
    "question",
    "receivables",
    "sales",
    "targets",
    "visits",
]


class UnknownQuestion(KeyError):
    """There is no question of that name."""


def ask(company: Company, name: str, scope: Scope, **options: Any) -> Answer:
    """Ask by name. Raises UnknownQuestion."""
    if name not in QUESTIONS:
        raise UnknownQuestion(name)
    return QUESTIONS[name](company, scope, **options)
