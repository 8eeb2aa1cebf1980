"""Mappings from and to TOML, with every mistake named."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping as Dict
from typing import Any

from data import schema
from data.importing.errors import ImportRefused
from data.importing.expressions import parse
from data.importing.mapping import Derive, Feed, Lookup, Mapping, Options, Value, lookups_in, rule
from data.importing.sources import DELIMITERS

# ---------------------------------------------------------------------- reading


def read(text: str, name: str) -> Mapping:
    """The mapping that a TOML text describes. Raises ImportRefused, naming the place."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"{name}: not a valid TOML file: {error}") from None
    name = _text(data.get("name", name), "name")
    where = f"mapping {name}"
    _only(data, ("name", "description", "options", "feed", "lookups"), where)
    feeds = data.get("feed", [])
    if not isinstance(feeds, list) or not feeds or not all(isinstance(f, dict) for f in feeds):
        raise ImportRefused(f"{where}: no [[feed]]; each names a file, a table and its columns")
    lookups = tuple(
        (key, _lookup(value, f"{where}: lookup {key}")) for key, value in _table(data, "lookups", where).items()
    )
    mapping = Mapping(
        name, tuple(_feed(f, where) for f in feeds), lookups, _options(_table(data, "options", where), where)
    )
    known = dict(mapping.lookups)
    for feed in mapping.feeds:
        for target, value in (*feed.columns, *(pair for d in feed.derive for pair in d.columns)):
            for used in lookups_in(rule(value)):
                if used not in known:
                    raise ImportRefused(
                        f"{where}: {feed.file}: {target} uses the lookup {used!r}, which [lookups] does not hold"
                    )
    return mapping


def _feed(data: Dict[str, Any], where: str) -> Feed:
    file = _text(data.get("file", ""), f"{where}: file")
    where = f"{where}: {file or 'feed'}"
    _only(data, ("file", "sheet", "table", "columns", "derive", "when", "note"), where)
    if not file:
        raise ImportRefused(f'{where}: no `file`; give a name or a pattern such as "orders*.csv"')
    if sheet := data.get("sheet"):
        file = f"{file}:{_text(sheet, where)}"
    when = _text(data.get("when", ""), f"{where}: when")
    if when:
        parse(when)
    table = _known_table(data.get("table"), where)
    columns = _columns(_table(data, "columns", where), table, where)
    derive = data.get("derive", [])
    if not isinstance(derive, list):
        raise ImportRefused(f"{where}: write [[feed.derive]], with two brackets")
    return Feed(file, table.name, columns, tuple(_derive(d, where) for d in derive), when, str(data.get("note", "")))


def _derive(data: Dict[str, Any], where: str) -> Derive:
    table = _known_table(data.get("table"), f"{where}: derive")
    where = f"{where}: derive {table.name}"
    _only(data, ("table", "columns", "levels"), where)
    if table.kind != "dimension":
        raise ImportRefused(f"{where}: only dimensions are derived; use a second [[feed]] for another table")
    columns = _columns(_table(data, "columns", where), table, where)
    levels = tuple(_text(level, where) for level in data.get("levels", ()))
    if levels and (columns or "parent_id" not in table.column_names):
        raise ImportRefused(f"{where}: `levels` stand alone, for a dimension with parents (dim_region)")
    if not levels and table.key[0] not in dict(columns):
        raise ImportRefused(f"{where}: no {table.key[0]} among its columns")
    return Derive(table.name, columns, levels)


def _columns(data: Dict[str, Any], table: schema.Table, where: str) -> tuple[tuple[str, Value], ...]:
    allowed = {c.name for c in table.importable}
    columns: list[tuple[str, Value]] = []
    for target, value in data.items():
        if target not in allowed:
            raise ImportRefused(f"{where}: {table.name} has no column {target!r}; it has {', '.join(sorted(allowed))}")
        place = f"{where}: {target}"
        if isinstance(value, dict):
            if set(value) not in ({"expr"}, {"template"}, {"value"}, {"column", "lookup"}):
                raise ImportRefused(f"{place}: give expr, template, value, or column with lookup")
            value = {k: _text(v, place) for k, v in value.items()}
        columns.append((target, value if isinstance(value, dict) else _text(value, place)))
        try:
            rule(columns[-1][1])
        except ImportRefused as refusal:
            raise ImportRefused(f"{place}: {refusal}") from None
    return tuple(columns)


