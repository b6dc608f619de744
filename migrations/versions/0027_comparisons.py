"""comparisons that people keep

Revision ID: 0027
Revises: 0011
Create Date: 2026-11-28 17:10:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('comparisons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('view', sa.String(length=2000), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('notes_html', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_comparisons_owner_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comparisons')),
    sa.UniqueConstraint('key', name=op.f('uq_comparisons_key')),
    sa.UniqueConstraint('owner_id', 'name', name='uq_comparisons_owner_id_name')
    )
    op.create_table('compared_experiments',
    sa.Column('comparison_id', sa.Integer(), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comparison_id'], ['comparisons.id'], name=op.f('fk_compared_experiments_comparison_id_comparisons'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_compared_experiments_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comparison_id', 'experiment_id', name=op.f('pk_compared_experiments'))
    )
    op.create_index(op.f('ix_compared_experiments_experiment_id'), 'compared_experiments', ['experiment_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_compared_experiments_experiment_id'), table_name='compared_experiments')
    op.drop_table('compared_experiments')
    op.drop_table('comparisons')
