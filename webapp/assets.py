"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

import hashlib
import time
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, url_for

from webapp.modules import bundle

ALONE = "theme.js"  # it runs before anything is painted


def register_assets(app: Flask) -> None:
    """Templates write ``asset('css/descent.css')``, and ``modules()`` for the one script that all JavaScript modules are sent as.

    Each is asked for with the hash of its content.
    """
    folder = Path(app.static_folder or "")
    scripts = folder / "js"

    @lru_cache(maxsize=256)
    def version(name: str, _modified: float) -> str:
        return hashed((folder / name).read_bytes())

    @lru_cache(maxsize=2)
    def bundle_of(names: tuple[str, ...], _modified: float) -> tuple[str, str]:
        made = bundle({name: (scripts / name).read_text(encoding="utf-8") for name in names})
        return hashed(made.encode()), made

    @lru_cache(maxsize=1)
    def bundle_at(_second: int) -> tuple[str, str]:
        files = {path.name: path.stat().st_mtime for path in scripts.glob("*.js") if path.name != ALONE}
        return bundle_of(tuple(sorted(files)), max(files.values()))

    def current() -> tuple[str, str]:
        return bundle_at(int(time.monotonic()))

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name, (folder / name).stat().st_mtime))

    def modules() -> str:
        return url_for("modules", version=current()[0])

    @app.get("/modules/<version>.js", endpoint="modules")
    def send_modules(version: str) -> Response:
        name, content = current()
        response = Response(content, mimetype="text/javascript")
        response.set_etag(name)
        if version == name:  # a page of before an upgrade gets the new one, and does not keep it
            keep_for_ever(response)
        return response

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code in (200, 304):
            keep_for_ever(response)
        return response

    app.add_template_global(asset, "asset")
    app.add_template_global(modules, "modules")


def hashed(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()[:12]


def keep_for_ever(response: Response) -> None:
    """Browsers need not ask again."""
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
