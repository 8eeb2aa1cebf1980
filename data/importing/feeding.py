"""One feed of a mapping computed: the cells of a staged source become a batch of typed rows with their faults."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from data import schema
from data.importing.batches import Batch, Fault, finish, source_of
from data.importing.errors import ImportRefused
from data.importing.expressions import Name, Node, parse
from data.importing.formulas import compile_sql
from data.importing.lookups import table_of
from data.importing.mapping import Derive, Feed, Lookup, Options, rule
from data.importing.sources import REPAIR_PREFIX
from data.importing.staging import Staged
from data.importing.styles import Styles, decide
from data.importing.suggestions import closest
from data.importing.values import clean, literal, one_of, typed

# Words that stand for a choice in files, beside the choice itself.
CHOICE_SYNONYMS: dict[str, tuple[str, ...]] = {
    "sale": ("sales", "sold", "invoice", "销售", "销售出库", "正常"),
    "return": ("returns", "returned", "credit", "refund", "退货", "销售退货", "退回"),
    "gift": ("free", "free goods", "giveaway", "bonus", "赠品", "搭赠", "赠送"),
    "allowance": ("allowances", "rebate", "price adjustment", "折让", "返利", "补差"),
    "new": ("new customer", "prospecting", "开发", "新客户"),
    "existing": ("existing customer", "maintenance", "维护", "老客户"),
    "planning": ("plan", "office", "计划", "内勤"),
    "phone": ("telephone", "call", "information", "电话", "信息"),
}

NUMBER_KINDS = {"money", "amount", "quantity", "rate", "integer", "days", "hours", "number"}


class _Inputs:
    """The cells that expressions read: cleaned texts `t<i>` and their readings `v<i>_<kind>`."""

    def __init__(self, staged: Staged, feed: Feed) -> None:
        self.staged, self.feed = staged, feed
        self.texts: set[int] = set()
        self.kinds: dict[tuple[int, str], None] = {}
        self.lookups: list[tuple[str, str]] = []

    def read(self, header: str, kind: str) -> str:
        index = self.staged.index(header)
        if index is None:
            columns = self.staged.source.columns
            hint = closest(header, columns)
            place = f"{self.staged.source.name}: row {self.staged.source.header_row}"
            raise ImportRefused(
                f"{place}: no column {header!r} for {self.feed.table}"
                + (f"; did you mean {hint!r}?" if hint else f"; it has {', '.join(columns[:30])}")
                + " Correct the mapping or the file."
            )
        self.texts.add(index)
        if kind in ("text", "id"):
            return f"t{index}"
        self.kinds[index, kind] = None
        return f"v{index}_{kind}"

    def find(self, lookup: str, key: str) -> str:
        if (lookup, key) not in self.lookups:
            self.lookups.append((lookup, key))
        return f"found{self.lookups.index((lookup, key))}"


@dataclass(frozen=True)
class _Target:
    """One column to fill: `name` in the batch, its declaration, its expression."""

    name: str
    column: schema.Column
    node: Node


def build(
    con: duckdb.DuckDBPyConnection, name: str, staged: Staged, feed: Feed, options: Options,
    lookups: dict[str, Lookup], *, file_id: int, documents: str = "", former_styles: str = "",
) -> Batch:  # fmt: skip
    """Compute the batch of one feed. `documents`: table of known sales documents, which complete lines.

    Raises ImportRefused for a column that the file does not have or an expression that makes no sense.
    """
    table = schema.table(feed.table)
    targets = [_Target(t, table.column(t), rule(v)) for t, v in feed.columns]
    for k, derive in enumerate(feed.derive):
        targets += _derived_targets(k, derive)
    inputs = _Inputs(staged, feed)
    compiled = {t.name: _target_sql(t, inputs) for t in targets}
    when = compile_sql(parse(feed.when), "condition", inputs.read, inputs.find) if feed.when else ""
    hint = staged.index(REPAIR_PREFIX + "key")
    if hint is not None:
        inputs.texts.add(hint)
    numbers = sorted({i for i, k in inputs.kinds if k in NUMBER_KINDS})
    dates = sorted({i for i, k in inputs.kinds if k == "date"})
    styles = decide(con, staged, options, numbers, dates, former_styles)
    faults, cases = _input_faults(staged, feed, inputs, lookups, targets, compiled)
    rows = _typed_rows(staged, options, styles, inputs, targets, compiled, cases, when, lookups)
    batch = Batch(name, table, tuple(t for t, _ in feed.columns), faults, staged, feed, file_id)
    batch.notes += [*staged.source.notes, *styles.notes]
    batch.notes += [feed.note] if feed.note.startswith("not filled") else []
    batch.styles = styles.to_json(staged.source.columns)
    line_hint = f"t{hint}" if hint is not None else "NULL"
    finish(con, batch, rows, tuple(t.name for t in targets[len(feed.columns) :]), documents, line_hint)
    blank = staged.rows - int(con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])
    if when:
        batch.notes.append(f"{blank:,} rows are outside `when = {feed.when}` or empty") if blank else None
    elif blank:
        batch.notes.append(f"{blank:,} empty rows were left out")
    batch.rows_in = staged.rows - blank
    return batch


def _derived_targets(k: int, derive: Derive) -> list[_Target]:
    table = schema.table(derive.table)
    if derive.levels:
        text = table.column(table.key[0])
        return [_Target(f"d{k}_level{i}", text, Name(level)) for i, level in enumerate(derive.levels)]
    return [_Target(f"d{k}_{t}", table.column(t), rule(v)) for t, v in derive.columns]


def _target_sql(target: _Target, inputs: _Inputs) -> str:
    """SQL of a target over the inputs, in the target's type."""
    column, node = target.column, target.node
    if isinstance(node, Name):
        return inputs.read(node.header, column.type)
    if column.type == "flag":
        raise ImportRefused(f"mapping: {target.name} is yes or no: map it to a column")
    want = "date" if column.type == "date" else "number" if column.type in NUMBER_KINDS else "text"
    sql = compile_sql(node, want, inputs.read, inputs.find)  # type: ignore[arg-type]
    return f"TRY_CAST(TRY({sql}) AS {column.sql_type})"


