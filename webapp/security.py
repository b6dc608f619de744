"""Headers that tell browsers what our pages may do, and what no address may hold."""

from flask import Flask, Response, abort, request

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
    """An address holds no NUL, which PostgreSQL takes in no text, and which no name or search has."""

    @app.before_request
    def refuse_nul() -> None:
        words = [*request.args.items(multi=True), *(request.view_args or {}).items()]
        for name, value in words:
            if "\x00" in name or "\x00" in str(value):
                abort(400, f"The field {name.replace(chr(0), '')[:60]} holds the character NUL, which no text has.")
