"""who sees an experiment: visibility, shares, a public link

Revision ID: 0022
Revises: 0011
Create Date: 2026-11-28 17:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What there is stays as it was: everyone signed in sees it.
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('default_visibility', sa.String(length=10), nullable=False, server_default='open'))
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.alter_column('default_visibility', existing_type=sa.String(length=10), server_default=None)
    with op.batch_alter_table('experiments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('visibility', sa.String(length=10), nullable=False, server_default='open'))
        batch_op.add_column(sa.Column('link_key', sa.String(length=43), nullable=True))
    with op.batch_alter_table('experiments', schema=None) as batch_op:
        batch_op.alter_column('visibility', existing_type=sa.String(length=10), server_default=None)
        batch_op.create_unique_constraint(op.f('uq_experiments_link_key'), ['link_key'])
        batch_op.create_index('ix_experiments_visibility', ['visibility', 'owner_id', 'id'])
    op.create_table('shares',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('access', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_shares_experiment_id_experiments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_shares_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'user_id', name=op.f('pk_shares'))
    )
    op.create_index('ix_shares_user_id_experiment_id', 'shares', ['user_id', 'experiment_id'])


def downgrade() -> None:
    op.drop_index('ix_shares_user_id_experiment_id', table_name='shares')
    op.drop_table('shares')
    with op.batch_alter_table('experiments', schema=None) as batch_op:
        batch_op.drop_index('ix_experiments_visibility')
        batch_op.drop_constraint(op.f('uq_experiments_link_key'), type_='unique')
        batch_op.drop_column('link_key')
        batch_op.drop_column('visibility')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_column('default_visibility')
