"""Desk: where an export asks its questions: one scope, one viewer, answers kept while the export lasts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics import questions
from analytics.questions import Answer
from dashboard.charts.style import Style
from dashboard.findings.names import company_name
from dashboard.i18n import language
from data.company import Company
from data.scope import Scope
from data.settings import Settings

Ask = Callable[..., Answer]  # (question, scope, **options)


class Desk:
    """One scope of one company, in the language of `use_language`; every question is asked once.

    The entitlement is that of the scope: a desk shows what its viewer may see and nothing else.
    """

    def __init__(self, company: Company, scope: Scope, ask: Ask | None = None) -> None:
        """ask: answers from a cache, as a page has one; by default the questions themselves."""
        self.company, self.scope = company, scope
        self._ask: Ask = ask or (lambda name, asked, **options: questions.ask(company, name, asked, **options))
        self._known: dict[tuple[Any, ...], Answer] = {}
        self._beside: dict[Scope, Desk] = {}

    def ask(self, question: str, **options: Any) -> Answer:
        """The answer for the scope of the desk."""
        key = (question, *sorted(options.items()))
        if key not in self._known:
            self._known[key] = self._ask(question, self.scope, **options)
        return self._known[key]

    def but(self, **changes: object) -> Desk:
        """A desk with some fields of the scope changed, as `Scope.but` has them; the same one each time."""
        scope = self.scope.but(**changes)
        if scope == self.scope:
            return self
        if scope not in self._beside:
            self._beside[scope] = Desk(self.company, scope, self._ask)
        return self._beside[scope]

    @property
    def settings(self) -> Settings:
        return self.company.settings

    @property
    def currency(self) -> str:
        return self.company.settings.currency

    @property
    def name(self) -> str:
        """Name of the company in the reader's language."""
        return company_name(self.company)

    @property
    def style(self) -> Style:
        """What leaves is always light."""
        return Style("light", self.settings.variance_colours, language())
