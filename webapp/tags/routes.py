"""Pages of tags: all of them, what carries one, and what a change of it would touch."""

from collections.abc import Iterable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy.orm import joinedload, selectinload

from webapp import policy
from webapp.models import COLOURS, Comment, Experiment, Tag, db
from webapp.tags import blueprint, changes
from webapp.tags.service import TagProblem
from webapp.tags.uses import (
    carried_by_both,
    comments_with,
    counted_tags,
    experiments_with,
    known_tag,
    people_of,
    uses_of,
    why_taken,
)

SHOWN = 50


@blueprint.app_template_filter("tag_colours")
def tag_colours(tags: Iterable[Tag]) -> dict[str, str]:
    """The colours of tags by their names, for the field that shows them."""
    return {tag.name: tag.colour for tag in tags}


@blueprint.get("/tags")
@login_required
def listing() -> ResponseReturnValue:
    """All tags, with how often each is used."""
    return render_template("tags/listing.html", tags=counted_tags(db.session(), current_user))


@blueprint.get("/tags/<name>")
@login_required
def show(name: str) -> ResponseReturnValue:
    """The experiments and comments that carry a tag."""
    tag = find_tag(name)
    experiments = db.session.scalars(
        experiments_with(tag, current_user)
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
        .limit(SHOWN)
    ).all()
    comments = db.session.scalars(
        comments_with(tag, current_user)
        .options(joinedload(Comment.author), joinedload(Comment.experiment), selectinload(Comment.tags))
        .limit(SHOWN)
    ).all()
    return render_template(
        "tags/show.html",
        tag=tag,
        uses=uses_of(db.session(), tag, current_user, few=0),
        experiments=experiments,
        comments=comments,
        shown=SHOWN,
        may_manage=policy.may_manage_tag(current_user, people_of(db.session(), tag)),
    )


@blueprint.get("/tags/<name>/edit")
@login_required
def edit(name: str) -> ResponseReturnValue:
    """The form for another name or colour, and for deleting it, with what that touches."""
    return render_edit(own_tag(name))


@blueprint.post("/tags/<name>/edit")
@login_required
def save(name: str) -> ResponseReturnValue:
    """Another name and colour. A name that another tag has already leads to the offer to merge the two."""
    tag = own_tag(name)
    wanted, colour = request.form.get("name", ""), request.form.get("colour", tag.colour)
    try:
        changes.change(db.session(), tag, wanted, colour)
    except changes.NameTaken as taken:
        if known_tag(db.session(), taken.name, current_user):
            return redirect(url_for("tags.offer_merge", name=name, into=taken.name))
        return render_edit(find_tag(name), wanted, why_taken(db.session(), taken, current_user)), 422
    except TagProblem as problem:
        db.session.rollback()
        return render_edit(find_tag(name), wanted, str(problem)), 422
    flash("Saved.", "success")
    return redirect(url_for("tags.show", name=tag.name))


@blueprint.get("/tags/<name>/merge")
@login_required
def offer_merge(name: str) -> ResponseReturnValue:
    """What merging it into the tag ``into`` touches, and whether to do it."""
    tag, into = own_tag(name), known_tag(db.session(), request.args.get("into", "")[:100], current_user)
    if into is None or into.id == tag.id:
        return redirect(url_for("tags.edit", name=tag.name))
    return render_merge(tag, into)


@blueprint.post("/tags/<name>/merge")
@login_required
def merge(name: str) -> ResponseReturnValue:
    """Let all that carries it carry the tag ``into``; the page has shown before what that touches."""
    tag, into = own_tag(name), known_tag(db.session(), request.form.get("into", "").strip()[:100], current_user)
    if into is None:
        abort(422, "The field into must name the tag that stays; there is none of that name.")
    stays = into.name
    try:
        changes.merge(db.session(), current_user, tag, into)
    except TagProblem as problem:
        abort(422, f"The field into is wrong: {problem}")
    flash(f"“{name.lower()}” is “{stays}” now.", "success")
    return redirect(url_for("tags.show", name=stays))


@blueprint.post("/tags/<name>/delete")
@login_required
def delete(name: str) -> ResponseReturnValue:
    """Take it from all that carry it; the page has shown before what that touches."""
    changes.delete(db.session(), current_user, own_tag(name))
    flash(f"The tag “{name.lower()}” is deleted.", "success")
    return redirect(url_for("tags.listing"))


def find_tag(name: str) -> Tag:
    """The tag, or 404: also where only things carry it that this person may not see."""
    tag = known_tag(db.session(), name, current_user)
    if tag is None:
        abort(404, f"Nothing is tagged “{name[:40]}”.")
    return tag


def own_tag(name: str) -> Tag:
    """The tag when this person may change it; 404 or 403 otherwise."""
    tag = find_tag(name)
    if not policy.may_manage_tag(current_user, people_of(db.session(), tag)):
        abort(403, "Others use this tag, too: only an administrator may change or delete it.")
    return tag


def render_edit(tag: Tag, wanted: str | None = None, problem: str = "") -> str:
    """The form."""
    uses = uses_of(db.session(), tag, current_user)
    wanted = tag.name if wanted is None else wanted
    return render_template("tags/edit.html", tag=tag, uses=uses, colours=COLOURS, wanted=wanted, problem=problem)


def render_merge(tag: Tag, into: Tag) -> str:
    """What merging touches, and whether to do it."""
    session = db.session()
    return render_template(
        "tags/merge.html",
        tag=tag,
        into=into,
        uses=uses_of(session, tag, current_user),
        others=uses_of(session, into, current_user, few=0),
        both=carried_by_both(session, tag, into),
    )
