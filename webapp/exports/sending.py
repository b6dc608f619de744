"""A file as a response that is sent while it is made."""

import time
from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context


def download(pieces: Iterable[bytes], name: str, media_type: str) -> Response:
    """The pieces as a file of this name. Others are served between two of them."""

    def sent() -> Iterator[bytes]:
        for piece in pieces:
            if piece:
                yield piece
            time.sleep(0)

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(sent()), content_type=media_type, headers=headers)
