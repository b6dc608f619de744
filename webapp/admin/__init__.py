"""Pages for administrators: people, invitations, logins, the audit log, mails."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, template_folder="templates", url_prefix="/admin")

from webapp.admin import access, invitations, logins, mails, people, record  # noqa: E402, F401
