"""How a webhook's message is signed: as Standard Webhooks has it (standardwebhooks.com), for which many languages have a library."""

import base64
import hashlib
import hmac


def signature(secret: str, uid: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: HMAC-SHA256 over the message's id, the moment and the body, with dots between."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{uid}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
