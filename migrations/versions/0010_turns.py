"""whose turn it is, and how long a trial has trained

Revision ID: 0010
Revises: 0008
Create Date: 2026-11-21 15:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('most_running', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('last_turn_at', sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.add_column(sa.Column('attempt_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('spent_s', sa.Double(), server_default='0', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.drop_column('spent_s')
        batch_op.drop_column('attempt_at')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('last_turn_at')
        batch_op.drop_column('most_running')
