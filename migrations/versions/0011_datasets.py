"""data sets that people uploaded; each login for itself

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-21 14:50:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('datasets',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('found', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('sheet', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_datasets_owner_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_datasets')),
    sa.UniqueConstraint('owner_id', 'name', name='uq_datasets_owner_id_name'),
    sa.UniqueConstraint('owner_id', 'file', name='uq_datasets_owner_id_file')
    )
    op.create_index(op.f('ix_datasets_file'), 'datasets', ['file'])
    op.create_table('logins',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=43), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_logins_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_logins')),
    sa.UniqueConstraint('key', name=op.f('uq_logins_key'))
    )
    op.create_index(op.f('ix_logins_user_id'), 'logins', ['user_id'])
    # Whoever is logged in stays so.
    op.execute('INSERT INTO logins (user_id, key, created_at) SELECT id, session_key, CURRENT_TIMESTAMP FROM users')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('uq_users_session_key'), type_='unique')
        batch_op.drop_column('session_key')


def downgrade() -> None:
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('session_key', sa.String(length=43), nullable=True))
    # Everybody logs in once more; the keys only have to differ.
    op.execute("UPDATE users SET session_key = 'none-' || id")
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.alter_column('session_key', existing_type=sa.String(length=43), nullable=False)
        batch_op.create_unique_constraint(op.f('uq_users_session_key'), ['session_key'])
    op.drop_index(op.f('ix_logins_user_id'), table_name='logins')
    op.drop_table('logins')
    op.drop_index(op.f('ix_datasets_file'), table_name='datasets')
    op.drop_table('datasets')
