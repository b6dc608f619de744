"""An instance with data, taken as one file while it runs, and made again: the same curves, artifacts and accounts."""

import json
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import JSON, Column, Float, MetaData, Table, create_engine, func, select
from sqlalchemy.orm import Session

from dlcore.events import Checkpoint
from tests.full_instance import LOGGED, PASSWORD, everything, fill
from tests.making import keep_checkpoint, make_trial
from webapp.app import create_app
from webapp.auth.service import find_user
from webapp.backup.form import UPLOADED, BackupProblem, as_row
from webapp.backup.restoring import restore_backup
from webapp.backup.writing import write_backup
from webapp.models import Artifact, Comment, LogLine, Tag, Trial, User
from webapp.queue import promise
from webapp.settings import Settings
from webapp.store import curves
from webapp.store.database import open_sessions
from webapp.store.storage import storage_of
from webapp.supervisor.up import migrate
from worker import checkpoints


@pytest.fixture
def place(tmp_path, request):
    """Settings of an instance on a database of its own: (kind of database, number) -> Settings."""

    def make(kind: str, number: int) -> Settings:
        url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
        return Settings(DESCENT_VAR=tmp_path / f"var{number}", DATABASE_URL=url, DESCENT_SECRET_KEY="x")

    return make


def make(settings: Settings) -> int:
    """An instance with data, and an upload; the id of its trial, which runs."""
    settings.make_folder()
    migrate(settings)
    sessions = open_sessions(settings.database)
    trial_id = fill(sessions, storage_of(settings))
    (settings.var / UPLOADED).mkdir(parents=True)
    (settings.var / UPLOADED / "0a1b.npz").write_bytes(b"brought")
    sessions.kw["bind"].dispose()
    return trial_id


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_an_instance_is_made_again_on_the_other_database(place, tmp_path, source, target):
    old, new = place(source, 1), place(target, 2)
    trial_id = make(old)
    kept = everything(old.database)
    assert [name for name, rows in kept.items() if not rows] == []  # so that no table goes unlooked at
    counts = write_backup(old, tmp_path / "b.tar.gz")
    assert restore_backup(new, tmp_path / "b.tar.gz") == counts
    assert (counts["trials"], counts["artifacts"], counts["uploads"]) == (1, 3, 1)

    assert everything(new.database) == kept
    assert (new.var / UPLOADED / "0a1b.npz").read_bytes() == b"brought"
    sessions = open_sessions(new.database)
    with sessions() as session:
        found = curves.read(session, trial_id, ["train/loss"], points=10_000)["train/loss"]
        assert found.values.tobytes() == LOGGED.values.tobytes()
        for artifact in session.scalars(select(Artifact)):
            assert storage_of(new).read(artifact.path) == storage_of(old).read(artifact.path)
        session.add(User(username="new", email="new@example.com"))  # the numbers go on behind those that were restored
        session.add(Tag(name="new"))
        promise(session, "worker.run_trial", "cpu", [1])
        session.commit()
    assert checkpoints.newest(sessions, storage_of(new), trial_id).step == 9
    sessions.kw["bind"].dispose()


@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "sqlite")]
)
def test_the_id_of_a_trial_that_was_deleted_is_not_given_again_by_what_is_restored(place, tmp_path, source, target):
    old, new = place(source, 1), place(target, 2)
    make(old)
    sessions = open_sessions(old.database)
    deleted = make_trial(sessions)
    with sessions() as session:
        session.delete(session.get_one(Trial, deleted).experiment)
        promise(session, "worker.delete_files", "cpu", [deleted])
        session.commit()
    sessions.kw["bind"].dispose()
    write_backup(old, tmp_path / "b.tar.gz")
    restore_backup(new, tmp_path / "b.tar.gz")
    restored = open_sessions(new.database)
    assert make_trial(restored) == deleted + 1
    restored.kw["bind"].dispose()


def test_people_log_in_as_before_and_see_the_same_pages(place, tmp_path):
    old, new = place("sqlite", 1), place("sqlite", 2)
    make(old)
    write_backup(old, tmp_path / "b.tar.gz")
    restore_backup(new, tmp_path / "b.tar.gz")
    shown = []
    for settings in (old, new):
        browser = create_app(settings, WTF_CSRF_ENABLED=False).test_client()
        assert browser.post("/login", data={"login": "ada", "password": PASSWORD}).status_code == 302
        pages = [browser.get(path).data for path in ("/artifacts/1", "/live/snapshot?trials=1&keys=train/loss")]
        assert b"\x89PNG" in pages[0]
        shown.append(pages)
    assert shown[0] == shown[1]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_is_of_one_moment_while_others_write(place, tmp_path, kind):
    settings = place(kind, 1)
    trial_id = make(settings)
    sessions = open_sessions(settings.database)
    ended = threading.Event()

    def write() -> None:
        """A comment and its log line, always both, and checkpoints that take the place of older ones."""
        step = 10
        while not ended.is_set():
            with sessions() as session:
                experiment = session.get_one(Trial, trial_id).experiment
                session.add(
                    Comment(experiment=experiment, author=find_user(session, "ada"), body="more", body_html="more")
                )
                session.add(LogLine(trial_id=trial_id, attempt=1, message="more"))
                session.commit()
            state = Checkpoint(step, 1, {"model/w": np.full(9, step)}, {"batch": 0})
            keep_checkpoint(sessions, storage_of(settings), trial_id, 1, state)
            step += 1

    writer = threading.Thread(target=write)
    writer.start()
    backups = [write_backup(settings, tmp_path / f"{number}.tar.gz") for number in range(4)]
    ended.set()
    writer.join()
    for number, counts in enumerate(backups):
        assert counts["comments"] == counts["log_lines"]
        made = place("sqlite", 10 + number)
        restore_backup(made, tmp_path / f"{number}.tar.gz")
        restored = open_sessions(made.database)
        with restored() as session:
            for artifact in session.scalars(select(Artifact)):
                assert len(storage_of(made).read(artifact.path)) == artifact.size_bytes
        restored.kw["bind"].dispose()
    sessions.kw["bind"].dispose()


