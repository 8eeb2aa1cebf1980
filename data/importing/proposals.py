"""A mapping proposed from headers and synonyms, for people to correct."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from data import schema
from data.importing.batches import excused
from data.importing.mapping import Feed, Mapping, Value
from data.importing.sources import SourceFile

_GOOD_ENOUGH = 2.0


def propose(sources: Iterable[SourceFile]) -> Mapping:
    """The likeliest mapping of the sources: for each the table that its headers (and its name) fit best.

    Headers that are the schema's own names map one to one. Sources that fit no table get no feed. `complete` is false
    when a required column found no header; the feed's note names it.
    """
    feeds, complete = [], True
    for source in sources:
        best = max((_fit(source, table) for table in schema.IMPORTABLE), key=lambda fit: fit[0], default=None)
        if best is None or best[0] < _GOOD_ENOUGH:
            continue
        _, table, columns = best
        lacking = _lacking(table, set(columns))
        left = [c for c in source.data_columns if c not in columns.values() and not isinstance(c, dict)]
        note = [f"not used: {', '.join(left)}"] if left else []
        note += [f"REQUIRED and not found: {name} ({table.column(name).meaning})" for name in lacking]
        complete = complete and not lacking
        pairs: tuple[tuple[str, Value], ...] = tuple(
            (c.name, columns[c.name]) for c in table.importable if c.name in columns
        )
        feeds.append(Feed(source.matching_name, table.name, pairs, note="\n".join(note)))
    return Mapping("proposed", tuple(feeds), complete=complete)


def canonical(sources: Sequence[SourceFile], proposal: Mapping) -> bool:
    """Every source that fits a table does so by the schema's own names, and nothing required is missing."""
    return bool(proposal.feeds) and proposal.complete and all(
        schema.normalise(str(header)) == schema.normalise(target)
        for feed in proposal.feeds for target, header in feed.columns
    )  # fmt: skip


def _lacking(table: schema.Table, given: set[str]) -> list[str]:
    return [c.name for c in table.importable if c.required and c.name not in given | excused(table, given)]


def _fit(source: SourceFile, table: schema.Table) -> tuple[float, schema.Table, dict[str, str]]:
    """How well a table fits: columns found (own names count most), the table's name, less what is missing."""
    columns: dict[str, str] = {}
    score = 0.0
    for worth, names in ((1.5, lambda c: (c.name,)), (1.0, lambda c: c.synonyms)):
        for column in table.importable:
            wanted = {schema.normalise(n) for n in names(column)}
            for header in source.data_columns:
                if column.name not in columns and header not in columns.values() and schema.normalise(header) in wanted:
                    columns[column.name] = header
                    score += worth
    own = {schema.normalise(n) for n in (table.name, table.name.partition("_")[2], *table.synonyms)}
    called = {schema.normalise(n) for n in (source.sheet or "", Path(source.matching_name.partition(":")[0]).stem) if n}
    if called & own:
        score += 3
    score -= 2 * len(_lacking(table, set(columns)))
    score -= 0.3 * (len(source.data_columns) - len(columns))
    return score, table, columns
