"""notifications: what is promised, what people have and what they chose

Revision ID: 0028
Revises: 0023
Create Date: 2026-11-28 17:20:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    moment = sa.DateTime(timezone=True)
    op.create_table('happenings',
    sa.Column('id', big_id, nullable=False),
    sa.Column('what', sa.String(length=20), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('trial_id', sa.Integer(), nullable=True),
    sa.Column('mentioned', json, nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_happenings_comment_id_comments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_happenings_trial_id_trials'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_happenings'))
    )
    op.create_index(op.f('ix_happenings_comment_id'), 'happenings', ['comment_id'])
    op.create_index(op.f('ix_happenings_trial_id'), 'happenings', ['trial_id'])
    op.create_table('notification_choices',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('channels', json, nullable=False),
    sa.Column('rhythm', sa.String(length=10), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notification_choices_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_notification_choices'))
    )
    op.create_table('watches',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('muted', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_watches_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_watches_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'experiment_id', name=op.f('pk_watches'))
    )
    op.create_index(op.f('ix_watches_experiment_id'), 'watches', ['experiment_id'])
    op.create_table('digests',
    sa.Column('id', big_id, nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', moment, nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('sent_at', moment, nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_digests_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_digests'))
    )
    op.create_index(op.f('ix_digests_user_id'), 'digests', ['user_id'])
    op.create_index('ix_digests_sent_at_next_at', 'digests', ['sent_at', 'next_at'])
    op.create_table('webhooks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.String(length=2000), nullable=False),
    sa.Column('secret', sa.String(length=80), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('disabled_because', sa.Text(), nullable=True),
    sa.Column('created_at', moment, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_webhooks_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhooks'))
    )
    op.create_index(op.f('ix_webhooks_user_id'), 'webhooks', ['user_id'])
    op.create_table('notifications',
    sa.Column('id', big_id, nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=True),
    sa.Column('comment_id', sa.Integer(), nullable=True),
    sa.Column('trial_id', sa.Integer(), nullable=True),
    sa.Column('webhook_id', sa.Integer(), nullable=True),
    sa.Column('digest_id', big_id, nullable=True),
    sa.Column('in_page', sa.Boolean(), nullable=False),
    sa.Column('by_mail', sa.Boolean(), nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('read_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_notifications_comment_id_comments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['digest_id'], ['digests.id'], name=op.f('fk_notifications_digest_id_digests'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_notifications_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['trial_id'], ['trials.id'], name=op.f('fk_notifications_trial_id_trials'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_notifications_user_id_users'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['webhook_id'], ['webhooks.id'], name=op.f('fk_notifications_webhook_id_webhooks'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notifications')),
    sa.UniqueConstraint('user_id', 'source', name='uq_notifications_user_id_source')
    )
    for column in ('comment_id', 'digest_id', 'experiment_id', 'trial_id', 'webhook_id'):
        op.create_index(op.f(f'ix_notifications_{column}'), 'notifications', [column])
    op.create_index('ix_notifications_user_id_read_at', 'notifications', ['user_id', 'read_at'])
    op.create_index('ix_notifications_to_mail', 'notifications', ['user_id'], sqlite_where=sa.text('by_mail'), postgresql_where=sa.text('by_mail'))


def downgrade() -> None:
    for table in ('notifications', 'webhooks', 'digests', 'watches', 'notification_choices', 'happenings'):
        op.drop_table(table)
