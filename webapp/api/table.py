"""What the table of experiments shows besides: columns to choose from, completion of a search, sparklines, and trials by themselves."""

from typing import Annotated

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import Field, with_config
from sqlalchemy import select
from typing_extensions import TypedDict

from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import read_count, read_ids
from webapp.api.description import documented, ids, whole_number
from webapp.api.experiments import find_experiment
from webapp.api.paging import Listing
from webapp.api.problems import Refused
from webapp.api.resources import TrialResource, trial_resource
from webapp.experiments.columns import choices
from webapp.experiments.sparklines import MOST_TRIALS, sparklines
from webapp.models import Experiment, Trial, db
from webapp.search.completion import complete
from webapp.search.tokens import LONGEST

TRIALS = Listing("trials", TrialResource)


@with_config(extra="forbid")
class ColumnsResource(TypedDict):
    """The names that the table's columns, a search and a sort may use."""

    results: list[str]
    fields: Annotated[list[str], Field(description="Of specs, by dotted path.")]


@with_config(extra="forbid")
class OfferResource(TypedDict):
    """Something that can be written."""

    text: str
    detail: str


@with_config(extra="forbid")
class CompletionsResource(TypedDict):
    """What may take the place of the text between start and end."""

    start: int
    end: int
    items: list[OfferResource]


@blueprint.get("/experiments/columns")
@documented("List the columns of the table", answer=ColumnsResource)
def list_columns() -> ResponseReturnValue:
    """Every result, and every field of a spec, that any experiment has."""
    results, fields = choices(db.session(), current_user, [])
    return jsonify(results=[one.name for one in results], fields=[one.name for one in fields])


@blueprint.get("/experiments/completions")
@documented(
    "Complete a search",
    query={
        "text": "A search, as far as it is written.",
        "caret": whole_number("Where in it more is written; its end otherwise.", 0, LONGEST),
    },
    answer=CompletionsResource,
)
def complete_search() -> ResponseReturnValue:
    """What can be written there, for an editor of one's own."""
    text = request.args.get("text", "")[: LONGEST + 1]
    caret = min(read_count("caret", len(text), 0, LONGEST), len(text))
    offers = complete(db.session(), current_user, text, caret)
    items = [{"text": offer.text, "detail": offer.detail} for offer in offers.items]
    return jsonify(start=offers.start, end=offers.end, items=items)


@blueprint.get("/experiments/<int:experiment_id>/trials")
@documented("List the trials of an experiment", errors=(404,), answer=TRIALS)
def list_trials(experiment_id: int) -> ResponseReturnValue:
    """In the order of their numbers, with their results."""
    find_experiment(experiment_id)
    return TRIALS.of_query(
        select(Trial).where(Trial.experiment_id == experiment_id), {Trial.number: False}, trial_resource
    )


@blueprint.get("/sparklines")
@documented(
    "Read the training loss in a few points",
    query={"trials": ids(f"Ids of trials with commas between, at most {MOST_TRIALS}.", 1, MOST_TRIALS)},
    errors=(404,),
    answer=dict[str, list[float]],
    example={"12": [2.31, 0.84, 0.31], "13": [2.29, 0.52, 0.12]},
)
def show_sparklines() -> ResponseReturnValue:
    """Of many trials at once, finite values only, by the trial's id; those that are not there are left out."""
    wanted = read_ids("trials", MOST_TRIALS)
    seen = select(Trial.id).join(Experiment).where(Trial.id.in_(wanted), policy.seen_by(current_user))
    found = sparklines(db.session(), list(db.session.scalars(seen)))
    if not found:
        raise Refused(404, "None of these trials is there.")
    return jsonify({str(trial): values for trial, values in found.items()})
