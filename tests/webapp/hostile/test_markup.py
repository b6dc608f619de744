"""Markup in every text that people or programs write: shown as it was written, and never run."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import select

from tests.webapp.datasets.files import picture, sent, zipped
from tests.webapp.hostile.conftest import Instance, instance_on
from tests.webapp.hostile.odd import MARKUP
from tests.webapp.hostile.scale import some
from tests.webapp.hostile.surface import ways
from webapp.datasets import service as datasets
from webapp.models import Comment, Dataset, Experiment, LogLine, Trial, User, db, now


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Instance]:
    """Pages look the same on either database."""
    yield from instance_on("sqlite", tmp_path_factory.mktemp("markup") / "var", redis_url)


HARMFUL = {"iframe", "object", "embed", "base", "style", "math", "frame", "applet"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "xlink:href", "srcdoc"}


class Harm(HTMLParser):
    """Finds what a browser would run that no template of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_markdown = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A script without an address of ours, a handler, a link that runs."""
        given = {name.lower(): value or "" for name, value in attrs}
        ours = given.get("src", "").startswith("/") or given.get("type") == "application/json"
        if tag in HARMFUL or (tag == "script" and not ours) or (tag == "meta" and "http-equiv" in given):
            self.found.append(f"<{tag} {given}>")
        for name, value in given.items():
            begin = "".join(value.split()).lower()
            if name.startswith("on") or (
                name in ADDRESSES and begin.startswith(("javascript:", "data:", "vbscript:", "//"))
            ):
                self.found.append(f"<{tag} {name}={value!r}>")
            if name.startswith("hx-") and value == "/logout":
                self.found.append(f"<{tag} {name}={value!r}>")


def harm_in(page: str) -> list[str]:
    """What is harmful in a page."""
    parser = Harm()
    parser.feed(page.replace("<!-->", ""))  # a whole comment to browsers, a beginning to Python
    parser.close()
    return parser.found


def test_the_detector_sees_every_payload_that_is_not_escaped() -> None:
    blind = [text for text in MARKUP if "<" in text and not harm_in(f"<p>{text}</p>")]
    assert blind == []


def write_everywhere(instance: Instance, text: str, number: int) -> None:
    """Put a text wherever people's or programs' texts are kept."""
    ada, ids, word = instance.person, instance.ids, f"{text} {number}"
    spec = {"data": {"kind": "digits"}, "network": {"kind": "softmax"}}
    made = ada.api("POST", "/experiments", json={"title": word, "description": word, "spec": spec}).json
    ada.api("POST", f"/experiments/{ids['experiment_id']}/comments", json={"body": word})
    ada.api("POST", "/layouts", json={"name": word[:60], "pins": [word[:100]], "toolbar": {"smoothing": word[:50]}})
    ada.browser.post("/account/tokens", data={"label": word[:80], "scopes": ["read"], "days": "0"})
    ada.browser.post("/account/profile", data={"name": word[:80], "about": word, "email": "ada@example.com"})
    with instance.app.app_context():
        trial = db.session.get_one(Trial, made["trials"][0]["id"])
        trial.failure, trial.worker = word, word[:100]
        trial.results = {f"validation/{text[:50]}": {"last": 1.0, "best": 1.0, "best_step": 1}}
        db.session.add(LogLine(trial_id=trial.id, attempt=1, level="warning", message=word, at=now()))
        owner = db.session.scalars(select(User)).one()
        folder = "".join(c for c in text if c not in "/\\")[:50].strip(".") or "a"
        names = zipped({f"{folder}/1.png": picture(number), "b/1.png": picture(number + 1)})
        datasets.add(db.session(), instance.settings.var, owner, sent(a__zip=names), word[:80], 1 << 40)
        table = f"a,{text.replace(',', ' ').replace(chr(34), '')}\n{number},x\n2,y\n".encode()
        datasets.add(db.session(), instance.settings.var, owner, sent(a__csv=table), f"{number} {word}"[:80], 1 << 40)


def pages(instance: Instance) -> dict[str, str]:
    """Every page and fragment that a person can look at, also with a payload for a query."""
    found = {}
    for way in ways(instance.app):
        if way.method != "GET" or way.endpoint.startswith(("api.", "live.", "static", "module")):
            continue
        for query in ("", *(f"?{name}={{}}" for name in way.query)):
            path = way.path(instance.app, {**instance.ids, **instance.names})
            for text in MARKUP[:2] if query else [""]:
                answer = instance.person.browser.get(path + query.format(text), follow_redirects=True)
                if answer.mimetype == "text/html":
                    found[path + query + text] = answer.text
    with instance.app.app_context():
        every = [(Experiment, "/experiments/{}"), (Experiment, "/experiments/{}/comments"), (Dataset, "/datasets/{}")]
        for model, address in every:
            for number in db.session.scalars(select(model.id)):
                found[address.format(number)] = instance.person.browser.get(address.format(number)).text
        for number in db.session.scalars(select(Comment.id)):
            found[f"/comments/{number}/edit"] = instance.person.browser.get(f"/comments/{number}/edit").text
    return found


def test_markup_is_shown_and_never_run(instance: Instance) -> None:
    for number, text in enumerate(MARKUP):
        write_everywhere(instance, text, 2 * number)
    shown = pages(instance)
    assert len(shown) > 100
    assert {address: harm for address, page in shown.items() if (harm := harm_in(page))} == {}
    listing = instance.person.browser.get("/experiments").text
    assert "&lt;details open ontoggle=alert(1)&gt;" in listing  # it is there, as words


def test_markup_that_is_refused_is_shown_as_it_was_typed(instance: Instance) -> None:
    for text in some(MARKUP, 6, 30, "refused"):
        forms: dict[str, dict[str, Any]] = {
            "/experiments/new": {"title": text, "description": text, "tags": text},
            "/experiments/new/yaml": {"yaml": f"a: {text}"},
            "/experiments/new/preview": {"data.kind": text, "network.kind": text},
            "/account/profile": {"name": text * 9, "email": text, "about": text},
            "/datasets": {"name": text * 9},
            "/experiments/import": {"title": text, "description": text, "tags": text},
            "/comments/preview": {"body": text},
        }
        for path, form in forms.items():
            answer = instance.person.browser.post(path, data=form)
            instance.check(answer, path, text)
            assert harm_in(answer.text) == [], (path, text)
        stranger = instance.app.test_client()
        for path in ("/login", "/register"):
            form = {"login": text, "username": text, "email": text, "password": text}
            assert harm_in(stranger.post(path, data=form).text) == [], (path, text)
