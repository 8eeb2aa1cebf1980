"""axe-core on a page: what it finds that is serious or critical and ours."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")
# Streamlit's own, by rule and what the element's selector or source holds; what we pass to it cannot change these.
KNOWN = {
    ("svg-img-alt", "metric_chart_"): "the sparkline in a metric: its points get a role without a name; the two lines "
    "under the value say the trend in words",
}


def findings(page: Page) -> list[str]:
    response: dict[str, Any] = Axe().run(page).response
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:200]}"
        for violation in response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
        if not any(rule == violation["id"] and part in f"{node['target']} {node['html']}" for rule, part in KNOWN)
    ]
