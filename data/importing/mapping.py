"""A mapping: which file and columns feed which table. Written as TOML:

name = "northwind"

[options]                       # all may be left out: they are found out
decimal = ","                   # decimal sign of numbers
dayfirst = true                 # 05/06/2024 is 5 June
encoding = "gb18030"
delimiter = ";"
header_row = 1
nulls = ["none", "?"]           # texts that mean: no value

[[feed]]                        # one a file (or pattern, or "book.xlsx:Sheet1") and table
file = "orders*.csv"
table = "sales_document"
when = "status <> 'cancelled'"  # rows taken; all when left out
[feed.columns]
document_id = "Order No"                                     # a column of the file
channel_id = { value = "wholesale" }                         # a constant
net_amount = { expr = "price * quantity * (1 - discount)" }  # see expressions.py
line_id = { template = "{Order No}-{Item}" }
category = { column = "categoryID", lookup = "category" }
[[feed.derive]]                 # a flat file also feeds dimensions
table = "dim_region"
levels = ["Country", "State", "City"]

[lookups.category]              # a table of another file, or `values = { "1" = "Beer" }`
file = "categories.csv"
key = "categoryID"
value = "categoryName"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from data.importing.errors import ImportRefused
from data.importing.expressions import Call, Name, Node, Text, headers, parse, parse_template
from data.importing.sources import ReadingOptions, SourceFile, find_column

SHIPPED = Path(__file__).with_name("mappings")
Value = str | dict[str, str]  # of a column, as it stands in the TOML


@dataclass(frozen=True)
class Options:
    """How values are read; None means: find out."""

    decimal: str | None = None
    dayfirst: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    nulls: tuple[str, ...] = ()

    @property
    def reading(self) -> ReadingOptions:
        return ReadingOptions(self.encoding, self.delimiter, self.header_row)


@dataclass(frozen=True)
class Lookup:
    """Values for keys: given in place, or two columns of another file. `default`: for unknown keys."""

    values: tuple[tuple[str, str], ...] = ()
    file: str = ""
    key: str = ""
    value: str = ""
    default: str | None = None


@dataclass(frozen=True)
class Derive:
    """A dimension filled from a file that feeds another table: attributes, or the levels of a hierarchy."""

    table: str
    columns: tuple[tuple[str, Value], ...] = ()
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """What one file (or pattern of names) gives to one table. `note`: a comment, for people."""

    file: str
    table: str
    columns: tuple[tuple[str, Value], ...]
    derive: tuple[Derive, ...] = ()
    when: str = ""
    note: str = ""

    def matches(self, source: SourceFile) -> bool:
        """The pattern fits the file, or the file and sheet; case does not matter."""
        names = {source.matching_name.casefold(), source.matching_name.rpartition(":")[0].casefold()}
        return any(name and fnmatchcase(name, _glob(self.file)) for name in names)

    @property
    def headers(self) -> list[str]:
        """The headers of the file that the feed reads, also in its rules and for the dimensions beside it."""
        columns = [*self.columns, *(pair for derive in self.derive for pair in derive.columns)]
        rules = [rule(value) for _target, value in columns] + ([parse(self.when)] if self.when else [])
        named = [name for node in rules for name in headers(node)]
        return list(dict.fromkeys([*named, *(level for derive in self.derive for level in derive.levels)]))


@dataclass(frozen=True)
class Mapping:
    """Which files feed which tables. `complete`: nothing that a table needs is missing (a proposal may lack things)."""

    name: str
    feeds: tuple[Feed, ...]
    lookups: tuple[tuple[str, Lookup], ...] = ()
    options: Options = Options()
    complete: bool = True

    @classmethod
    def load(cls, name_or_path: str | Path) -> Mapping:
        """A shipped mapping by name, or a TOML file. Raises ImportRefused, naming what is wrong in it."""
        path = Path(name_or_path)
        if not path.is_file():
            path = SHIPPED / f"{name_or_path}.toml"
        if not re.fullmatch(r"[\w-]+\.toml", path.name) or not path.is_file():
            path = Path(name_or_path)
        if not path.is_file():
            raise ImportRefused(
                f"mapping {name_or_path}: no such file, and no shipped mapping (there are {', '.join(shipped())})"
            )
        try:
            return cls.parse(path.read_text(encoding="utf-8-sig"), name=path.stem)
        except UnicodeDecodeError:
            raise ImportRefused(f"{path.name}: not UTF-8 text, as TOML must be") from None

    @classmethod
    def parse(cls, text: str, *, name: str = "mapping") -> Mapping:
        """The mapping that a TOML text describes. Raises ImportRefused."""
        from data.importing.mapping_text import read  # it builds this class

        return read(text, name)

    def to_toml(self) -> str:
        """The mapping as TOML; reading it gives the same mapping."""
        from data.importing.mapping_text import write

        return write(self)

    def part(self, feed: Feed) -> Mapping:
        """What concerns one feed, without names and comments: two mappings with the same part read a file alike."""
        values = (*feed.columns, *(pair for d in feed.derive for pair in d.columns))
        used = {name for _, value in values for name in lookups_in(rule(value))}
        used |= lookups_in(parse(feed.when)) if feed.when else set()
        lookups = tuple((name, lookup) for name, lookup in self.lookups if name in used)
        return Mapping("", (replace(feed, file="", note=""),), lookups, self.options)

    def feeds_of(self, source: SourceFile) -> tuple[Feed, ...]:
        """Every feed that takes from the source."""
        return tuple(f for f in self.feeds if f.matches(source))

    def unused(self, source: SourceFile) -> list[str]:
        """The headers of a file that feed nothing."""
        used = {find_column(source.columns, header) for feed in self.feeds_of(source) for header in feed.headers}
        return [header for header in source.data_columns if source.columns.index(header) not in used]


def shipped() -> list[str]:
    """Names of the mappings that come with Qudao."""
    return sorted(p.stem for p in SHIPPED.glob("*.toml"))


def rule(value: Value) -> Node:
    """The expression that a column's value stands for. Raises ImportRefused."""
    if isinstance(value, str):
        return Name(value)
    if "expr" in value:
        return parse(value["expr"])
    if "template" in value:
        return parse_template(value["template"])
    if "column" in value:
        return Call("lookup", (Name(value["column"]), Text(value["lookup"])))
    return Text(value["value"])


def lookups_in(node: Node) -> set[str]:
    """Names of the lookups that an expression uses."""
    if not isinstance(node, Call):
        return set()
    own = {node.arguments[1].value} if node.function == "lookup" and isinstance(node.arguments[1], Text) else set()
    return own.union(*(lookups_in(a) for a in node.arguments))


def _glob(pattern: str) -> str:
    """Only * and ? are special: file names hold brackets, as in `orders [1].csv`."""
    return pattern.casefold().replace("[", "[[]")
