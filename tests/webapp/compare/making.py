"""Experiments to compare: a sweep over learning rates and optimizers, as it looks when it is over."""

from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from dlcore.events import Picture
from dlcore.spec import Spec
from tests.making import points
from webapp.models import Experiment, Tag, Trial, User
from webapp.store import artifacts, curves
from webapp.store.storage import Storage

KINDS = ("sgd", "momentum", "adam")
STEPS = 300


def sweep(
    session: Session, owner: User, count: int, trials: int = 2, storage: Storage | None = None, **spec: Any
) -> list[Experiment]:
    """``count`` completed experiments with curves, results and, where there is a storage, pictures; committed."""
    made = [experiment_of(owner, place, trials, spec) for place in range(count)]
    made[0].tags = [session.query(Tag).filter_by(name="sweep").first() or Tag(name="sweep")]
    session.add_all(made)
    session.flush()
    for place, experiment in enumerate(made):
        for trial in experiment.trials:
            log(session, trial, place, storage)
    session.commit()
    return made


def experiment_of(owner: User, place: int, trials: int, changes: dict[str, Any]) -> Experiment:
    """The experiment of a place in the sweep: slower optimizers and smaller learning rates reach less."""
    lr = (0.001, 0.003, 0.01, 0.03, 0.1)[place % 5]
    network = {"kind": "mlp", "hidden": [16 * (1 + place % 4)]}
    optimizer = {"kind": KINDS[place % len(KINDS)], "lr": lr}
    declared = Spec.model_validate(
        {"data": {"kind": "digits"}, "network": network, "optimizer": optimizer, "epochs": 3, **changes}
    )
    experiment = Experiment(
        owner=owner,
        title=f"{optimizer['kind']} at {lr:g}, {network['hidden'][0]} wide",
        spec=declared.model_dump(mode="json"),
    )
    experiment.trials = [
        Trial(number=n + 1, seed=n, state="completed", attempt=1, step=STEPS, steps=STEPS, results=results(place, n))
        for n in range(trials)
    ]
    return experiment


def final_loss(place: int, number: int) -> float:
    """Where a trial's loss ends."""
    return 0.3 + 0.1 * (place % 5) + 0.05 * (place % 3) + 0.02 * number


def results(place: int, number: int) -> dict[str, Any]:
    """A trial's final values."""
    loss = final_loss(place, number)
    return {
        "validation/loss": {"last": loss, "best": loss - 0.01},
        "validation/accuracy": {"last": 1 - loss / 3, "best": 1 - loss / 3.1},
        "train/loss": {"last": loss - 0.1, "best": loss - 0.12},
        "test/accuracy": 0.99 - loss / 3,
        "duration_s": 12.0 + 3 * place + number,
    }


def log(session: Session, trial: Trial, place: int, storage: Storage | None) -> None:
    """What a trial logged."""
    rng = np.random.default_rng([place, trial.number])
    steps = np.arange(1, STEPS + 1)
    falling = final_loss(place, trial.number) + 2.0 * np.exp(-steps / (20 + 10 * (place % 5)))
    trial.state = "running"
    session.flush()
    train = points("train/loss", 1, STEPS, values=falling + rng.normal(0, 0.05, STEPS))
    validation = points("validation/loss", 100, 3, values=falling[99::100], every=100)
    accuracy = points("validation/accuracy", 100, 3, values=1 - falling[99::100] / 3, every=100)
    curves.append(session, trial.id, 1, [train, validation, accuracy])
    if storage and trial.number == 1:
        for step in range(0, STEPS + 1, 50 + 25 * (place % 2)):
            noise = rng.normal(128, 60 - step / 8, (24, 36)).clip(0, 255).astype(np.uint8)
            picture = Picture("filters", "fc1.weight", step, step / 100, noise)
            artifacts.add_picture(session, storage, trial.id, 1, picture)
    trial.state = "completed"
