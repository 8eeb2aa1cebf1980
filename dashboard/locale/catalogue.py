"""Keep the catalogues complete: `python -m dashboard.locale.catalogue`.

Collects every message marked with `_`, `lazy`, `ngettext`, `pgettext` or `N_` in dashboard, analytics, data and the
start script, and the words of the registries of tables and measures; writes them into the .po files beside the
translations that are there, and prints what still needs one. A message that left the code stays at the end of the
file as obsolete (with --prune it goes), so that it can come back with its translation.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from dashboard.i18n import CATALOGUES, LOCALES
from data import measures, schema

ROOT = Path(__file__).parents[2]
PACKAGES = ("dashboard", "analytics", "data")
KEYWORDS = {
    "_": None,
    "N_": None,
    "lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
TRANSLATED = tuple(locale for lang, locale in LOCALES.items() if lang != "en")
HEADER = """\
# Translations of Qudao. Refresh with: python -m dashboard.locale.catalogue
msgid ""
msgstr ""
"Project-Id-Version: Qudao\\n"
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

_PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:()!?]|[,;:()!?][\u4e00-\u9fff]")


def collected() -> Catalog:
    """Return the messages that the code asks for, with the files that use them."""
    catalog = Catalog()
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
    for file in (*files, ROOT / "streamlit_app.py"):
        if file.exists():
            name = file.relative_to(ROOT).as_posix()
            for _line, message, comments, context in extract_from_file(
                "python", file, keywords=KEYWORDS, comment_tags=["i18n:"]
            ):
                catalog.add(message, None, [(name, 1)], auto_comments=comments, context=context)
    for name, message in _declared():
        if message:
            catalog.add(message, None, [(name, 1)])
    return catalog


def _declared() -> Iterator[tuple[str, str]]:
    """Yield what readers see of the registries of tables and measures, with the file that says it."""
    for table in schema.TABLES:
        yield "data/schema.py", table.meaning
        yield from (("data/schema.py", column.meaning) for column in table.columns)
        yield from (("data/schema.py", check.says) for check in table.checks)
    yield from (("data/schema.py", unit) for unit in schema.UNITS.values())
    for measure in measures.MEASURES:
        for message in (measure.label, measure.formula, measure.note, measure.origin):
            yield "data/measures.py", message


def path(locale: str) -> Path:
    """Return the file of a locale's catalogue."""
    return CATALOGUES / locale / "LC_MESSAGES" / "qudao.po"


def read(locale: str) -> Catalog:
    """Return the catalogue of a locale as committed, empty when there is none."""
    if not path(locale).exists():
        return Catalog(locale=locale)
    with path(locale).open("rb") as file:
        return read_po(file, locale=locale)


def refreshed(template: Catalog, known: Catalog) -> Catalog:
    """Return `template` with the translations of `known`; what nobody asks for any more becomes obsolete."""
    fresh = Catalog(locale=known.locale)
    translated = {key(message): message for message in (*known.obsolete.values(), *known) if message.id}
    for message in template:
        if message.id:
            old = translated.pop(key(message), None)
            string = old.string if old and isinstance(old.string, str) == isinstance(message.id, str) else None
            flags = message.flags | (old.flags & {"fuzzy"} if old else set())
            fresh.add(
                message.id, string, message.locations, flags,
                auto_comments=message.auto_comments, user_comments=old.user_comments if old else (),
                context=message.context,
            )  # fmt: skip
    fresh.obsolete = {message.id: message for message in translated.values() if message.string}
    return fresh


def key(message: Message) -> tuple[str, str | None]:
    """Return what tells messages apart: the English text (of one) and the context."""
    return (
        message.id if isinstance(message.id, str) else message.id[0],
        message.context,
    )


def problems(template: Catalog, catalog: Catalog) -> Iterator[str]:
    """Yield one line for each message of `template` whose translation is missing, fuzzy or broken."""
    for message in template:
        if not message.id:
            continue
        where = f"{key(message)[0]!r} ({message.locations[0][0]})"
        found = catalog.get(key(message)[0], message.context)
        strings = _texts(found.string) if found else ()
        if found is None or not strings or not all(strings):
            yield f"not translated: {where}"
        elif found.fuzzy:
            yield f"fuzzy: {where}"
        else:
            asked = placeholders(_texts(message.id)[-1])
            for string in strings:
                if placeholders(string) != asked:
                    yield f"other placeholders than {sorted(asked)}: {where} -> {string!r}"
                if _HALF_WIDTH.search(string):
                    yield f"half-width punctuation beside Chinese: {where} -> {string!r}"


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return set(_PLACEHOLDER.findall(text))


def main(arguments: list[str]) -> int:
    """Refresh every catalogue; return 1 when a message needs a translator."""
    template, left = collected(), []
    for locale in TRANSLATED:
        fresh = refreshed(template, read(locale))
        path(locale).parent.mkdir(parents=True, exist_ok=True)
        with path(locale).open("wb") as file:
            file.write(HEADER.format(language=locale, plural_forms=fresh.plural_forms).encode())
            write_po(
                file, fresh, width=120, sort_by_file=True, include_lineno=False, omit_header=True,
                ignore_obsolete="--prune" in arguments,
            )  # fmt: skip
        left += list(problems(template, fresh))
    print("\n".join(left) or f"{len(template)} messages, all translated")
    return 1 if left else 0


def _texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
