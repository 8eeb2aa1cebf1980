"""What the demo company costs: `qudao bench demo [DEALERS MONTHS]`: lines, time, size, memory."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from data import demo
from data.company import open_warehouse


def main() -> None:
    dealers, months = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (600, 36)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        snapshot = demo.build(open_warehouse(Path(folder)), dealers=dealers, months=months)
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        lines, size = snapshot.manifest["rows"]["fact_sales"], snapshot.database.stat().st_size / 2**20
        print(f"{dealers} dealers, {months} months: {lines:,} sales lines in {seconds:.1f} s")
        print(f"{size:.0f} MB, peak memory {peak:.2f} GB")


main()
