"""Schedules against their tables."""

import math

import pytest

from dlcore.schedules.constant import Constant
from dlcore.schedules.exponential import Exponential
from dlcore.schedules.inverse_time import InverseTime
from dlcore.schedules.step import Step


def test_constant_never_changes() -> None:
    assert {Constant().multiplier(epoch / 3, 10) for epoch in range(30)} == {1.0}


def test_one_over_t_reads_as_the_corrected_table() -> None:
    schedule = InverseTime(k=1.0)
    assert [0.2 * schedule.multiplier(e, 5) for e in range(1, 5)] == pytest.approx([0.1, 0.0667, 0.05, 0.04], abs=5e-5)


def test_step_drops_exactly_at_epoch_borders() -> None:
    schedule = Step(every_epochs=2, factor=0.5)
    assert [schedule.multiplier(e, 6) for e in (0, 1.999, 2, 3.999, 4, 5)] == [1, 1, 0.5, 0.5, 0.25, 0.25]


def test_exponential_counts_epochs_not_steps() -> None:
    schedule = Exponential(k=-math.log(0.95))
    assert [schedule.multiplier(e, 9) for e in (0, 1, 2)] == pytest.approx([1, 0.95, 0.9025])
    assert schedule.multiplier(0.5, 9) == pytest.approx(math.sqrt(0.95))
