"""Where an experiment's page is."""

from flask import url_for
from flask_login import current_user

from webapp.models import Experiment


def address_of(experiment: Experiment) -> str:
    """Where this person sees it: a visitor, by its public link."""
    if current_user.is_authenticated:
        return url_for("experiments.show", experiment_id=experiment.id)
    return url_for("experiments.public", key=experiment.link_key)
