"""The documentation's own example, as it stands, checks what we send."""

import re
import time
from typing import Any

import pytest

from tests.conftest import ROOT
from webapp.models.webhook import new_secret
from webapp.notifying import deliveries, sending
from webapp.notifying.addresses import LONGEST
from webapp.notifying.signing import signature

PAGE = (ROOT / "docs" / "notifications.md").read_text()


@pytest.fixture
def example() -> dict[str, Any]:
    """What the example defines."""
    made: dict[str, Any] = {}
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(code, made)
    return made


def headers_of(secret: str, body: bytes, timestamp: int) -> dict[str, str]:
    signed = signature(secret, "msg_1", timestamp, body)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}


def test_the_example_takes_what_is_genuine_and_refuses_what_is_not(example: dict[str, Any]) -> None:
    secret, body, moment = new_secret(), b'{"version": 1}', int(time.time())
    headers = headers_of(secret, body, moment)
    assert example["is_genuine"](secret, headers, body)
    assert example["is_genuine"](
        secret, headers | {"webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}, body
    )
    assert not example["is_genuine"](secret, headers, body + b" ")
    assert not example["is_genuine"](new_secret(), headers, body)
    assert not example["is_genuine"](secret, headers | {"webhook-id": "msg_2"}, body)
    assert not example["is_genuine"](secret, headers | {"webhook-timestamp": str(moment + 1)}, body)
    assert not example["is_genuine"](secret, headers | {"webhook-timestamp": "soon"}, body)
    for old in (moment - 301, moment + 301):
        assert not example["is_genuine"](secret, headers_of(secret, body, old), body)


def test_the_example_of_the_standard_is_signed_as_it_says() -> None:
    """From the specification's own test vector, as its libraries have it."""
    secret, uid, moment = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
    assert signature(secret, uid, moment, b'{"test": 2432232314}') == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_numbers_are_those_of_the_program() -> None:
    assert f"up to {deliveries.MOST_ATTEMPTS} times" in PAGE
    assert f"After {deliveries.MOST_FAILURES} failed tries" in PAGE
    assert f"within {sending.WHOLE_S:.0f} seconds" in PAGE
    assert f"{sending.EXCERPT:,} characters" in PAGE
    assert LONGEST == 2000
