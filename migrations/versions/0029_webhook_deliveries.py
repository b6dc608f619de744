"""what was sent to webhooks

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-28 17:25:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    moment = sa.DateTime(timezone=True)
    op.create_table('webhook_deliveries',
    sa.Column('id', big_id, nullable=False),
    sa.Column('webhook_id', sa.Integer(), nullable=False),
    sa.Column('notification_id', big_id, nullable=True),
    sa.Column('uid', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', moment, nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('attempted_at', moment, nullable=True),
    sa.Column('status', sa.Integer(), nullable=True),
    sa.Column('duration_ms', sa.Integer(), nullable=True),
    sa.Column('response', sa.Text(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['notification_id'], ['notifications.id'], name=op.f('fk_webhook_deliveries_notification_id_notifications'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhooks.id'], name=op.f('fk_webhook_deliveries_webhook_id_webhooks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    sa.UniqueConstraint('uid', name=op.f('uq_webhook_deliveries_uid'))
    )
    op.create_index(op.f('ix_webhook_deliveries_notification_id'), 'webhook_deliveries', ['notification_id'])
    op.create_index(op.f('ix_webhook_deliveries_webhook_id'), 'webhook_deliveries', ['webhook_id'])
    op.create_index('ix_webhook_deliveries_state_next_at', 'webhook_deliveries', ['state', 'next_at'])


def downgrade() -> None:
    op.drop_table('webhook_deliveries')