def _lookup(data: Any, where: str) -> Lookup:
    if not isinstance(data, dict):
        raise ImportRefused(f"{where}: give values, or file, key and value")
    _only(data, ("values", "file", "key", "value", "default"), where)
    given = data.get("values", {})
    if not isinstance(given, dict) or (not given and not {"file", "key", "value"} <= set(data)):
        raise ImportRefused(f"{where}: give values, or file, key and value")
    pairs = tuple((str(k), _text(v, where)) for k, v in given.items())
    default = data.get("default")
    file, key, value = (_text(data.get(k, ""), where) for k in ("file", "key", "value"))
    return Lookup(pairs, file, key, value, None if default is None else _text(default, where))


def _options(data: Dict[str, Any], where: str) -> Options:
    _only(data, tuple(Options.__dataclass_fields__), f"{where}: options")
    given: dict[str, Any] = {
        k: tuple(map(str, v)) if k == "nulls" and isinstance(v, list) else v for k, v in data.items()
    }
    options = Options(**given)
    wrong = (
        "decimal" if options.decimal not in (None, ".", ",") else
        "dayfirst" if options.dayfirst not in (None, True, False) else
        "delimiter" if options.delimiter not in (None, *DELIMITERS) else
        "header_row" if options.header_row is not None and not _positive(options.header_row) else
        "nulls" if not isinstance(options.nulls, tuple) else
        "encoding" if not isinstance(options.encoding, str | None) else ""
    )  # fmt: skip
    if wrong:
        raise ImportRefused(f"{where}: options: {wrong} cannot be {getattr(options, wrong)!r}")
    return options


def _positive(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _known_table(name: Any, where: str) -> schema.Table:
    for table in schema.IMPORTABLE:
        if table.name == name:
            return table
    raise ImportRefused(f"{where}: no table {name!r}; there are {', '.join(t.name for t in schema.IMPORTABLE)}")


def _table(data: Dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise ImportRefused(f"{where}: `{key}` must be a table")
    return value


def _text(value: Any, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ImportRefused(f"{where}: a text is expected, not {value!r}")
    return str(value)


def _only(data: Any, allowed: tuple[str, ...], where: str) -> None:
    if not isinstance(data, dict):
        raise ImportRefused(f"{where}: must be a table")
    for key in data:
        if key not in allowed:
            raise ImportRefused(f"{where}: unknown key {key!r}; there are {', '.join(allowed)}")


# ---------------------------------------------------------------------- writing


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):  # TOML escapes texts as JSON does, and DEL besides
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def write(mapping: Mapping) -> str:
    """The mapping as TOML."""
    lines = [f"name = {_toml(mapping.name)}"]
    given = {k: v for k, v in vars(mapping.options).items() if v not in (None, ())}
    if given:
        lines += ["", "[options]", *(f"{k} = {_toml(v)}" for k, v in given.items())]
    for feed in mapping.feeds:
        lines += ["", *(f"# {line}" for line in feed.note.splitlines()), "[[feed]]", f"file = {_toml(feed.file)}"]
        lines += [f"table = {_toml(feed.table)}", *([f"when = {_toml(feed.when)}"] if feed.when else [])]
        lines += ["[feed.columns]", *(f"{_key(k)} = {_toml(v)}" for k, v in feed.columns)]
        for derive in feed.derive:
            lines += ["[[feed.derive]]", f"table = {_toml(derive.table)}"]
            lines += [f"levels = {_toml(derive.levels)}"] if derive.levels else []
            lines += (
                ["[feed.derive.columns]", *(f"{_key(k)} = {_toml(v)}" for k, v in derive.columns)]
                if derive.columns
                else []
            )
    for name, lookup in mapping.lookups:
        lines += ["", f"[lookups.{_key(name)}]"]
        lines += [
            f"{k} = {_toml(v)}" for k, v in (("file", lookup.file), ("key", lookup.key), ("value", lookup.value)) if v
        ]
        lines += [f"default = {_toml(lookup.default)}"] if lookup.default is not None else []
        lines += [f"values = {_toml(dict(lookup.values))}"] if lookup.values else []
    return "\n".join(lines) + "\n"
