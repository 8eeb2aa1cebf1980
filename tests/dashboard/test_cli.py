"""The `qudao` command as a shell sees it: output, exit codes, one line on stderr."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.cli import ROOT


def qudao(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QUDAO_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", "dashboard", *arguments], capture_output=True, text=True, check=False,
                          env=environment, cwd=home.parent, timeout=120)  # fmt: skip


@pytest.fixture(scope="module")
def home(demo_home, tmp_path_factory):
    return Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("cli") / "home"))


def test_ask_gives_the_answer_as_json(home, company):
    from analytics.questions import ask

    done = qudao("ask", "overview", "--scope", "region=South", "--scope", "period=2026-Q2", "--json", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    answer = ask(company, "overview", company.scope({"region": "华南", "period": "2026-Q2"}))
    assert said["values"]["net_sales"] == pytest.approx(answer.values["net_sales"], abs=0.005)
    assert said["scope"]["region"] == "South"
    assert said["rows"] == said["frames"]["kpis"]


def test_ask_lists_questions_on_an_empty_home(tmp_path):
    done = qudao("ask", "--list", home=tmp_path / "empty")
    assert done.returncode == 0
    assert {"overview", "sales.summary", "receivables.aging"} <= {line.split()[0] for line in done.stdout.splitlines()}
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("ask", "nonsense"), 2, "there is no question 'nonsense'"),
        (("ask", "overview", "--scope", "period=soon"), 2, "period: cannot read 'soon'"),
        (("ask", "overview", "--scope", "region"), 2, "write KEY=VALUE"),
        (("ask", "overview", "--scope", "regoin=South"), 2, "regoin: no such scope key"),
        (("ask", "overview", "--scope", "period=2026", "--scope", "period=2025"), 2, "given twice"),
        (("frobnicate",), 2, "No such command"),
        (("import", "no-such-file.csv"), 1, "no-such-file.csv"),
        (("bench", "nonsense"), 2, "there is no benchmark"),
    ],
)
def test_wrong_calls_say_what_is_wrong(home, arguments, code, says):
    done = qudao(*arguments, home=home)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", [("ask", "overview"), ("status",), ("refresh",), ("rollback",)])
def test_verbs_on_an_empty_home_exit_1_with_one_line(tmp_path, verb):
    done = qudao(*verb, home=tmp_path / "empty")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_home_stands_before_or_after_the_verb(home, tmp_path):
    other = str(tmp_path / "other")
    for arguments in (("--home", str(home), "status", "--json"), ("status", "--json", f"--home={home}")):
        done = qudao(*arguments, home=Path(other))
        assert json.loads(done.stdout)["as_of"] == "2026-06-30"
    assert qudao("status", "--home", home=home).returncode == 2


def test_import_status_and_rollback(tmp_path):
    home, file = tmp_path / "home", tmp_path / "fact_sales.csv"
    file.write_text("line_id,document_id,order_date,dealer_id,quantity,net_amount\n"
                    "1,A,2026-01-05,D1,2,10.50\n2,A,2026-01-05,D1,1,x\n3,B,2026-02-30,D2,1,7\n")  # fmt: skip
    done = qudao("import", str(file), home=home)
    assert done.returncode == 0, done.stderr
    state = json.loads(qudao("status", "--json", home=home).stdout)
    assert state["rows"]["fact_sales"] == 1
    assert [(f["rows_in"], f["accepted"], f["quarantined"]) for f in state["imports"]] == [(3, 1, 2)]
    written = qudao("status", f"--repair={tmp_path / 'repair'}", home=home)
    assert written.returncode == 0
    (csv,) = (tmp_path / "repair").iterdir()
    assert csv.read_text(encoding="utf-8-sig").startswith(
        "line_id,document_id,order_date,dealer_id,quantity,net_amount,"
    )
    assert "row 3" in done.stdout
    assert "net_amount" in done.stdout
    assert qudao("import", str(file), home=home).returncode == 0
    assert json.loads(qudao("status", "--json", home=home).stdout)["snapshot"] == state["snapshot"]  # nothing changed
    assert qudao("import", str(file), "--again", home=home).returncode == 0
    assert json.loads(qudao("status", "--json", home=home).stdout)["to_repair"] == 2  # not counted twice
    file.write_text("line_id,order_date,dealer_id,quantity,net_amount\n4,2026-03-05,D1,2,20\n")
    assert qudao("import", str(file), "--no-refresh", home=home).returncode == 0
    assert json.loads(qudao("status", "--json", home=home).stdout)["rows"]["fact_sales"] == 2
    assert qudao("rollback", home=home).returncode == 0
    assert json.loads(qudao("status", "--json", home=home).stdout)["rows"]["fact_sales"] == 1
    assert qudao("rollback", home=home).returncode == 0  # before the second time of the same file
    assert qudao("rollback", home=home).returncode == 1
    refused = qudao("demo", "--dealers", "60", "--months", "15", home=home)
    assert refused.returncode == 1
    assert "import" in refused.stderr


def test_a_file_with_nothing_good_publishes_nothing(tmp_path):
    file = tmp_path / "fact_sales.csv"
    file.write_text("line_id,order_date,dealer_id,net_amount\n1,soon,D1,x\n")
    done = qudao("import", str(file), home=tmp_path / "home")
    assert done.returncode == 1
    assert not (tmp_path / "home" / "warehouse" / "CURRENT").exists()


def test_a_dry_run_changes_nothing(home, tmp_path):
    file = tmp_path / "dim_channel.csv"
    file.write_text("channel_id,channel_name\nX1,New\n")
    before = (home / "warehouse" / "CURRENT").read_text()
    done = qudao("import", str(file), "--dry-run", home=home)
    assert done.returncode == 0
    assert "nothing was published" in done.stdout
    assert (home / "warehouse" / "CURRENT").read_text() == before


def test_a_proposed_mapping_is_a_file_to_correct(tmp_path):
    file, mapping, home = tmp_path / "sales.csv", tmp_path / "mapping.toml", tmp_path / "home"
    file.write_text(
        "Date,Customer,Product,Qty,Amount\n2026-01-05,C1,P1,2,20\n2026-01-05,C1,P1,1,10\n2026-01-06,C2,P2,3,30\n"
    )
    proposed = qudao("import", str(file), home=home)
    assert proposed.returncode == 1
    mapping.write_text(proposed.stdout, encoding="utf-8")
    assert qudao("import", str(file), "--mapping", str(mapping), home=home).returncode == 0
    said = json.loads(qudao("ask", "sales.summary", "--scope", "period=all", "--json", home=home).stdout)
    assert (said["values"]["net_sales"], said["values"]["active_dealers"]) == (60.0, 2)
    # corrected rows of the same day, dealer and product replace the earlier ones
    file.write_text("Date,Customer,Product,Qty,Amount\n2026-01-06,C2,P2,4,40\n")
    assert qudao("import", str(file), "--mapping", str(mapping), home=home).returncode == 0
    said = json.loads(qudao("ask", "sales.summary", "--scope", "period=all", "--json", home=home).stdout)
    assert said["values"]["net_sales"] == 70.0
