"""`qudao report` as a shell sees it: one line a recipient, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dashboard.cli import ROOT

TEXT = """
name = "Alerts"
kind = "alerts"
scope = {period = "2026-06"}
[[recipients]]
name = "Li Na"
folder = "li"
regions = ["South"]
[[recipients]]
name = "Tom"
folder = "tom"
"""
RULES = '[[alerts]]\nmetric = "net_sales"\nbelow = 50\nby = "region"\n'


def report(home: Path, text: str, *arguments: str, name: str = "r.toml") -> subprocess.CompletedProcess[str]:
    (home.parent / "r.toml").write_text(text, encoding="utf-8")
    (home / "config.toml").write_text(RULES, encoding="utf-8")
    environment = {**os.environ, "QUDAO_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "60"}
    return subprocess.run([sys.executable, "-m", "dashboard", "report", str(home.parent / name), *arguments],
                          capture_output=True, text=True, check=False, env=environment, timeout=120)  # fmt: skip


def test_a_dry_run_then_a_run_then_nothing(home: Path):
    day = ("--now", "2026-07-01")
    dry = report(home, TEXT, "--dry-run", *day)
    assert dry.returncode == 0
    lines = dry.stdout.splitlines()
    assert lines[0] == "Alerts: 2026-07, dry run: nothing is sent"
    assert (
        lines[1] == "would be sent | Li Na in li | en | regions: South | One alert: Net sales in South is 10, below 50"
    )
    assert lines[2].startswith("would be sent | Tom in tom | en | everything")
    assert not (home.parent / "li").exists()
    sent = report(home, TEXT, *day)
    assert (sent.returncode, [line.split(" | ")[0] for line in sent.stdout.splitlines()]) == (0, ["sent", "sent"])
    assert len(list((home.parent / "tom").glob("*.txt"))) == 1
    again = report(home, TEXT, *day)
    assert (again.returncode, [line.split(" | ")[0] for line in again.stdout.splitlines()]) == (0, ["already sent"] * 2)


def test_one_that_fails_ends_with_1_and_one_line(home: Path):
    done = report(home, TEXT.replace("South", "Mars"))
    assert done.returncode == 1
    assert [line.split(" | ")[0] for line in done.stdout.splitlines()] == ["sent"]
    assert [line.split(" | ")[0] for line in done.stderr.splitlines()] == ["failed"]
    assert "there is no region 'Mars'" in done.stderr


def test_a_file_that_cannot_be_used_ends_with_2(home: Path):
    wrong = [(TEXT + "colour = 1", "r.toml", "recipients.1.colour: there is no such field"),
             (TEXT, "none.toml", "none.toml: cannot be read"),
             (TEXT.replace("2026-06", "soon"), "r.toml", "scope: period: cannot read 'soon'")]  # fmt: skip
    for text, name, says in wrong:
        done = report(home, text, name=name)
        assert (done.returncode, done.stdout) == (2, "")
        assert says in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
