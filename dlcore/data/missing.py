"""Filling what is missing, with the training part's means."""

from collections.abc import Sequence

import numpy as np

from dlcore.preprocess.preprocessing import Images


def filled(parts: Sequence[Images], names: tuple[str, ...] = ()) -> tuple[list[Images], str | None]:
    """The parts with each NaN replaced by its feature's mean over the first part, and a sentence where there was any.

    A feature that the first part has no value of becomes 0.
    """
    missing = [np.isnan(part) for part in parts]
    if not any(where.any() for where in missing):
        return list(parts), None
    known = ~missing[0]
    sums = np.where(known, parts[0], 0).sum(0, dtype=np.float64)
    means = (sums / np.maximum(known.sum(0), 1)).astype(np.float32)
    done = [np.where(where, means, part) for part, where in zip(parts, missing, strict=True)]
    return done, sentence(sum(where.sum(0) for where in missing), names)


def sentence(counts: np.ndarray, names: tuple[str, ...]) -> str:
    """What was filled, for the trial's log."""
    counts = np.asarray(counts).ravel()
    called = [names[k] if k < len(names) else f"feature {k + 1}" for k in np.flatnonzero(counts)]
    shown = ", ".join(called[:5]) + (f" and {len(called) - 5} more" if len(called) > 5 else "")
    return f"{counts.sum():,} missing values in {shown} were replaced by the mean of the training part."
