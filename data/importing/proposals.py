"""A mapping proposed from headers and synonyms, for people to correct."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from data import schema
from data.importing.batches import excused
from data.importing.expressions import headers as headers_in
from data.importing.mapping import Derive, Feed, Mapping, Value, rule
from data.importing.sources import SourceFile

_GOOD_ENOUGH = 2.0
_TOO_COMMON = {schema.normalise(n) for n in ("name", "description", "title", "role", "type", "class", "unit")}


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
        _, table, headers = best
        columns: dict[str, Value] = dict(headers)
        note = _amounts(source, columns) if table.name == "fact_sales" else []
        derive = _derive(source, columns, headers.values()) if table.kind == "fact" else ()
        lacking = _lacking(table, set(columns))
        given = (*columns.values(), *(value for d in derive for _, value in d.columns))
        used = {name for value in given for name in headers_in(rule(value))}
        left = [c for c in source.data_columns if c not in used]
        note += [f"not used: {', '.join(left)}"] if left else []
        note += [f"REQUIRED and not found: {name} ({table.column(name).meaning})" for name in lacking]
        complete = complete and not lacking
        pairs = tuple((c.name, columns[c.name]) for c in table.importable if c.name in columns)
        feeds.append(Feed(source.matching_name, table.name, pairs, derive, note="\n".join(note)))
    return Mapping("proposed", tuple(feeds), complete=complete)


def canonical(sources: Sequence[SourceFile], proposal: Mapping) -> bool:
    """Every source that fits a table does so by the schema's own names, and nothing required is missing."""
    return bool(proposal.feeds) and proposal.complete and all(
        schema.normalise(str(header)) == schema.normalise(target)
        for feed in proposal.feeds for target, header in feed.columns
    )  # fmt: skip


def _amounts(source: SourceFile, columns: dict[str, Value]) -> list[str]:
    """Mend what files of sales lines usually differ in: a discount that is a rate, a price instead of an amount."""
    rate = columns.get("discount_amount")
    numbers = _numbers(source, str(rate)) if rate else []
    is_rate = bool(numbers) and all(0 <= n <= 1 for n in numbers) and any(numbers) and rate != "discount_amount"
    notes = []
    if is_rate:
        del columns["discount_amount"]
        notes.append(f"{rate} is read as a rate, not as an amount")
    price_names = {
        schema.normalise(n) for n in ("list_price", *schema.table("dim_product").column("list_price").synonyms)
    }
    price = next((h for h in source.data_columns if schema.normalise(h) in price_names and "]" not in h), None)
    if (
        price
        and "]" not in f"{columns.get('quantity')}{rate}"
        and "net_amount" not in columns
        and isinstance(columns.get("quantity"), str)
    ):
        gross = f"[{price}] * [{columns['quantity']}]"
        columns["net_amount"] = {"expr": f"{gross} * (1 - coalesce([{rate}], 0))" if is_rate else gross}
        if is_rate:
            columns["discount_amount"] = {"expr": f"{gross} * [{rate}]"}
    return notes


def _numbers(source: SourceFile, header: str) -> list[float]:
    cells = [row[source.columns.index(header)] for row in source.sample]
    texts = [cell.replace(",", ".") if source.decimal == "," else cell for cell in cells if cell]
    try:
        return [float(text) for text in texts]
    except ValueError:
        return []


def _derive(source: SourceFile, columns: dict[str, Value], used: Iterable[str]) -> tuple[Derive, ...]:
    """Names and classes of dealers, products ... that stand beside their ids in a flat file."""
    left = [h for h in source.data_columns if h not in used and schema.normalise(h) not in _TOO_COMMON]
    found = []
    for dimension in schema.DIMENSIONS:
        key = dimension.key[0]
        if not isinstance(columns.get(key), str):
            continue
        pairs: list[tuple[str, Value]] = [(key, columns[key])]
        for column in dimension.importable:
            wanted = {schema.normalise(n) for n in (column.name, *column.synonyms)}
            header = next((h for h in left if schema.normalise(h) in wanted), None)
            if header and column.type == "text":
                pairs.append((column.name, header))
                left.remove(header)
        if len(pairs) > 1:
            found.append(Derive(dimension.name, tuple(pairs)))
    return tuple(found)


# Of these columns a table needs one, or a document that has it.
_ONE_OF = {"fact_sales": ("order_date", "ship_date", "invoice_date"), "fact_visit": ("visit_date", "planned_date")}


def _lacking(table: schema.Table, given: set[str]) -> list[str]:
    lacking = [c.name for c in table.importable if c.required and c.name not in given | excused(table, given)]
    dates = _ONE_OF.get(table.name, ())
    return lacking if not dates or given & {*dates, "document_id"} else [*lacking, dates[0]]


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
