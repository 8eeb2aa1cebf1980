"""What README and the guide say is true: links, commands, settings, questions, the worked example with its counts."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel

from analytics import questions
from dashboard.cli import app
from data.company import Company, open_warehouse
from data.importing import Mapping, import_files, quarantine_csv, shipped
from data.importing.expressions import FUNCTIONS
from data.scope import COMPARISONS, KEYS
from data.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = {lang: ROOT / "docs" / name for lang, name in (("en", "user-guide.md"), ("zh", "user-guide.zh.md"))}
HELD = {"en": "**{accepted} are accepted, {held} are held back**", "zh": "**接收{accepted}行，扣留{held}行**"}
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LARGEST = 250_000  # bytes of a picture


def guide(lang: str) -> str:
    return GUIDES[lang].read_text(encoding="utf-8")


def block(text: str, info: str) -> str:
    """The fenced block with that line after its fence."""
    return dict(FENCE.findall(text))[info]


# ------------------------------------------------------------------ links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    wrong = []
    for target in re.findall(r'\]\(([^)\s]+)\)|src="([^"]+)"', text):
        path, _sign, anchor = (target[0] or target[1]).partition("#")
        if re.match(r"\w+:", path):
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            wrong.append(path + _sign + anchor)
    assert wrong == []


def test_pictures_are_small():
    shown = {ROOT / "docs" / f"images/{name}" for page in PAGES
             for name in re.findall(r"images/([\w-]+\.png)", page.read_text(encoding="utf-8"))}  # fmt: skip
    assert shown
    assert {picture.name for picture in shown if picture.stat().st_size > LARGEST} == set()


# ------------------------------------------------------------------ commands


def command_lines(text: str) -> list[str]:
    """Every `qudao ...` in code: blocks without a language, and `inline` code. Comments and brackets are taken off."""
    blocks = [body for info, body in FENCE.findall(text) if not info]
    lines = [line for body in blocks for line in body.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    found = []
    for line in lines:
        match = re.match(r"(?:\w+=\S+ )*(?:python3 -m uv run --frozen )?qudao\b(.*)", line)
        if match:
            said = re.sub(r"[\[\]]", "", re.split(r"\s{2,}|\s#", match[1])[0])
            found += [re.sub(r"\.\.\.(?=\s|$)", "", verb).strip() for verb in said.split(" | ")]
    return list(dict.fromkeys(found))


COMMANDS = {line for page in (PAGES[0], *GUIDES.values()) for line in command_lines(page.read_text(encoding="utf-8"))}


def arguments(line: str) -> list[str]:
    """The arguments of a command, without --home, which stands anywhere; N is some number."""
    given, rest = shlex.split(line), []
    while given:
        word = given.pop(0)
        if word == "--home":
            given.pop(0)
        else:
            rest.append("99" if word == "N" else word)
    return rest


@pytest.mark.parametrize("line", sorted(COMMANDS))
def test_commands_are_understood(line: str):
    """The verb and its options exist; a verb alone is talk about it."""
    words = arguments(line)
    if words:
        verb = typer.main.get_command(app).commands[words[0]]  # type: ignore[attr-defined]
        if words[1:] and words[1:] != ["--help"]:
            verb.make_context(words[0], words[1:])


ASKED = sorted(line for line in COMMANDS if re.match(r"ask [a-z]", line))


@pytest.mark.parametrize("line", ASKED)
def test_questions_are_answered(line: str, company: Company):
    _ask, name, *rest = arguments(line)
    given: dict[str, dict[str, str]] = {"--scope": {}, "--option": {}, "--by": {}}
    flags = iter([word for word in rest if word != "--json"])
    for flag, text in zip(flags, flags, strict=True):
        given[flag] |= {"by": text} if flag == "--by" else dict([text.split("=", 1)])
    options = questions.options(name, given["--option"] | given["--by"])
    answer = questions.ask(company, name, company.scope(given["--scope"]), **options)
    # nobody set up an alert, wrote a note or kept a plan yet; the small company is too young to test its forecast
    assert answer.to_dict()["rows"] or name in (
        "alerts.list",
        "targets.notes",
        "budget.plans",
        "forecast.accuracy",
        "forecast.moved",
    )


@pytest.mark.parametrize("lang", GUIDES)
def test_questions_and_scope_keys_are_named(lang: str):
    named = set(re.findall(r"`([^`\n]+)`", FENCE.sub("", guide(lang))))
    assert {*KEYS, *COMPARISONS} <= named
    asked = {line.split()[1] for line in command_lines(guide(lang)) if re.match(r"ask [a-z]", line)}
    assert asked == set(questions.QUESTIONS)
    assert set(FUNCTIONS) <= named
    assert all(f"mappings/{name}.toml" in guide(lang) for name in shipped())


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize("lang", GUIDES)
def test_every_setting_is_named_with_its_default(lang: str):
    text = guide(lang)
    example = tomllib.loads(block(text, "toml config.toml"))
    assert set(example) == set(Settings.model_fields)
    assert Settings(**example).model_dump(exclude={"company_name", "company_name_en"}) == Settings().model_dump(
        exclude={"company_name", "company_name_en"}
    )
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, re.MULTILINE))
    assert set(rows) >= set(Settings.model_fields)
    for name in Settings.model_fields:
        default = getattr(Settings(), name)
        default = default.model_dump() if isinstance(default, BaseModel) else default
        if default == "":
            assert "`" not in rows[name]
        else:
            said = tomllib.loads(f"value = {rows[name].strip('`')}")["value"]
            assert (tuple(said) if isinstance(default, tuple) else said) == default


# ------------------------------------------------------------------ the worked example


@pytest.mark.parametrize("lang", GUIDES)
def test_the_worked_example_gives_what_the_guide_says(lang: str, tmp_path: Path):
    text, home = guide(lang), tmp_path / "home"
    file = tmp_path / "turnover_2025.csv"
    file.write_text(block(text, f"csv {file.name}"), encoding="utf-8")
    mapping = Mapping.parse(block(text, "toml flat.toml"), name="flat")

    report = import_files(open_warehouse(home), [file], mapping)
    assert report.snapshot
    done = report.files[0]
    assert HELD[lang].format(accepted=done.accepted, held=done.quarantined) in text
    assert {p.row for p in report.problems} == {7, 8}
    added = {t.name: t.added for t in report.tables}
    assert (added["dim_region"], added["dim_dealer"], added["dim_product"]) == (4, 2, 3)
    assert f"{net_sales(home):,.2f}" in text

    repaired = quarantine_csv(report.snapshot, int(done.file_id or 0))
    repaired = repaired.replace("31/02/2025,", "28/02/2025,").replace('"2O9,50"', '"209,50"')
    again = tmp_path / "turnover_2025-to-repair.csv"
    again.write_text(repaired, encoding="utf-8")
    second = import_files(open_warehouse(home), [again], mapping)
    assert second.files[0].accepted == 2
    assert f"{net_sales(home):,.2f}" in text


def net_sales(home: Path) -> float:
    opened = Company.open(home)
    answer = questions.ask(opened, "sales.summary", opened.scope({"period": "all"})).to_dict()
    return next(float(row["value"]) for row in answer["rows"] if row["measure"] == "net_sales")


def test_both_guides_hold_the_same_code():
    def code(lang: str) -> list[str]:
        return [info for info, _body in FENCE.findall(guide(lang))]

    assert code("en") == code("zh")
    for info in ("csv turnover_2025.csv", "toml flat.toml", "toml config.toml"):
        assert block(guide("en"), info) == block(guide("zh"), info)
    commands = [[re.sub(r"\s*#.*", "", line) for body in (b for i, b in FENCE.findall(guide(lang)) if not i)
                 for line in body.splitlines()] for lang in GUIDES]  # fmt: skip
    assert commands[0] == commands[1]


def test_tests_that_documents_name_exist():
    named = {name for page in PAGES for name in re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8"))}
    assert len(named) > 8
    assert not [name for name in named if not (ROOT / name).is_file()]
