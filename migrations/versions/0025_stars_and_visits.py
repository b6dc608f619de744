"""colours of tags; what people starred and looked at last

Revision ID: 0025
Revises: 0011
Create Date: 2026-11-28 17:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('tags', schema=None) as batch_op:
        batch_op.add_column(sa.Column('colour', sa.String(length=12), server_default='teal', nullable=False))
    op.create_table('stars',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_stars_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_stars_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'experiment_id', name=op.f('pk_stars'))
    )
    op.create_index(op.f('ix_stars_experiment_id'), 'stars', ['experiment_id'])
    op.create_table('visits',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_visits_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_visits_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'experiment_id', name=op.f('pk_visits'))
    )
    op.create_index(op.f('ix_visits_experiment_id'), 'visits', ['experiment_id'])
    op.create_index('ix_visits_user_id_seen_at', 'visits', ['user_id', 'seen_at'])


def downgrade() -> None:
    op.drop_table('visits')
    op.drop_table('stars')
    with op.batch_alter_table('tags', schema=None) as batch_op:
        batch_op.drop_column('colour')
