"""Run in a process of its own by test_warehouse: import files, and die by SIGKILL at a chosen step of publishing.

python killed_import.py HOME STEP FILE...      STEP 0: say when the import starts, and never die
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data import publishing, warehouse
from data.importing import import_files
from data.settings import Settings

home, step, files = Path(sys.argv[1]), int(sys.argv[2]), [Path(f) for f in sys.argv[3:]]
passed = 0


def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with one step before it and one after it."""

    def pass_step() -> None:
        global passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        pass_step()
        result = function(*args, **kwargs)
        pass_step()
        return result

    return wrapped


if step:
    for owner, name in (
        (publishing, "finish"),
        (publishing, "check"),
        (warehouse, "_sync"),
        (os, "rename"),
        (os, "replace"),
        (shutil, "copyfile"),
        (warehouse.Warehouse, "prune"),
        (warehouse.Warehouse, "point_to"),
    ):
        setattr(owner, name, deadly(getattr(owner, name)))
print("started", flush=True)
report = import_files(warehouse.Warehouse(home, Settings()), files)
print(f"ended after {passed} steps", flush=True)
sys.exit(report.exit_code)
