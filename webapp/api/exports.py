"""Trials and experiments as files."""

from flask import current_app, request
from flask.typing import ResponseReturnValue

from dlcore.validation import Problem
from webapp.api import blueprint
from webapp.api.description import documented, one_of
from webapp.api.examples import SPEC
from webapp.api.experiments import find_experiment
from webapp.api.problems import invalid
from webapp.api.trials import find_trial, wanted_keys
from webapp.exports.contents import contents_of, stem
from webapp.exports.formats import FORMATS, Format
from webapp.exports.outgoing import zipped
from webapp.exports.sending import download
from webapp.models import db
from webapp.store import curves

QUERY = {"format": one_of("csv otherwise.", *FORMATS)}
KEYS = {"keys": "Curve keys with commas between; all of them otherwise."}


@blueprint.get("/trials/<int:trial_id>/export")
@documented(
    "Export a trial",
    query={**QUERY, **KEYS},
    errors=(404,),
    cost=10,
    answers=tuple(format.media_type for format in FORMATS.values()),
    example={
        "format": "descent-trial-1",
        "trial": {"id": 12},
        "spec": SPEC,
        "columns": ["step", "value", "time"],
        "curves": {"train/loss": [[1, 2.31, 1795885201.0], [2, "NaN", 1795885201.1]]},
    },
)
def export_trial(trial_id: int) -> ResponseReturnValue:
    """Everything that it logged, bit for bit, as a file: of a running trial what it has logged by now.

    ``csv`` and ``parquet`` have the columns key, step, value and time (Unix seconds). ``json`` is an object with format, trial
    (results among it), spec, columns and curves, ``{key: [[step, value, time], ...]}``; a value that is not finite is its name.
    ``tensorboard`` is an event file with scalars, histograms, pictures, and the spec as text.
    """
    format, trial = wanted_format(), find_trial(trial_id)
    keys = wanted_keys(curves.keys(db.session(), trial_id))
    contents = contents_of(db.session(), current_app.extensions["storage"], trial, keys)
    return download(db.session(), format.pieces(db.session(), contents), format.file_name(contents), format.media_type)


@blueprint.get("/experiments/<int:experiment_id>/export")
@documented("Export all trials of an experiment", query=QUERY, errors=(404,), answers=("application/zip",), cost=10)
def export_experiment(experiment_id: int) -> ResponseReturnValue:
    """A zip with the file of each trial; those for TensorBoard are each in a folder of its own, which is a run there."""
    format, experiment = wanted_format(), find_experiment(experiment_id)
    storage, session = current_app.extensions["storage"], db.session()
    name = stem(experiment)
    everything = [contents_of(session, storage, trial) for trial in experiment.trials]
    files = [(f"{name}/{format.path_in_zip(one)}", format.pieces(session, one)) for one in everything]
    return download(session, zipped(files), f"{name}-{request.args.get('format') or 'csv'}.zip", "application/zip")


def wanted_format() -> Format:
    """The format that is asked for; raises Refused (422)."""
    name = request.args.get("format", "csv")
    if name not in FORMATS:
        raise invalid([Problem("format", f"The format must be one of {', '.join(FORMATS)}; you sent “{name[:40]}”.")])
    return FORMATS[name]
