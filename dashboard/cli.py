"""The `qudao` command. Exit codes: 0 done, 1 nothing could be published or refused (nothing changed), 2 wrong call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from dashboard import terminal
from data.company import Company, NoSnapshot, NotEnoughMemory, SnapshotDamaged, WarehouseBusy, open_warehouse, serving
from data.scope import ScopeError
from data.settings import SettingsError, default_home

ROOT = Path(__file__).resolve().parent.parent
SECRETS = "secrets.toml"  # in the home: [auth] of Streamlit's sign-in
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
out, err = Console(), Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NoRefresh = Annotated[bool, typer.Option("--no-refresh", help="Leave the long computations for `qudao refresh`.")]


def fail(message: object, code: int = 1) -> typer.Exit:
    """Print one line to stderr; the caller raises what comes back."""
    err.print(" ".join(str(message).split()), style=None, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(code)


def home() -> Path:
    return default_home()


@contextmanager
def progress() -> Iterator[Any]:
    """A progress bar on stderr; yields the callback (stage, done, total) that long work reports to."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=not err.is_terminal) as bars:
        task = bars.add_task("", total=None)
        yield lambda stage, done, total: bars.update(task, description=stage, completed=done, total=total)


def company() -> Company:
    try:
        opened = Company.open(home())
    except NoSnapshot as error:
        raise fail(error) from None
    for broken in open_warehouse(home()).damaged():
        terminal.line(err, terminal.damaged(broken, opened.snapshot.id))
    return opened


@app.callback(invoke_without_command=True)
def dashboard(context: typer.Context) -> None:
    """Open the dashboard. On a home without data, the demo company is built first."""
    if context.invoked_subcommand:
        return
    warehouse = open_warehouse(home())
    if warehouse.current() is None and warehouse.damaged():
        company()
    if warehouse.current() is None:
        err.print("No data yet: building the demo company. Your own files: qudao import FILES...")
        _build_demo({}, with_refresh=False)
    refreshing = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "refresh"],
        cwd=ROOT, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    threading.Thread(target=refreshing.wait, daemon=True).start()
    os.environ.update(_environment())
    os.chdir(ROOT)  # Streamlit reads .streamlit/config.toml from the working directory
    from streamlit.web import cli as streamlit

    sys.argv = ["streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.showEmailPrompt=false"]
    if (secrets := home() / SECRETS).exists():  # how people sign in, beside access.toml, not in the program's folder
        sys.argv.append(f"--secrets.files={secrets}")
    sys.exit(streamlit.main())


def _environment() -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "QUDAO_HOME": str(home()), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _build_demo(sizes: dict[str, Any], *, with_refresh: bool) -> None:
    from data import demo

    with progress() as report:
        try:
            snapshot = demo.build(open_warehouse(home()), **sizes, progress=report)
        except (demo.DemoRefused, NoSnapshot, WarehouseBusy) as error:
            raise fail(error) from None
    rows = snapshot.manifest["rows"]
    err.print(f"Demo company: {rows['fact_sales']:,} sales lines, {rows['dim_dealer']:,} dealers, "
              f"data to {snapshot.as_of} (snapshot {snapshot.id})", highlight=False)  # fmt: skip
    if with_refresh:
        refresh()


@app.command()
def demo(
    dealers: Annotated[int | None, typer.Option(min=60, help="Dealers; 600 unless given.")] = None,
    months: Annotated[int | None, typer.Option(min=15, help="Months of history; 36 unless given.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another company.")] = None,
    no_refresh: NoRefresh = False,
) -> None:
    """Build the demo company, then refresh."""
    sizes = {"dealers": dealers, "months": months, "seed": seed}
    _build_demo({key: value for key, value in sizes.items() if value is not None}, with_refresh=not no_refresh)


@app.command()
def refresh() -> None:
    """Compute or resume the long results of the current snapshot."""
    from analytics import refresh as long_results

    opened = company()
    with progress() as report:
        done = long_results.refresh(opened, report)
    err.print(f"Computed: {', '.join(done)}" if done else "Everything is computed already.", highlight=False)


