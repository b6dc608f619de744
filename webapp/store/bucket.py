"""Artifacts in a bucket of an S3-compatible service. Keys, region and endpoint come from the usual AWS variables."""

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from webapp.store.storage import PIECE, NotKept, Storage, StorageAway, checked

MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
CONNECT_S = 1.5
AT_ONCE = 64  # connections that are kept: many pages may show pictures at a time


class Bucket(Storage):
    """Objects ``prefix/KEY`` of a bucket. An object is there whole or not at all, as S3 has it."""

    is_remote = True

    def __init__(self, url: str, patience_s: float) -> None:
        parts = urlsplit(url)
        self.url, self.bucket = url, parts.netloc
        self.prefix = f"{parts.path.strip('/')}/".lstrip("/")
        self.client: Any = boto3.client("s3", config=configuration(patience_s))

    def object_name(self, key: str) -> str:
        """What the object of a key is called."""
        return f"{self.prefix}{checked(key)}"

    @contextlib.contextmanager
    def writing(self, key: str) -> Iterator[Path]:
        """A file of this machine, sent in parts when the block ends."""
        name = self.object_name(key)
        with tempfile.TemporaryDirectory(prefix="descent-") as folder:
            path = Path(folder) / "content"
            yield path
            with self.told():
                self.client.upload_file(str(path), self.bucket, name)

    @contextlib.contextmanager
    def reading(self, key: str) -> Iterator[Path]:
        """A copy on this machine, for as long as the block takes."""
        name = self.object_name(key)
        with tempfile.TemporaryDirectory(prefix="descent-") as folder:
            path = Path(folder) / "content"
            with self.told(key):
                self.client.download_file(self.bucket, name, str(path))
            yield path

    def put(self, key: str, content: bytes) -> None:
        with self.told():
            self.client.put_object(Bucket=self.bucket, Key=self.object_name(key), Body=content)

    def read(self, key: str) -> bytes:
        return b"".join(self.pieces(key))

    def pieces(self, key: str) -> Iterator[bytes]:
        with self.told(key):
            body = self.client.get_object(Bucket=self.bucket, Key=self.object_name(key))["Body"]

        def read() -> Iterator[bytes]:
            with contextlib.closing(body), self.told():
                yield from body.iter_chunks(PIECE)

        return read()

    def delete(self, key: str) -> None:
        with self.told():
            self.client.delete_object(Bucket=self.bucket, Key=self.object_name(key))

    def delete_folder(self, folder: str) -> None:
        self.delete_but(folder, set())

    def keep_only(self, folder: str, keys: Collection[str]) -> None:
        self.delete_but(folder, {self.object_name(key) for key in keys}, Delimiter="/")

    def delete_but(self, folder: str, kept: set[str], **how: str) -> None:
        """Delete the objects of a folder, but not those of these names."""
        prefix = self.object_name(f"{folder}/x").removesuffix("x")
        with self.told():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, **how)
            for page in pages:
                names = [{"Key": found["Key"]} for found in page.get("Contents", ()) if found["Key"] not in kept]
                if names:
                    self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": names, "Quiet": True})

    def check(self) -> None:
        with self.told():
            self.client.head_bucket(Bucket=self.bucket)

    @contextlib.contextmanager
    def told(self, key: str | None = None) -> Iterator[None]:
        """What the library raises, as NotKept and StorageAway."""
        try:
            yield
        except ClientError as error:
            facts = error.response.get("Error", {})
            if key is not None and facts.get("Code") in MISSING:
                raise NotKept(key) from error
            reason = facts.get("Message") or facts.get("Code") or error
            raise StorageAway(f"The artifact store {self.url} refuses: {reason}.") from error
        except (BotoCoreError, Boto3Error) as error:
            raise StorageAway(f"The artifact store {self.url} cannot be reached: {error}") from error


def configuration(patience_s: float) -> Config:
    """How long to wait and how often to try. Services that are not Amazon's are asked by path, and for no newer checksums."""
    is_own = any(os.environ.get(name) for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
    own: dict[str, Any] = {
        "s3": {"addressing_style": "path"},
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    return Config(
        connect_timeout=CONNECT_S,
        read_timeout=patience_s,
        retries={"mode": "standard", "total_max_attempts": 3 if patience_s > 10 else 1},
        max_pool_connections=AT_ONCE,
        **(own if is_own else {}),
    )
