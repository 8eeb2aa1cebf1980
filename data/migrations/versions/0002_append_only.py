"""Entries can be added, not changed or deleted."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER entry_no_{act.lower()} BEFORE {act} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )


def downgrade() -> None:
    for act in ("update", "delete"):
        op.execute(f"DROP TRIGGER entry_no_{act}")
