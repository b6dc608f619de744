"""Answers are sent compressed: what changes by Flask-Compress, each time; files that never change once per process."""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
from flask import Flask, Response, request
from flask_compress import Compress

FILES = ("static", "modules")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 6, mtime=0),
}
TEXT = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
SHORTEST = 500


def register_compression(app: Flask) -> None:
    """Brotli where the browser takes it, else gzip. Streams (events, downloads) are sent as they are made."""
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_STREAMS=False, COMPRESS_REGISTER=False)
    compress = Compress(app)

    @lru_cache(maxsize=256)
    def packed(encoding: str, content: bytes) -> bytes:
        return PACKERS[encoding](content)

    @app.after_request
    def shrink(response: Response) -> Response:
        if request.endpoint not in FILES:
            return compress.after_request(response)
        response.vary.add("Accept-Encoding")
        encoding = request.accept_encodings.best_match(list(PACKERS))
        if encoding is None or response.status_code != 200 or response.mimetype not in TEXT:
            return response
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) < SHORTEST:
            return response
        response.set_data(packed(encoding, content))
        response.headers["Content-Encoding"] = encoding
        etag, _ = response.get_etag()
        response.set_etag(f"{etag}:{encoding}")
        response.make_conditional(request)
        return response
