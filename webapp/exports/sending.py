"""A file as a response that is sent while it is made."""

import time
from collections.abc import Iterable, Iterator

from flask import Response, stream_with_context
from sqlalchemy.orm import Session


def download(session: Session, pieces: Iterable[bytes], name: str, media_type: str) -> Response:
    """The pieces, which are read by ``session``, as a file of this name. Others are served between two of them.

    The request's own end comes before the last piece, so the session is closed here, whether all was sent or not.
    """

    def sent() -> Iterator[bytes]:
        try:
            for piece in pieces:
                if piece:
                    yield piece
                time.sleep(0)
        finally:
            session.close()

    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(sent()), content_type=media_type, headers=headers)
