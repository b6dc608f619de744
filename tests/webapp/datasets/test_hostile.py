"""Uploads that are broken or made to harm: each is refused with a sentence that names the file, and nothing of it is kept."""

import pickle
import struct
import tarfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from tests.webapp.datasets.files import (
    PETS,
    bomb,
    flipped,
    giant_png,
    gz,
    idx,
    link_in_zip,
    lying_zip,
    member,
    npy,
    npz,
    picture,
    sent,
    sparse,
    tarred,
    zipped,
)
from webapp.datasets import service
from webapp.datasets.limits import DATASET
from webapp.models import Dataset, User, db

LABELS = idx([0, 1])
HUGE_FIELD = b"a,b\n" + b"x" * 200_000 + b",1\n"
PIXELS = np.zeros((2, 4, 4))


class Harm:
    """Runs something where it is unpickled."""

    def __reduce__(self) -> Any:
        return (exec, ("raise SystemExit('a pickle was loaded')",))


REFUSED: dict[str, tuple[dict[str, bytes], str]] = {
    "zip slip": ({"a.zip": zipped({**PETS, "../../cats/evil.png": picture()})}, "leads out of its archive"),
    "zip slip with backslashes": ({"a.zip": zipped({**PETS, "..\\cats\\evil.png": picture()})}, "leads out"),
    "absolute path in a zip": ({"a.zip": zipped({**PETS, "/etc/cats/evil.png": picture()})}, "leads out"),
    "absolute path in a tar": ({"a.tar": tarred({**PETS, "/etc/cats/evil.png": picture()})}, "leads out"),
    "tar slip": ({"a.tar": tarred({**PETS, "a/../../evil.png": picture()})}, "leads out"),
    "link in a zip": ({"a.zip": link_in_zip()}, "is a link"),
    "symbolic link in a tar": ({"a.tar": tarred(PETS, "w", member(tarfile.SYMTYPE))}, "is a link"),
    "hard link in a tar": ({"a.tar.gz": tarred(PETS, "w:gz", member(tarfile.LNKTYPE))}, "is a link"),
    "device in a tar": ({"a.tar": tarred(PETS, "w", member(tarfile.CHRTYPE))}, "no ordinary file"),
    "pipe in a tar": ({"a.tar": tarred(PETS, "w", member(tarfile.FIFOTYPE))}, "no ordinary file"),
    "bomb in a zip": ({"a.zip": bomb()}, f"more than {DATASET.ratio} times its size"),
    "bomb in a tar.gz": ({"a.tgz": gz(tarred({"cats/a.png": bytes(40 << 20)}))}, f"more than {DATASET.ratio} times"),
    "bomb in an idx": ({"a.gz": gz(idx(np.zeros((40, 1024, 1024)))), "b": idx(range(40))}, "times its size"),
    "bomb in a bomb": ({"a.gz": gz(bytes(1 << 20), 3)}, "neither a tar archive nor an idx file"),
    "a zip that lies about sizes": ({"a.zip": lying_zip()}, "cut off or damaged"),
    "half a zip": ({"a.zip": zipped(PETS)[:-60]}, "cut off or damaged"),
    "a zip with a damaged head": ({"a.zip": flipped(zipped(PETS), b"PK\x03\x04", 1)}, "cut off or damaged"),
    "a tar with a damaged head": ({"a.tar": flipped(tarred(PETS), b"pets/dogs/0.png")}, "cut off or damaged"),
    "a tar without its end": ({"a.tar": tarred(PETS).split(b"pets/dogs/0.png")[0]}, "cut off or damaged"),
    "an odd map of holes in a tar": ({"a.tar": tarred(PETS, "w", sparse("GNU.sparse.size"))}, "cut off or damaged"),
    "half a tar.gz": ({"a.tgz": tarred(PETS, "w:gz")[:-60]}, "cut off or damaged"),
    "a picture with too many pixels": ({"a.zip": zipped({**PETS, "dogs/9.png": giant_png()})}, "“dogs/9.png” has more"),
    "a picture just above the limit": ({"a.zip": zipped({**PETS, "dogs/9.png": giant_png(10_000, 5_001)})}, "pixels"),
    "no picture": ({"a.zip": zipped({**PETS, "dogs/9.png": b"hello"})}, "“dogs/9.png” is no picture"),
    "a picture in another disguise": (
        {"a.zip": zipped({**PETS, "dogs/9.png": b"%!PS-Adobe-3.0 EPSF"})},
        "is no picture",
    ),
    "one class": ({"a.zip": zipped({"cats/1.png": picture()})}, "at least two folders"),
    "no pictures": ({"a.zip": zipped({"readme.txt": b"hello"})}, "at least two folders"),
    "names that cannot be shown": ({"a.zip": zipped({**PETS, "ca\x1b[2Jts/1.png": picture()})}, "cannot be shown"),
    "a name that is too long": ({"a.zip": zipped({**PETS, "c" * 101 + "/1.png": picture()})}, "too long a name"),
    "objects in an npz": ({"a.npz": npz(x=np.array([Harm(), Harm()]), y=np.array([0, 1]))}, "Python objects never are"),
    "labels that are objects": ({"a.npz": npz(x=PIXELS, y=np.array([Harm(), None]))}, "Python objects never are"),
    "text in an npz": ({"a.npz": npz(x=np.array(["a", "b"]), y=np.array([0, 1]))}, "only numbers are read"),
    "an npz without x and y": ({"a.npz": npz(a=PIXELS)}, "expected arrays x and y"),
    "an npz with a pickle for an array": ({"a.npz": zipped({"x.npy": pickle.dumps([1]), "y.npy": b""})}, "magic"),
    "an npz that promises too much": (
        {"a.npz": zipped({"x.npy": npz(x=PIXELS, y=PIXELS)[:1], "y.npy": b"\x93NUMPY\x01\x00"})},
        "cannot be read",
    ),
    "an npz with a damaged head": ({"a.npz": flipped(npz(x=PIXELS, y=[0, 1]), b"PK\x03\x04", 1)}, "cut off or damaged"),
    "a shape that is none": ({"a.npz": zipped({"x.npy": npy("(True, 4)"), "y.npy": npy("(1,)")})}, "which is none"),
    "a shape that goes deep": ({"a.npz": zipped({"x.npy": npy("-" * 9000 + "1"), "y.npy": b""})}, "cannot be read"),
    "an npz without examples": ({"a.npz": npz(x=PIXELS[:0], y=np.zeros(0, int))}, "no example in it"),
    "idx without examples": ({"a": idx(PIXELS[:0]), "b": idx([])}, "no example in it"),
    "a pickle": ({"a.csv": pickle.dumps({"x": 1})}, "never loaded"),
    "a single array": ({"a.npy": b"\x93NUMPY\x01\x00"}, "numpy.savez"),
    "nothing": ({"a.csv": b""}, "It is empty"),
    "rubbish": ({"a.idx": b"\x01\x02\x00\x03" * 9}, "an idx file begins with two zero bytes"),
    "ragged rows": ({"a.csv": b"a,b\n1,2\n3\n"}, "line 3 has 1 cells, the first one 2"),
    "a huge field": ({"a.csv": HUGE_FIELD}, "field larger than field limit"),
    "two columns of a name": ({"a.csv": b"a,a\n1,2\n"}, "two columns are called 'a'"),
    "names alone": ({"a.csv": b"a,b\n"}, "no line below its names"),
    "Latin-1": ({"a.csv": "a,b\nä,1\n".encode("latin-1")}, "not text in UTF-8"),
    "UTF-16": ({"a.csv": "a,b\n1,2\n".encode("utf-16")}, "Save it as UTF-8"),
    "NUL later in a table": ({"a.csv": b"a,b\n" + b"1,2\n" * 200 + b"\x00,2\n"}, "line 202 holds the character NUL"),
    "a link whose name is no text": ({"a.tar": tarred(PETS, "w", member(tarfile.SYMTYPE, "\udcff"))}, "“?” is a link"),
    "a name that is no text": ({"a.tar": tarred({**PETS, "cats/\udcff.png": picture()})}, "is not in UTF-8"),
    "an open quote": ({"a.csv": b'a,b\n"1,2\n'}, "cannot be read"),
    "idx without labels": ({"a-idx3": idx(PIXELS)}, "There are no labels"),
    "idx labels alone": ({"a-idx1": LABELS}, "There are no inputs"),
    "idx that promises more": ({"a": idx(PIXELS, (3, 4, 4)), "b": idx([0, 1, 2])}, "fewer follow"),
    "idx with more than promised": ({"a": idx(PIXELS, (1, 4, 4)), "b": idx([0])}, "more follow"),
    "idx of a thousand terabytes": ({"a": idx([], (2**32 - 1,) * 3), "b": LABELS}, "promises more than"),
    "idx with another number of labels": ({"a": idx(PIXELS), "b": idx([0, 1, 1])}, "3 labels"),
    "idx twice": ({"a": idx(PIXELS), "b": idx(PIXELS), "c": LABELS}, "are both inputs"),
    "idx with half a head": ({"a": struct.pack(">BBBBH", 0, 0, 8, 3, 1), "b": LABELS}, "ends within its head"),
    "several files": ({"a.csv": b"a,b\n1,2\n", "b.csv": b"a,b\n1,2\n"}, "Choose one file"),
    "a name that leads out": ({"..": b"a,b\n1,2\n"}, "leads out"),
}


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Somebody, in a session."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('hostile')}/db.sqlite3")
    db.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(username="ada", email="ada@example.com"))
        session.commit()
        yield session.scalars(select(User)).one()


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_sentence_and_nothing_stays(owner: User, tmp_path: Path, what: str) -> None:
    files, sentence = REFUSED[what]
    session = Session.object_session(owner)
    assert session is not None
    with pytest.raises(service.DatasetProblem) as refused:
        service.add(session, tmp_path, owner, sent(**files), "", 1 << 30)
    assert sentence in refused.value.message
    assert f"“{next(iter(files))}”" in refused.value.message
    assert list((tmp_path / "data" / "uploads").iterdir()) == []
    assert session.scalar(select(func.count(Dataset.id))) == 0


