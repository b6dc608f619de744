"""What people are told: the bell, the list, what they chose, their webhooks."""

from flask import Blueprint

blueprint = Blueprint("notifications", __name__, template_folder="templates")

from webapp.notifications import choosing, routes, webhooks  # noqa: E402, F401
