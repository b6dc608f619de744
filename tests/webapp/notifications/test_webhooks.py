"""Messages to people's own programs, received by a real server."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Person, Store
from tests.waiting import wait_until
from tests.webapp.notifications.conftest import Receiver, say, told
from webapp import policy
from webapp.models import Experiment, User, Webhook, WebhookDelivery, now
from webapp.notifying import addresses, deliveries, sending, webhooks
from webapp.settings import Settings

Submit = Callable[..., Experiment]
Rounds = Callable[[], None]


def make(who: Person, receiver: Receiver) -> tuple[int, str]:
    """A webhook and its secret."""
    answer = who.api("POST", "/webhooks", json={"url": receiver.url})
    assert answer.status_code == 201, answer.text
    return answer.json["id"], answer.json["secret"]


def log_of(who: Person, webhook_id: int) -> list[dict[str, object]]:
    answer: list[dict[str, object]] = who.api("GET", f"/webhooks/{webhook_id}/deliveries").json["deliveries"]
    return answer


def test_a_notification_arrives_signed(
    ada: Person, grace: Person, submit: Submit, receiver: Receiver, rounds: Rounds
) -> None:
    webhook_id, secret = make(ada, receiver)
    experiment = submit(ada, "LeNet").id
    comment = say(grace, experiment, "Look, @ada")
    rounds()
    ((headers, body),) = receiver.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert abs(time.time() - int(headers["webhook-timestamp"])) < 60
    assert headers["content-type"] == "application/json"
    message = json.loads(body)
    del message["at"]
    assert message == {
        "version": 1,
        "id": headers["webhook-id"],
        "person": "ada",
        "kind": "mention",
        "text": "grace mentioned you in “LeNet”",
        "details": "Look, @ada",
        "url": f"https://descent.test/experiments/{experiment}#comment-{comment}",
        "experiment": experiment,
        "trial": None,
        "comment": comment,
    }
    (delivery,) = log_of(ada, webhook_id)
    assert (delivery["state"], delivery["status"], delivery["response"]) == ("delivered", 200, "thanks")
    assert secret not in ada.browser.get(f"/account/webhooks/{webhook_id}").text
    rounds()
    assert len(receiver.requests) == 1


def test_what_fails_is_tried_again_later_and_later_with_the_same_id_until_it_is_given_up(
    ada: Person, receiver: Receiver, rounds: Rounds, let_wait_end: Callable[[], None]
) -> None:
    receiver.status, receiver.body = 503, b"not\x00 now " + b"x" * 100_000
    webhook_id, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    rounds()
    assert len(receiver.requests) == 1  # its time has not come yet
    (delivery,) = log_of(ada, webhook_id)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("waiting", 1, 503)
    assert delivery["problem"] == "It answered 503."
    assert str(delivery["response"]).startswith("not� now x")
    assert len(str(delivery["response"])) == sending.EXCERPT
    for _ in range(deliveries.MOST_ATTEMPTS):
        let_wait_end()
        rounds()
    assert len(receiver.requests) == deliveries.MOST_ATTEMPTS
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    (delivery,) = log_of(ada, webhook_id)
    assert delivery["state"] == "failed"
    receiver.status = 204
    assert ada.browser.post(f"/account/deliveries/{delivery['id']}/redeliver").status_code == 302
    rounds()
    (delivery,) = log_of(ada, webhook_id)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 1, 204)
    assert receiver.requests[-1][0]["webhook-id"] == receiver.requests[0][0]["webhook-id"]


def test_waits_grow_to_an_hour_and_differ() -> None:
    moment = now()
    for attempt, whole in ((1, 10), (2, 30), (3, 90), (7, 3600), (8, 3600)):
        waits = {deliveries.next_try(attempt, moment) - moment for _ in range(50)}
        assert timedelta(seconds=whole / 2) <= min(waits) < max(waits) <= timedelta(seconds=whole)


def test_a_worker_that_ends_while_it_sends_leaves_the_message_to_another(
    ada: Person,
    receiver: Receiver,
    rounds: Rounds,
    let_wait_end: Callable[[], None],
    maker: sessionmaker[Session],
    settings: Settings,
) -> None:
    webhook_id, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    with maker() as session:
        (waiting,) = deliveries.due(session)
        late = deliveries.claim(session, waiting.delivery_id, settings)
        assert late is not None
    rounds()
    assert receiver.requests == []  # it is the other's, until its claim lapses
    let_wait_end()
    rounds()
    assert len(receiver.requests) == 1
    with maker() as session:  # the first one was only slow: what it says comes too late to count
        deliveries.record(session, late, sending.Outcome(1, 500, "", "It answered 500."))
    (delivery,) = log_of(ada, webhook_id)
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("delivered", 2, 200)


def test_who_answers_slowly_delays_nobody_else_and_is_recorded_when_it_answers(
    ada: Person, grace: Person, receiver: Receiver, slow_receiver: Receiver, rounds: Rounds
) -> None:
    for _ in range(webhooks.MOST):
        slow, _ = make(ada, slow_receiver)
        ada.api("POST", f"/webhooks/{slow}/test")
    under_way = threading.Thread(target=rounds)
    under_way.start()
    wait_until(lambda: len(slow_receiver.requests) == deliveries.MOST_ALIKE, "as many requests as may be under way")
    quick, _ = make(grace, receiver)
    grace.api("POST", f"/webhooks/{quick}/test")
    wait_until(lambda: log_of(grace, quick)[0]["state"] == "delivered", "the quick one")
    assert len(slow_receiver.requests) == deliveries.MOST_ALIKE  # none of them was answered yet
    slow_receiver.may_answer.set()
    under_way.join(20)
    assert log_of(ada, slow)[0]["state"] == "delivered"
    assert len(slow_receiver.requests) == webhooks.MOST


def test_of_one_host_and_of_one_person_a_few_are_sent_at_a_time() -> None:
    of_one_host = [deliveries.Waiting(n, n, "https://slow.example.com/hook") for n in range(10)]
    of_one_person = [deliveries.Waiting(n, 10, f"https://{n}.example.com/") for n in range(10, 20)]
    another = deliveries.Waiting(20, 20, "https://quick.example.com/")
    waiting = [*of_one_host, *of_one_person, another]
    found = [one.delivery_id for one in deliveries.chosen(waiting, [])]
    assert found == [0, 1, 2, 10, 11, 12, 20]
    assert deliveries.chosen(waiting, [*of_one_host[:3], *of_one_person[:3]]) == [another]


def test_after_many_failures_in_a_row_it_is_switched_off_and_its_person_told(
    ada: Person, receiver: Receiver, rounds: Rounds, store: Store, maker: sessionmaker[Session]
) -> None:
    receiver.status = 500
    webhook_id, _ = make(ada, receiver)
    with maker() as session:
        session.get_one(Webhook, webhook_id).failures = deliveries.MOST_FAILURES - 1
        session.commit()
    for _ in range(2):
        ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    assert not store.get_one(Webhook, webhook_id).active
    assert {one["state"] for one in log_of(ada, webhook_id)} == {"failed"}
    assert told(ada) == [("webhook", "One of your webhooks was switched off")]
    page = ada.browser.get(f"/account/webhooks/{webhook_id}").text
    assert "Switched off." in page
    assert "It answered 500." in page
    assert ada.api("POST", f"/webhooks/{webhook_id}/test").status_code == 409
    assert ada.api("PATCH", f"/webhooks/{webhook_id}", json={"active": True}).json["failures"] == 0
    receiver.status = 200
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    assert log_of(ada, webhook_id)[0]["state"] == "delivered"


def test_an_address_that_says_that_it_is_gone_is_not_asked_again(
    ada: Person, receiver: Receiver, rounds: Rounds, store: Store
) -> None:
    receiver.status = 410
    webhook_id, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    assert "gone for good" in str(store.get_one(Webhook, webhook_id).disabled_because)
    (delivery,) = log_of(ada, webhook_id)
    assert (delivery["state"], delivery["status"]) == ("failed", 410)
    assert delivery["problem"] == "It answered 410. The webhook was switched off, as it is gone for good."


def test_what_still_waits_when_a_webhook_is_switched_off_says_so_beside_how_its_last_try_went(
    ada: Person, receiver: Receiver, rounds: Rounds
) -> None:
    receiver.status = 503
    webhook_id, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    ada.api("PATCH", f"/webhooks/{webhook_id}", json={"active": False})
    problems = [delivery["problem"] for delivery in log_of(ada, webhook_id)]
    assert problems == ["The webhook was switched off.", "It answered 503. The webhook was switched off."]


def test_redirects_are_not_followed(ada: Person, receiver: Receiver, rounds: Rounds) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    webhook_id, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{webhook_id}/test")
    rounds()
    assert len(receiver.requests) == 1
    assert "redirect, which is not followed" in str(log_of(ada, webhook_id)[0]["problem"])


def test_an_answer_that_never_ends_is_cut_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WHOLE_S", 0.4)
    receiver.drips = True
    began = time.monotonic()
    outcome = sending.post(receiver.url, b"{}", {}, allow_private=True)
    assert time.monotonic() - began < 3
    assert outcome.duration_ms >= 400
    assert outcome.problem is None or "did not answer" in outcome.problem


def test_to_answer_may_take_longer_than_to_connect(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CONNECT_S", 0.2)
    receiver.may_answer.clear()

    def answer_late() -> None:
        wait_until(lambda: receiver.requests, "the request")
        time.sleep(0.5)
        receiver.may_answer.set()

    threading.Thread(target=answer_late).start()
    outcome = sending.post(receiver.url, b"{}", {}, allow_private=True)
    assert (outcome.status, outcome.problem, outcome.duration_ms >= 500) == (200, None, True)


def test_what_its_person_may_no_longer_see_is_withheld(
    ada: Person,
    grace: Person,
    submit: Submit,
    receiver: Receiver,
    rounds: Rounds,
    monkeypatch: pytest.MonkeyPatch,
    let_wait_end: Callable[[], None],
) -> None:
    webhook_id, _ = make(grace, receiver)
    receiver.status = 500
    say(ada, submit(ada, "Secret plan").id, "@grace")
    rounds()
    monkeypatch.setattr(policy, "seen_by", lambda user: Experiment.owner_id == user.id)
    let_wait_end()
    rounds()
    assert len(receiver.requests) == 1
    assert log_of(grace, webhook_id)[0]["state"] == "withheld"


def test_webhooks_are_for_nobody_but_the_person_who_made_them(
    ada: Person, grace: Person, root: Person, receiver: Receiver
) -> None:
    webhook_id, _ = make(ada, receiver)
    delivery = ada.api("POST", f"/webhooks/{webhook_id}/test").json["id"]
    for other in (grace, root):
        assert other.api("GET", "/webhooks").json["webhooks"] == []
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("POST", "/test"),
            ("GET", "/deliveries"),
            ("POST", "/secret"),
        ):
            assert other.api(method, f"/webhooks/{webhook_id}{path}").status_code == 404
        assert other.api("PATCH", f"/webhooks/{webhook_id}", json={"active": False}).status_code == 404
        assert other.api("POST", f"/deliveries/{delivery}/redeliver").status_code == 404
        assert other.browser.get(f"/account/webhooks/{webhook_id}").status_code == 404
        for path in ("", "/test", "/secret", "/delete"):
            data = {"active": "0"}
            assert other.browser.post(f"/account/webhooks/{webhook_id}{path}", data=data).status_code == 404
        assert other.browser.post(f"/account/deliveries/{delivery}/redeliver").status_code == 404


def test_a_secret_is_shown_once_and_can_be_renewed(ada: Person, receiver: Receiver, store: Store) -> None:
    page = ada.browser.post("/account/webhooks", data={"url": receiver.url}).text
    (webhook,) = store.scalars(select(Webhook)).all()
    first = webhook.secret
    assert first in page
    page = ada.browser.post(f"/account/webhooks/{webhook.id}/secret").text
    second = store.get_one(Webhook, webhook.id).secret
    assert second != first
    assert second in page
    assert second not in ada.api("GET", f"/webhooks/{webhook.id}").text
    assert ada.api("POST", f"/webhooks/{webhook.id}/secret").json["secret"] not in (first, second)


NO_ADDRESSES = [
    "", "nonsense", "ftp://example.com/", "file:///etc/passwd", "https://", "http://user:pw@example.com/",
    "http://example.com/#there", "http://example.com:99999/", "http://example.com/a b", "http://exämple.com/",
    "http://example.com/" + "x" * 2000, "http://example.com/\r\nX-Header: yes", "http://[::1", "http://example.com:0/",
]  # fmt: skip


def test_what_is_no_address_is_refused(ada: Person, store: Store) -> None:
    for url in NO_ADDRESSES:
        answer = ada.api("POST", "/webhooks", json={"url": url})
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "url"), url
        assert ada.browser.post("/account/webhooks", data={"url": url}).status_code == 422, url
    assert store.scalars(select(Webhook)).all() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://0x7f000001/", "http://2130706433/", "http://0/", "http://[::1]/",
        "http://localhost/", "http://a.localhost/", "http://10.1.2.3/", "http://172.16.0.1/", "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://100.64.0.1/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[::7f00:1]/",
        "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://[ff02::1]/", "http://[::]/",
        "http://[fec0::1]/",
    ],
)  # fmt: skip
def test_addresses_within_the_network_are_refused_at_once(url: str) -> None:
    with pytest.raises(addresses.AddressProblem, match="within this network"):
        addresses.read(url, allow_private=False)
    outcome = sending.post(url, b"{}", {}, allow_private=False)
    assert "within this network" in str(outcome.problem)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_on_the_internet_are_public(address: str) -> None:
    assert addresses.is_public(address)


def test_a_name_is_looked_up_once_and_only_where_all_that_it_leads_to_is_public_is_anything_sent(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise the second time leads nowhere, and neither does one that mixes."""
    port = int(receiver.url.split(":")[2].split("/")[0])
    asked: list[str] = []

    def lookup(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", lookup)
    outcome = sending.post(f"http://rebinding.example:{port}/", b"{}", {}, allow_private=False)
    assert "within this network" in str(outcome.problem)
    assert asked == ["rebinding.example"]
    assert receiver.requests == []
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))])
    assert sending.post(f"http://name.example:{port}/", b"{}", {}, allow_private=True).status == 200
    assert receiver.requests[0][0]["host"] == f"name.example:{port}"