@app.command()
def rollback() -> None:
    """Return to the previous snapshot."""
    try:
        snapshot = open_warehouse(home()).rollback()
    except (NoSnapshot, WarehouseBusy) as error:
        raise fail(error) from None
    out.print(f"Serving snapshot {snapshot.id}, data to {snapshot.as_of}", highlight=False)


@app.command(name="import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Files and folders: csv, xlsx, parquet.")],
    mapping: Annotated[str | None, typer.Option(help="Name of a shipped mapping, or a mapping file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Validate and report; publish nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Import a file anew that was imported before.")] = False,
    no_refresh: NoRefresh = False,
) -> None:
    """Validate files, quarantine bad rows, publish a new snapshot, refresh."""
    from data import importing

    try:
        chosen = importing.Mapping.load(mapping) if mapping else None
        with progress() as report:
            result = importing.import_files(open_warehouse(home()), files, chosen, dry_run=dry_run, again=again,
                                            progress=report)  # fmt: skip
    except (importing.ImportRefused, WarehouseBusy) as error:
        raise fail(error) from None
    terminal.imported(out, result)
    if result.exit_code:
        raise fail("nothing was published", result.exit_code)
    if result.snapshot and not no_refresh:
        refresh()


@app.command()
def status(
    as_json: Json = False,
    repair: Annotated[
        Path | None, typer.Option(help="Write the rows held back into this folder, as csv files.")
    ] = None,
) -> None:
    """Snapshot, as-of day, rows a table, last imports."""
    from data import importing

    warehouse = open_warehouse(home())
    try:
        serving(warehouse)
        state = importing.status(warehouse)
    except NoSnapshot as error:
        raise fail(error) from None
    except SnapshotDamaged:  # met just now: the snapshot before serves
        state = importing.status(warehouse)
    if repair is not None:
        terminal.held_back(err, warehouse, state, repair)
    if as_json:
        print(json.dumps(state.to_dict(), ensure_ascii=False, indent=1))
        return
    terminal.state(out, state)


@app.command()
def ask(
    name: Annotated[str | None, typer.Argument(metavar="QUESTION", help="See --list.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, repeated: period=2026-Q2, region=South.")] = None,
    by: Annotated[str | None, typer.Option(help="Grouping: region, dealer, product, category, channel, ...")] = None,
    option: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, repeated: an option of the question.")] = None,
    as_json: Json = False,
    listing: Annotated[bool, typer.Option("--list", help="List the questions.")] = False,
) -> None:
    """Ask any question that a page asks."""
    from analytics import questions

    if listing:
        for key, function in sorted(questions.QUESTIONS.items()):
            summary = (function.__doc__ or "").strip().splitlines()[0]
            out.print(f"{key:22} {summary}", highlight=False, markup=False, soft_wrap=True)
        return
    if name is None:
        raise fail("which question? `qudao ask --list` names them", 2)
    if name not in questions.QUESTIONS:
        raise fail(f"there is no question {name!r}; `qudao ask --list` names them", 2)
    opened = company()
    try:
        given = _keys(option or [], "--option") | ({"by": by} if by else {})
        answer = questions.ask(opened, name, opened.scope(_keys(scope or [])), **questions.options(name, given))
    except ScopeError as error:
        raise fail(error, 2) from None
    if as_json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=1))
    else:
        terminal.answer(out, answer)