def test_more_files_than_are_allowed_are_refused_before_they_are_looked_at(owner: User, tmp_path: Path) -> None:
    session = Session.object_session(owner)
    assert session is not None
    crowd = bytearray(zipped(PETS))
    crowd[-10:-6] = struct.pack("<I", 1001 * DATASET.files)  # what its list of files is said to take
    with pytest.raises(service.DatasetProblem, match=f"at most {DATASET.files:,} files"):
        service.add(session, tmp_path, owner, sent(crowd__zip=bytes(crowd)), "", 1 << 30)


def test_uploads_at_the_same_moment_keep_no_more_than_one_person_may(sessions: Any, tmp_path: Path) -> None:
    """On PostgreSQL as well, where both would read before either writes."""
    with sessions() as session:
        owner = User(username="grace", email="grace@example.com")
        session.add(owner)
        session.commit()
    tables = [f"a,b\n{n},1\n{n},2\n".encode() for n in range(10, 14)]
    begin = Barrier(len(tables))

    def keep(content: bytes) -> None:
        with sessions() as session, suppress(service.DatasetProblem):
            me = session.get_one(User, owner.id)
            begin.wait()
            service.add(session, tmp_path, me, sent(a__csv=content), f"of {content[4:6].decode()}", 2 * len(content))

    with ThreadPoolExecutor(len(tables)) as pool:
        list(pool.map(keep, tables))
    with sessions() as session:
        assert session.scalar(select(func.sum(Dataset.size_bytes))) <= 2 * len(tables[0])
