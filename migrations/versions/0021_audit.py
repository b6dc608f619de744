"""the audit log, which the database lets nobody change

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-28 17:52:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

STAYS = 'what is in the audit log is never changed or deleted'
TRIGGERS = {
    'sqlite': [
        f"CREATE TRIGGER audit_entries_no_{what} BEFORE {what} ON audit_entries BEGIN SELECT RAISE(ABORT, '{STAYS}'); END"
        for what in ('update', 'delete')
    ],
    'postgresql': [
        f"CREATE OR REPLACE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{STAYS}'; END $$",
        "CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay()",
    ],
}


def upgrade() -> None:
    op.create_table('audit_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(40), nullable=False),
    sa.Column('action', sa.String(60), nullable=False),
    sa.Column('subject', sa.String(300), nullable=False),
    sa.Column('details', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('ip', sa.String(45), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entries'))
    )
    op.create_index(op.f('ix_audit_entries_at'), 'audit_entries', ['at'])
    op.create_index('ix_audit_entries_action_id', 'audit_entries', ['action', 'id'])
    op.create_index('ix_audit_entries_actor_id', 'audit_entries', ['actor', 'id'])
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('audit_entries')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION audit_entries_stay()')
