"""what experiments are searched and sorted by

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-21 12:05:00
"""

import itertools

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.models.indexing import result_facts, spec_facts, words_of

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

AT_ONCE = 500


def plain(length):
    return sa.String(length).with_variant(sa.String(length, collation='C'), 'postgresql')


def upgrade() -> None:
    facts = op.create_table('experiment_facts',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('name', plain(200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', plain(200), nullable=False),
    sa.Column('number', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_facts_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'name', 'position', name=op.f('pk_experiment_facts'))
    )
    results = op.create_table('experiment_results',
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.Column('name', plain(200), nullable=False),
    sa.Column('number', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_results_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('experiment_id', 'name', name=op.f('pk_experiment_results'))
    )
    words = op.create_table('experiment_words',
    sa.Column('word', plain(40), nullable=False),
    sa.Column('experiment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['experiment_id'], ['experiments.id'], name=op.f('fk_experiment_words_experiment_id_experiments'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('word', 'experiment_id', name=op.f('pk_experiment_words'))
    )
    fill(op.get_bind(), facts, results, words)
    with op.batch_alter_table('experiment_facts', schema=None) as batch_op:
        batch_op.create_index('ix_experiment_facts_name_number', ['name', 'number', 'experiment_id', 'position'], unique=False)
        batch_op.create_index('ix_experiment_facts_name_text', ['name', 'text', 'experiment_id', 'position'], unique=False)

    with op.batch_alter_table('experiment_results', schema=None) as batch_op:
        batch_op.create_index('ix_experiment_results_name_number', ['name', 'number', 'experiment_id'], unique=False)

    with op.batch_alter_table('experiment_words', schema=None) as batch_op:
        batch_op.create_index('ix_experiment_words_experiment_id', ['experiment_id'], unique=False)

    op.drop_index(op.f('ix_experiments_archived'), table_name='experiments')
    op.create_index('ix_experiments_archived_id', 'experiments', ['archived', 'id'], unique=False)
    op.create_index('ix_experiments_archived_updated_at', 'experiments', ['archived', 'updated_at', 'id'], unique=False)


def fill(connection, facts, results, words) -> None:
    """Write the rows of the experiments that are there, some hundreds at a time."""
    json = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
    experiments = sa.table('experiments', sa.column('id'), sa.column('title'), sa.column('description'), sa.column('spec', json))
    trials = sa.table('trials', sa.column('experiment_id'), sa.column('results', json))
    last = 0
    while rows := connection.execute(sa.select(experiments).where(experiments.c.id > last).order_by(experiments.c.id).limit(AT_ONCE)).all():
        first, last = rows[0].id, rows[-1].id
        insert(connection, facts, [{'experiment_id': row.id, **fact} for row in rows for fact in spec_facts(row.title, row.spec)])
        insert(connection, words, [{'experiment_id': row.id, 'word': word} for row in rows for word in words_of(row.title, row.description)])
        measured = sa.select(trials).where(trials.c.experiment_id.between(first, last)).order_by(trials.c.experiment_id)
        insert(connection, results, [
            {'experiment_id': number, 'name': name, 'number': value}
            for number, group in itertools.groupby(connection.execute(measured).all(), lambda row: row.experiment_id)
            for name, value in result_facts(row.results for row in group).items()
        ])


def insert(connection, table, rows) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    op.drop_index('ix_experiments_archived_updated_at', table_name='experiments')
    op.drop_index('ix_experiments_archived_id', table_name='experiments')
    op.create_index(op.f('ix_experiments_archived'), 'experiments', ['archived'], unique=False)
    op.drop_table('experiment_words')
    op.drop_table('experiment_results')
    op.drop_table('experiment_facts')
