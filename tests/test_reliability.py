"""The table of faults names tests that exist, and every test of a fault stands in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8").partition("## Faults")[2].partition("\n## ")[0]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines() if line.startswith("| ")]


def written_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def named() -> set[tuple[str, str]]:
    return set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TABLE))


def test_every_fault_names_a_test_that_exists() -> None:
    assert len(ROWS) > 20
    for fault, seen, test in ROWS[1:]:
        found = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", test)
        assert fault, test
        assert seen, fault
        assert found is not None, fault
        assert found[2] in written_in(ROOT / found[1]), test


def test_no_test_of_a_fault_is_missing() -> None:
    known = {name for _file, name in named()}
    details = {"test_a_rollback_from_damage_leads_to_what_serves", "test_a_query_of_a_page_has_its_time",
               "test_any_scope_stays_within_the_entitlement"}  # fmt: skip
    for file in ("tests/data/test_faults.py", "tests/dashboard/test_faults.py"):
        assert written_in(ROOT / file) <= known | details, file
