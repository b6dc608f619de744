"""Folders and archives of pictures by class."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dlcore.data import pictures
from dlcore.data.cifar10 import CLASSES
from dlcore.data.cifar10_jpeg import CIFAR10JPEG
from dlcore.data.image_folder import ImageFolder
from dlcore.data.listing import listing_of
from dlcore.data.pictures import decode_picture
from dlcore.data.prepare import prepare
from dlcore.data.split import Split
from dlcore.errors import DatasetError, DatasetUnreadable
from dlcore.preprocess.scale import Scale
from dlcore.validation import SpecInvalid, parse_spec
from tests.conftest import needs_data

Files = dict[str, bytes]


def encoded(pixels: NDArray[Any], kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def plain(value: int, size: tuple[int, int] = (4, 4)) -> bytes:
    """A grey picture of one value, as PNG."""
    return encoded(np.full(size, value, np.uint8))


PETS: Files = {
    "dogs/1.png": plain(10),
    "cats/1.png": plain(20),
    "cats/2.PNG": plain(30),
    "cats/old/3.png": plain(40),
    "cats/notes.txt": b"no picture",
    "cats/.hidden.png": b"no picture",
    "__MACOSX/cats/1.png": b"no picture",
    "loose.png": plain(50),
}
DIVIDED: Files = {f"{part}/{name}": content for part in ("train", "test") for name, content in list(PETS.items())[:3]}


def as_folder(place: Path, files: Files) -> None:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def as_zip(place: Path, files: Files) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def as_tar(place: Path, files: Files) -> None:
    with tarfile.open(place, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


every_form = pytest.mark.parametrize("make", [as_folder, as_zip, as_tar])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    monkeypatch.delenv("DESCENT_VAR", raising=False)
    return tmp_path


def problem_of(**data: Any) -> tuple[str, str]:
    with pytest.raises(SpecInvalid) as raised:
        parse_spec({"data": {"kind": "image_folder", "path": "pets", **data}, "network": {"kind": "softmax"}})
    (problem,) = raised.value.problems
    return problem.path, problem.message


@every_form
@pytest.mark.parametrize("top", ["", "pets-v1/", "a/b/"])
def test_a_folder_is_a_class(folder: Path, make: Callable[[Path, Files], None], top: str) -> None:
    make(folder / "pets", {top + name: content for name, content in PETS.items() if name != "loose.png" or not top})
    data = ImageFolder(path="pets", height=4, width=4, channels="grey")
    given, test = data.read()
    assert test is None
    assert (data.class_names, data.classes, data.size) == (("cats", "dogs"), 2, 4)
    assert given.inputs.shape == (4, 1, 4, 4)
    assert given.inputs.dtype == np.uint8
    assert {(int(x.max()), int(y)) for x, y in zip(given.inputs, given.labels, strict=True)} == {
        (10, 1),
        (20, 0),
        (30, 0),
        (40, 0),
    }


@every_form
def test_train_and_test_are_the_publishers_parts(folder: Path, make: Callable[[Path, Files], None]) -> None:
    make(folder / "pets", DIVIDED)
    data = ImageFolder(path="pets", split=Split(validation=0))
    given, test = data.read()
    assert test is not None
    assert (len(given.labels), len(test.labels), data.size) == (3, 3, 3)
    assert [len(part.labels) for _, part in prepare(data, 0).named()] == [3, 0, 3]


def test_parts_may_be_written_in_other_ways(folder: Path) -> None:
    as_folder(folder / "pets", {f"Training/{k}/1.png": plain(1) for k in "ab"} | {"Testing/a/1.png": plain(1)})
    listing = listing_of(folder / "pets")
    assert (listing.classes, len(listing.train), len(listing.test)) == (("a", "b"), 2, 1)


def test_a_third_part_is_not_taken_for_a_class(folder: Path) -> None:
    as_folder(folder / "pets", {**DIVIDED, "val/cats/1.png": plain(1)})
    path, message = problem_of()
    assert path == "data.path"
    assert "val/" in message


def test_classes_may_be_called_like_parts(folder: Path) -> None:
    as_folder(folder / "pets", {"train/1.png": plain(1), "bus/1.png": plain(2), "test/1.png": plain(2)})
    assert listing_of(folder / "pets").classes == ("bus", "test", "train")


def test_a_test_class_that_nobody_trains_is_told(folder: Path) -> None:
    as_folder(folder / "pets", {**DIVIDED, "test/birds/1.png": plain(1)})
    path, message = problem_of()
    assert path == "data.path"
    assert "'birds'" in message


def test_pictures_of_any_kind_and_size_become_one_shape(folder: Path) -> None:
    red = np.zeros((30, 50, 3), np.uint8)
    red[..., 0] = 200
    files = {f"a/{kind}.{kind.lower()}": encoded(red, kind) for kind in ("PNG", "JPEG", "BMP", "GIF", "WEBP")}
    as_folder(folder / "pets", {**files, "b/grey.png": plain(90), "b/wide.png": plain(90, (3, 300))})
    data = ImageFolder(path="pets", height=6, width=9)
    given, _ = data.read()
    assert given.inputs.shape == (7, *data.input_shape) == (7, 3, 6, 9)
    reds = given.inputs[given.labels == 0].astype(int)
    assert np.abs(reds - np.array([200, 0, 0])[:, None, None]).max() <= 6
    assert set(given.inputs[given.labels == 1].ravel().tolist()) == {90}


def test_rows_and_columns_are_not_mixed_up() -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert np.array_equal(decode_picture("x.png", encoded(pixels), (3, 2, 4)), pixels.transpose(2, 0, 1))


def test_sixteen_bits_keep_their_upper_eight() -> None:
    deep = np.array([[0, 256 * 100, 65535]], np.uint16)
    assert decode_picture("x.png", encoded(deep), (1, 1, 3)).tolist() == [[[0, 100, 255]]]


def test_shrinking_takes_means_and_not_single_pixels() -> None:
    board = np.indices((64, 64)).sum(0) % 2 * 255
    done = decode_picture("x.png", encoded(board.astype(np.uint8)), (1, 4, 4))
    assert np.abs(done.astype(int) - 127).max() < 12


def bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in some bytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb(), r"bad\.png cannot be read"),
        (b"", r"bad\.png cannot be read"),
        (b"no picture at all", r"bad\.png cannot be read"),
        (plain(3)[:-20], r"bad\.png cannot be read"),
        (encoded(np.zeros((4, 4), np.uint8), "TIFF"), r"bad\.png cannot be read"),  # no format that is asked for
    ],
)
@every_form
def test_a_bad_picture_is_named(folder: Path, make: Callable[[Path, Files], None], content: bytes, words: str) -> None:
    make(folder / "pets", {**PETS, "dogs/bad.png": content})
    with pytest.raises(DatasetUnreadable, match=words):
        ImageFolder(path="pets").read()


def test_a_picture_with_too_many_pixels_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 15)
    with pytest.raises(DatasetUnreadable, match="at most 15"):
        decode_picture("x.png", plain(1), (1, 4, 4))


def test_what_is_said_of_a_picture_can_be_written_down_though_its_name_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnreadable) as refusal:
        decode_picture("cats/\udcff.png", b"no picture", (1, 4, 4))
    assert "?.png cannot be read" in str(refusal.value)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"one/1.png": plain(1)}, "found 1 such"),
        ({"1.png": plain(1), "2.png": plain(2)}, "found 0 such"),
        ({"notes.txt": b""}, "found 0 such"),
    ],
)
@every_form
def test_what_has_no_classes_is_a_problem_of_its_path(
    folder: Path, make: Callable[[Path, Files], None], files: Files, words: str
) -> None:
    make(folder / "pets", files)
    path, message = problem_of()
    assert path == "data.path"
    assert words in message


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 damaged", b"\x1f\x8b damaged"])
def test_what_is_no_archive_is_a_problem_of_its_path(folder: Path, content: bytes) -> None:
    (folder / "pets").write_bytes(content)
    path, message = problem_of()
    assert path == "data.path"
    assert "pets cannot be read" in message


def test_half_an_archive_is_a_problem_of_its_path(folder: Path) -> None:
    as_tar(folder / "whole", {f"{name}/{k}.png": plain(k) for name in "ab" for k in range(200)})
    content = (folder / "whole").read_bytes()
    (folder / "pets").write_bytes(content[: len(content) // 2])
    assert problem_of()[0] == "data.path"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "Path is required"),
        ("elsewhere", "there is no elsewhere"),
        ("../pets", "within the folder"),
        ("/", "within"),
    ],
)
def test_a_missing_path_is_a_problem_of_its_field(folder: Path, path: str, words: str) -> None:
    found, message = problem_of(path=path)
    assert found == "data.path"
    assert words in message


def test_links_within_a_folder_are_passed_by(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    as_folder(outside, {"secret.png": plain(99)})
    as_folder(folder / "pets", PETS)
    (folder / "pets/dogs/link.png").symlink_to(outside / "secret.png")
    (folder / "pets/birds").symlink_to(outside)
    given, _ = ImageFolder(path="pets").read()
    assert 99 not in given.inputs
    assert listing_of(folder / "pets").classes == ("cats", "dogs")


def test_a_link_in_an_archive_is_passed_by(folder: Path) -> None:
    as_tar(folder / "plain", PETS)
    with tarfile.open(folder / "pets", "w") as archive:
        with tarfile.open(folder / "plain") as source:
            for member in source:
                archive.addfile(member, source.extractfile(member))
        link = tarfile.TarInfo("dogs/link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
    assert len(ImageFolder(path="pets").read()[0].labels) == 4


def test_pictures_that_come_later_are_found(folder: Path) -> None:
    as_folder(folder / "pets", PETS)
    assert ImageFolder(path="pets").size == 4
    as_folder(folder / "pets", {"birds/1.png": plain(60), "dogs/2.png": plain(70)})
    assert (ImageFolder(path="pets").size, ImageFolder(path="pets").classes) == (6, 3)


def test_other_sizes_are_kept_apart_in_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_folder(folder / "pets", PETS)
    monkeypatch.setenv("DESCENT_VAR", str(folder / "var"))
    for _ in range(2):
        shapes = [ImageFolder(path="pets", height=h).read()[0].inputs.shape for h in (8, 16)]
        assert shapes == [(4, 3, 8, 32), (4, 3, 16, 32)]
    assert len(list((folder / "var/cache").iterdir())) == 2


def test_more_than_fits_into_memory_is_told_before_anything_runs(folder: Path) -> None:
    as_zip(folder / "pets", {f"{name}/{k}.png": b"" for name in "ab" for k in range(400)})
    path, message = problem_of(height=1024, width=1024)
    assert path == "data.height"
    assert "2.5 GB" in message


def test_validation_from_a_test_folder_that_is_not_there_is_told(folder: Path) -> None:
    as_folder(folder / "pets", PETS)
    assert problem_of(split={"validation_from": "test"})[0] == "data.split.validation_from"


def test_the_network_sees_the_declared_size(folder: Path) -> None:
    as_folder(folder / "pets", PETS)
    data = {"kind": "image_folder", "path": "pets", "height": 28, "width": 28, "channels": "grey"}
    assert parse_spec({"data": data, "network": {"kind": "lenet5"}}).data.network_shape == (1, 28, 28)


def test_cifar10_in_jpeg_is_read_with_its_classes(folder: Path) -> None:
    (folder / "cifar10_jpeg").mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    files = {f"{part}/{name}/0000.jpg": encoded(noise, "JPEG") for part in ("train", "test") for name in CLASSES}
    as_tar(folder / "cifar10_jpeg/cifar10-jpeg.tar.gz", files)
    data = CIFAR10JPEG(split=Split(validation=0), preprocess=(Scale(),))
    parts = prepare(data, 0)
    assert parts.training.inputs.shape == parts.test.inputs.shape == (10, 3, 32, 32)
    assert parts.training.labels.tolist() == list(range(10))
    assert data.name() == "CIFAR-10 (JPEG)"


def test_another_archive_is_not_taken_for_cifar10(folder: Path) -> None:
    (folder / "cifar10_jpeg").mkdir()
    as_tar(folder / "cifar10_jpeg/cifar10-jpeg.tar.gz", PETS)
    with pytest.raises(DatasetError, match="airplane"):
        CIFAR10JPEG().read()


def test_all_pictures_of_the_real_cifar10_archive_are_listed() -> None:
    needs_data("cifar10_jpeg")
    listing = CIFAR10JPEG().listing()
    assert (len(listing.train), len(listing.test)) == (50_000, 10_000)
    assert np.bincount([label for _, label in listing.train]).tolist() == [5000] * 10
    assert np.bincount([label for _, label in listing.test]).tolist() == [1000] * 10


def test_real_handwriting_is_sorted_by_alphabet() -> None:
    needs_data("omniglot")
    data = ImageFolder(path="omniglot/images_background_small1.zip", channels="grey", height=28, width=28)
    assert (data.size, data.class_names[0], data.classes) == (2720, "Balinese", 5)