def test_nothing_answers(settings: Settings) -> None:
    assert sending.post("http://127.0.0.1:1/", b"", {}, True).problem == "The connection was refused."
    assert "cannot be found" in str(sending.post("http://no-such-name.invalid/", b"", {}, True).problem)


def test_at_most_ten_webhooks(ada: Person, store: Store, maker: sessionmaker[Session]) -> None:
    with maker() as session:
        session.add_all(Webhook(user_id=ada.id, url="https://example.com/") for _ in range(webhooks.MOST))
        session.commit()
    answer = ada.api("POST", "/webhooks", json={"url": "https://example.com/"})
    assert answer.status_code == 422
    assert "At most 10 webhooks" in answer.json["detail"]
    assert "Another URL" not in ada.browser.get("/account/notifications").text


def test_a_deleted_webhook_or_person_leaves_nothing(
    ada: Person, receiver: Receiver, store: Store, maker: sessionmaker[Session]
) -> None:
    first, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{first}/test")
    assert ada.browser.post(f"/account/webhooks/{first}/delete").status_code == 302
    second, _ = make(ada, receiver)
    ada.api("POST", f"/webhooks/{second}/test")
    with maker() as session:
        session.delete(session.get_one(User, ada.id))
        session.commit()
    assert store.scalars(select(WebhookDelivery)).all() == store.scalars(select(Webhook)).all() == []


def test_tests_are_limited(ada: Person, receiver: Receiver) -> None:
    webhook_id, _ = make(ada, receiver)
    codes = [ada.browser.post(f"/account/webhooks/{webhook_id}/test").status_code for _ in range(21)]
    assert codes == [302] * 20 + [429]
