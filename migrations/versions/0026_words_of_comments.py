"""words by which comments are searched

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-28 17:06:00
"""

import sqlalchemy as sa
from alembic import op

from webapp.models.comment_words import MOST_WORDS
from webapp.models.indexing import words_of

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

AT_ONCE = 500


def upgrade() -> None:
    word = sa.String(40).with_variant(sa.String(40, collation='C'), 'postgresql')
    words = op.create_table('comment_words',
    sa.Column('word', word, nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_comment_words_comment_id_comments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('word', 'comment_id', name=op.f('pk_comment_words'))
    )
    comments, last, connection = sa.table('comments', sa.column('id'), sa.column('body')), 0, op.get_bind()
    while rows := connection.execute(sa.select(comments).where(comments.c.id > last).order_by(comments.c.id).limit(AT_ONCE)).all():
        last = rows[-1].id
        found = [{'comment_id': row.id, 'word': word} for row in rows for word in words_of(row.body)[:MOST_WORDS]]
        if found:
            connection.execute(sa.insert(words), found)
    op.create_index('ix_comment_words_comment_id', 'comment_words', ['comment_id'])


def downgrade() -> None:
    op.drop_table('comment_words')
