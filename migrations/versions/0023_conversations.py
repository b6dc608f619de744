"""comments: threads, pins, deletion that can be undone, earlier versions, reactions

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-28 17:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

FOREIGN_KEYS = (
    ('fk_comments_parent_id_comments', 'comments', 'parent_id', 'CASCADE'),
    ('fk_comments_deleted_by_id_users', 'users', 'deleted_by_id', 'SET NULL'),
    ('fk_comments_pin_trial_id_trials', 'trials', 'pin_trial_id', 'SET NULL'),
)
INDEXED = ('parent_id', 'deleted_at', 'pin_trial_id')


def upgrade() -> None:
    with op.batch_alter_table('comments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parent_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('disabled_reason', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('deleted_by_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('pin_trial_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('pin_key', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('pin_step', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('pin_value', sa.Float(), nullable=True))
        for name, table, column, ondelete in FOREIGN_KEYS:
            batch_op.create_foreign_key(op.f(name), table, [column], ['id'], ondelete=ondelete)
        for column in INDEXED:
            batch_op.create_index(op.f(f'ix_comments_{column}'), [column])
    op.create_table('comment_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('timestamp', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_comment_versions_comment_id_comments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment_versions'))
    )
    op.create_index(op.f('ix_comment_versions_comment_id'), 'comment_versions', ['comment_id'])
    op.create_table('reactions',
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('timestamp', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_reactions_comment_id_comments'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_reactions_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('comment_id', 'user_id', 'name', name=op.f('pk_reactions'))
    )
    op.create_index(op.f('ix_reactions_user_id'), 'reactions', ['user_id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_reactions_user_id'), table_name='reactions')
    op.drop_table('reactions')
    op.drop_index(op.f('ix_comment_versions_comment_id'), table_name='comment_versions')
    op.drop_table('comment_versions')
    # What was deleted must not be there again for everybody: it is hidden, as a moderator would.
    op.execute('UPDATE comments SET disabled = true WHERE deleted_at IS NOT NULL')
    with op.batch_alter_table('comments', schema=None) as batch_op:
        for column in INDEXED:
            batch_op.drop_index(op.f(f'ix_comments_{column}'))
        for name, *_ in FOREIGN_KEYS:
            batch_op.drop_constraint(op.f(name), type_='foreignkey')
        for column in ('pin_value', 'pin_step', 'pin_key', 'pin_trial_id', 'deleted_by_id', 'deleted_at', 'disabled_reason', 'parent_id'):
            batch_op.drop_column(column)
