"""Every route, asked by everybody, for experiments of every visibility: who gets what is in ``access_table.py``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from dlcore.events import Checkpoint, Picture, Report
from tests.conftest import Person, Store, full_spec
from tests.making import keep_checkpoint
from tests.webapp.access_table import (
    BODIES,
    ENDS_LOGIN,
    FORMS,
    HIDDEN,
    LOGIN,
    NAMES,
    OK,
    QUERIES,
    REFUSED,
    ROLES,
    ROUTES,
    SIGNED_IN,
    VISIBILITIES,
    anyone,
    mine,
    mine_or_administrators,
    sees,
    signed_in,
    submit,
)
from tests.webapp.hostile.surface import Way, ways
from webapp.app import create_app
from webapp.models import (
    ApiToken,
    Comment,
    ComparedExperiment,
    Comparison,
    Dataset,
    Experiment,
    Invitation,
    Layout,
    Login,
    Notification,
    Role,
    Share,
    Tag,
    Trial,
    User,
    Webhook,
    WebhookDelivery,
    db,
    now,
)
from webapp.settings import Settings
from webapp.store import artifacts
from webapp.store.database import open_sessions

MARK = "zebra"  # in the title, the tag, the comment and the results of the experiment
WHATEVER_IS_SHOWN = (
    anyone,
    signed_in,
    submit,
    mine,
    mine_or_administrators,
)  # these have nothing to do with the experiment
OTHER = {"viewer": Role.VIEWER, "administrator": Role.ADMINISTRATOR}


class Scene:
    """An instance with a person of each role, and an experiment of the owner with one of each thing."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.store = Store(create_engine(settings.database))
        self.sessions = open_sessions(settings.database)
        self.people = {
            name: Person(app, self.store, name, OTHER.get(name, Role.MEMBER)) for name in (*SIGNED_IN, "spare")
        }
        self.visitor = app.test_client()
        with self.sessions() as session:
            owner = session.get_one(User, self.people["owner"].id)
            tag = Tag(name=f"{MARK}tag")
            beside = Experiment(owner=owner, title="Beside it", spec=full_spec(), trials=[Trial(number=1, seed=0)])
            session.add_all([beside, tag])
            session.commit()
            self.beside = beside.id
        self.ids: dict[str, Any] = {}
        self.begun = 0
        self.begin()

    def begin(self) -> None:
        """The experiment, with all that belongs to it; anew after somebody who may do so took it apart."""
        with self.sessions() as session:
            if old := session.get(Experiment, self.ids.get("experiment_id", 0)):
                session.delete(old)
                session.commit()
            self.begun += 1
            owner = session.get_one(User, self.people["owner"].id)
            tag = session.query(Tag).filter_by(name=tag_name()).first() or Tag(name=tag_name())
            results = {f"validation/{MARK}": {"best": 0.9, "last": 0.9, "best_step": 1}}
            trial = Trial(number=1, seed=0, state="running", attempt=1, results=results)
            made = Experiment(owner=owner, title=f"{MARK.capitalize()} crossing", spec=full_spec(), tags=[tag])
            made.trials = [trial]
            for name in ("view", "edit"):
                made.shares.append(Share(user_id=self.people[f"shared_{name}"].id, access=name))
            said = Comment(experiment=made, author=owner, body=MARK, body_html=MARK, tags=[tag])
            layout, token = Layout(user_id=owner.id, name=f"mine {self.begun}"), ApiToken.issue(owner)[0]
            brought = Dataset(owner=owner, name=f"set {self.begun}", kind="npz", file=f"{self.begun}.npz")
            brought.size_bytes, brought.found = 1, {"examples": 1, "shape": [2, 2]}
            brought.sheet = b"a picture"
            compared = Comparison(owner=owner, name=f"pair {self.begun}")
            compared.compared = [ComparedExperiment(experiment_id=self.beside, position=0)]
            webhook, told = Webhook(user=owner, url="https://example.com/hook"), Notification(user=owner, kind="ended")
            told.source, delivery = f"trial:{self.begun}", WebhookDelivery(webhook=webhook)
            login, login_of_other = Login(user_id=owner.id), Login(user_id=self.people["spare"].id)
            invited = Invitation(digest=f"{self.begun:064}", made_by=owner, expires_at=now())
            session.add_all(
                [made, said, layout, token, brought, compared, told, delivery, login, login_of_other, invited]
            )
            session.commit()
            self.ids_of_others = {"login_id": login_of_other.id}
            storage = self.app.extensions["storage"]
            picture = Picture("filters", "w", 3, 0.1, np.eye(4, dtype=np.uint8))
            shown = artifacts.add_picture(session, storage, trial.id, 1, picture)
            artifacts.add_report(session, storage, trial.id, 1, Report("errors", 3, 0.1, {"worst": []}))
            session.commit()
            self.ids = {"experiment_id": made.id, "trial_id": trial.id, "comment_id": said.id, "artifact_id": shown.id}
            self.ids |= {"comparison_id": compared.id, "comparison_key": compared.key, "webhook_id": webhook.id}
            self.ids |= {"delivery_id": delivery.id, "notification_id": told.id, "login_id": login.id}
            self.ids |= {
                "invitation_id": invited.id,
                "tag_id": tag.id,
                "user_id": self.people["spare"].id,
                "secret": "a",
            }
            self.ids |= {"layout_id": layout.id, "token_id": token.id, "dataset_id": brought.id}
        self.ids |= {"person_id": self.people["shared_view"].id, "name": tag_name(), "what": "disable"}
        self.ids |= {"filename": "css/descent.css", "version": "x", "kind": "checkpoint", "other": self.beside}
        keep_checkpoint(
            self.sessions, storage, self.ids["trial_id"], 1, Checkpoint(9, 1, {"model/w": np.eye(3)}, {"batch": 0})
        )

    def show_as(self, visibility: str) -> None:
        """Give the experiment a visibility. The visitor has followed its link, or one that it had before."""
        key = f"a-key-that-nobody-guesses-{visibility}"
        with self.sessions() as session:
            made = session.get_one(Experiment, self.ids["experiment_id"])
            made.visibility, made.link_key = visibility, key if visibility == "public" else None
            session.commit()
        with self.visitor.session_transaction() as cookie:
            cookie["links"] = [key]
        self.ids["key"] = key

    def ask(self, role: str, way: Way) -> TestResponse:
        """What somebody gets."""
        ids = {**self.ids, **({"name": "live.js"} if way.endpoint == "module" else {})}
        if way.endpoint == "api.end_login_of_person":
            ids |= self.ids_of_others
        with self.app.test_request_context():
            path = self.app.url_for(way.endpoint, **{name: ids[name] for name in way.rule.arguments})
        rest: dict[str, Any] = {"method": way.method}
        rest["query_string"] = {k: v.format(**self.ids) for k, v in QUERIES.get(way.endpoint, {}).items()}
        if way.method != "GET":
            rest |= (
                {"json": self.filled(BODIES.get(way.endpoint, {}))}
                if path.startswith("/api/")
                else {"data": FORMS.get(way.endpoint, {})}
            )
        if role not in self.people:
            return (self.visitor if role == "visitor" else self.app.test_client()).open(path, **rest)
        person = self.people[role]
        if path.startswith("/api/"):
            return self.app.test_client().open(path, headers={"Authorization": f"Bearer {person.token}"}, **rest)
        return person.browser.open(path, **rest)

    def filled(self, body: Any) -> Any:
        """A body with the ids in the places of their names."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        return self.ids.get(body[1:-1], body) if isinstance(body, str) else body


def tag_name() -> str:
    return f"{MARK}tag"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Scene]:
    var: Path = tmp_path_factory.mktemp("access") / "var"
    settings = Settings(DESCENT_VAR=var, REDIS_URL=redis_url, DESCENT_SECRET_KEY="a secret for tests")
    app = create_app(settings, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        db.create_all()
    yield Scene(app, settings)
    with app.app_context():
        db.engine.dispose()


def told(answer: TestResponse) -> str:
    """What an answer comes to."""
    if answer.status_code == 401 or (answer.location or "").startswith("/login"):
        return LOGIN
    return {404: HIDDEN, 403: REFUSED}.get(answer.status_code, OK if answer.status_code < 500 else "an error")


def test_the_table_has_every_route(scene: Scene) -> None:
    found = {rule.endpoint for rule in scene.app.url_map.iter_rules()}
    assert found - set(ROUTES) == set(), "Enter these in tests/webapp/access_table.py: who may use them?"
    assert set(ROUTES) - found == set(), "These are in the table, and there is no such route."


@pytest.mark.parametrize("endpoint", sorted(ROUTES))
def test_everybody_gets_what_the_table_says(scene: Scene, endpoint: str) -> None:
    wrong = []
    for way in [way for way in ways(scene.app) if way.endpoint == endpoint]:
        for visibility in VISIBILITIES if endpoint in NAMES or ROUTES[endpoint] not in WHATEVER_IS_SHOWN else ["open"]:
            scene.show_as(visibility)
            for role in ROLES:
                answer = scene.ask(role, way)
                got, wanted = told(answer), ROUTES[endpoint](role, visibility)
                names_it = is_named(scene, endpoint, answer)
                answer.close()
                if got != wanted:
                    wrong.append(f"{way.method}, {visibility}, {role}: {got} ({answer.status_code}), not {wanted}")
                if endpoint in NAMES and got == OK and names_it != sees(role, visibility):
                    wrong.append(f"{way.method}, {visibility}, {role}: names it: {names_it}")
                mend(scene, way, role, got, visibility)
    assert not wrong, "\n".join(wrong)


def is_named(scene: Scene, endpoint: str, answer: TestResponse) -> bool:
    """Whether an answer says that there is the experiment."""
    if endpoint not in NAMES:
        return False
    mark = f'"{scene.ids["trial_id"]}"' if endpoint == "experiments.show_sparklines" else MARK
    return mark in answer.text.lower().replace("title = zeb", "")


def mend(scene: Scene, way: Way, role: str, got: str, visibility: str) -> None:
    """Bring back what a request that was carried out has taken away."""
    if way.endpoint in ENDS_LOGIN and role in SIGNED_IN:
        person = scene.people[role]
        scene.people[role].browser.post("/login", data={"login": person.username, "password": "correct horse battery"})
        scene.begin()
    elif way.method != "GET" and got == OK and ROUTES[way.endpoint] not in (anyone, signed_in, submit):
        scene.begin()
        scene.show_as(visibility)
