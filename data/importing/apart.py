"""A workbook of an old or a rare format (xls, xlsb, ods), read in a process of its own.

How large such a file is once opened cannot be told from its bytes, and a reader that runs out of memory ends its whole
process. That must not be the dashboard's.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

MEMORY = 4 * 2**30  # bytes that the process may take, where the platform can limit it
SECONDS = 300


class Failed(Exception):
    """The process ended without an answer: too little memory or time."""


def read(path: Path) -> Any:
    """What `workbooks.cells` gives for the file, or the message of its refusal as a text. Raises Failed."""
    command = [sys.executable, "-c", "from data.importing import apart; apart.answer()", str(path)]
    known = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, env=known, check=False)
    except subprocess.TimeoutExpired:
        raise Failed from None
    if done.returncode:
        raise Failed
    return pickle.loads(done.stdout)  # written by our own process just now


def answer() -> None:
    """The other side: read the file that the arguments name, write the answer to stdout."""
    from data.importing.errors import ImportRefused
    from data.importing.workbooks import cells

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    told: Any
    try:
        told = cells(Path(sys.argv[1]))
    except ImportRefused as refusal:
        told = str(refusal)
    sys.stdout.buffer.write(pickle.dumps(told, protocol=pickle.HIGHEST_PROTOCOL))
