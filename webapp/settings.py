"""What the environment may say. Every setting stands here once; the README's table is tested against it."""

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent


class SettingsInvalid(ValueError):
    """An environment variable cannot be so; the message names it."""


class Settings(BaseModel):
    """The configuration of an instance, read from environment variables by ``Settings.from_environment()``."""

    model_config = ConfigDict(frozen=True)

    host: str = Field("127.0.0.1", alias="DESCENT_HOST", description="Address that the web server binds to.")
    port: int = Field(8000, ge=1, le=65535, alias="DESCENT_PORT", description="Port of the web server.")
    var: Path = Field(
        ROOT / "var", alias="DESCENT_VAR", description="Folder for the database, artifacts, caches and logs."
    )
    data: Path | None = Field(
        None, alias="DESCENT_DATA", description="Folder of data sets (mnist/, fashion_mnist/, cifar10/, ...)."
    )
    database_url: str | None = Field(
        None,
        alias="DATABASE_URL",
        description="SQLAlchemy URL of the database, e.g. of PostgreSQL; SQLite in DESCENT_VAR otherwise.",
    )
    artifacts: str | None = Field(
        None,
        alias="DESCENT_ARTIFACTS",
        description="Where pictures and checkpoints are kept: a folder, or s3://bucket/prefix; DESCENT_VAR/artifacts otherwise.",
    )
    redis_url: str | None = Field(
        None, alias="REDIS_URL", description="Redis for the queue, live curves and limits; otherwise one is started."
    )
    secret_key: str | None = Field(
        None, alias="DESCENT_SECRET_KEY", description="Signs cookies; otherwise made once and kept in DESCENT_VAR."
    )
    secure_cookies: bool = Field(
        False, alias="DESCENT_SECURE_COOKIES", description="Send cookies over HTTPS only; set it behind a TLS proxy."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        alias="DESCENT_TRUSTED_PROXIES",
        description="How many proxies in front may say who the client is.",
    )
    web_processes: int = Field(1, ge=1, le=64, alias="DESCENT_WEB_PROCESSES", description="Web server processes.")
    worker_processes: int = Field(
        default_factory=lambda: max(1, min(4, os.cpu_count() or 1)),
        ge=1,
        le=64,
        alias="DESCENT_WORKER_PROCESSES",
        description="Trials that train at the same time on this machine; up to 4, one per core, otherwise.",
    )
    lease_s: float = Field(
        30.0,
        ge=1,
        le=3600,
        alias="DESCENT_LEASE_S",
        description="Seconds after which a silent worker's trial goes to another.",
    )
    spool_mib: int = Field(
        1024,
        ge=1,
        alias="DESCENT_SPOOL_MIB",
        description="Room on each worker's disk for what trials log while the database is away; when it is used up, they wait.",
    )
    most_running: int = Field(
        16,
        ge=1,
        le=10_000,
        alias="DESCENT_MOST_RUNNING",
        description="Trials of one person that run at the same time; “flask user limit” sets another number for somebody.",
    )
    trial_hours: float = Field(
        168.0,
        gt=0,
        le=8760,
        alias="DESCENT_TRIAL_HOURS",
        description="Hours that a trial may train, its attempts together.",
    )
    silent_minutes: float = Field(
        30.0,
        gt=0,
        le=1440,
        alias="DESCENT_SILENT_MINUTES",
        description="Minutes after which a trial is stopped whose training gives no sign, as in an endless loop.",
    )
    trial_memory_mib: int | None = Field(
        None,
        ge=512,
        alias="DESCENT_TRIAL_MEMORY_MIB",
        description="Memory that a trial may take; otherwise four fifths of the machine's, divided by its worker processes.",
    )
    most_parameters: int = Field(
        200_000_000, ge=1, alias="DESCENT_MOST_PARAMETERS", description="Parameters that a network may have."
    )
    most_processes: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        le=1024,
        alias="DESCENT_MOST_PROCESSES",
        description="Processes that one trial may train in together; as many as there are cores otherwise.",
    )
    data_mib: int = Field(
        4096, ge=1, alias="DESCENT_DATA_MIB", description="Memory that a trial's examples may take as float32 numbers."
    )
    artifacts_mib: int = Field(
        4096,
        ge=1,
        alias="DESCENT_ARTIFACTS_MIB",
        description="Room for what one trial keeps in files: its checkpoints, pictures and reports.",
    )

    log: Literal["text", "json"] = Field(
        "text", alias="DESCENT_LOG", description="How logs are written: text, or json, an object a line."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="DESCENT_LOG_LEVEL", description="From where on lines are logged: debug, info, warning or error."
    )
    metrics_token: str | None = Field(
        None,
        min_length=16,
        alias="DESCENT_METRICS_TOKEN",
        description="With it as a bearer token /metrics may be read from anywhere; without, from this machine alone.",
    )

    api_per_minute: int = Field(
        1200,
        ge=1,
        le=10_000_000,
        alias="DESCENT_API_PER_MINUTE",
        description="Requests to the API that one person's programs may make in a minute; an export counts for ten.",
    )

    datasets_gib: float = Field(
        20.0,
        gt=0,
        le=1_000_000,
        alias="DESCENT_DATASETS_GIB",
        description="How many GiB of uploaded data sets one person may keep.",
    )

    url: str | None = Field(
        None,
        alias="DESCENT_URL",
        description="Address under which people reach this instance; links in mails begin with it.",
    )
    mail_server: str | None = Field(
        None,
        alias="DESCENT_MAIL_SERVER",
        description="Mail server, e.g. smtp+starttls://name:password@host:587; without one, mails are files in DESCENT_VAR/mail.",
    )
    mail_from: str = Field("descent@localhost", alias="DESCENT_MAIL_FROM", description="Address that mails come from.")
    private_webhooks: bool = Field(
        False,
        alias="DESCENT_PRIVATE_WEBHOOKS",
        description="Let webhooks reach this machine and private networks, which they may not otherwise.",
    )
    registration: Literal["open", "invited", "closed"] = Field(
        "open",
        alias="DESCENT_REGISTRATION",
        description="Who may make an account: open, invited or closed, until administrators choose on their page.",
    )

    @field_validator("url")
    @classmethod
    def is_web_address(cls, url: str | None) -> str | None:
        """An address begins with its scheme; a slash at its end is left out."""
        if url and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
            raise ValueError("this is not an address such as https://descent.example.org")
        return url.rstrip("/") if url else url

    @field_validator("mail_server")
    @classmethod
    def is_mail_server(cls, server: str | None) -> str | None:
        """A mail server has a scheme and a name."""
        try:
            parts = urlsplit(server or "smtp://host")
            known = parts.scheme in ("smtp", "smtps", "smtp+starttls") and parts.hostname and (parts.port or 1)
        except ValueError:
            known = False
        if not known:
            raise ValueError("this is not a mail server such as smtp+starttls://name:password@host:587")
        return server

    @model_validator(mode="after")
    def knows_its_address(self) -> "Settings":
        """A link in a mail must not begin with what a request says of itself: whoever asks could say anything."""
        if self.mail_server and not self.url:
            raise PydanticCustomError(
                "url_missing", "DESCENT_MAIL_SERVER needs DESCENT_URL, with which links in mails begin"
            )
        return self

    @field_validator("database_url")
    @classmethod
    def is_address(cls, url: str | None) -> str | None:
        """A database URL can be read as one."""
        try:
            if url:
                make_url(url)
        except ArgumentError:
            raise ValueError("this is not the URL of a database, such as postgresql://user@host/name") from None
        return url

    @field_validator("artifacts")
    @classmethod
    def is_place(cls, place: str | None) -> str | None:
        """A bucket is named, and no other kind of address."""
        scheme, colon, rest = (place or "").partition("://")
        if colon and (scheme != "s3" or not rest.split("/")[0]):
            raise ValueError("this is neither a folder nor a bucket such as s3://bucket/prefix")
        return place

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read the environment; empty variables count as unset. Raises SettingsInvalid."""
        names = [str(field.alias) for field in cls.model_fields.values()]
        try:
            settings = cls.model_validate({name: os.environ[name] for name in names if os.environ.get(name)})
        except ValidationError as error:
            raise SettingsInvalid("\n".join(sentence(problem) for problem in error.errors())) from None
        return settings.model_copy(update={"var": settings.var.resolve()})

    def make_folder(self) -> None:
        """Make the data folder where it is missing. Raises SettingsInvalid."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsInvalid(f"DESCENT_VAR: the folder {self.var} cannot be made: {error.strerror}.") from None

    @property
    def public_url(self) -> str:
        """What links in mails begin with."""
        host = self.host if self.host.strip("0.:") else "127.0.0.1"  # 0.0.0.0 and :: mean every address of this machine
        return self.url or f"http://{host}:{self.port}"

    @property
    def dataset_bytes(self) -> int:
        """How many bytes of uploaded data sets one person may keep."""
        return int(self.datasets_gib * 1024**3)

    @property
    def database(self) -> str:
        """The database's URL for SQLAlchemy."""
        if not self.database_url:
            return f"sqlite:///{self.var / 'descent.sqlite3'}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @property
    def artifacts_at(self) -> str:
        """Where artifacts are kept: s3://bucket/prefix, or a folder."""
        if self.artifacts and self.artifacts.startswith("s3://"):
            return self.artifacts
        return str(Path(self.artifacts).resolve() if self.artifacts else self.var / "artifacts")

    @property
    def secret(self) -> str:
        """The key that signs cookies; made on first use."""
        if self.secret_key:
            return self.secret_key
        path = self.var / "secret_key"
        if not path.exists():
            self.make_folder()
            whole = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with contextlib.suppress(FileExistsError):  # another process was faster: its key is the instance's
                path.hardlink_to(whole)
            whole.unlink()
        return path.read_text()


def sentence(problem: ErrorDetails) -> str:
    """What is wrong with an environment variable, for people."""
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return f"{message}."
    name = problem["loc"][0]
    kept_back = problem["type"] == "value_error" or "TOKEN" in str(name)  # an address may hold a password
    entered = "" if kept_back else f"; it is “{problem['input']}”"
    return f"{name}: {message}{entered}."
