"""What people and programs see when a request cannot be answered."""

from http import HTTPStatus

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge, ServiceUnavailable

from webapp import policy
from webapp.api.problems import problem
from webapp.models import db
from webapp.store.storage import StorageAway

SENTENCES = {
    400: "The request could not be understood.",
    401: "Please log in first.",
    404: "There is nothing here. It may have been deleted, or the address is mistyped.",
    405: "This address does not take that kind of request.",
    413: "That was too large: at most {limit} MiB can be sent at once.",
    500: "Something went wrong on our side. Nothing of yours was lost; the error has been logged.",
}
TOO_OFTEN = "Too many tries in a short time. Please wait {wait} and try again."


def register_errors(app: Flask) -> None:
    """Programs get RFC 9457 problem documents, people get a page with a sentence and a way back."""

    @app.errorhandler(HTTPException)
    def answer(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.response
        code = error.code or 500
        detail = sentence(error)
        headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]  # such as Allow
        if wants_json():
            said = problem(code, detail)
            said.headers.update(headers)
            return said
        page = render_template("error.html", code=code, title=HTTPStatus(code).phrase, sentence=detail)
        return page, code, headers

    @app.errorhandler(StorageAway)
    def answer_without_storage(error: StorageAway) -> ResponseReturnValue:
        app.logger.error("%s", error)
        return answer(ServiceUnavailable("What trials have made cannot be read now. Please try again in a minute."))

    @app.errorhandler(Exception)
    def answer_unexpected(error: Exception) -> ResponseReturnValue:
        db.session.rollback()
        app.logger.exception("unexpected error at %s", request.path, exc_info=error)
        return answer(InternalServerError())


def sentence(error: HTTPException) -> str:
    """What went wrong, for people: our own words where the error says nothing of its own."""
    if isinstance(error, CSRFError):
        return "This form has expired or did not come from this site. Go back, reload the page and send it again."
    if isinstance(error, RequestEntityTooLarge):
        return SENTENCES[413].format(limit=(request.max_content_length or 0) // (1024 * 1024))
    if isinstance(error, RateLimitExceeded):
        return TOO_OFTEN.format(wait="a minute" if error.limit.limit.get_expiry() <= 60 else "up to an hour")
    if isinstance(error, InternalServerError) and "request_id" in g:
        return f"{SENTENCES[500]} Whoever looks after this place finds it under {g.request_id}."
    if error.code == HTTPStatus.FORBIDDEN and error.description == type(error).description:
        return policy.refusal(current_user)
    own_words = error.description and error.description != type(error).description
    return str(error.description) if own_words else SENTENCES.get(error.code or 500, SENTENCES[500])


def wants_json() -> bool:
    """Whether a program asks: under the API, or where JSON or a stream was expected."""
    return request.path.startswith(("/api/", "/live/"))
