"""What people see when Redis does not answer."""

import numpy as np
import pytest

from tests.making import points, running_trial
from tests.services import running_redis
from tests.webapp.live.sse import Source
from webapp.app import create_app
from webapp.models import ApiToken, User, db
from webapp.settings import Settings
from webapp.store import curves
from webapp.store.database import open_sessions


@pytest.fixture(params=["away", "never had one"])
def app(request, tmp_path):
    url = None
    if request.param == "away":
        with running_redis() as url:
            pass
    made = create_app(Settings(DESCENT_VAR=tmp_path, REDIS_URL=url, DESCENT_SECRET_KEY="a secret for tests"))
    with made.app_context():
        db.create_all()
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def trial(app):
    sessions = open_sessions(app.config["SETTINGS"].database)
    made = running_trial(sessions)
    with sessions() as session:
        curves.append(session, made, 1, [points("train/loss", 1, 50, np.arange(50))])
        session.commit()
    return made


@pytest.fixture
def token(trial):
    row, text = ApiToken.issue(db.session.query(User).one())
    db.session.add(row)
    db.session.commit()
    return text


def test_the_snapshot_has_what_is_durable(app, trial, token):
    answer = app.test_client().get(f"/live/snapshot?trials={trial}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.json["live"] is False
    assert list(answer.json["trials"][str(trial)]["curves"]) == ["train/loss"]


def test_the_event_stream_says_when_to_come_again_and_ends(app, trial, token):
    source = Source(app, f"/live/events?trials={trial}", token)
    assert source.ended.wait(10)
    assert source.answer.status_code == 200
    assert [kind for kind, _, _ in source.events] == ["away"]
    assert source.retry == 3000
