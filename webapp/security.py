"""Headers that tell browsers what our pages may do, and what no address and no form may hold."""

from flask import Flask, Response, abort, request

from dlcore.validation import Problem
from webapp.api.problems import invalid

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Plotly sets styles on the elements that it draws
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def register_headers(app: Flask) -> None:
    """Every response carries the headers; pages are not kept by caches that others may use."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint not in ("static", "module") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-cache"
        return response


def register_refusals(app: Flask) -> None:
    """Pages take no JSON, which Flask-WTF would read for a form. Neither an address nor a form of ours holds NUL, which
    PostgreSQL takes in no text; the API names the field by itself.
    """

    @app.before_request
    def refuse() -> None:
        is_page = request.url_rule is not None and request.blueprint != "api"  # what is nowhere is answered with 404
        if is_page and request.is_json and request.method == "POST":
            abort(415, "This address takes forms, not JSON. Programs use the API.")
        form = request.form.items(multi=True) if request.blueprint != "api" else ()
        for name, value in (*request.args.items(multi=True), *(request.view_args or {}).items(), *form):
            if "\x00" in name or "\x00" in str(value):
                name = name.replace("\x00", "")[:60]
                if request.blueprint == "api":
                    raise invalid([Problem(name, "Text cannot hold the character NUL.")])
                abort(422, f"The field {name} holds the character NUL, which no text has.")
