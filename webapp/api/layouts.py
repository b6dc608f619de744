"""A person's layouts of chart pages: theirs alone, administrators included."""

from typing import Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from webapp.api import blueprint
from webapp.api.bodies import LayoutBody, LayoutPatch, read_body
from webapp.api.description import documented
from webapp.api.matching import check_match, tagged
from webapp.api.paging import Listing
from webapp.api.problems import Refused, refused
from webapp.api.resources import LayoutResource, layout_resource
from webapp.layouts import service
from webapp.models import Layout, db

LAYOUTS = Listing("layouts", LayoutResource)


@blueprint.get("/layouts")
@documented("List your layouts", answer=LAYOUTS)
def list_layouts() -> ResponseReturnValue:
    """Oldest first. One of them is the default, with which pages open."""
    mine = select(Layout).where(Layout.user_id == current_user.id)
    return LAYOUTS.of_query(mine, {Layout.id: False}, layout_resource)


@blueprint.post("/layouts")
@documented("Save a layout", body=LayoutBody, status=201, answer=LayoutResource)
def create_layout() -> ResponseReturnValue:
    """Your first is your default."""
    body = read_body(LayoutBody)
    try:
        layout = service.create(db.session(), current_user.id, **body.model_dump())
    except service.LayoutProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(layout_resource(layout))), 201


@blueprint.get("/layouts/<int:layout_id>")
@documented("Show a layout", errors=(404,), answer=LayoutResource)
def show_layout(layout_id: int) -> ResponseReturnValue:
    """One of yours."""
    return tagged(jsonify(layout_resource(own_layout(layout_id))))


@blueprint.patch("/layouts/<int:layout_id>")
@documented("Change a layout", body=LayoutPatch, errors=(404, 412), answer=LayoutResource)
def change_layout(layout_id: int) -> ResponseReturnValue:
    """What is left out stays."""
    layout = own_layout(layout_id)
    changed: dict[str, Any] = read_body(LayoutPatch).model_dump(exclude_none=True)
    check_match(layout, lambda: layout_resource(layout))
    try:
        service.change(db.session(), layout, **changed)
    except service.LayoutProblem as problem:
        raise refused(problem) from problem
    return tagged(jsonify(layout_resource(layout)))


@blueprint.delete("/layouts/<int:layout_id>")
@documented("Delete a layout", status=204, errors=(404, 412))
def delete_layout(layout_id: int) -> ResponseReturnValue:
    """Where it was the default, your oldest other one is from now on."""
    layout = own_layout(layout_id)
    check_match(layout, lambda: layout_resource(layout))
    service.delete(db.session(), layout)
    return Response(status=204)


def own_layout(layout_id: int) -> Layout:
    """This person's layout, or Refused (404): nobody learns which ones others have."""
    layout = db.session.get(Layout, layout_id)
    if layout is None or layout.user_id != current_user.id:
        raise Refused(404, f"You have no layout {layout_id}.")
    return layout
