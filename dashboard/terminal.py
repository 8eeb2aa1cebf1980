"""What the command line prints: answers, import reports, the state of a home. English without gettext, for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.questions import Answer
    from data.access import Access
    from data.company import Damaged, Warehouse
    from data.importing import ImportReport, Status

WIDE = 220  # columns, where the output is not a terminal
SHOWN_PROBLEMS = 10


def wide(out: Console) -> Console:
    """Where the output is no terminal, no cell is cut short."""
    return out if out.is_terminal else Console(width=WIDE)


def line(out: Console, text: str) -> None:
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def answer(out: Console, given: Answer) -> None:
    """The answer as tables; English names only where there are some, facts as key=value."""
    plain = given.to_dict()
    scope = " ".join(f"{key}={value}" for key, value in plain["scope"].items())
    out = wide(out)
    line(out, f"{given.question} · {scope} · data to {given.as_of} · snapshot {given.snapshot_id}")
    for title, rows in plain["frames"].items():
        out.print(table(title, rows))
    for note in plain["notes"]:
        line(out, f"Note: {note}")


def table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Rows as a table without rules; figures at the right."""
    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False)
    first = rows[0] if rows else {}
    columns = [
        column
        for column in first
        if not column.endswith(("_name", "category"))
        or f"{column}_en" not in first
        or not any(row[f"{column}_en"] for row in rows)
    ]
    for column in columns:
        numeric = any(isinstance(row[column], int | float) for row in rows)
        drawn.add_column(column, justify="right" if numeric else "left", no_wrap=True)
    for row in rows:
        drawn.add_row(*(cell(row[column]) for column in columns))
    return drawn


def cell(value: Any) -> str:
    """One value; nothing shows as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        return " ".join(f"{key}={cell(inner)}" for key, inner in value.items())
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 10 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def imported(out: Console, report: ImportReport) -> None:
    """What an import did: a file and a table at a time, then what to look at.

    With a proposed mapping all else is TOML comments: `qudao import FILES > mapping.toml` gives a file to correct.
    """
    out = wide(out)
    if report.proposal:
        for text in (*report.messages, *(f"left aside: {name} ({why})" for name, why in report.ignored)):
            line(out, f"# {text}")
        line(out, report.proposal.to_toml())
        return
    for message in report.messages:
        line(out, message)
    if report.files:
        columns = ("name", "table", "rows_in", "accepted", "quarantined")
        out.print(table("Files", [{name: getattr(file, name) for name in columns} for file in report.files]))
    for file in report.files:
        for note in file.notes:
            line(out, f"{file.name}: {note}")
        for reason, count in file.reasons.items():
            line(out, f"{file.name}: {count:,} rows held back: {reason}")
    if report.tables:
        out.print(table("Tables", [{"table": t.name, "added": t.added, "replaced": t.replaced} for t in report.tables]))
    for problem in report.problems[:SHOWN_PROBLEMS]:
        where = f"{problem.file} row {problem.row}" + (f" column {problem.column}" if problem.column else "")
        line(out, f"{where}: {problem.message or problem.reason}")
    if len(report.problems) > SHOWN_PROBLEMS:
        line(out, "... more on the Data page, where the rows can be downloaded, repaired and imported again")
    for name, why in report.ignored:
        line(out, f"left aside: {name} ({why})")
    if report.snapshot:
        line(out, f"Published snapshot {report.snapshot.id}, data to {report.snapshot.as_of}")
    elif report.dry_run:
        line(out, "Dry run: nothing was published")


def damaged(broken: Damaged, serving: str | None) -> str:
    """A snapshot that should serve and cannot."""
    what = f"Snapshot {broken.id} is damaged ({broken.reason})"
    return f"{what}: {serving} serves in its place; import again what came since"


def state(out: Console, status: Status) -> None:
    """What a home holds."""
    out = wide(out)
    for broken in status.damaged:
        line(out, damaged(broken, status.snapshot))
    line(out, f"Snapshot {status.snapshot} ({status.origin}), data to {status.as_of}, published {status.created_at}")
    out.print(table("Tables", [{"table": name, "rows": count} for name, count in status.rows.items() if count]))
    columns = ("imported_at", "name", "table", "rows_in", "accepted", "quarantined", "to_repair")
    if status.imports:
        out.print(table("Imports", [{name: getattr(file, name) for name in columns} for file in status.imports]))
    if status.to_repair:
        line(out, f"{status.to_repair:,} rows are held back, {status.waiting:,} of them wait for what they refer to")


def held_back(out: Console, warehouse: Warehouse, status: Status, folder: Path) -> None:
    """Write a csv to repair for every file with rows that are held back: repair, then import the csv."""
    from data.importing import quarantine_csv

    snapshot = warehouse.current()
    folder.mkdir(parents=True, exist_ok=True)
    for file in status.imports:
        if snapshot and file.to_repair:
            path = folder / f"{file.file_id}_{file.name.replace(':', '_')}.csv"
            path.write_text(quarantine_csv(snapshot, file.file_id), encoding="utf-8-sig", newline="")
            line(out, f"{path}: {file.to_repair:,} rows")


def access(out: Console, rules: Access) -> None:
    """Who sees what."""
    rows = [
        {"who": who, "role": person.role, "sees": "; ".join(f"{k}: {', '.join(v)}" for k, v in person.lists.items())
         or "everything", "pages": ", ".join(person.pages or ()) or "all of the role"}
        for who, person in rules.people.items()
    ]  # fmt: skip
    wide(out).print(table(f"access.toml: {len(rows)}, a sign-in lasts {rules.hours:g} hours", rows))
