"""ids of deleted rows are never given again; an entry of the audit log cannot be replaced

SQLite only: it gives the id of the newest row again once that is deleted, unless the table is made with AUTOINCREMENT, and
INSERT OR REPLACE deletes without a word to the triggers of a deletion. PostgreSQL does neither.

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-29 01:30:00
"""

from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

# Curves, histograms and lines of logs are many, and nobody names them by their ids.
TABLES = (
    'api_tokens', 'artifacts', 'audit_entries', 'comments', 'comparisons', 'datasets', 'digests', 'experiments', 'happenings',
    'idempotency_keys', 'invitations', 'layouts', 'logins', 'mail_links', 'notifications', 'outbox', 'tags', 'trials', 'users',
    'webhook_deliveries', 'webhooks',
)
STAYS = 'what is in the audit log is never changed or deleted'
TRIGGERS = [
    f"CREATE TRIGGER audit_entries_no_{what} BEFORE {what} ON audit_entries BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
    for what in ('update', 'delete')
]
IS_THERE = 'EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)'
NO_REPLACE = (
    f'CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN {IS_THERE} '
    f"BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        make_anew(autoincrement=True)
        for statement in (*TRIGGERS, NO_REPLACE):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        make_anew(autoincrement=False)
        for statement in TRIGGERS:
            op.execute(statement)


def make_anew(autoincrement: bool) -> None:
    """Each table once more, with all its rows and indexes. The triggers go with the old one.

    The driver opens no transaction before a table is made; without one a kill would leave the tables half made.
    """
    connection = op.get_bind()
    if connection.exec_driver_sql('PRAGMA foreign_keys').scalar():
        raise RuntimeError('Foreign keys must be off: dropping a table would delete the rows that refer to it.')
    connection.exec_driver_sql('BEGIN IMMEDIATE')
    for name in TABLES:
        with op.batch_alter_table(name, recreate='always', table_kwargs={'sqlite_autoincrement': autoincrement}):
            pass
