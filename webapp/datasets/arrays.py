"""Arrays in an .npz file: every byte is unpacked once and counted, nothing of it is a Python object."""

from pathlib import Path
from typing import Any

import numpy as np

from dlcore.data.npz import Found as Arrays
from dlcore.data.npz import found_in, width_of
from dlcore.data.npz_headers import array_of, first_of, headers
from dlcore.sheet import is_picture, sheet
from webapp.datasets.limits import BLOCK, SHOWN_CLASSES, SHOWN_COLUMNS, SHOWN_PICTURES, SHOWN_ROWS, Found
from webapp.store.artifacts import png
from webapp.uploads.archives import Upload, of_zip
from webapp.uploads.budget import Budget, UploadProblem

MOST_COUNTED = 5_000_000


def keep_arrays(upload: Upload, target: Path, budget: Budget) -> Found:
    """Write an .npz file to ``target`` and look into it. Raises UploadProblem, DatasetUnreadable."""
    for _, content in of_zip(upload.stream, budget):
        while content.read(BLOCK):  # to its end, where its checksum is
            pass
    upload.stream.seek(0)
    with target.open("wb") as file:
        while block := upload.stream.read(BLOCK):
            file.write(block)
    return found_of(target)


def found_of(path: Path) -> Found:
    """What the arrays are. Raises UploadProblem, DatasetUnreadable."""
    arrays, known = found_in(path), headers(path)
    for x, _ in (arrays.names, arrays.test) if arrays.test else (arrays.names,):
        if 0 in known[x].shape:
            raise UploadProblem(f"{x} has the shape {known[x].shape}, so there is no example in it.")
    facts: dict[str, Any] = {
        "examples": arrays.inputs.shape[0] if arrays.inputs.shape else 0,
        "test_examples": known[arrays.test[0]].shape[0] if arrays.test and known[arrays.test[0]].shape else 0,
        "arrays": [[name[:80], list(header.shape)] for name, header in list(known.items())[:SHOWN_COLUMNS]],
        "shape": list(arrays.inputs.shape[1:]),
        "predict": task_of(arrays),
    }
    if facts["predict"] == "classification":
        facts.update(classes_of(arrays))
    return Found("npz", {**facts, **rows_of(arrays)}, sheet_of(arrays))


def task_of(arrays: Arrays) -> str:
    """What the labels are for, by what they are: fractions, whole numbers, or several for an example."""
    if arrays.labels.kind == "f":
        return "regression"
    return "classification" if width_of(arrays.labels) == 1 else "multilabel"


def classes_of(arrays: Arrays) -> dict[str, Any]:
    """How many examples there are of each class."""
    if int(np.prod(arrays.labels.shape, dtype=object)) > MOST_COUNTED:
        return {}
    values, counts = np.unique(array_of(arrays.path, arrays.names[1]), return_counts=True)
    pairs = [[str(int(value)), int(count)] for value, count in zip(values, counts, strict=True)]
    return {"classes": pairs[:SHOWN_CLASSES], "class_count": len(pairs)}


def rows_of(arrays: Arrays) -> dict[str, Any]:
    """The first examples as text, where they are rows of numbers."""
    if len(arrays.inputs.shape) > 2:
        return {}
    first = first_of(arrays.path, arrays.names[0], SHOWN_ROWS)
    if first is None:
        return {}
    return {"rows": [[f"{float(x):.6g}" for x in np.atleast_1d(row)[:SHOWN_COLUMNS]] for row in first]}


def sheet_of(arrays: Arrays) -> bytes | None:
    """A PNG of the first examples, where they are pictures."""
    if len(arrays.inputs.shape) not in (3, 4):
        return None
    first = first_of(arrays.path, arrays.names[0], SHOWN_PICTURES)
    if first is None or not len(first):
        return None
    if first.ndim == 3:
        first = first[:, None]
    elif first.shape[1] not in (1, 3, 4) and first.shape[3] in (1, 3, 4):
        first = first.transpose(0, 3, 1, 2)
    if not is_picture(first.shape[1:]) or not np.isfinite(first.astype(np.float64)).any():
        return None
    return png(sheet(first, list(range(len(first))))[0])
