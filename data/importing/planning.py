"""What an import is to read: which source feeds which table, which serves a lookup, which is left aside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from data import schema
from data.importing.batches import excused
from data.importing.errors import ImportRefused
from data.importing.mapping import Feed, Mapping, lookups_in, rule
from data.importing.sources import SourceFile


@dataclass(frozen=True)
class Plan:
    """What is read: sources with their feeds, sources of lookups, and what is left aside."""

    feeds: tuple[tuple[SourceFile, Feed], ...]
    lookups: dict[str, SourceFile]
    ignored: tuple[tuple[str, str], ...]


def refuse_unreadable(sources: list[SourceFile]) -> None:
    """Raise ImportRefused for the first source that cannot be read."""
    for source in sources:
        if source.problem:
            raise ImportRefused(source.problem)


def make_plan(sources: list[SourceFile], mapping: Mapping) -> Plan:
    """Which feeds take from which sources. Raises ImportRefused when they cannot."""
    feeds: list[tuple[SourceFile, Feed]] = []
    ignored: list[tuple[str, str]] = []
    used = {s for s in sources if mapping.feeds_of(s)}
    lookups: dict[str, SourceFile] = {}
    for name, lookup in mapping.lookups:
        for source in sources:
            if lookup.file and Feed(lookup.file, "", ()).matches(source):
                lookups[name] = source
    refuse_unreadable([s for s in sources if s in used or s in lookups.values() or not s.from_folder])
    for feed in mapping.feeds:
        _refuse_lacking(feed)
    for source in sources:
        feeds += [(source, feed) for feed in mapping.feeds_of(source)]
        if source not in used and source not in lookups.values():
            ignored.append((source.name, source.problem or "not named by the mapping"))
    if not feeds:
        patterns = ", ".join(f.file for f in mapping.feeds)
        raise ImportRefused(f"the mapping {mapping.name} names none of these files; it names {patterns}")
    absent = {name for name, lookup in mapping.lookups if lookup.file and name not in lookups}
    return Plan(tuple((s, _without(s, f, absent, mapping)) for s, f in feeds), lookups, tuple(ignored))


def _refuse_lacking(feed: Feed) -> None:
    """A feed must give every required column that has no default."""
    table, given = schema.table(feed.table), {target for target, _ in feed.columns}
    for column in table.importable:
        if column.required and column.name not in given | excused(table, given):
            raise ImportRefused(
                f"mapping: {feed.file}: nothing feeds {table.name}.{column.name} ({column.meaning}), which is required"
            )


def _without(source: SourceFile, feed: Feed, absent: set[str], mapping: Mapping) -> Feed:
    """The feed without the columns that look up a file which was not given; what is in already stays."""
    gone = {t: n for t, v in feed.columns for n in sorted(lookups_in(rule(v)) & absent)}
    if not gone:
        return feed
    for target, name in gone.items():
        if schema.table(feed.table).column(target).required:
            raise ImportRefused(
                f"{source.name}: {target} looks up {name!r}; give {dict(mapping.lookups)[name].file} as well"
            )
    told = ", ".join(f"{target} ({dict(mapping.lookups)[name].file})" for target, name in gone.items())
    return replace(
        feed,
        columns=tuple((t, v) for t, v in feed.columns if t not in gone),
        note=f"not filled, as the file to look it up in was not given: {told}",
    )


def file_hash(source: SourceFile) -> str:
    """Identity of a source: the bytes of its file, and its sheet."""
    return source.sha256 + (f":{source.sheet}" if source.sheet else "")


def reading_hash(plan: Plan, mapping: Mapping, feed: Feed) -> str:
    """Identity of how a feed reads a file: what it says, and the files in which it looks values up."""
    used = mapping.part(feed)
    looked_up = (plan.lookups[name].sha256 for name, _ in used.lookups if name in plan.lookups)
    return hashlib.sha256("+".join([used.to_toml(), *looked_up]).encode()).hexdigest()
