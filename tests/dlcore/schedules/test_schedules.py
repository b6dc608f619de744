"""Schedules against their formulas and their tables."""

import math
from typing import Any

import numpy as np
import pytest

from dlcore.part import discover
from dlcore.schedules import Schedule
from dlcore.schedules.constant import Constant
from dlcore.schedules.cosine import Cosine
from dlcore.schedules.exponential import Exponential
from dlcore.schedules.inverse_sqrt import InverseSqrt
from dlcore.schedules.inverse_time import InverseTime
from dlcore.schedules.one_cycle import OneCycle
from dlcore.schedules.polynomial import Polynomial
from dlcore.schedules.step import Step
from tests.dlcore.schedules import reference

EPOCHS, STEPS = 8, 100
PARTS = discover("dlcore.schedules", Schedule)
FIELDS: dict[str, dict[str, Any]] = {
    "step": {"every_epochs": 3, "factor": 0.1},
    "exponential": {"k": 0.7},
    "inverse_time": {"k": 0.3},
    "inverse_sqrt": {"k": 2.5},
    "polynomial": {"power": 0.9, "end": 0.01},
    "cosine": {"end": 0.05},
    "one_cycle": {"rise": 0.45, "start": 0.1, "end": 0.01},
}
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.kinds()[0])


@every_part
@pytest.mark.parametrize("warm_up", [{}, {"warm_up_epochs": 1.3, "warm_up_start": 0.2}], ids=["plain", "warmed-up"])
@pytest.mark.parametrize("defaults", [True, False], ids=["defaults", "other-fields"])
def test_it_follows_its_formula_for_a_hundred_steps(
    part: type[Schedule], warm_up: dict[str, float], defaults: bool
) -> None:
    """The weight of a parabola under SGD whose learning rate is the schedule's, and the formula's."""
    kind = part.kinds()[0]
    schedule = part(**warm_up, **({} if defaults else FIELDS.get(kind, {})))
    fields = schedule.model_dump(exclude={"kind", "warm_up_epochs", "warm_up_start"})
    warm = warm_up.get("warm_up_epochs", 0.0)
    ours = theirs = 1.0
    for step in range(STEPS):
        epoch = EPOCHS * step / STEPS
        ours -= 0.3 * schedule.at(epoch, EPOCHS, {}) * ours
        if epoch < warm:
            rate = float(np.interp(epoch, [0, warm], [0.2, 1.0]))
        else:
            rate = getattr(reference, kind)(epoch - warm, EPOCHS - warm, **fields)
        theirs -= 0.3 * rate * theirs
        assert abs(ours - theirs) <= 1e-10 * abs(theirs)


@every_part
def test_it_has_a_reference(part: type[Schedule]) -> None:
    assert callable(getattr(reference, part.kinds()[0], None))


@every_part
def test_it_is_finite_and_not_negative_from_the_first_step_to_beyond_the_last(part: type[Schedule]) -> None:
    for schedule in (part(), part(warm_up_epochs=2), part(warm_up_epochs=20)):
        rates = [schedule.at(epoch, 5, {}) for epoch in np.linspace(0, 6, 61)]
        assert np.isfinite(rates).all()
        assert min(rates) >= 0
        assert max(rates) <= 1 + 1e-12


@every_part
def test_its_summary_is_short_enough_for_the_form(part: type[Schedule]) -> None:
    assert len(part.summary()) <= 130


def test_constant_never_changes() -> None:
    assert {Constant().at(epoch / 3, 10, {}) for epoch in range(30)} == {1.0}


@pytest.mark.erratum(13)
def test_one_over_t_reads_as_the_corrected_table() -> None:
    """Not 0.1, 0.67, 0.5, 0.4, as the table circulates."""
    schedule = InverseTime(k=1.0)
    assert [0.2 * schedule.at(e, 5, {}) for e in range(5)] == pytest.approx([0.2, 0.1, 0.0667, 0.05, 0.04], abs=5e-5)


@pytest.mark.erratum(14)
def test_k_over_root_t_has_the_root_and_begins_at_k() -> None:
    """Not k / epoch, as it circulates."""
    schedule = InverseSqrt(k=2.0)
    assert [schedule.at(e, 5, {}) for e in (0, 1, 3, 8)] == pytest.approx([2, math.sqrt(2), 1, 2 / 3])


def test_step_drops_exactly_at_epoch_borders() -> None:
    schedule = Step(every_epochs=2, factor=0.5)
    assert [schedule.at(e, 6, {}) for e in (0, 1.999, 2, 3.999, 4, 5)] == [1, 1, 0.5, 0.5, 0.25, 0.25]


@pytest.mark.parametrize(
    ("every", "factor", "after"),
    [(5, 0.5, 0.25), (20, 0.1, 0.1), (1, 0.5, 0.5**10)],
    ids=["half", "tenth", "each epoch"],
)
def test_the_usual_steps(every: int, factor: float, after: float) -> None:
    epoch = 20 if every == 20 else 10
    assert Step(every_epochs=every, factor=factor).at(epoch, 40, {}) == pytest.approx(after)


def test_exponential_counts_epochs_not_steps() -> None:
    """0.95 an epoch is k = 0.0513; counted in steps it would be gone before the first epoch is over."""
    schedule = Exponential(k=-math.log(0.95))
    assert [schedule.at(e, 9, {}) for e in (0, 1, 2)] == pytest.approx([1, 0.95, 0.9025])
    assert schedule.at(0.5, 9, {}) == pytest.approx(math.sqrt(0.95))


def test_cosine_and_polynomial_go_from_all_to_the_end() -> None:
    for schedule in (Cosine(end=0.1), Polynomial(end=0.1)):
        assert [schedule.at(e, 10, {}) for e in (0, 5, 10)] == pytest.approx([1, 0.55, 0.1])


def test_one_cycle_rises_to_the_learning_rate_and_ends_below_its_start() -> None:
    rates = [OneCycle().at(e, 10, {}) for e in (0, 3, 10)]
    assert rates == pytest.approx([0.04, 1.0, 0.0004])


def test_a_warm_up_rises_in_a_straight_line_then_the_course_begins() -> None:
    schedule = Step(every_epochs=2, factor=0.5, warm_up_epochs=4, warm_up_start=0.2)
    assert [schedule.at(e, 10, {}) for e in (0, 1, 2, 3)] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [schedule.at(e, 10, {}) for e in (4, 5.9, 6, 8)] == [1, 1, 0.5, 0.25]
    assert Cosine(warm_up_epochs=4).at(10, 10, {}) == pytest.approx(0)
