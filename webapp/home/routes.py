"""Home: what I have running, what I starred and looked at, the queue, who works, what was said."""

from collections.abc import Sequence

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from redis import RedisError
from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from dlcore.recipes import recipes
from webapp import policy
from webapp.experiments.summaries import parts_in_words, rows_of
from webapp.finding import stars, visits
from webapp.home import blueprint
from webapp.models import Comment, Experiment, State, Tag, Trial, db, experiment_tags
from webapp.store.workers import Worker, workers_seen

LIVELY = (State.RUNNING.value, State.QUEUED.value, State.PAUSED.value)
RUNNING, BRIEF, TAGS = 12, 6, 8
LOADED = (joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))


@blueprint.get("/")
@login_required
def index() -> ResponseReturnValue:
    """The page; ``?tag=`` shows of the experiments those that carry a tag."""
    tag = request.args.get("tag", "").lower()[:40]
    starred = [star.experiment for star in stars.starred(db.session(), current_user)]
    seen = [visit.experiment for visit in visits.recent(db.session(), current_user)]
    return render_template(
        "home/index.html",
        tag=tag,
        tags=my_tags(),
        running=rows_of(db.session(), mine(tag, lively=True)),
        starred=briefs(starred, tag),
        seen=briefs(seen, tag),
        latest=briefs(mine(tag, lively=False), tag),
        has_any=has_any(),
        may_submit=policy.may_submit(current_user),
        recipes=recipes()[:4],
        counts=counts_by_state(),
        workers=workers(),
        comments=recent_comments(),
    )


def mine(tag: str, lively: bool) -> Sequence[Experiment]:
    """The newest of the person's own: those with a trial that has not ended, or the others."""
    is_lively = Experiment.trials.any(Trial.state.in_(LIVELY))
    query = select(Experiment).where(Experiment.owner_id == current_user.id, Experiment.archived.is_(False))
    query = query.where(is_lively if lively else ~is_lively).options(*LOADED)
    if tag:
        query = query.where(Experiment.tags.any(Tag.name == tag))
    return db.session.scalars(query.order_by(Experiment.id.desc()).limit(RUNNING if lively else BRIEF)).all()


def briefs(experiments: Sequence[Experiment], tag: str) -> list[tuple[Experiment, str]]:
    """The first of them that carry the tag, each with its parts in words."""
    fitting = [each for each in experiments if not tag or tag in {carried.name for carried in each.tags}]
    return [(experiment, parts_in_words(experiment.spec)) for experiment in fitting[:BRIEF]]


def has_any() -> bool:
    """Whether the person has ever submitted something that is there."""
    return bool(db.session.scalar(select(exists().where(Experiment.owner_id == current_user.id))))


def my_tags() -> Sequence[Tag]:
    """The tags that most of the person's own experiments carry."""
    mine = Experiment.owner_id == current_user.id
    often = select(experiment_tags.c.tag_id, func.count().label("times")).join(Experiment).where(mine)
    counted = often.group_by(experiment_tags.c.tag_id).subquery()
    query = select(Tag).join(counted, counted.c.tag_id == Tag.id)
    return db.session.scalars(query.order_by(counted.c.times.desc(), Tag.name).limit(TAGS)).all()


def counts_by_state() -> dict[str, int]:
    """How many trials are queued and running, of everybody."""
    rows = db.session.execute(select(Trial.state, func.count()).where(Trial.state.in_(LIVELY)).group_by(Trial.state))
    return {row[0]: row[1] for row in rows}


def recent_comments() -> list[Comment]:
    """What was said last, of what the person may read."""
    return list(
        db.session.scalars(
            select(Comment)
            .join(Comment.experiment)
            .where(Comment.disabled.is_(False), policy.comments_read_by(current_user))
            .options(joinedload(Comment.author), joinedload(Comment.experiment))
            .order_by(Comment.timestamp.desc())
            .limit(5)
        )
    )


def workers() -> list[Worker] | None:
    """The workers that gave a sign of life lately; None when Redis is away."""
    redis = current_app.extensions["redis"]
    if redis is None:
        return None
    try:
        return workers_seen(redis)
    except RedisError:
        return None
