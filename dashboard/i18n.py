"""The language of the reader: translation by gettext, English in the code, catalogues in `dashboard/locale`.

    _("{n} dealers", n=541)                     in the current language
    ngettext("{n} day", "{n} days", 3)          n is filled in
    lazy("Net sales")                           a constant of a module: translated when it is shown, by str()
    translator("zh")("Total")                   in a given language

A value is filled in after translation, so the message stays a literal that can be collected. The current language is
that of `use_language` in this thread or task, else what the function given to `follow` says, else English.
"""

import gettext as _gettext
import io
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

Lang = Literal["en", "zh"]

LANGUAGES: tuple[Lang, ...] = get_args(Lang)
LOCALES: dict[Lang, str] = {"en": "en", "zh": "zh_CN"}
CATALOGUES = Path(__file__).parent / "locale"

_current: ContextVar[Lang | None] = ContextVar("language", default=None)
_sources: list[Callable[[], str | None]] = []


class use_language:  # noqa: N801 - reads as a verb
    """Set the language of this thread or task; as a context manager, until the end of the block.

    Raises ValueError for a language without a catalogue.
    """

    def __init__(self, lang: str) -> None:
        self._token: Token[Lang | None] = _current.set(_known(lang))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def follow(source: Callable[[], str | None] | None) -> None:
    """Ask `source` for the language wherever `use_language` did not set one; None asks nobody.

    A web session keeps the reader's choice in its own state; its reruns come in new threads that know nothing yet.
    """
    _sources[:] = [source] if source else []


def language() -> Lang:
    """Return the language of the reader, "en" or "zh"."""
    lang = _current.get()
    if lang is None:
        said = _sources[0]() if _sources else None
        return _known(said) if said else "en"
    return lang


def translator(lang: Lang | None = None) -> Callable[..., str]:
    """Return `_` for a given language (None: the current one, asked at each call)."""

    def translate(message: "str | Lazy", /, **values: Any) -> str:
        if isinstance(message, Lazy):
            values = {**message.values, **values}
            message = message.message
        return _filled(catalogue(lang or language()).gettext(message) if message else "", values)

    return translate


_ = translator()


def ngettext(singular: str, plural: str, n: int, /, **values: Any) -> str:
    """Translate with the form that fits the count `n`, which fills the placeholder {n} unless `values` has one."""
    return _filled(catalogue(language()).ngettext(singular, plural, n), {"n": n, **values})


def pgettext(context: str, message: str, /, **values: Any) -> str:
    """Translate a word that means different things: `pgettext("sales document", "Order")`."""
    return _filled(catalogue(language()).pgettext(context, message), values)


@dataclass(frozen=True, eq=False)
class Lazy:
    """A message that is translated when it is shown: by str(), an f-string or `_`."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(self.message, **self.values)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def lazy(message: str, /, **values: Any) -> Lazy:
    """Return a constant that is translated at each use."""
    return Lazy(message, values)


@cache
def catalogue(lang: Lang) -> _gettext.NullTranslations:
    """Return the translations of a language, compiled from its .po file in memory at the first use."""
    path = CATALOGUES / LOCALES[lang] / "LC_MESSAGES" / "qudao.po"
    if lang == "en":
        return _gettext.NullTranslations()
    from babel.messages import mofile, pofile

    compiled = io.BytesIO()
    with path.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=LOCALES[lang]))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def _known(lang: str) -> Lang:
    for known in LANGUAGES:
        if lang == known:
            return known
    raise ValueError(f"no catalogue for language {lang!r}; there are {', '.join(LANGUAGES)}")


def _filled(text: str, values: dict[str, Any]) -> str:
    return text.format(**values) if values else text
