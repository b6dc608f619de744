"""How large a request may be: a log is larger than anything else that is sent."""

from typing import Any

from flask import request
from flask_login import current_user

from webapp.imports.budget import MIB, UPLOAD_BYTES

LARGE = {"imports.create", "api.import_experiment"}


def allow_large_uploads(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Whoever is logged in may send a log. Comes before the check of the CSRF token, which reads the form."""
    if endpoint in LARGE and request.method == "POST" and current_user.is_authenticated:
        request.max_content_length = UPLOAD_BYTES + MIB
