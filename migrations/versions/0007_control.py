"""what is asked of a trial, its queue and its priority

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-21 15:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

QUEUE = """
    UPDATE trials SET queue = 'gpu' WHERE experiment_id IN (
        SELECT id FROM experiments WHERE {device} = 'cuda')
"""
DEVICE = {'sqlite': "json_extract(spec, '$.device')", 'postgresql': "spec ->> 'device'"}


def upgrade() -> None:
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.add_column(sa.Column('request', sa.String(20), nullable=True))
        batch_op.add_column(sa.Column('queue', sa.String(40), nullable=False, server_default='cpu'))
        batch_op.add_column(sa.Column('priority', sa.Integer(), nullable=False, server_default='0'))
    op.execute(QUEUE.format(device=DEVICE[op.get_bind().dialect.name]))
    op.execute("UPDATE trials SET request = 'stop' WHERE stop_requested AND state = 'running'")
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.drop_column('stop_requested')
        batch_op.alter_column('queue', server_default=None)
        batch_op.alter_column('priority', server_default=None)
        batch_op.create_index('ix_trials_state_queue_priority', ['state', 'queue', 'priority', 'id'])


def downgrade() -> None:
    # What is older knows no pause: a paused trial waits in the queue again.
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stop_requested', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE trials SET stop_requested = true WHERE request = 'stop' OR state = 'cancelled'")
    op.execute("UPDATE trials SET state = 'queued' WHERE state = 'paused'")
    with op.batch_alter_table('trials', schema=None) as batch_op:
        batch_op.drop_index('ix_trials_state_queue_priority')
        batch_op.alter_column('stop_requested', server_default=None)
        batch_op.drop_column('priority')
        batch_op.drop_column('queue')
        batch_op.drop_column('request')
