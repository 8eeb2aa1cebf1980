"""Files into a new snapshot: stage, map, check, hold back, write, publish. One build, one publication."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from data import schema
from data.importing import batches, dimensions, facts, feeding, lookups, quarantine
from data.importing.batches import Batch
from data.importing.errors import ImportRefused
from data.importing.mapping import Feed, Lookup, Mapping
from data.importing.planning import Plan, file_hash, make_plan, reading_hash, refuse_unreadable
from data.importing.proposals import canonical, propose
from data.importing.reports import FileReport, ImportReport, Problem, TableReport
from data.importing.sources import SourceFile, inspect
from data.importing.staging import Staged, stage
from data.warehouse import Build, NoSnapshot, SnapshotDamaged, Warehouse, ids, publishing
from data.warehouse.publishing import CheckFailed

Progress = Callable[[str, int, int], None]
SAMPLE_PROBLEMS = 200
_NAMED = 10  # columns that feed nothing, named in a note


def import_files(
    warehouse: Warehouse,
    paths: Iterable[str | Path],
    mapping: Mapping | None = None,
    *,
    dry_run: bool = False,
    again: bool = False,
    progress: Progress | None = None,
    today: dt.date | None = None,
) -> ImportReport:
    """Validate files, hold back bad rows, publish a new snapshot.

    `mapping`: None takes files whose headers are the schema's own names; for others the report carries a proposal and
    nothing changes. `dry_run`: everything but the publication. `again`: import files that were imported before, too.
    `progress(stage, done, total)`: stages are read, check, write, publish.

    Raises ImportRefused (a file or the mapping cannot be used; nothing changed) and warehouse.WarehouseBusy.
    """
    sources = inspect(paths, mapping.options.reading if mapping else None)
    if not sources:
        raise ImportRefused("no files given, or the folder is empty")
    if mapping is None:
        proposal = propose([s for s in sources if not s.problem])
        if not canonical(sources, proposal):
            refuse_unreadable([s for s in sources if not s.from_folder])
            return _propose(sources, proposal, dry_run)
        mapping = proposal
    plan = make_plan(sources, mapping)
    try:
        with warehouse.build("import") as build:
            run = _Run(build, mapping, plan, dry_run, again, progress or (lambda *_: None))
            if build.base is None and warehouse.current() is not None:
                run.messages.append("this home held the demo company: the import starts from an empty warehouse")
            return run.run(today)
    except (NoSnapshot, SnapshotDamaged) as failure:
        raise ImportRefused(str(failure)) from None
    except duckdb.OutOfMemoryException:
        says = "not enough memory: raise memory_limit in config.toml, or import fewer files at a time"
        raise ImportRefused(says) from None
    except (CheckFailed, OSError, duckdb.IOException, duckdb.FatalException) as failure:
        raise ImportRefused(f"nothing was published: {str(failure).splitlines()[0][:200]}") from None


def _propose(sources: list[SourceFile], proposal: Mapping, dry_run: bool) -> ImportReport:
    why = "no mapping given, and its headers are not the schema's names"
    says = "no mapping given: correct the proposed one, save it, and import with it"
    return ImportReport(
        ignored=tuple((s.name, s.problem or why) for s in sources),
        proposal=proposal if proposal.feeds else None,
        messages=(says if proposal.feeds else "no table of the warehouse fits these files",),
        dry_run=dry_run,
    )


@dataclass
class _Run:
    """One import on one build."""

    build: Build
    mapping: Mapping
    plan: Plan
    dry_run: bool
    again: bool
    progress: Progress
    messages: list[str] = field(default_factory=list)
    files: list[FileReport] = field(default_factory=list)
    tables: dict[str, list[int]] = field(default_factory=dict)
    staged: dict[SourceFile, Staged] = field(default_factory=dict)
    count: int = 0

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        return self.build.connection

    def run(self, today: dt.date | None) -> ImportReport:
        todo = self._not_yet_imported()
        if not todo:
            return ImportReport(ignored=self.plan.ignored, unchanged=True, dry_run=self.dry_run,
                                messages=(*self.messages, "nothing to do"))  # fmt: skip
        looked_up = {name: self._stage(source) for name, source in self.plan.lookups.items()}
        self.messages += [f"{staged.source.name}: looked up for {name}" for name, staged in looked_up.items()]
        found = lookups.create(self.con, self.mapping, looked_up)
        for position, (source, _) in enumerate(todo):
            self.progress("read", position, len(todo))
            self._stage(source)
        dimensions_given = {
            f.table for s, f in todo if schema.table(f.table).kind == "dimension" and self._stage(s).rows
        }
        supplied = self.build.supplied | dimensions_given
        ordered = self._batches(todo, found, supplied)
        accepted, problems = self._write(ordered, supplied)
        report = self._report(ordered, problems)
        if not accepted:
            return ImportReport(
                **{**vars(report), "messages": (*report.messages, "no row could be accepted: nothing was published")}
            )
        self.build.supplied |= supplied
        self.build.changed = self._changed(ordered)
        self.progress("publish", 0, 1)
        if self.dry_run:
            day = publishing.finish(
                self.con, self.build.warehouse.settings, today=today or dt.date.today(), basis_changed=False
            )
            publishing.check(self.con, day)
            return report
        snapshot = self.build.publish(today=today)
        self.progress("publish", 1, 1)
        return ImportReport(**{**vars(report), "snapshot": snapshot})

    def _not_yet_imported(self) -> list[tuple[SourceFile, Feed]]:
        done = {
            tuple(r) for r in self.con.execute("SELECT file_hash, table_name, mapping_hash FROM import_file").fetchall()
        }
        todo = []
        for source, feed in self.plan.feeds:
            if not self.again and (file_hash(source), feed.table, reading_hash(self.plan, self.mapping, feed)) in done:
                self.messages.append(f"{source.name}: imported before with the same mapping, unchanged")
            else:
                todo.append((source, feed))
        return todo

    def _stage(self, source: SourceFile) -> Staged:
        if source not in self.staged:
            try:
                self.staged[source] = stage(self.con, source, len(self.staged), self.build.path)
            except (OSError, duckdb.IOException) as error:
                raise ImportRefused(f"{source.name}: cannot be read ({str(error).splitlines()[0][:160]})") from None
        return self.staged[source]

    # ------------------------------------------------------------------ reading

    def _batches(
        self, todo: list[tuple[SourceFile, Feed]], known_lookups: dict[str, Lookup], supplied: set[str]
    ) -> list[Batch]:
        """Every batch, checked: dimensions, then documents, then the rest; rows that waited come before new ones."""
        rank = {
            t.name: (0 if t.kind == "dimension" else 1 if t.name == "sales_document" else 2) for t in schema.IMPORTABLE
        }
        first = 1 + int(self.con.execute("SELECT coalesce(max(file_id), 0) FROM import_file").fetchall()[0][0])
        numbered = [(first + k, source, feed) for k, (source, feed) in enumerate(todo)]
        found: list[Batch] = []
        told: set[SourceFile] = set()
        documents = ""
        for level in (0, 1, 2):
            here = self._waiting([t for t in schema.IMPORTABLE if rank[t.name] == level], documents)
            for file_id, source, feed in numbered:
                if rank[feed.table] == level:
                    self.progress("check", len(found), len(todo))
                    here.append(self._batch(file_id, source, feed, known_lookups, documents))
                    here[-1].notes += [] if source in told else self._unused(source)
                    told.add(source)
            if level == 0:
                dimensions.settle(self.con, here, supplied)
            else:
                for batch in here:
                    dimensions.refuse_unknown(self.con, batch, supplied)
            if level == 1 and self._lines_come(todo):
                documents = facts.know_documents(self.con, here)
            found += here
        return found

    def _unused(self, source: SourceFile) -> list[str]:
        """Which columns of the file are not read: a header that nobody recognised is not dropped without a word."""
        rest = self.mapping.unused(source)
        more = ", …" if len(rest) > _NAMED else ""
        return [f"feed nothing: {', '.join(rest[:_NAMED])}{more}"] if rest else []

    def _lines_come(self, todo: list[tuple[SourceFile, Feed]]) -> bool:
        """Whether there are sales lines, new or waiting, that documents may complete."""
        lines = schema.table("fact_sales")
        return any(feed.table == lines.name for _, feed in todo) or quarantine.waits(self.con, lines)

    def _batch(
        self, file_id: int, source: SourceFile, feed: Feed, known_lookups: dict[str, Lookup], documents: str
    ) -> Batch:
        former = ""
        if source.original:
            sql = "SELECT arg_max(styles, file_id) FROM import_file WHERE file_name = ? AND table_name = ?"
            former = self.con.execute(sql, [source.original, feed.table]).fetchall()[0][0] or ""
        self.count += 1
        try:
            return feeding.build(
                self.con, f"batch_{self.count}", self.staged[source], feed, self.mapping.options, known_lookups,
                file_id=file_id, documents=documents, former_styles=former,
            )  # fmt: skip
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise ImportRefused(
                f"{source.name}: cannot be computed as the mapping says ({str(error).splitlines()[0][:200]})"
            ) from None

    def _waiting(self, tables: list[schema.Table], documents: str) -> list[Batch]:
        found = []
        for table in tables:
            rows = quarantine.waiting(self.con, table)
            if rows:
                self.count += 1
                batch = Batch(f"batch_{self.count}", table, tuple(c.name for c in table.importable), [])
                batches.finish(self.con, batch, rows, (), documents)
                found.append(batch)
        return found

    # ------------------------------------------------------------------ writing

    def _write(self, ordered: list[Batch], supplied: set[str]) -> tuple[int, list[Problem]]:
        """Write every good row and record every bad one. Returns how many came in, and a sample of problems."""
        con, settings = self.con, self.build.warehouse.settings
        ids.loosen(con)
        for batch in ordered:
            for derived in dimensions.derived_from(con, batch, supplied):
                self._count(derived.table.name, dimensions.write_derived(con, derived))
        for batch in ordered:
            if batch.table.kind == "dimension":
                self._count(batch.table.name, dimensions.write(con, batch))
        for name, count in dimensions.add_missing(con, ordered, supplied).items():
            self._count(name, (count, 0))
            self.messages.append(
                f"{name}: {count:,} ids taken from the rows that use them, as no file supplies this dimension"
            )
        ids.tighten(con, {batch.table.name for batch in ordered})
        accepted = 0
        problems: list[Problem] = []
        for position, batch in enumerate(ordered):
            self.progress("write", position, len(ordered))
            if batch.table.kind != "dimension":
                self._count(batch.table.name, facts.write(con, batch, settings))
            if batch.staged is None:
                accepted += self._retried(batch)
            else:
                quarantine.resolve(con, batch)
                bad = quarantine.write(con, batch)
                accepted += self._record(batch, bad)
                problems += self._problems(batch) if len(problems) < SAMPLE_PROBLEMS else []
        return accepted, problems[:SAMPLE_PROBLEMS]

    def _changed(self, ordered: list[Batch]) -> dict[str, list[str]]:
        """The tables whose rows changed, and the batches of facts that brought them."""
        changed: dict[str, list[str]] = {table: [] for table, counts in self.tables.items() if any(counts)}
        for batch in ordered:
            if batch.table.kind != "dimension" and batch.table.name in changed:
                changed[batch.table.name].append(batch.name)
        return changed

    def _count(self, table: str, counts: tuple[int, int]) -> None:
        so_far = self.tables.setdefault(table, [0, 0])
        self.tables[table] = [a + b for a, b in zip(so_far, counts, strict=True)]

    def _retried(self, batch: Batch) -> int:
        counts = quarantine.retried(self.con, batch)
        for file_id, count in counts.items():
            name = self.con.execute("SELECT file_name FROM import_file WHERE file_id = ?", [file_id]).fetchall()[0][0]
            self.messages.append(f"{name}: {count:,} rows that waited came in")
        return sum(counts.values())

    def _record(self, batch: Batch, bad: int) -> int:
        assert batch.staged is not None
        assert batch.feed is not None
        source, good = batch.staged.source, batch.rows_in - bad
        row = {
            "file_id": batch.file_id,
            "file_name": source.name,
            "file_hash": file_hash(source),
            "mapping_hash": reading_hash(self.plan, self.mapping, batch.feed),
            "mapping_name": self.mapping.name,
            "table_name": batch.table.name,
            "imported_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "rows_in": batch.rows_in,
            "accepted": good,
            "quarantined": bad,
            "notes": json.dumps(batch.notes, ensure_ascii=False),
            "columns": json.dumps(source.data_columns, ensure_ascii=False),
            "mapping": self.mapping.to_toml(),
            "styles": batch.styles,
        }
        values = ", ".join(f"${name} AS {name}" for name in row)
        self.con.execute(f"INSERT INTO import_file BY NAME SELECT {values}", row)
        quarantine.supersede(self.con, batch)
        reasons = dict(self.con.execute(
            "SELECT reason, count(*) FROM quarantine WHERE file_id = ? GROUP BY 1 ORDER BY 2 DESC, 1", [batch.file_id]
        ).fetchall())  # fmt: skip
        self.files.append(
            FileReport(
                source.name, batch.table.name, batch.rows_in, good, bad, tuple(batch.notes), reasons, batch.file_id
            )
        )
        return good

    def _problems(self, batch: Batch) -> list[Problem]:
        rows = self.con.execute(
            "SELECT row_number, coalesce(column_name, ''), reason, coalesce(message, '') FROM quarantine "
            f"WHERE file_id = ? ORDER BY row_number LIMIT {SAMPLE_PROBLEMS}",
            [batch.file_id],
        ).fetchall()
        name = batch.staged.source.name if batch.staged else ""
        return [Problem(name, batch.table.name, *row) for row in rows]

    def _report(self, ordered: list[Batch], problems: list[Problem]) -> ImportReport:
        tables = tuple(TableReport(t, *c) for t, c in self.tables.items() if any(c))
        return ImportReport(
            tuple(self.files), tables, self.plan.ignored, tuple(self.messages), tuple(problems), dry_run=self.dry_run
        )
