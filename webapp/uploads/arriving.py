"""Where files of a form are while they arrive."""

import tempfile
from typing import IO, cast

from flask import Request, current_app

SMALL = 500 * 1024


class ArrivingRequest(Request):
    """A request whose larger files go to DESCENT_VAR, and not to /tmp, which may be memory or small. They have no name there,
    so that nothing stays behind of a process that is killed.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        var = current_app.config["SETTINGS"].var
        return cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=SMALL, mode="rb+", dir=var))
