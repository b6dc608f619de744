"""Home: what I have running, the queue, who works, what was said."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from dlcore.recipes import recipes
from webapp import policy
from webapp.comments.markdown import words_of
from webapp.experiments.summaries import rows_of
from webapp.home import blueprint
from webapp.models import Comment, Experiment, State, Trial, db
from webapp.store.workers import Worker, workers_seen

LIVELY = (State.RUNNING.value, State.QUEUED.value, State.PAUSED.value)


@blueprint.get("/")
@login_required
def index() -> ResponseReturnValue:
    """The page."""
    mine = select(Experiment).where(Experiment.owner_id == current_user.id, Experiment.archived.is_(False))
    loaded = (joinedload(Experiment.owner), selectinload(Experiment.trials), selectinload(Experiment.tags))
    lively = mine.where(Experiment.trials.any(Trial.state.in_(LIVELY))).options(*loaded)
    running = db.session.scalars(lively.order_by(Experiment.id.desc()).limit(12)).all()
    recent = db.session.scalars(
        mine.where(~Experiment.trials.any(Trial.state.in_(LIVELY)))
        .options(*loaded)
        .order_by(Experiment.id.desc())
        .limit(6)
    ).all()
    return render_template(
        "home/index.html",
        running=rows_of(db.session(), running),
        recent=rows_of(db.session(), recent),
        recipes=recipes()[:4],
        counts=counts_by_state(),
        workers=workers(),
        comments=recent_comments(),
        words_of=words_of,
    )


def counts_by_state() -> dict[str, int]:
    """How many trials are queued and running, of everybody."""
    rows = db.session.execute(select(Trial.state, func.count()).where(Trial.state.in_(LIVELY)).group_by(Trial.state))
    return {row[0]: row[1] for row in rows}


def recent_comments() -> list[Comment]:
    """What was said last."""
    return list(
        db.session.scalars(
            select(Comment)
            .join(Comment.experiment)
            .where(Comment.disabled.is_(False), Comment.deleted_at.is_(None), policy.seen_by(current_user))
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
