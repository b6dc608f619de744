"""The application, put together; read ``create_app`` from top to bottom."""

from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import (
    account,
    admin,
    api,
    apidocs,
    auth,
    cli,
    comments,
    compare,
    datasets,
    experiments,
    home,
    imports,
    layouts,
    live,
    notifications,
    observation,
    parts,
    sharing,
    tags,
)
from webapp.assets import register_assets
from webapp.audit import following  # noqa: F401 - follows every flush
from webapp.auth.limits import limiter, limits_storage
from webapp.auth.login import csrf, login_manager
from webapp.compression import register_compression
from webapp.errors import register_errors
from webapp.formatting import register_filters
from webapp.forwarding import IgnoreForwardedFor
from webapp.ids import register_ids
from webapp.live.standing import register_standing
from webapp.mail import mail_configuration, mailman
from webapp.models import db
from webapp.observation.requests import register_requests
from webapp.outage import register_outage
from webapp.patience import ANSWER_S, connect_redis
from webapp.security import register_headers, register_refusals
from webapp.settings import ROOT, Settings
from webapp.store.database import engine_options
from webapp.store.storage import storage_of
from webapp.uploads.arriving import ArrivingRequest

MIB = 1024 * 1024
STATEMENT_S = 3.0  # with the wait for a free connection less than five seconds
STORAGE_PATIENCE_S = 3.0  # for an answer of a storage elsewhere


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The Flask application of an instance; ``overrides`` go into its configuration last."""
    settings = settings or Settings.from_environment()
    settings.make_folder()
    app = Flask(__name__)
    app.request_class = ArrivingRequest
    app.config.update(configuration(settings), **overrides)
    app.extensions["redis"] = connect_redis(settings.redis_url)
    app.extensions["storage"] = storage_of(settings, patience_s=STORAGE_PATIENCE_S)

    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    login_manager.init_app(app)
    limiter.init_app(app)
    mailman.init_app(app)

    register_ids(app)
    for feature in (
        home,
        auth,
        account,
        admin,
        experiments,
        sharing,
        parts,
        comments,
        tags,
        compare,
        layouts,
        imports,
        datasets,
        live,
        notifications,
        observation,
        api,
        apidocs,
    ):
        app.register_blueprint(feature.blueprint)
    csrf.exempt(api.blueprint)  # checks by itself: a bearer token needs none, a session does

    register_requests(app)
    register_refusals(app)
    register_compression(app)  # the last of what follows an answer
    register_assets(app)
    register_filters(app)
    register_standing(app)
    register_errors(app)
    register_outage(app)
    register_headers(app)
    cli.register(app)

    inner = IgnoreForwardedFor(app.wsgi_app)
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(inner, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    return app


def configuration(settings: Settings) -> dict[str, Any]:
    """Flask's and its extensions' configuration from the instance's settings."""
    cookie = f"descent_{settings.port}"  # cookies ignore ports: instances side by side must not log each other out
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database, STATEMENT_S),
        "SESSION_COOKIE_NAME": cookie,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "REMEMBER_COOKIE_NAME": f"{cookie}_remember",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.secure_cookies,
        "REMEMBER_COOKIE_DURATION": 30 * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # a form left open over night must not be lost
        "MAX_CONTENT_LENGTH": 16 * MIB,
        "MAX_FORM_MEMORY_SIZE": 16 * MIB,
        "MAX_FORM_PARTS": 5000,
        "RATELIMIT_STORAGE_URI": limits_storage(settings.redis_url),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": ANSWER_S, "socket_timeout": ANSWER_S}
        if settings.redis_url
        else {},
        "RATELIMIT_ENABLED": True,  # said, because the one limiter else keeps what the application made before it had
        "RATELIMIT_HEADERS_ENABLED": True,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "SEND_FILE_MAX_AGE_DEFAULT": None,
        **mail_configuration(settings),
    }
