"""Addresses of static files that change with their content, so that browsers may keep them for ever."""

import hashlib
import re
import time
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

IMPORTS = re.compile(r"""^import\s[^;]*?["']\./([\w-]+\.js)["']""", re.MULTILINE)


def register_assets(app: Flask) -> None:
    """Templates write ``asset('css/descent.css')``.

    A file is asked for with the hash of its content. JavaScript modules import one another by relative names, so they all stand
    in a folder that is named by the hash of all of them.
    """
    folder = Path(app.static_folder or "")
    scripts = folder / "js"

    @lru_cache(maxsize=256)
    def version(name: str, _modified: float) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]

    @lru_cache(maxsize=8)
    def version_of_all(names: tuple[str, ...], _modified: float) -> str:
        return hashlib.sha256(b"".join((scripts / name).read_bytes() for name in names)).hexdigest()[:12]

    @lru_cache(maxsize=1)
    def version_at(_second: int) -> str:
        files = {path.name: path.stat().st_mtime for path in scripts.glob("*.js")}
        return version_of_all(tuple(sorted(files)), max(files.values()))

    def modules_version() -> str:
        return version_at(
            int(time.monotonic())
        )  # a page asks for the address of each module, and then for each of them

    @lru_cache(maxsize=64)
    def imported(name: str, _version: str) -> tuple[str, ...]:
        found, todo = [], [name]
        while todo:
            source = (scripts / todo.pop()).read_text()
            new = [other for other in IMPORTS.findall(source) if other not in found]
            found += new
            todo += new
        return tuple(sorted(set(found)))

    def asset(name: str) -> str:
        if name.startswith("js/"):
            return url_for("module", version=modules_version(), name=name.removeprefix("js/"))
        return url_for("static", filename=name, v=version(name, (folder / name).stat().st_mtime))

    def modules(entry: str) -> list[str]:
        current = modules_version()
        return [url_for("module", version=current, name=name) for name in imported(entry, current)]

    @app.get("/modules/<version>/<name>")
    def module(version: str, name: str) -> Response:
        response = send_from_directory(scripts, name)
        if version == modules_version():  # a page of before an upgrade gets the new file, and does not keep it
            keep_for_ever(response)
        return response

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and "v" in request.args and response.status_code in (200, 304):
            keep_for_ever(response)
        return response

    app.add_template_global(asset, "asset")
    app.add_template_global(modules, "modules")


def keep_for_ever(response: Response) -> None:
    """Browsers need not ask again."""
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