def test_an_older_form_becomes_the_newest(place, tmp_path):
    old, new = place("sqlite", 1), place("sqlite", 2)
    old.make_folder()
    migrate(old, "0004")
    with create_engine(old.database).begin() as connection:
        connection.exec_driver_sql("INSERT INTO tags VALUES (7, 'kept')")
    path = tmp_path / "old.tar.gz"
    about, rows = tmp_path / "descent.json", tmp_path / "rows"
    about.write_text(json.dumps({"form": 1, "revision": "0004"}))
    rows.write_text('{"id": 7, "name": "kept"}\n')
    with tarfile.open(path, "w:gz") as tar:
        tar.add(about, "descent.json")
        tar.add(rows, "tables/tags.jsonl")
    restore_backup(new, path)
    with Session(create_engine(new.database)) as session:
        assert session.scalars(select(Tag.name)).all() == ["kept"]


def test_an_older_backup_of_sqlite_may_hold_what_is_not_finite_as_it_was():
    table = Table("trials", MetaData(), Column("results", JSON), Column("epoch", Float))
    row = as_row(b'{"results": {"train/loss": NaN, "validation/loss": {"last": Infinity}}, "epoch": 0.5}', table)
    assert row == {"results": {"train/loss": "NaN", "validation/loss": {"last": "Infinity"}}, "epoch": 0.5}


def test_nothing_is_restored_over_what_is_there(place, tmp_path):
    settings = place("sqlite", 1)
    make(settings)
    write_backup(settings, tmp_path / "b.tar.gz")
    before = everything(settings.database)
    with pytest.raises(BackupProblem, match=r"The database is not empty: there are .*DESCENT_VAR"):
        restore_backup(settings, tmp_path / "b.tar.gz")
    assert everything(settings.database) == before


def test_a_damaged_file_leaves_an_empty_database(place, tmp_path):
    old, new = place("sqlite", 1), place("sqlite", 2)
    make(old)
    path = tmp_path / "b.tar.gz"
    write_backup(old, path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(BackupProblem, match=r"b\.tar\.gz is no backup, or a damaged one"):
        restore_backup(new, path)
    with Session(create_engine(new.database)) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({}, "does not begin with what it is"),
        ({"descent.json": '{"form": 2}'}, "of form 2"),
        ({"descent.json": '{"form": 1, "revision": "9999"}'}, "of another version of the program"),
        ({"descent.json": '{"form": 1, "revision": "0004"}', "artifacts/../../x": ""}, "a damaged one"),
        ({"descent.json": '{"form": 1, "revision": "0004"}', "uploads/../x": ""}, "which cannot be"),
        ({"descent.json": '{"form": 1, "revision": "0004"}', "tables/people.jsonl": ""}, "not known"),
        ({"descent.json": '{"form": 1, "revision": "0004"}', "tables/tags.jsonl": '{"id": 1, "x": 2}'}, "not known"),
        ({"descent.json": '{"form": 1, "revision": "0004"}', "tables/tags.jsonl": '{"id": 1}'}, "not restored"),
    ],
)  # fmt: skip
def test_what_is_no_backup_is_refused_in_a_sentence(place, tmp_path, entries, sentence):
    path = tmp_path / "b.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, content in entries.items():
            (tmp_path / "content").write_text(content)
            tar.add(tmp_path / "content", name)
    with pytest.raises(BackupProblem, match=sentence):
        restore_backup(place("sqlite", 2), path)
    assert not (tmp_path / "x").exists()


def test_a_database_of_another_version_is_not_backed_up_by_halves(place, tmp_path):
    settings = place("sqlite", 1)
    settings.make_folder()
    migrate(settings, "0004")
    with pytest.raises(BackupProblem, match=r"is of revision 0004, .*flask db upgrade"):
        write_backup(settings, tmp_path / "b.tar.gz")


def test_an_instance_without_tables_has_nothing_to_back_up(place, tmp_path):
    settings = place("sqlite", 1)
    settings.make_folder()
    with pytest.raises(BackupProblem, match="nothing to back up"):
        write_backup(settings, tmp_path / "b.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == [Path(settings.var).name]
