"""A mapping as a person corrects it: a file's table, its columns and where each comes from. Pure; nothing is drawn."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from dashboard.findings.holdings import table_name
from dashboard.i18n import _
from data import schema
from data.importing import Feed, Mapping, SourceFile, propose
from data.importing.batches import excused
from data.importing.mapping import Value
from data.importing.sources import find_column

NOTHING = ""  # the choice of a column that nothing feeds


def rule_text(value: Value) -> str:
    """A rule of a mapping as one line: a header as it is, the others marked by a sign."""
    if isinstance(value, str):
        return value
    if "expr" in value:
        return f"= {value['expr']}"
    if "column" in value:
        return f"{value['column']} → {value['lookup']}"
    return f"“{value.get('template', value.get('value', ''))}”"


def choices(feed: Feed, source: SourceFile) -> dict[str, Value]:
    """What a column may be fed from, by the text shown: the file's headers, and the rules that the mapping holds."""
    found: dict[str, Value] = {header: header for header in source.data_columns}
    for _target, value in feed.columns:
        found.setdefault(rule_text(value), value)
    return found


def assigned(feed: Feed, source: SourceFile, before: Mapping | None = None) -> pd.DataFrame:
    """One row a column of the feed's table: `what, name, needed, sample, source`.

    Required columns come first, then those that the mapping fed `before` corrections: the order stays while a person
    corrects.
    """
    table, given = schema.table(feed.table), dict(feed.columns)
    former = next((f for f in (before.feeds if before else ()) if (f.file, f.table) == (feed.file, feed.table)), feed)
    fed = {target for target, _value in former.columns}
    missing = {c.name for c in lacking(feed)}
    excuses = excused(table, set(given))
    rows = []
    for column in table.importable:
        value = given.get(column.name)
        needed = _("required") if column.required and column.name not in excuses else ""
        needed = _("missing") if column.name in missing else needed
        rank = 0 if column.required else 1 if column.name in fed else 2
        text = NOTHING if value is None else rule_text(value)
        rows.append((rank, _(column.meaning), column.name, needed, _sample(value, source), text))
    frame = pd.DataFrame(rows, columns=["rank", "what", "name", "needed", "sample", "source"])
    return frame.sort_values("rank", kind="stable", ignore_index=True).drop(columns="rank")


def _sample(value: Value | None, source: SourceFile) -> str:
    """The first value that the header has in the file; words when the file has no such header."""
    if not isinstance(value, str):
        return ""
    index = find_column(source.columns, value)
    if index is None:
        return _("not in the file")
    return next((row[index] for row in source.sample if row[index].strip()), "")


def lacking(feed: Feed) -> list[schema.Column]:
    """Required columns that nothing feeds, and that no default or document gives."""
    table, given = schema.table(feed.table), {target for target, _value in feed.columns}
    return [c for c in table.importable if c.required and c.name not in given | excused(table, given)]


def reassigned(feed: Feed, source: SourceFile, changes: dict[str, str]) -> Feed:
    """The feed with other texts for some columns; NOTHING takes a column out. Unknown texts are left as they were."""
    known, columns = choices(feed, source), dict(feed.columns)
    for target, text in changes.items():
        if text == NOTHING:
            columns.pop(target, None)
        elif text in known:
            columns[target] = known[text]
    order = [c.name for c in schema.table(feed.table).importable]
    return replace(feed, columns=tuple((name, columns[name]) for name in order if name in columns), note="")


def feed_for(source: SourceFile, table: schema.Table) -> Feed:
    """A feed of that table: the proposed one, else from the headers that are its columns' own names or synonyms."""
    proposed = [feed for feed in propose([source]).feeds if feed.table == table.name]
    if proposed:
        return proposed[0]
    columns: dict[str, Value] = {}
    taken: set[str] = set()
    for names in (lambda c: (c.name,), lambda c: c.synonyms):
        for column in table.importable:
            wanted = {schema.normalise(name) for name in names(column)}
            for header in source.data_columns:
                if column.name not in columns and header not in taken and schema.normalise(header) in wanted:
                    columns[column.name] = header
                    taken.add(header)
    return Feed(source.matching_name, table.name, tuple(columns.items()))


def with_feed(mapping: Mapping, old: Feed | None, new: Feed | None) -> Mapping:
    """The mapping with one feed replaced, added (old None) or left out (new None).

    A feed that another correction has replaced meanwhile (two clicks within one run of the page) is found by its file
    and table; one that is gone changes nothing.
    """
    feeds = list(mapping.feeds)
    if old is None:
        feeds += [new] if new else []
    else:
        at = [n for n, feed in enumerate(feeds) if feed == old]
        at += [n for n, feed in enumerate(feeds) if (feed.file, feed.table) == (old.file, old.table)]
        if at:
            feeds[at[0] : at[0] + 1] = [new] if new else []
    return replace(mapping, feeds=tuple(feeds))


def short(meaning: str) -> str:
    """The first clause of a meaning."""
    return re.split(r"[;；,，:：(（]", meaning)[0].strip()


def fits(mapping: Mapping, sources: list[SourceFile]) -> int:
    """How many of the files the mapping reads whole: it names them, and every header that it asks for is there."""
    return sum(
        1 for source in sources
        if (feeds := mapping.feeds_of(source)) and all(
            find_column(source.columns, header) is not None for feed in feeds for header in feed.headers
        )
    )  # fmt: skip


def looked_up(mapping: Mapping, source: SourceFile) -> bool:
    """The file is one that the mapping looks values up in."""
    return any(lookup.file and Feed(lookup.file, "", ()).matches(source) for _name, lookup in mapping.lookups)


def overview(mapping: Mapping, sources: list[SourceFile]) -> pd.DataFrame:
    """One row a file: `file, feeds, state, columns, format`."""
    rows = []
    for source in sources:
        feeds = mapping.feeds_of(source)
        missing = [short(_(column.meaning)) for feed in feeds for column in lacking(feed)]
        absent = [header for feed in feeds for header in feed.headers if find_column(source.columns, header) is None]
        if source.problem:
            state = _("cannot be read")
        elif absent:
            state = _("not in the file: {columns}", columns=", ".join(absent))
        elif missing:
            state = _("missing: {columns}", columns=", ".join(missing))
        elif feeds:
            state = _("ready")
        else:
            state = _("values looked up") if looked_up(mapping, source) else _("left aside: nothing names it")
        used = len(source.data_columns) - len(mapping.unused(source))
        columns = f"{used}/{len(source.data_columns)}" if feeds else ""
        words = " + ".join(dict.fromkeys(table_name(feed.table) for feed in feeds))
        rows.append((source.name, words, state, columns, reading(source, short=True)))
    return pd.DataFrame(rows, columns=["file", "feeds", "state", "columns", "format"])


def reading(source: SourceFile, *, short: bool = False) -> str:
    """How a file was read: format, encoding, delimiter, decimal sign, order of day and month."""
    if source.problem:
        return "–"
    delimiters = {",": _("comma"), ";": _("semicolon"), "\t": _("tab"), "|": _("bar")}
    parts = [source.format, (source.encoding or "").upper()]
    if source.delimiter:
        parts.append(_("separated by {sign}", sign=delimiters.get(source.delimiter, source.delimiter)))
    if not short:
        parts.append(_("decimal comma") if source.decimal == "," else _("decimal point"))
        if source.dayfirst is not None:
            parts.append(_("day before month") if source.dayfirst else _("month before day"))
        if source.header_row > 1:
            parts.append(_("header in row {n}", n=source.header_row))
    return " · ".join(part for part in parts if part)
