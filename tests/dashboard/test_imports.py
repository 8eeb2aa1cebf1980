"""What a page opens without: libraries of long computations, importing and exports load when used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "streamlit_app.py"

# Of the rest: SQLAlchemy and Alembic open the ledger, whose actions the Briefing lists; holidays is the company's
# calendar; Babel writes amounts; scipy.special and scipy.optimize fit the prior of who sells outside the territory,
# which the Briefing's decisions ask for (never at import).
NEVER = ("sklearn", "statsforecast", "hierarchicalforecast", "scipy.stats", "pptx", "lxml", "typst", "openpyxl",
         "xlsxwriter", "python_calamine", "plotly.express", "typer", "IPython")  # fmt: skip
NOT_AT_IMPORT = (*NEVER, "scipy.special", "scipy.optimize", "alembic")

SCRIPT = f"""
import logging, sys
logging.disable(logging.WARNING)
import dashboard.session, dashboard.components.notices
print("imported", *[name for name in {NOT_AT_IMPORT!r} if name in sys.modules])
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(APP)!r}, default_timeout=120).run()
assert not app.exception, app.exception
print("charts", len(app.get("plotly_chart")))
print("opened", *[name for name in {NEVER!r} if name in sys.modules])
"""


def test_the_briefing_opens_without_heavy_libraries(demo_home: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_home, home := tmp_path / "home")
    environment = {**os.environ, "QUDAO_HOME": str(home), "PYTHONPATH": str(APP.parent)}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=False, text=True, env=environment)
    assert done.stdout.splitlines() == ["imported", "charts 3", "opened"], done.stderr[-2000:]
