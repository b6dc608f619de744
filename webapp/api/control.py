"""What may be asked of a trial, for programs."""

from collections.abc import Callable
from functools import partial

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from dlcore.validation import Problem
from webapp import policy
from webapp.api import blueprint
from webapp.api.bodies import ActionBody, TrialPatch, read_body
from webapp.api.description import documented
from webapp.api.matching import check_match, tagged
from webapp.api.problems import STATUSES, Refused, invalid
from webapp.api.resources import TrialResource, trial_resource
from webapp.api.trials import find_trial
from webapp.experiments import control, service
from webapp.models import Scope, Trial, db


@blueprint.patch("/trials/<int:trial_id>")
@documented(
    "Change a trial's queue or priority",
    body=TrialPatch,
    errors=(404, 409, 412),
    answer=TrialResource,
    scope=Scope.TRAIN,
)
def change_trial(trial_id: int) -> ResponseReturnValue:
    """What runs is put down within a second when its queue changes, and goes on there. 409 when it has ended."""
    trial = own_trial(trial_id)
    body = read_body(TrialPatch)
    check_match(trial, lambda: trial_resource(trial))
    obey(partial(control.check_place, word=body.priority, queue=body.queue), trial)
    if body.priority is not None:
        obey(partial(control.set_priority, word=body.priority), trial)
    if body.queue is not None:
        obey(partial(control.move, queue=body.queue), trial)
    answer = tagged(jsonify(trial_resource(trial)))
    service.enqueue_promised()
    return answer


@blueprint.post("/trials/<int:trial_id>/actions")
@documented("Act on a trial", body=ActionBody, status=202, errors=(404,), answer=TrialResource, scope=Scope.TRAIN)
def act_on_trial(trial_id: int) -> ResponseReturnValue:
    """All of it may be asked twice. What waits obeys at once, what runs within a second; ``request`` says what it was asked.

    ``pause`` puts it down, ``resume`` has it go on from the very step. ``stop`` ends it; what it logged stays. ``keep_best`` ends
    it with the weights of its best evaluation, as early stopping would. ``test`` has a worker use the test part of a trial
    that has ended, once. 409 says why something cannot be.
    """
    trial = own_trial(trial_id)
    action = read_body(ActionBody).action
    actions = {**control.ACTIONS, "test": service.ask_for_test}
    if action not in actions:
        raise invalid([Problem("action", f"The action must be one of {', '.join(actions)}; you sent “{action[:40]}”.")])
    obey(actions[action], trial)
    answer = jsonify(trial_resource(trial))
    service.enqueue_promised()
    return answer, 202


def obey(action: Callable[[Session, Trial], object], trial: Trial) -> None:
    """Do it. Raises Refused, with the reason where it cannot be done as things stand."""
    try:
        action(db.session(), trial)
    except control.CannotControl as reason:
        fields = [Problem(reason.field, reason.message)] if reason.field else []
        raise Refused(STATUSES[reason.why], reason.message, fields) from reason
    except service.CannotTest as reason:
        raise Refused(409, str(reason)) from reason


def own_trial(trial_id: int) -> Trial:
    """The trial when this person may act on it. Raises Refused."""
    trial = find_trial(trial_id)
    if not policy.may_change(current_user, trial.experiment):
        raise Refused(403, policy.refusal(current_user))
    return trial
