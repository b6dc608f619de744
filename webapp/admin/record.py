"""The page of the audit log."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from webapp.admin import blueprint
from webapp.audit import listing
from webapp.audit.export import KINDS, export
from webapp.audit.listing import FIELDS, Filter, FilterProblem
from webapp.ids import LARGEST
from webapp.models import db


@blueprint.get("/audit")
def audit_log() -> ResponseReturnValue:
    """Filtered, newest first."""
    given = {name: request.args.get(name, "").strip() for name in FIELDS if request.args.get(name, "").strip()}
    known = {"given": given, "actions": listing.actions(db.session())}
    try:
        wanted = Filter.read(given)
    except FilterProblem as problem:
        return render_template("admin/audit.html", problem=problem, entries=[], before=0, **known), 422
    entries, before = listing.page(db.session(), wanted, position())
    return render_template("admin/audit.html", problem=None, entries=entries, before=before, **known)


@blueprint.get("/audit/export")
def export_audit() -> ResponseReturnValue:
    """All that fits, as a file."""
    kind = request.args.get("format", "csv")
    if kind not in KINDS:
        message = f"An export is {' or '.join(KINDS)}; you sent “{kind[:40]}”."
        return render_template("error.html", code=422, title="There is no such form", sentence=message), 422
    try:
        wanted = Filter.read(request.args)
    except FilterProblem as problem:
        return render_template("error.html", code=422, title="The filter is wrong", sentence=problem.message), 422
    return export(kind, wanted)


def position() -> int:
    """From where on; nonsense means from the newest."""
    text = request.args.get("before", "")
    return min(int(text), LARGEST) if text.isascii() and text.isdigit() and len(text) < 20 else 0
