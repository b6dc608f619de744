"""Who sees an experiment: the sharing dialog. What it does is in ``service``; who may is in ``webapp.policy``."""

from flask import Blueprint

blueprint = Blueprint("sharing", __name__, template_folder="templates")

from webapp.sharing import routes  # noqa: E402, F401
