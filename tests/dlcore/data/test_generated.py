"""Generated points lie where their formulas say, the same for the same seed."""

import numpy as np
import pytest

from dlcore.data.blobs import Blobs
from dlcore.data.circles import Circles
from dlcore.data.dataset import Dataset
from dlcore.data.moons import Moons
from dlcore.data.sine import Sine
from dlcore.data.spirals import Spirals
from dlcore.data.xor import Xor

EVERY = [Blobs, Circles, Moons, Sine, Spirals, Xor]


@pytest.mark.parametrize("kind", EVERY)
def test_points_are_as_many_and_of_the_shape_that_is_declared(kind: type[Dataset]) -> None:
    data = kind(examples=101)  # type: ignore[call-arg]
    given, test = data.read()
    assert test is None
    assert given.inputs.shape == (101, *data.input_shape)
    assert given.inputs.dtype == np.float32
    assert len(given.labels) == data.size == 101


@pytest.mark.parametrize("kind", EVERY)
def test_their_own_seed_makes_them(kind: type[Dataset]) -> None:
    first, again, other = (kind(points_seed=seed).read()[0] for seed in (1, 1, 2))  # type: ignore[call-arg]
    assert np.array_equal(first.inputs, again.inputs)
    assert np.array_equal(first.labels, again.labels)
    assert not np.array_equal(first.inputs, other.inputs)


@pytest.mark.parametrize("kind", [Blobs, Circles, Moons, Spirals, Xor])
def test_classes_have_as_many_points_each(kind: type[Dataset]) -> None:
    data = kind(examples=300)  # type: ignore[call-arg]
    counts = np.bincount(data.read()[0].labels, minlength=data.classes)
    assert len(counts) == data.classes
    assert counts.max() - counts.min() <= 1


def test_xor_is_the_sign_of_the_product_and_fills_four_squares() -> None:
    given, _ = Xor(noise=0, examples=4000).read()
    x, y = given.inputs.T
    assert np.array_equal(given.labels, (x * y < 0).astype(int))
    quarters = np.histogram2d(x, y, bins=[[-1.01, 0, 1.01]] * 2)[0]
    assert quarters.min() > 900
    assert np.abs(np.abs(given.inputs).mean(0) - 0.55).max() < 0.01
    assert abs(np.corrcoef(np.abs(x), np.abs(y))[0, 1]) < 0.05


def test_no_line_parts_xor() -> None:
    given, _ = Xor(examples=2000).read()
    design = np.column_stack([given.inputs, np.ones(2000)])
    plane, *_ = np.linalg.lstsq(design, 2.0 * given.labels - 1, rcond=None)
    assert ((design @ plane > 0) == given.labels).mean() < 0.6


def test_blobs_have_their_middles_on_a_ring_and_their_deviation() -> None:
    given, _ = Blobs(centers=5, noise=0.3, examples=20_000).read()
    for label in range(5):
        cloud = given.inputs[given.labels == label]
        angle = 2 * np.pi * label / 5
        np.testing.assert_allclose(cloud.mean(0), [np.cos(angle), np.sin(angle)], atol=0.03)
        np.testing.assert_allclose(cloud.std(0), 0.3, atol=0.02)


def test_circles_have_the_radii_one_and_a_half() -> None:
    given, _ = Circles(noise=0).read()
    radii = np.hypot(*given.inputs.T)
    assert radii[given.labels == 0] == pytest.approx(1)
    assert radii[given.labels == 1] == pytest.approx(0.5)


def test_a_sine_without_noise_is_a_sine() -> None:
    data = Sine(noise=0, frequency=2)
    given, _ = data.read()
    np.testing.assert_allclose(given.labels, np.sin(4 * np.pi * given.inputs.astype(float)), atol=1e-5)
    assert given.labels.shape == (200, 1)
    assert given.labels.dtype == np.float32
    assert (data.task, data.outputs, data.target_names) == ("regression", 1, ("y",))


def test_a_sines_noise_has_its_deviation() -> None:
    given, _ = Sine(noise=0.5, examples=20_000).read()
    residue = given.labels - np.sin(2 * np.pi * given.inputs)
    assert residue.std() == pytest.approx(0.5, rel=0.03)
