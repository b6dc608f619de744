"""What a TensorBoard log holds: its runs, and of each the curves, the texts and the hyper-parameters."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError

from webapp.finite import finite_or_name
from webapp.imports.budget import NAME_LONGEST, RUNS, LogBudget, UploadProblem
from webapp.imports.tensor_value import number_in, text_in
from webapp.store.encoding import CurveData, joined
from webapp.tensorboard.messages import Event, HParams
from webapp.tensorboard.records import Damaged, Readable, read_messages
from webapp.uploads.archives import Upload, event_files

FURTHEST_STEP = 2**53  # browsers know no whole number beyond
LATEST = 253_402_300_800.0  # the year 9999
TEXT_LONGEST, MOST_TEXTS, MOST_HPARAMS = 20_000, 20, 200
UNNAMED = f"tags with a comma or with more than {NAME_LONGEST} characters in their names"


@dataclass
class Points:
    """The points of a curve in the order in which they were written."""

    steps: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))
    times: "array[float]" = field(default_factory=lambda: array("d"))

    def data(self) -> CurveData:
        """As arrays."""
        return CurveData(np.array(self.steps, np.int64), np.array(self.values), np.array(self.times))


@dataclass
class EventFile:
    """What one event file holds. ``left_out``: how many tags of each kind have no place with us."""

    curves: dict[str, Points] = field(default_factory=dict)
    plugins: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    hparams: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, set[str]] = field(default_factory=dict)

    def take(self, event: Any, budget: LogBudget) -> None:
        """The values of an event."""
        for value in event.summary.value:
            tag = value.tag
            if tag not in self.plugins:
                budget.take_tag()
                self.plugins[tag] = value.metadata.plugin_data.plugin_name
            kind, plugin = value.WhichOneof("value"), self.plugins[tag]
            if plugin == "hparams":
                self.take_hparams(value.metadata.plugin_data.content, budget)
            elif kind == "simple_value":
                self.take_point(tag, event, value.simple_value, budget)
            elif kind == "tensor" and plugin in ("scalars", "") and (number := number_in(value.tensor)) is not None:
                self.take_point(tag, event, number, budget)
            elif kind == "tensor" and plugin == "text":
                self.take_text(tag, text_in(value.tensor), budget)
            else:
                self.left_out.setdefault(plugin or {"histo": "histograms"}.get(kind, f"{kind}s"), set()).add(tag)

    def take_point(self, tag: str, event: Any, number: float, budget: LogBudget) -> None:
        """A point of a curve."""
        if len(tag) > NAME_LONGEST or "," in tag or "\x00" in tag or not tag:
            self.left_out.setdefault(UNNAMED, set()).add(tag)
            return
        if abs(event.step) > FURTHEST_STEP:
            raise UploadProblem(f"The tag “{tag}” has the step {event.step}. Steps lie between -2^53 and 2^53.")
        budget.take_points(1)
        points = self.curves.setdefault(tag, Points())
        points.steps.append(event.step)
        points.values.append(number)
        points.times.append(event.wall_time if 0 <= event.wall_time < LATEST else 0.0)

    def take_text(self, tag: str, text: str, budget: LogBudget) -> None:
        """The newest text of a tag."""
        tag = readable(tag, NAME_LONGEST)
        if tag in self.texts or len(self.texts) < MOST_TEXTS:
            self.texts[tag] = budget.cut_text(readable(text, TEXT_LONGEST))

    def take_hparams(self, content: bytes, budget: LogBudget) -> None:
        """The hyper-parameters with which a session began."""
        for name, value in HParams.FromString(content).session_start_info.hparams.items():
            plain = getattr(value, value.WhichOneof("kind") or "string_value")
            if isinstance(plain, float):
                plain = finite_or_name(plain)
            if isinstance(plain, str):
                plain = budget.cut_text(readable(plain, NAME_LONGEST))
            if len(self.hparams) < MOST_HPARAMS:
                self.hparams[readable(name, NAME_LONGEST)] = plain


def readable(text: str, longest: int) -> str:
    """A text that a database takes: without NUL, and not too long."""
    return text.replace("\x00", "")[:longest]


@dataclass(frozen=True)
class Run:
    """A folder of event files: what TensorBoard calls a run."""

    name: str
    curves: dict[str, CurveData]
    texts: dict[str, str]
    hparams: dict[str, Any]
    left_out: dict[str, int]


def read_log(uploads: Iterable[Upload], budget: LogBudget) -> list[Run]:
    """The runs of an upload, by name. Raises UploadProblem."""
    found: dict[tuple[str, ...], dict[str, EventFile]] = {}
    for path, content in event_files(uploads, budget):
        files = found.setdefault(path.parts[:-1], {})
        if len(found) > RUNS:
            raise UploadProblem(f"A log has at most {RUNS} runs, which are folders of event files; this one has more.")
        files[path.name] = read_file(str(path), content, budget)
    if not found:
        raise UploadProblem("There is no event file here: none has “tfevents” in its name.")
    shared = len(common_beginning(list(found)))
    runs = [run_of("/".join(parts[shared:]) or ".", files) for parts, files in sorted(found.items())]
    if not any(run.curves for run in runs):
        raise UploadProblem("There are no scalars in this log, so there is nothing to draw.")
    return [run for run in runs if run.curves]


def read_file(path: str, content: Readable, budget: LogBudget) -> EventFile:
    """An event file. Raises UploadProblem that names it."""
    file = EventFile()
    try:
        for messages in read_messages(content):
            for message in messages:
                file.take(Event.FromString(message), budget)
    except Damaged as damaged:
        raise UploadProblem(
            f"“{path[-80:]}” is damaged: the record at byte {damaged.position:,} has a wrong checksum."
        ) from damaged
    except DecodeError as error:
        raise UploadProblem(
            f"“{path[-80:]}” is no event file of TensorBoard: a record in it holds something else."
        ) from error
    return file


def common_beginning(paths: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The folders that all paths begin with; of a single path all but the last, which is the run's name."""
    if len(paths) == 1:
        return paths[0][:-1]
    first, last = min(paths), max(paths)
    same = next(
        (index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last))
    )
    return first[:same]


def run_of(name: str, files: dict[str, EventFile]) -> Run:
    """The files of a folder as one run. Their names begin with the moment at which they were begun."""
    ordered = [files[file] for file in sorted(files)]
    tags = dict.fromkeys(tag for file in ordered for tag in file.curves)
    kinds = dict.fromkeys(kind for file in ordered for kind in file.left_out)
    return Run(
        name=name[:NAME_LONGEST],
        curves={
            tag: later_wins(joined([file.curves[tag].data() for file in ordered if tag in file.curves])) for tag in tags
        },
        texts={tag: text for file in ordered for tag, text in file.texts.items()},
        hparams={key: value for file in ordered for key, value in file.hparams.items()},
        left_out={kind: len(set().union(*(file.left_out.get(kind, set()) for file in ordered))) for kind in kinds},
    )


def later_wins(data: CurveData) -> CurveData:
    """The points behind which no step as small was written: a run that was begun again at a step replaces what came after it."""
    behind = np.minimum.accumulate(data.steps[::-1])[::-1]
    return data.where(np.append(data.steps[:-1] < behind[1:], True))
