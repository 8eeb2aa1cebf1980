"""Files of a company into the warehouse: read, map, check, hold back what is bad, publish a new snapshot.

    sources = inspect(["orders.csv", "book.xlsx"])
    mapping = propose(sources)                 # or Mapping.load("northwind"), Mapping.load("my.toml")
    report = import_files(warehouse, ["orders.csv", "book.xlsx"], mapping)

Rows in = accepted + quarantined, for every file. Rows that refer to what is not there yet wait and come in by
themselves; other bad rows are downloaded with `quarantine_csv`, repaired, and imported again.
"""

from data.importing.errors import ImportRefused
from data.importing.mapping import Derive, Feed, Lookup, Mapping, Options, shipped
from data.importing.pipeline import import_files
from data.importing.proposals import propose
from data.importing.quarantine import quarantine_csv
from data.importing.reports import FileReport, ImportedFile, ImportReport, Problem, Status, TableReport, status
from data.importing.sources import SourceFile, inspect

__all__ = [
    "Derive",
    "Feed",
    "FileReport",
    "ImportRefused",
    "ImportReport",
    "ImportedFile",
    "Lookup",
    "Mapping",
    "Options",
    "Problem",
    "SourceFile",
    "Status",
    "TableReport",
    "import_files",
    "inspect",
    "propose",
    "quarantine_csv",
    "shipped",
    "status",
]
