"""Run in a process of its own by test_warehouse: imports files in forked children, which die by SIGKILL when told to.

Reads lines of HOME, FILE, STEP and SECONDS, parted by tabs; answers each with the exit code of the child (-9: killed).
STEP: the step of publishing at which the child kills itself; 0: never. SECONDS: when it is killed; inf: never.
Forking saves what starting Python and importing libraries would cost each time; nothing else is shared.
"""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.importing import import_files
from data.settings import Settings
from data.warehouse import publishing, snapshots

STEPS = (
    (publishing, "finish"),
    (publishing, "check"),
    (snapshots, "_sync"),
    (os, "rename"),
    (os, "replace"),
    (shutil, "copyfile"),
    (snapshots.Warehouse, "prune"),
    (snapshots.Warehouse, "point_to"),
)


def die_at(step: int) -> None:
    """Count a step before and one after each function of publishing; die at the given one."""
    passed = 0

    def deadly(function: Callable[..., Any]) -> Callable[..., Any]:
        def pass_step() -> None:
            nonlocal passed
            passed += 1
            if passed == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            pass_step()
            result = function(*args, **kwargs)
            pass_step()
            return result

        return wrapped

    for owner, name in STEPS:
        setattr(owner, name, deadly(getattr(owner, name)))


def run(home: str, file: str, step: int) -> int:
    """Import in this process; its exit code."""
    if step:
        die_at(step)
    return import_files(snapshots.Warehouse(Path(home), Settings()), [Path(file)]).exit_code


def main() -> None:
    for line in sys.stdin:
        home, file, step, seconds = line.rstrip("\n").split("\t")
        deadline = time.monotonic() + float(seconds)
        child = os.fork()
        if child == 0:
            try:
                os._exit(run(home, file, int(step)))
            except BaseException as error:
                print(repr(error), file=sys.stderr, flush=True)
                os._exit(99)
        ended, status = os.waitpid(child, os.WNOHANG)
        while not ended:
            if time.monotonic() >= deadline:
                os.kill(child, signal.SIGKILL)  # not reaped yet: the number is still the child's
                ended, status = os.waitpid(child, 0)
            else:
                time.sleep(0.002)
                ended, status = os.waitpid(child, os.WNOHANG)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
