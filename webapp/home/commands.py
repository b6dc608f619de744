"""What the command palette offers beside the actions of the page that is open."""

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from dlcore.recipes import recipes
from webapp import policy
from webapp.finding import stars, visits
from webapp.home import blueprint
from webapp.models import Experiment, db

STARRED, RECENT = 20, 15
PAGES = {
    "Go to your account": "account.index",
    "Go to the status of this instance": "observation.status",
    "Go to the reference of parts": "parts.index",
    "Upload a TensorBoard log": "imports.new",
}


@blueprint.get("/commands")
@login_required
def commands() -> ResponseReturnValue:
    """Pages, recipes, and the experiments that this person starred or looked at last."""
    starred = [star.experiment for star in stars.starred(db.session(), current_user, STARRED)]
    seen = [visit.experiment for visit in visits.recent(db.session(), current_user, RECENT)]
    starred_ids = {experiment.id for experiment in starred}
    found = [
        *(as_command("Recent", experiment) for experiment in seen if experiment.id not in starred_ids),
        *(as_command("Starred", experiment) for experiment in starred),
        *({"group": "Pages", "title": title, "url": url_for(endpoint)} for title, endpoint in PAGES.items()),
    ]
    if policy.may_submit(current_user):
        found += [
            {
                "group": "Recipes",
                "title": f"New experiment: {recipe.title}",
                "url": url_for("experiments.new", recipe=recipe.name),
            }
            for recipe in recipes()
        ]
    return jsonify(commands=found)


def as_command(group: str, experiment: Experiment) -> dict[str, str]:
    """Open an experiment."""
    url = url_for("experiments.show", experiment_id=experiment.id)
    return {"group": group, "title": experiment.title, "hint": experiment.state.value, "url": url}
