"""Are the planted gaps found: `qudao bench targets` on a demo company in QUDAO_HOME.

Precision and recall of the dealers that targets.gap names first, in the region of the story and in the whole company,
and of the targets that targets.decomposition finds not to add up, by period. CPU milliseconds of each question, cold.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from analytics.questions import Answer, ask
from data.company import Company
from data.settings import default_home


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    start = time.process_time()
    answer = work()
    return answer, (time.process_time() - start) * 1000


def said(found: set[str], planted: set[str]) -> str:
    right = len(found & planted)
    precision = f"{right / len(found):.2f}" if found else "–"
    recall = f"{right / len(planted):.2f}" if planted else "–"
    return f"{len(found)} named, {len(planted)} planted, precision {precision}, recall {recall}"


def main() -> None:
    company = Company.open(default_home())
    truth = json.loads((company.home / "demo-truth.json").read_text(encoding="utf-8"))
    print(f"{truth['dealers']} dealers, snapshot {company.snapshot.id}")
    planted = set(truth["gap"]["still_buys"])
    for region in (truth["gap"]["region"], ""):
        scope = company.scope({"region": region})
        answer, ms = timed(lambda scope=scope: ask(company, "targets.gap", scope, named=len(planted)))
        named = set(answer.frames["gap"].query("kind == 'dealer'")["dealer_id"])
        print(f"gap, {region or 'company':12} {said(named, planted)}, {ms:.0f} ms")
    start = truth["targets"]["from"]
    for period in ("2024", "2025", "2026-01..2026-06", "2026"):
        scope = company.scope({"period": period})
        answer, ms = timed(lambda scope=scope: ask(company, "targets.decomposition", scope))
        frame = answer.frames["open"]
        found = {f"{row['parent_level']}:{row['region_id']}" for _, row in frame.iterrows()}
        expected = {f"region1:{truth['targets']['gap_region']}"} if str(scope.period.end) >= start else set()
        share = f", {frame['share'].iloc[0]:.4f} of the parts" if len(frame) else ""
        print(f"plan, {period:18} {said(found, expected)}{share}, {ms:.0f} ms")


main()
