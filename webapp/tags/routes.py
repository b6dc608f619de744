"""Pages of tags."""

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from webapp import policy
from webapp.models import Comment, Experiment, Tag, comment_tags, db, experiment_tags
from webapp.tags import blueprint


@blueprint.get("/tags")
@login_required
def listing() -> ResponseReturnValue:
    """All tags, with how often each is used."""
    return render_template("tags/listing.html", tags=counted_tags())


@blueprint.get("/tags/<name>")
@login_required
def show(name: str) -> ResponseReturnValue:
    """The experiments and comments that carry a tag."""
    tag = db.session.scalar(select(Tag).where(Tag.name == name.lower(), policy.tag_seen_by(current_user)))
    if tag is None:
        abort(404, f"Nothing is tagged “{name[:40]}”.")
    experiments = db.session.scalars(
        select(Experiment)
        .join(experiment_tags)
        .where(experiment_tags.c.tag_id == tag.id, policy.seen_by(current_user))
        .options(joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
        .order_by(Experiment.id.desc())
        .limit(200)
    ).all()
    comments = db.session.scalars(
        select(Comment)
        .join(comment_tags)
        .join(Experiment)
        .where(comment_tags.c.tag_id == tag.id, policy.seen_by(current_user))
        .options(joinedload(Comment.author), joinedload(Comment.experiment), selectinload(Comment.tags))
        .order_by(Comment.timestamp.desc())
        .limit(200)
    ).all()
    readable = [comment for comment in comments if policy.may_read_comment(current_user, comment)]
    return render_template("tags/show.html", tag=tag, experiments=experiments, comments=readable)


@blueprint.get("/tags/completions")
@login_required
def completions() -> ResponseReturnValue:
    """Names that begin with ``q``, for the tag field."""
    beginning = request.args.get("q", "").strip().lower()[:40]
    names = select(Tag.name).where(Tag.name.startswith(beginning, autoescape=True), policy.tag_seen_by(current_user))
    return jsonify(list(db.session.scalars(names.order_by(Tag.name).limit(10))))


def counted_tags() -> list[tuple[str, int, int]]:
    """(name, experiments, comments) of every tag that is in use where one sees it."""
    number, seen = func.count().label("n"), policy.seen_by(current_user)
    of_experiments = select(experiment_tags.c.tag_id, number).join(Experiment).where(seen)
    of_comments = select(comment_tags.c.tag_id, number).join(Comment).join(Experiment).where(seen)
    on_experiments = of_experiments.group_by(experiment_tags.c.tag_id).subquery()
    on_comments = of_comments.group_by(comment_tags.c.tag_id).subquery()
    rows = db.session.execute(
        select(Tag.name, func.coalesce(on_experiments.c.n, 0), func.coalesce(on_comments.c.n, 0))
        .outerjoin(on_experiments, on_experiments.c.tag_id == Tag.id)
        .outerjoin(on_comments, on_comments.c.tag_id == Tag.id)
        .order_by(Tag.name)
    )
    return [(name, experiments, comments) for name, experiments, comments in rows if experiments or comments]
