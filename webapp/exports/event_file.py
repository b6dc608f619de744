"""TensorBoard's event file: curves as scalars, histograms with our bins, pictures, and the spec as text.

A scalar is a tensor of type float, as TensorBoard's loaders want it. Where a value is no float32, the tensor has the whole
float64 in ``double_val`` beside it: TensorBoard does not look there, but nothing is lost, and our own upload reads it.
"""

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import yaml
from PIL import Image
from sqlalchemy.orm import Session

from dlcore.events import Histogram
from webapp.exports.contents import Contents, KeptPicture, stretches
from webapp.store import curves, histograms
from webapp.store.encoding import CurveData
from webapp.store.storage import NotKept
from webapp.tensorboard.messages import DT_DOUBLE, DT_FLOAT, DT_STRING, Event
from webapp.tensorboard.records import framed

MOST_HISTOGRAMS = 10_000  # of a key
COLOURS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def event_pieces(session: Session, contents: Contents) -> Iterator[bytes]:
    """The file in pieces."""
    head = Event(wall_time=contents.created, file_version="brain.Event:2")
    yield framed([head.SerializeToString(), *texts(contents)])
    for key, data in stretches(session, contents):
        yield framed(scalars(key, data))
    clock = clock_of(session, contents)
    for key in contents.histogram_keys:
        found = histograms.read(session, contents.trial_id, key, MOST_HISTOGRAMS)
        session.rollback()
        yield framed([histogram_event(histogram, clock) for histogram in found])
    for picture in contents.pictures:
        with contextlib.suppress(NotKept):
            yield framed([picture_event(picture, contents.storage.read(picture.key))])


def texts(contents: Contents) -> list[bytes]:
    """The spec and the results as YAML."""
    told = {"spec": contents.spec, "results": contents.about["results"]}
    made = []
    for tag, content in told.items():
        if content:
            event, value = event_of(tag, 0, contents.created, "text")
            written = yaml.safe_dump(content, sort_keys=False, default_flow_style=None, width=80)
            value.tensor.dtype = DT_STRING
            value.tensor.tensor_shape.dim.add(size=1)
            value.tensor.string_val.append(f"```yaml\n{written}```".encode())
            made.append(event.SerializeToString())
    return made


def event_of(tag: str, step: int, time: float, plugin: str) -> tuple[Any, Any]:
    """(an event, its only value), which TensorBoard shows by the plugin."""
    event = Event(wall_time=time, step=step)
    value = event.summary.value.add(tag=tag)
    value.metadata.plugin_data.plugin_name = plugin
    return event, value


def scalars(key: str, data: CurveData) -> list[bytes]:
    """Points of a curve as events; one event is filled again and again, which is what makes it fast."""
    event, value = event_of(key, 0, 0.0, "scalars")
    tensor = value.tensor
    tensor.dtype = DT_FLOAT
    tensor.tensor_shape.SetInParent()  # of rank 0
    tensor.float_val.append(0.0)
    with np.errstate(over="ignore"):
        narrow = data.values.astype(np.float32)
    is_narrow = (narrow == data.values) | np.isnan(data.values)
    made = []
    columns = (data.steps, data.times, data.values, narrow, is_narrow)
    for step, time, wide, short, enough in zip(*(column.tolist() for column in columns), strict=True):
        event.step, event.wall_time, tensor.float_val[0] = step, time, short
        del tensor.double_val[:]
        if not enough:
            tensor.double_val.append(wide)
        made.append(event.SerializeToString())
    return made


def clock_of(session: Session, contents: Contents) -> CurveData | None:
    """A curve that tells when which step was; the histograms do not know it."""
    key = "train/loss" if "train/loss" in contents.until else next(iter(contents.until), None)
    found = curves.read(session, contents.trial_id, [key])[key] if key else None
    session.rollback()
    return found


def histogram_event(histogram: Histogram, clock: CurveData | None) -> bytes:
    """A histogram as rows of [left edge, right edge, count]."""
    time = float(np.interp(histogram.step, clock.steps, clock.times)) if clock is not None else 0.0
    edges = np.linspace(histogram.low, histogram.high, len(histogram.counts) + 1)
    rows = np.column_stack([edges[:-1], edges[1:], histogram.counts]).astype("<f8")
    event, value = event_of(histogram.key, histogram.step, time, "histograms")
    value.tensor.dtype = DT_DOUBLE
    for size in rows.shape:
        value.tensor.tensor_shape.dim.add(size=size)
    value.tensor.tensor_content = rows.tobytes()
    return bytes(event.SerializeToString())


def picture_event(picture: KeptPicture, png: bytes) -> bytes:
    """A PNG as an image summary."""
    with Image.open(io.BytesIO(png)) as opened:
        (width, height), mode = opened.size, opened.mode
    event = Event(wall_time=picture.time, step=picture.step)
    value = event.summary.value.add(tag=picture.tag)
    value.image.height, value.image.width, value.image.colorspace = height, width, COLOURS.get(mode, 3)
    value.image.encoded_image_string = png
    return bytes(event.SerializeToString())
