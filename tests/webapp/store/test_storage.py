"""What every storage must do, a folder and a bucket of a real S3 service alike."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.settings import Settings, SettingsInvalid
from webapp.store.bucket import Bucket
from webapp.store.storage import BadKey, Folder, NotKept, StorageAway, storage_of


@pytest.fixture(params=["folder", "bucket"])
def storage(request, tmp_path):
    if request.param == "folder":
        return Folder(tmp_path)
    return Bucket(request.getfixturevalue("bucket"), 5)


def test_what_is_put_is_read(storage):
    storage.put("trial-1/filters/a.png", b"one")
    storage.put("trial-1/filters/a.png", b"two")
    assert storage.read("trial-1/filters/a.png") == b"two"
    assert b"".join(storage.pieces("trial-1/filters/a.png")) == b"two"
    with storage.reading("trial-1/filters/a.png") as path:
        assert path.read_bytes() == b"two"


def test_a_large_file_goes_in_and_out(storage):
    content = bytes(range(256)) * 40_000  # more than one part of an upload
    with storage.writing("trial-1/checkpoint/1.safetensors") as path:
        path.write_bytes(content)
    assert storage.read("trial-1/checkpoint/1.safetensors") == content


def test_what_was_not_written_to_its_end_is_not_kept(storage):
    with contextlib.suppress(ZeroDivisionError), storage.writing("trial-1/filters/a.png") as path:
        path.write_bytes(b"half")
        raise ZeroDivisionError
    with pytest.raises(NotKept):
        storage.read("trial-1/filters/a.png")


def test_what_is_not_there_is_told(storage):
    storage.check()
    for look in (storage.read, storage.pieces, lambda key: storage.reading(key).__enter__()):
        with pytest.raises(NotKept):
            look("trial-1/filters/a.png")


def test_deleting_takes_one_and_may_be_repeated(storage):
    for name in "ab":
        storage.put(f"trial-1/filters/{name}.png", b"x")
    for _ in range(2):
        storage.delete("trial-1/filters/a.png")
    assert storage.read("trial-1/filters/b.png") == b"x"
    with pytest.raises(NotKept):
        storage.read("trial-1/filters/a.png")


def test_a_folder_goes_whole_and_no_other_with_it(storage):
    for trial in (1, 12):
        for name in "ab":
            storage.put(f"trial-{trial}/filters/{name}.png", b"x")
    storage.delete_folder("trial-1")
    with pytest.raises(NotKept):
        storage.read("trial-1/filters/b.png")
    assert storage.read("trial-12/filters/a.png") == b"x"


def test_what_nobody_names_any_more_is_swept_out_of_a_folder_alone(storage):
    keys = [f"trial-1/checkpoint/{name}" for name in ("1", "2", "3")] + [
        "trial-1/checkpoint/deeper/1",
        "trial-1/best/1",
    ]
    for key in keys:
        storage.put(key, b"x")
    if isinstance(storage, Folder):
        storage.path("trial-1/checkpoint/x").with_name(".4.123").write_bytes(b"half")
    storage.keep_only("trial-1/checkpoint", {keys[1]})
    assert [key for key in keys if is_kept(storage, key)] == keys[1:2] + keys[3:]
    if isinstance(storage, Folder):
        assert not storage.path("trial-1/checkpoint/x").with_name(".4.123").exists()


def is_kept(storage, key):
    with contextlib.suppress(NotKept):
        return storage.read(key) == b"x"


@pytest.mark.parametrize(
    "key",
    ["../secret", "trial-1/../../secret", "/etc/passwd", "trial-1//x", "trial-1/.hidden", "", "trial-1", "a\\b/c",
     "trial-1/..", "trial-1/x\x00", "trial-1/x\n", "trial-1/%2e%2e/x y"],
)  # fmt: skip
def test_no_key_leads_out(tmp_path, key):
    for act in (Folder(tmp_path).read, Folder(tmp_path).delete, Bucket("s3://somewhere", 1).object_name):
        with pytest.raises(BadKey):
            act(key)


def test_nothing_is_left_beside_a_file(tmp_path):
    Folder(tmp_path).put("trial-1/filters/a.png", b"x")
    assert [path.name for path in (tmp_path / "trial-1" / "filters").iterdir()] == ["a.png"]
    Folder(tmp_path).delete("trial-1/filters/a.png")
    assert list(tmp_path.iterdir()) == []


def test_two_who_write_and_delete_in_one_folder_do_not_disturb_each_other(tmp_path):
    storage = Folder(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(put_and_delete, storage, f"trial-1/checkpoint/{name}") for name in "ab"]
        assert [job.result() for job in work] == [100, 100]


def put_and_delete(storage, key):
    for _ in range(100):
        storage.put(key, b"x")
        storage.delete(key)
    return 100


def test_a_shared_folder_that_is_gone_is_away_and_not_empty(tmp_path):
    with pytest.raises(StorageAway, match="is not there"):
        Folder(tmp_path / "gone").reading("trial-1/filters/a.png").__enter__()


def test_a_bucket_that_is_away_or_refuses_is_told_in_a_sentence(bucket, monkeypatch):
    with pytest.raises(StorageAway, match=r"s3://no-such-bucket refuses: "):
        Bucket("s3://no-such-bucket", 1).check()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = Bucket(bucket, 1)
    for act in (away.check, lambda: away.put("trial-1/a", b""), lambda: away.delete_folder("trial-1")):
        with pytest.raises(StorageAway, match=r"s3://test-.* cannot be reached"):
            act()


def test_the_environment_says_where(tmp_path, bucket):
    assert storage_of(Settings(DESCENT_VAR=tmp_path)).root == tmp_path / "artifacts"
    assert storage_of(Settings(DESCENT_VAR=tmp_path, DESCENT_ARTIFACTS=str(tmp_path / "shared"))).root.name == "shared"
    kept = storage_of(Settings(DESCENT_VAR=tmp_path, DESCENT_ARTIFACTS=bucket))
    assert kept.object_name("trial-1/a") == "descent/trial-1/a"
    assert storage_of(Settings(DESCENT_VAR=tmp_path, DESCENT_ARTIFACTS="s3://one")).object_name("t/a") == "t/a"


@pytest.mark.parametrize("place", ["s3://", "s3:///prefix", "gs://bucket", "https://bucket"])
def test_another_kind_of_address_is_refused(monkeypatch, place):
    monkeypatch.setenv("DESCENT_ARTIFACTS", place)
    with pytest.raises(SettingsInvalid, match=r"DESCENT_ARTIFACTS: .*s3://bucket/prefix"):
        Settings.from_environment()