@app.command()
def export(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="pptx, pdf, xlsx; of one card also svg, png.")] = "",
    to: Annotated[Path | None, typer.Option("--out", help="The file, or a folder for its own name.")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, repeated: period=2026-Q2, region=South.")] = None,
    card: Annotated[list[str] | None, typer.Option(help="A card instead of the briefing: ID or ID!by=region.")] = None,
    deck: Annotated[str, typer.Option(help="A saved deck, by its title.")] = "",
    form: Annotated[str, typer.Option(help="pdf: the card of one dealer (dealer) or the aging form (aging).")] = "",
    lang: Annotated[str, typer.Option(help="en or zh.")] = "en",
    listing: Annotated[bool, typer.Option("--list", help="List the cards.")] = False,
) -> None:
    """The briefing, a saved deck or single cards of the current scope, as a file."""
    from dashboard.export import command

    opened = company()
    try:
        if listing:
            out.print("\n".join(command.listed(lang)), highlight=False, markup=False, soft_wrap=True)
            return
        if to is None:
            raise fail("where to? --out FILE", 2)
        with progress() as report:
            path = command.export(opened, kind, to, opened.scope(_keys(scope or [])), cards=card or [], deck=deck,
                                  form=form, lang=lang, progress=report)  # fmt: skip
    except (ScopeError, command.WrongCall) as error:
        raise fail(error, 2) from None
    except (ValueError, OSError) as error:
        raise fail(error) from None
    err.print(str(path), highlight=False, markup=False, soft_wrap=True)


def _keys(pairs: list[str], flag: str = "--scope") -> dict[str, str]:
    keys: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ScopeError(f"{flag} {pair!r}: write KEY=VALUE, for example period=2026-Q2")
        if key.strip() in keys:
            raise ScopeError(f"{flag} {key}: given twice; join several values by commas")
        keys[key.strip()] = value
    return keys


@app.command()
def access() -> None:
    """Check access.toml: who sees what, and what it names that the data do not hold."""
    from data import access as rights

    try:
        rules = rights.load(home())
        if rules is None:
            raise fail(f"there is no {home() / rights.FILE}: one local user sees everything")
        opened = company()
    except rights.AccessError as error:
        raise fail(error) from None
    terminal.access(out, rules)
    for who, page in rights.without_effect(rules):
        err.print(f"people.{who}.pages: {page} does not open for that role and those lists", highlight=False)
    if wrong := list(rights.problems(rules, opened.store)):
        raise fail("; ".join(f"people.{who}.{field}: there is no {name!r} in the data" for who, field, name in wrong))
    if not (home() / SECRETS).exists():
        err.print(f"No {home() / SECRETS}: nobody gets in unless Streamlit finds [auth] elsewhere.", highlight=False)


@app.command()
def report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The report: a TOML file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what; send, record nothing.")] = False,
    now: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day whose month, week or day counts; else today.")
    ] = None,
    resend: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Send to this recipient again.")] = None,
) -> None:
    """Render and send a saved report: to each recipient the own view, nobody twice."""
    from dashboard.reports import command
    from dashboard.reports.file import ReportError

    try:
        code = command.report(company, file, out=out, err=err, dry_run=dry_run, day=now.date() if now else None,
                              resend=resend or (), progress=progress)  # fmt: skip
    except ReportError as error:
        raise fail(error, error.code) from None
    raise typer.Exit(code)


@app.command()
def bench(context: typer.Context, name: Annotated[str | None, typer.Argument(metavar="NAME")] = None) -> None:
    """Run a benchmark of benchmarks/; without a name, list them."""
    import runpy

    folder = ROOT / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if name is None:
        out.print("\n".join(names), highlight=False)
        return
    if name not in names:
        raise fail(f"there is no benchmark {name!r}; there are {', '.join(names)}", 2)
    sys.argv = [name, *context.args]
    runpy.run_path(str(folder / f"{name}.py"), run_name="__main__")


app.registered_commands[-1].context_settings = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """Entry point: `--home DIR` may stand before or after the verb."""
    arguments, rest = sys.argv[1:], []
    while arguments:
        argument = arguments.pop(0)
        if argument == "--home" or argument.startswith("--home="):
            value = argument.partition("=")[2] or (arguments.pop(0) if arguments else "")
            if not value:
                err.print("--home needs a directory")
                sys.exit(2)
            os.environ["QUDAO_HOME"] = str(Path(value).expanduser().resolve())
        else:
            rest.append(argument)
    try:
        app(args=rest, prog_name="qudao")
    except (SettingsError, NotEnoughMemory, SnapshotDamaged) as error:
        sys.exit(fail(error).exit_code)
