"""Twenty trials train while processes are killed; ``make chaos`` does it for longer, and writes down what it found."""

import pytest
import torch

from tests.faults.chaos import run
from tests.services import postgres_binary

pytestmark = pytest.mark.timeout(400)  # a machine that is busy takes its time
HOW = {"seed": 5, "different": 3, "epochs": 80, "at_most_s": 40.0, "web": False}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def test_every_curve_and_every_weight_is_that_of_an_undisturbed_run():
    outcome = run(**HOW, trials=20, every_s=1.5, postgres=bool(postgres_binary("initdb")))
    assert outcome.is_flawless, outcome
    assert sum(outcome.kills.values()) >= 5
    assert outcome.resumes > 0
    assert outcome.silent_s < 45


def test_without_leases_and_fences_the_same_finds_faults():
    outcome = run(
        **HOW | {"at_most_s": 20.0},
        settle_s=10.0,
        trials=6,
        every_s=0.7,
        postgres=False,
        worker_app="tests.faults.unfenced",
    )
    assert not outcome.is_flawless
