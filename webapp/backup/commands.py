"""``flask backup`` and ``flask restore``."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.backup.form import BackupProblem


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write all that the instance keeps to FILE (.tar.gz), as it stands at one moment; it may run meanwhile."""
    from webapp.backup.writing import write_backup

    try:
        counts = write_backup(current_app.config["SETTINGS"], file)
    except BackupProblem as problem:
        fail(problem)
    click.echo(f"{file}, {file.stat().st_size / 1e6:,.1f} MB: {told(counts)}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Fill an empty instance from FILE, on any database and storage; it must not be up."""
    from webapp.backup.restoring import restore_backup

    try:
        counts = restore_backup(current_app.config["SETTINGS"], file)
    except BackupProblem as problem:
        fail(problem)
    click.echo(f"Restored {told(counts)}. “flask up” goes on with what was training.")


def told(counts: dict[str, int]) -> str:
    """What people look for, in numbers."""
    names = ("users", "experiments", "trials", "comments", "artifacts", "uploads")
    return ", ".join(f"{counts[name]:,} {name}" for name in names if name in counts)


def fail(problem: BackupProblem) -> NoReturn:
    """Say what is wrong, and exit with 1."""
    click.echo(str(problem), err=True)
    sys.exit(1)
