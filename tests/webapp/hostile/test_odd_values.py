"""Odd values in every path, query, header and body: an answer below 500, in words, on either database."""

import io
from typing import Any
from urllib.parse import quote

import orjson
from werkzeug.test import TestResponse

from tests.webapp.hostile.conftest import Instance
from tests.webapp.hostile.odd import EVERYTHING, JSON, NUMBERS, TEXTS, odd_leaves
from tests.webapp.hostile.scale import some
from tests.webapp.hostile.surface import ENDS, FORMS, Way, ways


def ask(instance: Instance, way: Way, path: str, **rest: Any) -> TestResponse:
    """What comes back, streams closed at their first piece."""
    headers = {"Authorization": f"Bearer {instance.person.token}"} if path.startswith("/api/") else {}
    client = instance.app.test_client() if headers else instance.person.browser
    headers.update(rest.pop("headers", {}))
    answer = client.open(path, method=way.method, headers=headers, **rest)
    instance.check(answer, way.method, path, rest)
    if 400 <= answer.status_code < 500 and path.startswith(("/api/", "/live/")) and way.method != "HEAD":
        assert answer.json["detail"]
    answer.close()
    return answer


def quoted(value: str) -> str:
    """As a browser would not send it: lone surrogates and all."""
    return quote(value, safe="", errors="surrogatepass")


def test_odd_values_in_paths(instance: Instance) -> None:
    for way in ways(instance.app):
        for name in way.rule.arguments:
            for value in some([v for v in EVERYTHING if len(v) < 5000], 4, 40, f"{way} {name}"):
                path = way.path(instance.app, {**instance.ids, **instance.names, name: value})
                if way.method == "GET" or value not in map(str, instance.ids.values()):
                    ask(instance, way, path)


def test_numbers_beyond_every_database_in_paths(instance: Instance) -> None:
    for way in ways(instance.app):
        for name in way.rule.arguments:
            for value in ("0", str(2**31 - 1), str(2**31), str(2**63), "9" * 400):
                ask(instance, way, way.path(instance.app, {**instance.ids, **instance.names, name: value}))


def test_odd_values_in_queries(instance: Instance) -> None:
    for way in ways(instance.app):
        base = way.path(instance.app, {**instance.ids, **instance.names})
        for name in way.query if way.method == "GET" else ():
            for value in some(EVERYTHING, 6, 60, f"{way} {name}"):
                ask(instance, way, f"{base}?{name}={quoted(value)}&trials={instance.ids['trial_id']}")


def test_odd_values_in_forms(instance: Instance) -> None:
    posts = [way for way in ways(instance.app) if way.method == "POST" and way.endpoint.partition(".")[0] != "api"]
    assert {way.endpoint for way in posts} == FORMS.keys()
    for way in posts:
        path = way.path(instance.app, {**instance.ids, **instance.names})
        for name in FORMS[way.endpoint] if way.endpoint not in ENDS else ():
            for value in some(EVERYTHING, 6, 60, f"{way} {name}"):
                others = dict.fromkeys(FORMS[way.endpoint], "a word")
                body = "&".join(f"{quoted(k)}={quoted(v)}" for k, v in {**others, name: value}.items())
                ask(instance, way, path, data=body, content_type="application/x-www-form-urlencoded")


def test_odd_bodies_of_every_route(instance: Instance) -> None:
    for way in ways(instance.app):
        if way.method not in ("POST", "PATCH", "DELETE") or way.endpoint in ENDS or "delete" in way.endpoint:
            continue
        path = way.path(instance.app, {**instance.ids, **instance.names})
        for body in some(JSON, 5, 31, f"{way}"):
            for media in some(
                ["application/json", "multipart/form-data; boundary=x", "text/plain"], 1, 1, f"{way} {body[:50]!r}"
            ):
                ask(instance, way, path, data=body, content_type=media)


def test_odd_leaves_of_a_good_body(instance: Instance) -> None:
    ids = instance.ids
    spec = instance.person.api("GET", f"/experiments/{ids['experiment_id']}").json["spec"]
    bodies: dict[str, dict[str, Any]] = {
        "/experiments": {"title": "A", "description": "", "tags": ["a"], "spec": spec},
        f"/experiments/{ids['experiment_id']}/comments": {"body": "A", "tags": ["a"]},
        "/layouts": {
            "name": "A",
            "pins": ["a"],
            "toolbar": {"a": "b"},
            "columns": 1,
            "height": "tall",
            "default": True,
        },
        f"/trials/{ids['trial_id']}/actions": {"action": "x"},
    }
    for path, body in bodies.items():
        for steps in some(list(leaves(body)), 12, 100, path):
            for value in some(odd_leaves(), 4, 30, f"{path} {steps}"):
                answer = instance.person.api("POST", path, data=orjson_text(replaced(body, steps, value)))
                instance.check(answer, path, steps, str(value)[:100])


def leaves(body: Any, steps: tuple[Any, ...] = ()) -> Any:
    """The way to every value within a body."""
    if steps:
        yield steps
    for key, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield from leaves(value, (*steps, key))


def replaced(body: Any, steps: tuple[Any, ...], value: Any) -> Any:
    """The body with another value there."""
    if not steps:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[steps[0]] = replaced(body[steps[0]], steps[1:], value)
    return copy


def orjson_text(body: Any) -> bytes:
    """JSON, with whole numbers of any length."""
    import json

    return json.dumps(body).encode()


def test_odd_headers(instance: Instance) -> None:
    names = ["Last-Event-ID", "Authorization", "Accept", "If-None-Match", "If-Modified-Since", "Range", "HX-Target", "HX-Request",
             "Cookie", "Accept-Language", "X-CSRFToken", "Referer", "X-Forwarded-For", "Accept-Encoding", "Content-Encoding"]  # fmt: skip
    values = [
        v.encode("utf-8", "surrogatepass").decode("latin-1") for v in (*NUMBERS, *TEXTS) if not set(v) & set("\r\n")
    ]
    for way in ways(instance.app):
        if way.method != "GET":
            continue
        path = way.path(instance.app, {**instance.ids, **instance.names}) + f"?trials={instance.ids['trial_id']}"
        for name in some(names, 3, 15, f"{way}"):
            for value in some(values, 1, 4, f"{way} {name}"):
                ask(instance, way, path, headers={name: value[:2000]})


def test_wrong_methods_are_told(instance: Instance) -> None:
    for way in ways(instance.app):
        path = way.path(instance.app, {**instance.ids, **instance.names})
        if way.endpoint in ENDS or "delete" in way.endpoint:
            continue
        for method in some(["PUT", "PATCH", "TRACE", "BREW", "OPTIONS", "HEAD", "GET", "POST"], 2, 8, f"{way}"):
            ask(instance, Way(way.endpoint, method, way.rule), path)


def test_odd_file_names(instance: Instance) -> None:
    for path, way in (("/datasets", "datasets.create"), ("/experiments/import", "imports.create")):
        for value in some(
            [v for v in EVERYTHING if not set(v) & set("\r\n") and "\ud800" not in v and "\udfff" not in v], 15, 60, way
        ):
            files = [(io.BytesIO(b"a,b\n1,x\n2,y\n"), value)]
            answer = instance.person.browser.post(path, data={"files": files})
            instance.check(answer, path, value[:100])


def test_everything_still_works_afterwards(instance: Instance) -> None:
    assert instance.person.api("GET", "/experiments").status_code == 200
    assert orjson.loads(instance.person.browser.get("/experiments/sparklines?trials=1").data) is not None