def _choice(column: schema.Column, text: str) -> str:
    whens = " ".join(
        f"WHEN lower({text}) IN {one_of((choice, *CHOICE_SYNONYMS.get(choice, ())))} THEN {literal(choice)}"
        for choice in column.choices
    )
    return f"CASE {whens} END"


_SAYS = {
    "date": ("bad date", "'{value}' is not a date"),
    "flag": ("bad flag", "'{value}' is neither yes nor no"),
    "integer": ("bad number", "'{value}' is not a whole number"),
    "days": ("bad number", "'{value}' is not a whole number of days"),
}


def _input_faults(
    staged: Staged,
    feed: Feed,
    inputs: _Inputs,
    lookups: dict[str, Lookup],
    targets: list[_Target],
    compiled: dict[str, str],
) -> tuple[list[Fault], list[str]]:
    """Faults of single cells, with the SQL condition of each; the first is that of a ragged or malformed row."""
    faults = [Fault("", "ragged row", "")]
    cases = [f"rn IN (SELECT rn FROM {staged.rejects})" if staged.rejects else "false"]
    for index, kind in inputs.kinds:
        reason, says = _SAYS.get(kind, ("bad number", "'{value}' is not a number"))
        faults.append(Fault(staged.source.columns[index], reason, says, f"s.c{index}"))
        cases.append(f"t{index} IS NOT NULL AND v{index}_{kind} IS NULL")
    for k, (name, key) in enumerate(inputs.lookups):
        if lookups[name].default is None:
            faults.append(
                Fault(name, "unknown value", f"a key that the lookup {name!r} does not hold; add it or give a default")
            )
            cases.append(f"({key}) IS NOT NULL AND found{k} IS NULL")
    for target in targets:
        if target.column.choices:
            choices = ", ".join(target.column.choices)
            text = compiled[target.name]
            value = f"s.c{text[1:]}" if isinstance(target.node, Name) else "NULL"
            faults.append(
                Fault(source_of(feed, target.name), "unknown value", f"'{{value}}' is none of {choices}", value)
            )
            cases.append(f"({text}) IS NOT NULL AND {_choice(target.column, text)} IS NULL")
    return faults, cases


def _typed_rows(
    staged: Staged, options: Options, styles: Styles, inputs: _Inputs, targets: list[_Target], compiled: dict[str, str],
    cases: list[str], when: str, lookups: dict[str, Lookup],
) -> str:  # fmt: skip
    """SELECT of the typed rows: rn, cell_fault and the targets."""
    odd = staged.source.text.odd_spaces if staged.source.text else True
    texts = [f"{clean(f'c{i}', options.nulls, odd_spaces=odd)} AS t{i}" for i in sorted(inputs.texts)]
    cells = ", ".join(f"c{i}" for i in range(len(staged.source.columns)))
    read = ", ".join(
        f"{typed(f't{i}', kind, styles.decimal.get(i, '.'), styles.dayfirst.get(i, True))} AS v{i}_{kind}"
        for i, kind in inputs.kinds
    )
    blank = f"coalesce({cells}, '') = ''"
    rows = f"SELECT {', '.join([f'{staged.number} AS rn', *texts])} FROM {staged.table} WHERE NOT ({blank})"
    if read:
        rows = f"SELECT *, {read} FROM ({rows})"
    if inputs.lookups:
        found = ", ".join(f"{_found(k, key, lookups[n])} AS found{k}" for k, (n, key) in enumerate(inputs.lookups))
        joins = " ".join(
            f"LEFT JOIN {table_of(n)} l{k} ON l{k}.key = ({key})" for k, (n, key) in enumerate(inputs.lookups)
        )
        rows = f"SELECT r.*, {found} FROM ({rows}) r {joins}"
    out = [
        f"{_choice(t.column, compiled[t.name]) if t.column.choices else compiled[t.name]} AS {t.name}" for t in targets
    ]
    hints = [f"t{i}" for i in sorted(inputs.texts) if staged.source.columns[i] == REPAIR_PREFIX + "key"]
    fault = (
        "CASE "
        + " ".join(f"WHEN {case} THEN {n}" for n, case in enumerate(cases, start=1))
        + " END::INTEGER AS cell_fault"
    )
    condition = (
        f" WHERE coalesce({when}, false) OR rn IN (SELECT rn FROM {staged.rejects})"
        if when and staged.rejects
        else (f" WHERE coalesce({when}, false)" if when else "")
    )
    return f"SELECT rn, {', '.join([fault, *out, *hints])} FROM ({rows}){condition}"


def _found(k: int, key: str, lookup: Lookup) -> str:
    if lookup.default is None:
        return f"l{k}.value"
    return f"CASE WHEN ({key}) IS NOT NULL THEN coalesce(l{k}.value, {literal(lookup.default)}) END"
