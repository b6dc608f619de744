"""names of results and of fields of specs in lower case, so that a search finds them however they are written

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-29 01:30:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.models.indexing import result_facts, spec_facts

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None

AT_ONCE = 500
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
EXPERIMENTS = sa.table('experiments', sa.column('id'), sa.column('title'), sa.column('spec', JSON))
TRIALS = sa.table('trials', sa.column('experiment_id'), sa.column('results', JSON))
FACTS = sa.table('experiment_facts', *map(sa.column, ('experiment_id', 'name', 'position', 'text', 'number')))
RESULTS = sa.table('experiment_results', *map(sa.column, ('experiment_id', 'name', 'number')))


def upgrade() -> None:
    # Names that differ by case alone become one, so the rows of such an experiment are made anew from what they say.
    connection = op.get_bind()
    for found in with_capitals(connection, FACTS):
        rows = connection.execute(sa.select(EXPERIMENTS).where(EXPERIMENTS.c.id.in_(found))).all()
        put(connection, FACTS, found, [{'experiment_id': row.id, **fact} for row in rows for fact in spec_facts(row.title, row.spec)])
    for found in with_capitals(connection, RESULTS):
        of_trials = {number: [] for number in found}
        for row in connection.execute(sa.select(TRIALS).where(TRIALS.c.experiment_id.in_(found))):
            of_trials[row.experiment_id].append(row.results)
        put(connection, RESULTS, found, [
            {'experiment_id': number, 'name': name, 'number': value}
            for number, results in of_trials.items()
            for name, value in result_facts(results).items()
        ])


def with_capitals(connection, table):
    """The ids of the experiments that have a name with capitals there, some hundreds at a time."""
    names = connection.execute(sa.select(table.c.name).distinct()).scalars()
    capital = [name for name in names if name != name.lower()]  # SQLite and PostgreSQL know the case of ASCII alone
    ids = set()
    for start in range(0, len(capital), AT_ONCE):
        some = table.c.name.in_(capital[start:start + AT_ONCE])
        ids.update(connection.execute(sa.select(table.c.experiment_id).where(some).distinct()).scalars())
    every = sorted(ids)
    return [every[start:start + AT_ONCE] for start in range(0, len(every), AT_ONCE)]


def put(connection, table, ids, rows) -> None:
    connection.execute(sa.delete(table).where(table.c.experiment_id.in_(ids)))
    if rows:
        connection.execute(sa.insert(table), rows)


def downgrade() -> None:
    """The rows stay: a search looked for lower case before, too."""
