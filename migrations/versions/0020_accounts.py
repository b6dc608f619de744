"""accounts: deactivation, a second factor, devices of logins, invitations, links by mail, choices of administrators

Revision ID: 0020
Revises: 0011
Create Date: 2026-11-28 17:50:00
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0020'
down_revision = '0011'
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')
NEW = {
    'users': [
        ('deactivated_at', MOMENT), ('deleted_at', MOMENT), ('totp_secret', sa.String(64)), ('totp_since', MOMENT),
        ('totp_step', sa.BigInteger()),
    ],
    'logins': [('last_used_at', MOMENT)],
}


def upgrade() -> None:
    for table, columns in NEW.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column('logins', sa.Column('user_agent', sa.String(300), nullable=False, server_default=''))
    op.add_column('logins', sa.Column('ip', sa.String(45), nullable=False, server_default=''))
    op.execute("UPDATE logins SET last_used_at = created_at")
    op.create_table('invitations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.Column('role', sa.String(20), nullable=False),
    sa.Column('email', sa.String(254), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.Column('revoked_at', MOMENT, nullable=True),
    sa.Column('used_at', MOMENT, nullable=True),
    sa.Column('used_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['users.id'], name=op.f('fk_invitations_made_by_id_users')),
    sa.ForeignKeyConstraint(['used_by_id'], ['users.id'], name=op.f('fk_invitations_used_by_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('digest', name=op.f('uq_invitations_digest'))
    )
    op.create_table('mail_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(20), nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.Column('address', sa.String(254), nullable=False),
    sa.Column('created_at', MOMENT, nullable=False),
    sa.Column('expires_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_mail_links_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_links')),
    sa.UniqueConstraint('digest', name=op.f('uq_mail_links_digest'))
    )
    op.create_index(op.f('ix_mail_links_user_id'), 'mail_links', ['user_id'])
    op.create_table('recovery_codes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(64), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_recovery_codes_user_id_users'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_codes')),
    sa.UniqueConstraint('user_id', 'digest', name='uq_recovery_codes_user_id_digest')
    )
    op.create_table('instance_choices',
    sa.Column('name', sa.String(40), nullable=False),
    sa.Column('value', JSON, nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_instance_choices'))
    )


def downgrade() -> None:
    # What is older knows no viewers: they are members there. It lets nobody in who is deactivated: their password goes.
    op.execute("UPDATE users SET role = 'member' WHERE role = 'viewer'")
    op.execute("UPDATE users SET password_hash = NULL WHERE deactivated_at IS NOT NULL")
    op.execute("DELETE FROM api_tokens WHERE user_id IN (SELECT id FROM users WHERE deactivated_at IS NOT NULL)")
    op.execute("DELETE FROM logins WHERE user_id IN (SELECT id FROM users WHERE deactivated_at IS NOT NULL)")
    for table in ('instance_choices', 'recovery_codes', 'mail_links', 'invitations'):
        op.drop_table(table)
    op.drop_column('logins', 'ip')
    op.drop_column('logins', 'user_agent')
    for table, columns in NEW.items():
        for name, _ in reversed(columns):
            op.drop_column(table, name)
