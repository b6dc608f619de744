"""Who the client is."""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class IgnoreForwardedFor:
    """Drops ``X-Forwarded-For`` once the trusted proxies' part of it has been taken.

    Flask-Login would believe its first value, which any client may write: a thief of a cookie could name its owner's
    address and pass the session protection.
    """

    def __init__(self, application: WSGIApplication | Any) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["descent.forwarded"] = bool(environ.pop("HTTP_X_FORWARDED_FOR", None)) or "HTTP_FORWARDED" in environ
        return self.application(environ, start_response)
