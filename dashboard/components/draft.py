"""Files on their way in: uploaded in this session, looked into, with the mapping as it stands after corrections."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dashboard import session
from dashboard.components import uploads
from dashboard.findings.assignment import fits
from dashboard.i18n import _
from data.importing import ImportRefused, ImportReport, Mapping, SourceFile, inspect, propose, shipped

PROPOSED = "proposed"
AUDIT = "import"  # kind of the ledger's entries about imports

_log = logging.getLogger("qudao")


@dataclass
class Draft:
    """`mappings`: what can be chosen, by key; `mapping`: the chosen one with the corrections made so far."""

    paths: list[Path]
    sources: list[SourceFile]
    mappings: dict[str, Mapping]
    problems: list[str] = field(default_factory=list)  # mapping files that cannot be used
    choice: str = PROPOSED
    mapping: Mapping = field(default_factory=lambda: Mapping(PROPOSED, ()))
    version: int = 0  # counts corrections; widgets that show the mapping are made anew
    report: ImportReport | None = None  # of the last check, while nothing was changed since

    @property
    def data_paths(self) -> list[Path]:
        """The uploaded files without mappings and those that cannot be read."""
        bad = {source.path for source in self.sources if source.problem}
        return [path for path in self.paths if not _is_mapping(path) and path not in bad]

    @property
    def readable(self) -> list[SourceFile]:
        return [source for source in self.sources if not source.problem]

    def choose(self, key: str) -> None:
        """Take another mapping; corrections of the former one are gone."""
        self.choice = key
        self.change(self.mappings[key])

    def change(self, mapping: Mapping) -> None:
        """Take a corrected mapping."""
        if mapping.options.reading != self.mapping.options.reading:
            self.sources = look_into([p for p in self.paths if not _is_mapping(p)], mapping)
        self.mapping, self.version, self.report = mapping, self.version + 1, None


def begin(home: Path, files: Sequence[Any]) -> Draft:
    """Save uploaded files, look into them, and choose the likeliest mapping."""
    paths = uploads.save(home, files)
    sources = look_into([path for path in paths if not _is_mapping(path)])
    draft = Draft(paths, sources, {})
    readable = draft.readable
    for path in filter(_is_mapping, paths):
        try:
            draft.mappings[f"file:{path.name}"] = Mapping.load(path)
        except ImportRefused as refusal:
            draft.problems.append(str(refusal))
    draft.mappings |= _as_last_time(readable)
    draft.mappings |= {f"shipped:{name}": Mapping.load(name) for name in shipped()}
    draft.mappings[PROPOSED] = propose(readable)
    draft.choose(_likeliest(draft.mappings, readable))
    return draft


def _likeliest(mappings: dict[str, Mapping], sources: list[SourceFile]) -> str:
    """A mapping that was uploaded; else the one that reads most of the files whole, if any; else the proposal."""
    fitting = {key: fits(mapping, sources) for key, mapping in mappings.items() if key != PROPOSED}
    for key in fitting:
        if key.startswith("file:"):
            return key
    best = max(fitting, key=lambda key: fitting[key], default=PROPOSED)
    return best if fitting.get(best) else PROPOSED


def look_into(paths: list[Path], mapping: Mapping | None = None) -> list[SourceFile]:
    """`inspect` for each file alone, so that one that breaks the readers leaves the others readable."""
    found: list[SourceFile] = []
    for path in paths:
        try:
            found += map(_doubted, inspect([path], mapping.options.reading if mapping else None))
        except Exception as error:  # whatever a stranger's file does to a reader
            _log.exception("cannot look into %s", path.name, exc_info=error)
            found.append(SourceFile(path, "unreadable", problem=_("{file}: cannot be read", file=path.name)))
    return found


def _doubted(source: SourceFile) -> SourceFile:
    """The source, with a problem when what was read shows that it is no table of text."""
    head = "".join(source.columns[:50])
    body = "".join("".join(row[:50]) for row in source.sample)
    if source.format != "csv" or source.problem:
        return source
    if head.lstrip().casefold().startswith(("<html", "<!doctype", "<table", "<?xml")):
        problem = _("{file}: a web page, not a table; open it in Excel and save it as xlsx", file=source.name)
    elif any(unicodedata.category(sign) == "Cc" and sign not in "\r\n\t" for sign in head + body):
        problem = _("{file}: not a text file; export it as csv or xlsx", file=source.name)
    else:
        return source
    return replace(source, format="unreadable", problem=problem)


def _is_mapping(path: Path) -> bool:
    return path.suffix.casefold() == ".toml"


def _as_last_time(sources: list[SourceFile]) -> dict[str, Mapping]:
    """The mapping with which a file of one of these names came in last, when it reads files that are here."""
    names = {source.matching_name for source in sources}
    found: dict[str, Mapping] = {}
    for entry in reversed(session.ledger().latest(AUDIT)):
        if entry.subject in names and (text := entry.body.get("mapping")):
            try:
                mapping = Mapping.parse(str(text), name=str(entry.body.get("name", "mapping")))
            except ImportRefused:
                continue  # written by another version
            if fits(mapping, sources) and mapping not in found.values():
                found[f"last:{entry.subject}"] = mapping
    best = sorted(found, key=lambda key: -fits(found[key], sources))
    return {key: found[key] for key in best[:3]}
