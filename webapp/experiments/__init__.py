"""Experiments: the table, the form that makes them, their page, and what can be done with them."""

from flask import Blueprint

blueprint = Blueprint("experiments", __name__, template_folder="templates")

from webapp.experiments import actions, bulk, errors, from_recipe, listing, new, show, tagging  # noqa: E402, F401
from webapp.experiments.summaries import parts_in_words  # noqa: E402

blueprint.add_app_template_filter(parts_in_words)  # for lists of experiments that other features show
