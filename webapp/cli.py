"""The ``flask`` commands."""

import os
import subprocess  # our own commands, without a shell  # nosec B404
import sys
import time
from typing import Any, NoReturn

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from redis import Redis, RedisError
from sqlalchemy import select

from dlcore.recipes import recipe_of
from webapp import audit
from webapp.auth.service import AccountProblem, create_user, find_user
from webapp.backup.commands import backup, restore
from webapp.models import ApiToken, Role, Scope, State, User, db
from webapp.models.scope import read_scopes
from webapp.settings import ROOT, Settings
from webapp.store.workers import Worker, drain, is_queue_name, take_again, workers_seen

DRAIN_S = 60
MOST_RUNNING = 10_000
DEMO_RECIPES = ("softmax-digits", "spirals", "learning-rate-too-high")


def register(app: Flask) -> None:
    """Add the commands to the application."""
    for command in (up, web, worker, workers, demo, user, token, backup, restore):
        app.cli.add_command(command)


def fail(message: str) -> NoReturn:
    """Say what is wrong, and exit with 1."""
    click.echo(message, err=True)
    sys.exit(1)


def settings() -> Settings:
    """The instance's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def prepare() -> None:
    """Bring the database to its newest form, so that commands work before the first ``up``."""
    from webapp.supervisor.up import CannotStart, migrate

    try:
        migrate(settings())
    except CannotStart as error:
        fail(str(error))


@click.command()
@click.option("--with-parent", is_flag=True, help="End too when the process that started this one is killed.")
@with_appcontext
def up(with_parent: bool) -> None:
    """Bring everything up: database, Redis, worker and web; Ctrl-C stops it all."""
    from webapp.supervisor.process import follow
    from webapp.supervisor.up import CannotStart
    from webapp.supervisor.up import up as bring_up

    if with_parent:
        follow(os.getppid())
    try:
        bring_up(settings())
    except (CannotStart, RuntimeError) as error:
        fail(str(error))


@click.command()
@with_appcontext
def web() -> None:
    """Run the web server alone; REDIS_URL names the Redis that it shares with the workers."""
    from webapp.supervisor.commands import web_command

    run_in_place(web_command(settings()))


@click.command()
@click.option("--queues", default="cpu,gpu", show_default=True, help="Queues to take trials from, with commas between.")
@with_appcontext
def worker(queues: str) -> None:
    """Run a worker alone; REDIS_URL names the Redis where trials are queued."""
    from webapp.supervisor.commands import worker_command

    wrong = [name for name in queues.split(",") if not is_queue_name(name)]
    if wrong:
        fail(
            f"A queue's name has up to 30 small letters, digits and hyphens, a letter first; “{wrong[0]}” cannot be one."
        )
    if not settings().redis_url:
        fail("A worker alone needs REDIS_URL. “flask up” starts a worker together with its Redis.")
    run_in_place(worker_command(settings(), queues))


workers = AppGroup("workers", help="The workers that are there, of this machine and of others.")


@workers.command("list")
def workers_list() -> None:
    """List them: name, queues, how many tasks each is at, and whether it is drained."""
    for found in workers_there():
        busy = f"{found.busy} running" if found.busy else "idle"
        click.echo(f"{found.name}\t{','.join(found.queues)}\t{busy}{', drained' if found.is_drained else ''}")


@workers.command("drain")
@click.argument("name")
def workers_drain(name: str) -> None:
    """Have the worker NAME checkpoint what it runs, hand it back and take nothing new, so that it can be upgraded.

    It stays until it is stopped, or told to take trials again.
    """
    check_worker(name)
    drain(redis_client(), name)
    deadline = time.monotonic() + DRAIN_S
    while time.monotonic() < deadline:
        found = next((worker for worker in workers_there() if worker.name == name), None)
        if found is None or (found.is_drained and not found.busy):
            click.echo(f"{name} is drained: it runs nothing, and takes nothing new. It can be stopped.")
            return
        time.sleep(0.2)
    fail(f"{name} was told to hand back what it runs, but has not within {DRAIN_S} s. “flask workers list” shows it.")


@workers.command("take-again")
@click.argument("name")
def workers_take_again(name: str) -> None:
    """Have the worker NAME, which was drained, take trials again."""
    check_worker(name)
    take_again(redis_client(), name)
    click.echo(f"{name} takes trials again.")


def check_worker(name: str) -> None:
    """Exit when there is no worker of this name."""
    names = [worker.name for worker in workers_there()]
    if name not in names:
        fail(f"There is no worker {name}. " + (f"There are: {', '.join(names)}." if names else "There is none at all."))


def workers_there() -> list[Worker]:
    """Those that gave a sign of life; exits when Redis does not answer."""
    try:
        return workers_seen(redis_client())
    except RedisError as error:
        fail(f"Redis does not answer: {error}.")


def redis_client() -> Redis:
    """The Redis that REDIS_URL names, or the one that “flask up” started."""
    from webapp.supervisor.commands import socket_folder

    return Redis.from_url(
        settings().redis_url or f"unix://{socket_folder(settings()) / 'redis.sock'}", socket_timeout=5
    )


def run_in_place(command: list[str]) -> NoReturn:
    """Become another program."""
    os.chdir(ROOT)
    os.environ["DESCENT_VAR"] = str(settings().var)
    os.execv(command[0], command)  # noqa: S606 - our own command  # nosec B606


user = AppGroup("user", help="Accounts.")


def enter(action: str, subject: str, details: dict[str, Any]) -> None:
    """Into the audit log, with what was done, committed."""
    audit.record(db.session(), None, action, subject, {**details, "by": "command line"})
    db.session.commit()


@user.command("add")
@click.argument("name")
@click.option("--email", required=True, help="E-mail address.")
@click.option("--admin", is_flag=True, help="Make them an administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def user_add(name: str, email: str, admin: bool, password_stdin: bool) -> None:
    """Make an account for NAME."""
    prepare()
    asked = None if password_stdin else click.prompt("Password", hide_input=True, confirmation_prompt=True)
    password = asked or sys.stdin.readline().rstrip("\n")
    try:
        made = create_user(db.session(), name, email, password, Role.ADMINISTRATOR if admin else None)
    except AccountProblem as problem:
        fail(problem.message)
    enter("account.made", made.username, {"role": made.role})
    click.echo(f"{made.username} is {'an administrator' if made.is_administrator else 'a member'}.")


@user.command("list")
def user_list() -> None:
    """List all accounts."""
    prepare()
    for found in db.session.scalars(select(User).where(User.deleted_at.is_(None)).order_by(User.username)):
        away = "" if found.is_active else "\tdeactivated"
        click.echo(f"{found.username}\t{found.email}\t{found.role}\t{found.created_at:%Y-%m-%d}{away}")


@user.command("limit")
@click.argument("name")
@click.argument("number")
def user_limit(name: str, number: str) -> None:
    """Let NUMBER trials of NAME run at the same time; “default” takes that back."""
    prepare()
    found = find_user(db.session(), name)
    if found is None:
        fail(f"There is no account “{name}”.")
    if number != "default" and not (number.isdecimal() and int(number) <= MOST_RUNNING):
        fail(f"The number must be 0 to {MOST_RUNNING:,}, or default; you entered “{number}”.")
    found.most_running = None if number == "default" else int(number)
    db.session.commit()
    limit = settings().most_running if found.most_running is None else found.most_running
    click.echo(f"Of {found.username}'s trials {limit} may run at the same time.")


token = AppGroup("token", help="API tokens.")


@token.command("add")
@click.argument("name")
@click.option("--label", default="", help="What it is for.")
@click.option("--scopes", default=" ".join(Scope), show_default=True, help="What it may be used for.")
@click.option("--days", type=click.IntRange(1, 3650), help="For how long it is good; for ever otherwise.")
def token_add(name: str, label: str, scopes: str, days: int | None) -> None:
    """Make an API token for NAME and print it; it cannot be shown again."""
    prepare()
    try:
        chosen = read_scopes(scopes)
    except ValueError as error:
        fail(str(error))
    found = find_user(db.session(), name)
    if found is None:
        fail(f"There is no account {name}. “flask user list” shows those there are.")
    made, text = ApiToken.issue(found, label[:80], chosen, days)
    db.session.add(made)
    enter("token.made", found.username, {"label": made.label, "scopes": sorted(chosen)})
    click.echo(text)


@click.command()
@click.option("--owner", default="demo", show_default=True, help="Whose experiments they are; made when missing.")
@with_appcontext
def demo(owner: str) -> None:
    """Make three small finished experiments by really training them."""
    from webapp.experiments.service import create_experiment

    prepare()
    found = find_user(db.session(), owner)
    if found is None:
        try:
            found = create_user(db.session(), owner, f"{owner}@example.com", None, Role.MEMBER)
        except AccountProblem as problem:
            fail(problem.message)
    for name in DEMO_RECIPES:
        recipe = recipe_of(name)
        if recipe is None:
            fail(f"There is no recipe {name}.")
        made = create_experiment(db.session(), found, recipe.title, recipe.watch, ["demo"], recipe.spec, enqueue=False)
        trial = made.trials[0]
        click.echo(f"{recipe.title} …", nl=False)
        environment = {**os.environ, "DESCENT_VAR": str(settings().var)}
        command = [sys.executable, "-m", "worker.run", str(trial.id)]
        subprocess.run(command, check=True, cwd=ROOT, env=environment)  # nosec B603
        db.session.refresh(trial)
        click.echo(f" {trial.state}" + (f": {trial.failure}" if trial.state == State.FAILED.value else ""))
    click.echo(f"Three experiments of {found.username} are on the page Experiments.")
