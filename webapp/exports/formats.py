"""The formats in which a trial goes out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.exports.contents import Contents
from webapp.exports.csv_text import csv_pieces
from webapp.exports.event_file import event_pieces
from webapp.exports.json_text import json_pieces
from webapp.exports.parquet import parquet_pieces


@dataclass(frozen=True)
class Format:
    """A kind of file, and what writes it."""

    title: str
    ending: str
    media_type: str
    pieces: Callable[[Session, Contents], Iterator[bytes]]

    def file_name(self, contents: Contents) -> str:
        """What the file of a trial is called. TensorBoard looks for "tfevents" in a name."""
        if self.pieces is event_pieces:
            return f"events.out.tfevents.{contents.created}.{contents.name}"
        return f"{contents.name}{self.ending}"

    def path_in_zip(self, contents: Contents) -> str:
        """Where it lies among those of other trials. A run of TensorBoard is a folder."""
        name = self.file_name(contents)
        return f"{contents.name}/{name}" if self.pieces is event_pieces else name


FORMATS = {
    "csv": Format("CSV", ".csv", "text/csv; charset=utf-8", csv_pieces),
    "parquet": Format("Parquet", ".parquet", "application/vnd.apache.parquet", parquet_pieces),
    "json": Format("JSON", ".json", "application/json", json_pieces),
    "tensorboard": Format("TensorBoard events", "", "application/octet-stream", event_pieces),
}
