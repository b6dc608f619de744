"""The API, version 1: everything the main job needs, for programs."""

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

from webapp.api import (  # noqa: E402, F401
    access,
    account,
    allowance,
    comments,
    compare,
    control,
    datasets,
    directory,
    document,
    experiments,
    exports,
    finding,
    idempotency,
    imports,
    instance,
    layouts,
    mails,
    notifications,
    parts,
    people,
    sharing,
    specs,
    table,
    tags,
    talk,
    tokens,
    trials,
    webhooks,
)
