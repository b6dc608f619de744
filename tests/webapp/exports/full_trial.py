"""A trial with curves, histograms and pictures to export."""

from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from dlcore.events import Histogram, Picture, Scalars
from tests.making import running_trial
from webapp.exports.contents import Contents, contents_of
from webapp.models import Trial
from webapp.store import artifacts, curves, histograms
from webapp.store.encoding import CurveData
from webapp.store.storage import Folder

Sessions = sessionmaker[Session]
ODD = [0.1, np.nan, np.inf, -np.inf, -0.0, 1e-300, 1e300, 1 / 3]


def curve(count: int, seed: int = 0) -> CurveData:
    """Values that are no float32, all the odd ones among them."""
    values = np.random.default_rng(seed).standard_normal(count)
    values[: len(ODD)] = ODD[:count]
    return CurveData(np.arange(1, count + 1) * 3, values, 1_700_000_000 + np.arange(count) / 1000)


CURVES = {"train/loss": curve(10_000), "validation/loss": curve(9, 1), 'a,"b"': curve(3, 2)}


def make_full_trial(sessions: Sessions, var: Path) -> int:
    """A running trial with all that can be exported; its id."""
    made = running_trial(sessions)
    with sessions() as session:
        for key, data in CURVES.items():
            curves.append(session, made, 1, [Scalars(key, data.steps, data.values, data.times)])
        bins = Histogram("weights/fc1.weight", 3, 0.0, -1.0, 2.0, np.array([1, 5, 0]), 0)
        histograms.add(session, made, 1, [bins])
        pixels = np.zeros((4, 6), np.uint8)
        artifacts.add_picture(session, Folder(var), made, 1, Picture("filters", "conv1", 3, 0.0, pixels))
        session.commit()
    return made


def contents(session: Session, trial_id: int, var: Path) -> Contents:
    """What goes out of the trial."""
    return contents_of(session, Folder(var), session.get_one(Trial, trial_id))
