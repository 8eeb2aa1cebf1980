"""Write the reference pages of docs/ from the code: `python -m dashboard.reference`.

docs/data-dictionary.md from data.schema, docs/glossary.md from data.measures, docs/questions.md from the questions.
A test fails when they are out of date.
"""

from __future__ import annotations

import inspect
from pathlib import Path

from analytics.questions import QUESTIONS
from dashboard.i18n import translator
from data import schema
from data.measures import MEASURES
from data.scope import COMPARISONS, KEYS

DOCS = Path(__file__).resolve().parent.parent / "docs"
_HINT = "<!-- Written by `python -m dashboard.reference`. Change the code, not this page. -->\n"
_KINDS = {
    "dimension": "Dimensions",
    "fact": "Facts: declared, any may be empty",
    "optional": "Optional tables: a page lights up when its table is there",
    "derived": "Derived at publishing, never imported",
    "system": "The importer's own records",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def data_dictionary() -> str:
    """Every table and column: type, unit, key, reference, meaning, and the headers that an import recognises."""
    parts = ["# Data dictionary\n", _HINT]
    for kind, title in _KINDS.items():
        parts.append(f"\n## {title}\n")
        for table in (t for t in schema.TABLES if t.kind == kind):
            parts.append(f"\n### {table.name}\n\n{table.meaning}. Key: {', '.join(table.key)}.\n")
            parts.append("\n| column | type | unit | meaning | also recognised as |\n|---|---|---|---|---|\n")
            for column in table.columns:
                name = f"**{column.name}**" if column.required else column.name
                meaning = column.meaning + (f" ({', '.join(column.choices)})" if column.choices else "")
                meaning += f" → {column.references}" if column.references else ""
                shown = ", ".join(column.synonyms[:8]) + (" ..." if len(column.synonyms) > 8 else "")
                cells = (name, column.sql_type, column.unit, meaning, shown)
                parts.append(f"| {' | '.join(_cell(cell) for cell in cells)} |\n")
            parts += [f"\nCheck on {check.column}: {check.says}.\n" for check in table.checks]
    return "".join(parts)


def glossary() -> str:
    """Every metric: names in both languages, formula, unit, direction, source."""
    zh = translator("zh")
    parts = [
        "# Metric glossary\n",
        _HINT,
        "\nRatios are built from sums, never averaged. A missing denominator shows as –.\n",
    ]
    parts.append("\n| id | metric | 指标 | formula | unit | better | source |\n|---|---|---|---|---|---|---|\n")
    better = {1: "more", -1: "less", 0: ""}
    for m in MEASURES:
        cells = (m.id, m.label, zh(m.label), m.formula, m.unit, better[m.direction], m.origin)
        parts.append(f"| {' | '.join(_cell(cell) for cell in cells)} |\n")
    return "".join(parts)


def question_list() -> str:
    """Every question with its docstring, the scope keys and the comparisons."""
    parts = ["# Questions\n", _HINT]
    parts.append(f"\nScope keys: {', '.join(f'`{key}`' for key in KEYS)}. ")
    parts.append(f"Comparisons: {', '.join(f'`{name}`' for name in COMPARISONS)}.\n")
    for name, function in sorted(QUESTIONS.items()):
        parts.append(f"\n## {name}\n\n{inspect.cleandoc(function.__doc__ or '')}\n")
    return "".join(parts)


PAGES = {"data-dictionary.md": data_dictionary, "glossary.md": glossary, "questions.md": question_list}


def main() -> None:
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
