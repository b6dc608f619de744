"""Keeping, renaming and deleting uploaded data sets; the pages and the API both call this."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from dlcore.data.inside import UPLOADS
from dlcore.errors import DatasetError
from webapp import policy
from webapp.datasets import shelf
from webapp.datasets.arrays import found_of, keep_arrays
from webapp.datasets.idx import keep_idx
from webapp.datasets.limits import DATASET, NAME_LONGEST, Found
from webapp.datasets.pictures import keep_pictures
from webapp.datasets.sniffing import kind_of
from webapp.datasets.tables import keep_table
from webapp.fields import FieldProblem, Why
from webapp.models import Dataset, Experiment, SpecFact, State, User
from webapp.uploads.archives import Upload, safe_path, size_of
from webapp.uploads.budget import Budget, UploadProblem

GIB = 1024**3
SUFFIXES = {"pictures": ".zip", "arrays": ".npz", "idx": ".npz", "table": ".csv"}


class DatasetProblem(FieldProblem):
    """Why a data set cannot be so; ``field`` names where."""

    def __init__(self, message: str, field: str = "files", why: Why = "wrong") -> None:
        super().__init__(field, message, why)


class InUse(Exception):
    """A data set that trials wait for or train on cannot be deleted; the message says so."""


def add(session: Session, var: Path, owner: User, uploads: Sequence[Upload], name: str, most_bytes: int) -> Dataset:
    """A data set, committed; of the owner's sets all together at most ``most_bytes`` are kept. Raises DatasetProblem.

    The file is whole and in its place before the row is written. Nothing stays behind of what is refused.
    """
    given = [upload for upload in uploads if upload.filename]
    if not given:
        raise DatasetProblem("Please choose a file: a zip or tar of pictures, a CSV table, an .npz or idx files.")
    name = checked_name(session, owner, name or name_of(given[0]))
    with told(given[0]), shelf.workplace(var, set(session.scalars(select(Dataset.file)))) as folder:
        made, found = read(given, folder)
        file, size = shelf.name_of(made), made.stat().st_size
        check_new(session, owner, file, size, most_bytes)
        dataset = Dataset(owner=owner, name=name, kind=found.kind, file=file, size_bytes=size)
        dataset.found, dataset.sheet = found.facts, found.sheet
        session.add(dataset)
        shelf.put(var, made, file)
        try:
            save(session, name)
        except DatasetProblem:
            shelf.take_away(var, file, lambda: has_file(session, file))
            raise
        shelf.put(var, made, file)  # again, where it was deleted at this very moment
    return dataset


def read(uploads: Sequence[Upload], folder: Path) -> tuple[Path, Found]:
    """The file that is kept of an upload, and what is in it. Raises UploadProblem, DatasetError."""
    budget = Budget(packed=sum(map(size_of, uploads)), limits=DATASET)
    kinds = {kind_of(upload, budget) for upload in uploads}
    if len(uploads) > 1 and kinds != {"idx"}:
        raise UploadProblem("Choose one file; only idx files come as several. Put pictures into a zip or tar archive.")
    (kind,) = kinds
    name = safe_path(uploads[0].filename or "upload").name[:NAME_LONGEST]
    made = (folder / (name if name.isprintable() and name else "upload")).with_suffix(SUFFIXES[kind])
    if kind == "pictures":
        return made, keep_pictures(uploads[0], made, budget)
    if kind == "table":
        return made, keep_table(uploads[0], made, budget)
    if kind == "arrays":
        return made, keep_arrays(uploads[0], made, budget)
    keep_idx(uploads, made, budget)
    return made, found_of(made)


@contextmanager
def told(upload: Upload) -> Iterator[None]:
    """Turns what is wrong with a file into a DatasetProblem that names it."""
    try:
        yield
    except (UploadProblem, DatasetError) as problem:
        raise DatasetProblem(f"“{(upload.filename or '')[-80:]}” was not taken. {problem}") from problem
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DatasetProblem(
            "There is no room left on the server's disk for this data set. Nothing was kept."
        ) from error


def check_new(session: Session, owner: User, file: str, size: int, most_bytes: int) -> None:
    """That the owner has no such data set yet, and room for it. Raises DatasetProblem.

    Two at once would both find room, so until the transaction ends nobody else keeps any for this owner.
    """
    session.execute(update(User).where(User.id == owner.id).values(name=User.name))
    same = session.scalar(select(Dataset.name).where(Dataset.owner_id == owner.id, Dataset.file == file))
    if same is not None:
        raise DatasetProblem(f"You have this data set already: it is called “{same}”.", why="taken")
    kept = session.scalar(select(func.sum(Dataset.size_bytes)).where(Dataset.owner_id == owner.id)) or 0
    if kept + size > most_bytes:
        raise DatasetProblem(
            f"You may keep {most_bytes / GIB:g} GiB of data sets here, and have {int(kept) / GIB:.2f} GiB. This one has "
            f"{size / GIB:.2f} GiB; please delete another first."
        )


def checked_name(session: Session, owner: User, name: str, besides: int | None = None) -> str:
    """The name as it is kept. Raises DatasetProblem."""
    name = " ".join(name.split())
    if not name:
        raise DatasetProblem("Please give the data set a name.", "name")
    if len(name) > NAME_LONGEST:
        raise DatasetProblem(f"A name has at most {NAME_LONGEST} characters; this one has {len(name):,}.", "name")
    if not name.isprintable():
        raise DatasetProblem("The name has characters that cannot be shown.", "name")
    taken = session.scalar(select(Dataset.id).where(Dataset.owner_id == owner.id, Dataset.name == name))
    if taken not in (None, besides):
        raise name_taken(name)
    return name


def name_taken(name: str) -> DatasetProblem:
    """The refusal of a second data set of a name."""
    return DatasetProblem(f"You have a data set called “{name}” already. Please choose another name.", "name", "taken")


def name_of(upload: Upload) -> str:
    """A name for what was given none: that of its file."""
    name = (upload.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    for suffix in (".gz", ".tgz", ".tar", ".zip", ".csv", ".npz", "-idx3-ubyte", "-idx1-ubyte"):
        name = name.removesuffix(suffix)
    return "".join(c for c in name if c.isprintable())[:NAME_LONGEST] or "data"


def save(session: Session, name: str) -> None:
    """Commit; somebody in another tab may have been faster. Raises DatasetProblem."""
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise name_taken(name) from error


def rename(session: Session, dataset: Dataset, name: str) -> None:
    """Another name, committed. Experiments know the data set by its file, so nothing else changes. Raises DatasetProblem."""
    dataset.name = checked_name(session, dataset.owner, name, besides=dataset.id)
    save(session, dataset.name)


def delete(session: Session, var: Path, dataset: Dataset) -> None:
    """Take it away for good, its file too when nobody else has the same. Raises InUse."""
    waiting = sum(not State(trial.state).ended for use in used_by(session, dataset) for trial in use.trials)
    if waiting and not shared(session, dataset):
        raise InUse(f"{waiting:,} trial{'s' if waiting > 1 else ''} of it wait or train. Stop them, then delete it.")
    file = dataset.file
    session.delete(dataset)
    session.commit()
    shelf.take_away(var, file, lambda: has_file(session, file))


def has_file(session: Session, file: str) -> bool:
    """Whether anybody has this file, as the database knows it now."""
    session.rollback()
    return session.scalar(select(Dataset.id).where(Dataset.file == file).limit(1)) is not None


def shared(session: Session, dataset: Dataset) -> bool:
    """Whether somebody else has uploaded the same, so that its file stays."""
    others = select(Dataset.id).where(Dataset.file == dataset.file, Dataset.id != dataset.id)
    return session.scalar(others.limit(1)) is not None


def path_of(dataset: Dataset) -> str:
    """What a spec's ``data.path`` says to use it."""
    return f"{UPLOADS}/{dataset.file}"


