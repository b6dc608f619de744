"""What the tests of the API send, and what they read of its refusals."""

from typing import Any

from tests.conftest import DIGITS

HISTOGRAMS = ["activations/relu1", "weights/fc1.weight"]
GOOD: dict[str, Any] = {"title": "One", "description": "Why", "tags": ["baseline"], "spec": DIGITS}


def fields_of(answer: Any, status: int = 422) -> list[str]:
    """The fields that a problem document names."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    return [error["field"] for error in answer.json["errors"]]
