"""The warehouse: snapshots built aside and published atomically, and what a build derives and checks before that.

connections.py  how DuckDB is opened: readers sealed, writers closed to extensions
snapshots.py    Warehouse, Build, Snapshot: build aside, check, publish by one rename; readers never wait
damage.py       snapshots that the disk damaged, and what serves instead
publishing.py   derived tables and columns, then the checks of keys, references and identities
ids.py          reference columns as ENUMs over the ids of their dimension
balances.py     receivables as balance intervals
cubes.py        sales by dealer and day, by product and month
"""

from data.warehouse.damage import Damaged, SnapshotDamaged
from data.warehouse.snapshots import (
    DATABASE,
    MANIFEST,
    Build,
    NoSnapshot,
    Origin,
    Snapshot,
    Warehouse,
    WarehouseBusy,
)

__all__ = [
    "DATABASE",
    "MANIFEST",
    "Build",
    "Damaged",
    "NoSnapshot",
    "Origin",
    "Snapshot",
    "SnapshotDamaged",
    "Warehouse",
    "WarehouseBusy",
]
