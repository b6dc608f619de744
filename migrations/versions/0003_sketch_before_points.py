"""the sketch of a chunk lies before its points: SQLite reads a row from its beginning

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-21 12:00:00
"""

from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

HEAD = ('id', 'trial_id', 'key', 'attempt', 'first_step', 'last_step', 'count')


def upgrade() -> None:
    reorder('sketch', 'points')


def downgrade() -> None:
    reorder('points', 'sketch')


def reorder(*columns: str) -> None:
    """Make the table anew with its columns in this order. PostgreSQL keeps long values elsewhere: there it does not matter."""
    if op.get_context().dialect.name == 'sqlite':
        with op.batch_alter_table('curve_chunks', recreate='always', partial_reordering=[(*HEAD, *columns)]):
            pass
