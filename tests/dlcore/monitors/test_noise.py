"""The noise score of filters: white noise has 1, smooth shapes nearly 0, whatever their size."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from dlcore.layers.conv import Conv
from dlcore.layers.fully_connected import FullyConnected
from dlcore.monitors.filters import first_layer_noise
from dlcore.monitors.noise import filter_noise
from dlcore.networks.sequence import sequential


def gabor(size: int, wavelength: float) -> np.ndarray:
    """A wave under a bell, as a trained first layer has many."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    return np.asarray(np.exp(-(x**2 + y**2) / (2 * (size / 4) ** 2)) * np.cos(2 * np.pi * (x + 0.5 * y) / wavelength))


def neighbours(height: int, width: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    for row in range(height):
        for column in range(width):
            if row + 1 < height:
                yield (row, column), (row + 1, column)
            if column + 1 < width:
                yield (row, column), (row, column + 1)


@pytest.mark.parametrize("shape", [(4000, 1, 3, 3), (1000, 3, 5, 5), (1000, 1, 1, 7)])
def test_white_noise_has_a_score_of_1(shape: tuple[int, ...]) -> None:
    assert filter_noise(np.random.default_rng(0).standard_normal(shape)) == pytest.approx(1, abs=0.03)


def test_a_smooth_gabor_has_a_low_score() -> None:
    score = filter_noise(gabor(11, 11)[None, None])
    assert score is not None
    assert 0 < score < 0.2


def test_noise_on_a_gabor_raises_its_score() -> None:
    noise = np.random.default_rng(1).standard_normal((11, 11))
    scores = [filter_noise((gabor(11, 11) + strength * noise)[None, None]) for strength in (0.0, 0.1, 0.3, 1.0)]
    assert scores == sorted(scores, key=lambda score: score or 0.0)
    assert len(set(scores)) == 4


def test_a_constant_filter_has_0() -> None:
    assert filter_noise(np.full((2, 3, 5, 5), 0.1)) == 0
    assert filter_noise(np.zeros((2, 3, 5, 5))) == 0


def test_a_chessboard_is_no_noisier_than_noise() -> None:
    assert filter_noise((np.indices((6, 6)).sum(0) % 2)[None, None].astype(float)) == 1


def test_the_score_is_the_same_for_larger_weights() -> None:
    filters = np.random.default_rng(2).standard_normal((8, 3, 5, 5)).cumsum(3)
    assert filter_noise(1e-3 * filters) == pytest.approx(filter_noise(filters), rel=1e-12)


def test_the_score_is_gearys_contiguity_ratio() -> None:
    filters = np.random.default_rng(3).standard_normal((3, 2, 4, 5)).cumsum(2)
    ratios = []
    for one in filters:
        squares = [(c[a] - c[b]) ** 2 for c in one for a, b in neighbours(4, 5)]
        ratios.append(np.mean(squares) / 2 / np.var(one, ddof=1))
    assert filter_noise(filters) == pytest.approx(np.mean(ratios), rel=1e-12)


def test_filters_of_one_pixel_have_no_score() -> None:
    assert filter_noise(np.ones((4, 3, 1, 1))) is None


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_weights_that_are_not_finite_give_nan_and_no_error(odd: float) -> None:
    filters = np.ones((2, 1, 3, 3))
    filters[0, 0, 1, 1] = odd
    assert np.isnan(filter_noise(filters) or 0.0)


def test_the_curve_is_named_after_the_first_layer() -> None:
    torch.manual_seed(0)
    for first, name in ((Conv(size=3), "conv1"), (FullyConnected(units=50), "fc1")):
        model = sequential([first, FullyConnected(units=3)], (1, 8, 6))
        assert first_layer_noise(model, (1, 8, 6)) == {f"filter_noise/{name}": pytest.approx(1, abs=0.1)}


def test_features_that_are_no_pictures_and_filters_of_one_pixel_have_no_curve() -> None:
    assert first_layer_noise(sequential([FullyConnected(units=3)], (12,)), (12,)) == {}
    pixel = sequential([Conv(size=1, padding=0), FullyConnected(units=3)], (1, 8, 6))
    assert first_layer_noise(pixel, (1, 8, 6)) == {}
