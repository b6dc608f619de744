"""The results of a search over everything, as a page and as the list below the box."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from webapp.experiments.summaries import parts_in_words
from webapp.finding.everything import excerpt, find_everything
from webapp.home import blueprint
from webapp.models import db
from webapp.search.tokens import LONGEST

ON_THE_PAGE, IN_THE_LIST = 25, 6


@blueprint.get("/search")
@login_required
def search() -> ResponseReturnValue:
    """The page for ``q``."""
    text = request.args.get("q", "")[:LONGEST]
    found = find_everything(db.session(), current_user, text, ON_THE_PAGE)
    return render_template(
        "home/search.html",
        text=text,
        found=found,
        rows=[(each, parts_in_words(each.spec)) for each in found.experiments],
        comments=[(each, excerpt(each.body, text)) for each in found.comments],
    )


@blueprint.get("/search/offers")
@login_required
def search_offers() -> ResponseReturnValue:
    """The first of each kind for what is typed so far: options of the box that opens with a slash."""
    text = request.args.get("q", "")[:LONGEST]
    found = find_everything(db.session(), current_user, text, IN_THE_LIST)
    comments = [(each, excerpt(each.body, text, 110)) for each in found.comments]
    return render_template("home/_offers.html", text=text, found=found, comments=comments)
