"""layouts of people's pages

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-21 11:58:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    op.create_table('layouts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('is_default', sa.Boolean(), nullable=False),
    sa.Column('pins', json, nullable=False),
    sa.Column('toolbar', json, nullable=False),
    sa.Column('columns', sa.Integer(), nullable=False),
    sa.Column('height', sa.String(length=10), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_layouts_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_layouts')),
    sa.UniqueConstraint('user_id', 'name', name='uq_layouts_user_id_name')
    )


def downgrade() -> None:
    op.drop_table('layouts')
