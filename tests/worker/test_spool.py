import resource
import signal

import numpy as np
import pytest

from dlcore.events import Histogram, Progress, Results, Text
from tests.making import points, same_bits
from webapp.store.artifacts import Kept
from worker import spool
from worker.spool import Entry, Spool, SpoolFull

MIB = 1024 * 1024
SCALARS = points("train/loss", 1, 3, np.array([1.5, np.nan, -np.inf]))
ENTRIES = [
    Entry(1.25, SCALARS),
    Entry(
        2.0, Kept("filters", "conv1", 1, 0.1, "trial-1/filters/a.png", "image/png", "0123abcd", 12, {"tiles": [2, 3]})
    ),
    Entry(2.5, Histogram("weights/a", 1, 0.1, -1.0, 1.0, np.array([0, 2**40]), 3)),
    Entry(3.0, Text("Grüße", "warning", 7)),
    Entry(3.5, Progress(1, 2, 0.5, 1, None)),
    Entry(4.0, Results({"train/loss": {"last": float("nan"), "best_step": 3}})),
    Entry(5.0, Kept("best", "state", 10, 1, "trial-1/best/10-1.safetensors", "x/y", "0123abcd", 2, {"best": {}})),
]


@pytest.fixture
def made(tmp_path):
    return Spool.of(tmp_path, 1, 1, MIB)


def read(made):
    return [entry for batch in made.batches() for entry in batch]


def test_what_comes_out_is_what_went_in_whatever_it_is(made):
    made.append(ENTRIES[:3])
    made.append(ENTRIES[3:])
    found = read(made)
    assert [entry.at for entry in found] == [entry.at for entry in ENTRIES]
    assert same_bits(found[0].event.values, SCALARS.values)
    assert same_bits(found[0].event.times, SCALARS.times)
    assert found[0].event.steps.tolist() == [1, 2, 3]
    assert repr([entry.event for entry in found[1:]]) == repr([entry.event for entry in ENTRIES[1:]])


@pytest.mark.parametrize("damage", ["torn frame", "torn body", "altered"])
def test_a_record_that_was_torn_or_damaged_ends_it(made, damage):
    made.append(ENTRIES[:2])
    whole = made.path.stat().st_size
    made.append([Entry(9.0, Text("the last words"))])
    content = made.path.read_bytes()
    cut = {"torn frame": content[: whole + 3], "torn body": content[:-1], "altered": content[:-2] + b"xx"}
    made.path.write_bytes(cut[damage])
    assert [entry.at for entry in read(made)] == [1.25, 2.0]


def test_it_takes_all_of_what_is_given_or_nothing_up_to_its_limit(tmp_path):
    made = Spool.of(tmp_path, 1, 1, 2000)
    made.append(ENTRIES[:1])
    with pytest.raises(SpoolFull, match="2,000"):
        made.append([Entry(1.0, Text("x" * 1000)), Entry(2.0, Text("y" * 1000))])
    assert len(read(made)) == 1


def test_a_disk_that_fills_in_the_middle_of_a_record_leaves_none_of_it(made):

    made.append(ENTRIES[:1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (made.path.stat().st_size + 100, before[1]))
    try:
        with pytest.raises(SpoolFull, match="no room left"):
            made.append([Entry(2.0, Text("x" * 1000))])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)
    made.append([Entry(3.0, Text("there is room again"))])
    assert [entry.at for entry in read(made)] == [1.25, 3.0]


def test_nobody_else_opens_it_while_its_writer_lives(tmp_path, made):
    made.append(ENTRIES)
    assert list(spool.left_behind(tmp_path)) == []
    made.close()
    ((trial_id, attempt, left),) = spool.left_behind(tmp_path)
    assert (trial_id, attempt, len(read(left))) == (1, 1, len(ENTRIES))
    left.forget()
    assert spool.usage(tmp_path) == 0


def weights(kind, step):
    return Kept(kind, "state", step, 1, f"trial-1/{kind}/{step}-1.safetensors", "x/y", "0123abcd", 2, {})


def test_weights_that_later_ones_made_superfluous_are_not_read_again(tmp_path, made):
    made.append([Entry(float(step), weights(kind, step)) for step in (10, 20, 30) for kind in ("best", "checkpoint")])
    made.append(ENTRIES[:2])
    made.close()
    ((_, _, left),) = spool.left_behind(tmp_path)
    assert left.superseded() == {
        f"trial-1/{kind}/{step}-1.safetensors" for kind, step in [("best", 10), ("checkpoint", 10), ("best", 20)]
    }
    read_again = [(entry.event.kind, entry.event.step) for entry in read(left)[:-2]]
    assert read_again == [("checkpoint", 20), ("best", 30), ("checkpoint", 30)]
    assert [entry.at for entry in read(left)[-2:]] == [1.25, 2.0]
    left.close()