def data_of(dataset: Dataset) -> dict[str, Any]:
    """What a spec's ``data`` says to use it."""
    predict = dataset.found.get("predict")
    return {"kind": dataset.kind, "path": path_of(dataset), **({"predict": predict} if predict else {})}


def used_by(session: Session, dataset: Dataset, viewer: User | None = None) -> list[Experiment]:
    """The experiments whose spec names it, newest first: those that the viewer sees, or all."""
    facts = select(SpecFact.experiment_id).where(SpecFact.name == "data.path", SpecFact.text == path_of(dataset))
    found = select(Experiment).where(Experiment.id.in_(facts)).options(selectinload(Experiment.trials))
    found = found if viewer is None else found.where(policy.seen_by(viewer))
    return list(session.scalars(found.order_by(Experiment.id.desc()).limit(1000)))


def visible_to(session: Session, user: User) -> list[Dataset]:
    """A person's own data sets, newest first; for administrators everybody's."""
    return list(session.scalars(seen_by(user).order_by(Dataset.id.desc())))


def seen_by(user: User) -> Select[Dataset]:
    """The query of those data sets, with their owners."""
    query = select(Dataset).options(selectinload(Dataset.owner))
    return query if user.is_administrator else query.where(Dataset.owner_id == user.id)


def own(session: Session, user: User) -> list[Dataset]:
    """A person's own data sets by name, to choose from."""
    return list(session.scalars(select(Dataset).where(Dataset.owner_id == user.id).order_by(Dataset.name)))
