"""Names of static files that change with their content, so that browsers may keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for


def register_assets(app: Flask) -> None:
    """Templates write ``asset('css/descent.css')``; an asset asked for by its hash never changes."""
    folder = Path(app.static_folder or "")

    @lru_cache(maxsize=256)
    def version(name: str, _modified: float) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name, (folder / name).stat().st_mtime))

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_template_global(asset, "asset")
