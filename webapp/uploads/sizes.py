"""How large a request may be: logs and data sets are larger than anything else that is sent."""

from collections.abc import Callable
from typing import Any

from flask import request
from flask_login import current_user

from webapp.uploads.budget import MIB


def large_uploads(sizes: dict[str, int]) -> Callable[[str | None, dict[str, Any] | None], None]:
    """Lets whoever is logged in send so many bytes to these endpoints; for a blueprint's ``url_value_preprocessor``.

    That comes before the check of the CSRF token, which reads the form.
    """

    def allow(endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if endpoint in sizes and request.method == "POST" and current_user.is_authenticated:
            request.max_content_length = sizes[endpoint] + MIB

    return allow
