"""A small company in two regions, a dashboard with sign-in, and a real provider on loopback."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.golden_home import small_company

PROVIDER = Path(__file__).parent / "oidc"
NPM = "install Node.js 20 or newer with npm: the sign-in is tested against the package oidc-provider"
SECRETS = """[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "{cookie}"
client_id = "qudao"
client_secret = "a secret of the tests"
server_metadata_url = "{provider}/.well-known/openid-configuration"
client_kwargs = {{ prompt = "login" }}
"""
ACCESS = """ask = "the service desk"
{more}
[people."director@example.com"]
role = "director"

[people."south@example.com"]
role = "manager"
regions = ["South"]

[people."field@example.com"]
role = "field"
dealers = ["S1"]

[people."admin@example.com"]
role = "administrator"

[people."sales@example.com"]
role = "manager"
regions = ["Nowhere"]
pages = ["sales"]
"""


def two_regions(home: Path) -> None:
    """South with the dealers S1 and S2, North with N1: each bought every four weeks for two years."""
    regions = [{"region_id": "ALL", "region_name": "全国", "name_en": "China"},
               {"region_id": "S", "region_name": "华南", "name_en": "South", "parent_id": "ALL"},
               {"region_id": "N", "region_name": "华北", "name_en": "North", "parent_id": "ALL"}]  # fmt: skip
    dealers = [{"dealer_id": id, "dealer_name": name, "region_id": id[0], "employee_id": f"E{id[0]}"}
               for id, name in (("S1", "Southern Star"), ("S2", "Southern Sun"), ("N1", "Northern Light"))]  # fmt: skip
    people = [{"employee_id": f"E{r}", "employee_name": name, "region_id": r}
              for r, name in (("S", "Sun Li"), ("N", "Niu Wei"))]  # fmt: skip
    first, amounts = dt.date(2024, 7, 1), {"S1": 1000.0, "S2": 500.0, "N1": 7777.0}
    sales = [
        {"line_id": f"{id}-{month}", "document_id": f"{id}-{month}", "line_type": "sale", "dealer_id": id,
         "product_id": "P", "employee_id": f"E{id[0]}", "invoice_date": day, "sales_date": day, "quantity": 10,
         "net_amount": amount}
        for month in range(26) for id, amount in amounts.items() for day in [first + dt.timedelta(28 * month)]
    ]  # fmt: skip
    small_company(home, {"dim_region": regions, "dim_employee": people, "dim_dealer": dealers,
                         "dim_product": [{"product_id": "P", "product_name": "Liquor"}], "fact_sales": sales},
                  dt.date(2026, 7, 1))  # fmt: skip


def installed(folder: Path) -> Path:
    """The provider with its packages, as the lock file names them."""
    if shutil.which("npm") is None:
        pytest.skip(f"no npm: {NPM}")
    shutil.copytree(PROVIDER, folder)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True, timeout=300)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.fail(f"npm ci in tests/browser/oidc failed ({last}); {NPM}", pytrace=False)
    return folder


def provider(folder: Path, port: int, redirect: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(["node", "provider.mjs", str(port), redirect], cwd=folder, stdout=out,
                                stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip


def dashboard(root: Path, home: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    environment = os.environ | {
        "QUDAO_HOME": str(home), "PYTHONPATH": paths, "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true", "STREAMLIT_SERVER_FILE_WATCHER_TYPE": "none",
    }  # fmt: skip
    with log.open("wb") as out:
        return subprocess.Popen([sys.executable, "-m", "dashboard"], cwd=root, env=environment, stdout=out,
                                stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip


def answers(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60.0) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)
