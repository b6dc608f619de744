"""Preprocessing by its formulas, against NumPy and scikit-learn, in float64."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.decomposition import PCA as ReferencePCA

from dlcore.data.digits import Digits
from dlcore.data.mnist import MNIST
from dlcore.errors import SpecError
from dlcore.preprocess.center import Center
from dlcore.preprocess.pca import PCA
from dlcore.preprocess.preprocessing import Preprocessing
from dlcore.preprocess.scale import Scale
from dlcore.preprocess.standardise import Standardise
from dlcore.preprocess.whiten import Whiten
from dlcore.validation import SpecInvalid, parse_spec

GENERATOR = np.random.default_rng(0)
ROWS = (GENERATOR.normal(size=(400, 6)) @ GENERATOR.normal(size=(6, 6)) + 3.0).astype(np.float32)
OTHERS = (GENERATOR.normal(size=(50, 6)) * 5.0 - 2.0).astype(np.float32)
PICTURES = GENERATOR.integers(0, 256, (300, 3, 4, 5)).astype(np.float32)


def covariance(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    flat = rows.reshape(len(rows), -1).astype(np.float64)
    return (flat - flat.mean(0)).T @ (flat - flat.mean(0)) / len(flat)


def test_centring_subtracts_the_training_parts_mean_from_other_parts() -> None:
    np.testing.assert_allclose(Center().fit(ROWS)(OTHERS), OTHERS - ROWS.astype(float).mean(0), atol=1e-5)


def test_standardising_divides_by_the_deviation_not_by_the_range() -> None:
    column = np.array([[2.0], [4.0], [4.0], [4.0], [5.0], [5.0], [7.0], [9.0]], np.float32)  # mean 5, deviation 2
    assert Standardise().fit(column)(column).ravel().tolist() == [-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]


@pytest.mark.parametrize("step", [Standardise(per="feature"), Standardise(per="channel")])
def test_pictures_are_standardised_by_channel_or_by_pixel(step: Standardise) -> None:
    axes = (0, 2, 3) if step.per == "channel" else (0,)
    wanted = (PICTURES - PICTURES.mean(axes, dtype=float, keepdims=True)) / PICTURES.std(
        axes, dtype=float, keepdims=True
    )
    np.testing.assert_allclose(step.fit(PICTURES)(PICTURES), wanted, atol=1e-5)


def test_centring_by_pixel_leaves_no_mean_picture() -> None:
    done = Center(per="feature").fit(PICTURES)(PICTURES)
    np.testing.assert_allclose(done.mean(0, dtype=float), 0, atol=1e-4)
    assert np.abs(Center().fit(PICTURES)(PICTURES).mean(0)).max() > 1


@pytest.mark.parametrize(("pixel", "wanted"), [(0, -1.0), (51, -0.6), (127.5, 0.0), (204, 0.6), (255, 1.0)])
def test_bytes_become_x_over_127_5_minus_1(pixel: float, wanted: float) -> None:
    images = np.array([0, pixel, 255], np.float32).reshape(3, 1, 1, 1)
    assert Scale().fit(images)(images)[1].item() == pytest.approx(wanted, abs=1e-6)


def test_the_ends_of_each_columns_training_range_become_minus_one_and_one() -> None:
    rows = np.array([[0, 10], [5, 30], [10, 20]], np.float32)
    scale = Scale().fit(rows)
    assert scale(rows).tolist() == [[-1, -1], [0, 1], [1, 0]]
    assert scale(np.array([[20, 0]], np.float32)).tolist() == [[3, -2]]


def test_a_declared_range_is_used_whatever_the_training_part_holds() -> None:
    dark = np.array([0, 3, 7], np.float32).reshape(3, 1, 1, 1)
    assert Scale(low=0, high=255).fit(dark)(np.full((1, 1, 1, 1), 255, np.float32)).item() == 1


@pytest.mark.parametrize("ends", [{"low": 0}, {"high": 1}, {"low": 1, "high": 1}])
def test_half_a_range_is_refused(ends: dict[str, float]) -> None:
    spec = {"data": {"kind": "digits", "preprocess": [{"kind": "scale", **ends}]}, "network": {"kind": "mlp"}}
    with pytest.raises(SpecInvalid) as raised:
        parse_spec(spec)
    assert [problem.path for problem in raised.value.problems] == ["data.preprocess.0"]


@pytest.mark.parametrize("components", [1, 3, 6])
def test_principal_components_are_scikit_learns_but_for_the_sign(components: int) -> None:
    reference = ReferencePCA(components).fit(ROWS.astype(float))
    ours = PCA(components=components).fit(ROWS)
    for part in (ROWS, OTHERS):
        theirs = reference.transform(part.astype(float))
        signs = np.sign((ours(ROWS) * reference.transform(ROWS.astype(float))).sum(0))
        np.testing.assert_allclose(ours(part) * signs, theirs, atol=1e-4)


def test_principal_components_are_uncorrelated_and_the_strongest_first() -> None:
    found = covariance(PCA(components=6).fit(ROWS)(ROWS))
    wanted = np.sort(np.linalg.eigvalsh(covariance(ROWS)))[::-1]  # XᵀX / n, not n − 1
    np.testing.assert_allclose(found, np.diag(wanted), atol=1e-3)
    assert found[0, 0] == pytest.approx(wanted[0], rel=1e-5)


@pytest.mark.parametrize("form", ["pca", "zca"])
def test_whitened_training_inputs_have_the_identity_as_covariance(form: str) -> None:
    done = Whiten(form=form, eps=1e-12).fit(ROWS)(ROWS)
    np.testing.assert_allclose(covariance(done), np.eye(6), atol=1e-4)


@pytest.mark.erratum(49)
@pytest.mark.parametrize("form", ["pca", "zca"])
def test_whitening_divides_by_the_root_of_the_eigenvalue_plus_epsilon(form: str) -> None:
    mean = ROWS.mean(0, dtype=float)
    values, axes = np.linalg.eigh(covariance(ROWS))
    wanted = (OTHERS - mean) @ axes / np.sqrt(values + 0.1)
    done = Whiten(form=form, eps=0.1).fit(ROWS)(OTHERS)
    if form == "pca":
        np.testing.assert_allclose(np.abs(done), np.abs(wanted[:, ::-1]), atol=1e-4)
    else:
        np.testing.assert_allclose(done, wanted @ axes.T, atol=1e-4)


def test_zca_stays_nearer_to_its_input_than_pca() -> None:
    centred = ROWS - ROWS.mean(0)
    zca, pca = (Whiten(form=form).fit(ROWS)(ROWS) for form in ("zca", "pca"))
    assert ((zca - centred) ** 2).sum() < ((pca - centred) ** 2).sum()


def test_a_direction_without_variance_does_not_become_nan() -> None:
    flat = np.column_stack([ROWS, ROWS[:, :1], np.full(400, 7.0, np.float32)])
    for step in (Whiten(), Whiten(form="pca"), PCA(components=8)):
        assert np.isfinite(step.fit(flat)(flat)).all()


@pytest.mark.parametrize(
    "step", [Center(), Standardise(), Scale(), PCA(components=7), Whiten(), Whiten(form="pca")], ids=lambda s: s.kind
)
@pytest.mark.parametrize("training", [PICTURES, ROWS[:, :6].repeat(2, 1)], ids=["pictures", "rows"])
def test_the_declared_shape_is_the_one_that_comes_out(step: Preprocessing, training: NDArray[np.float32]) -> None:
    apply = step.fit(training)
    for part in (training, training[:1], training[:0]):
        done = apply(part)
        assert done.shape == (len(part), *step.output_shape(part.shape[1:]))
        assert done.dtype == np.float32


def test_the_network_is_told_the_shape_after_all_steps() -> None:
    assert Digits().network_shape == (1, 8, 8)
    assert Digits(preprocess=(Whiten(), PCA(components=20))).network_shape == (20,)
    assert Digits(preprocess=(Whiten(form="pca"),)).network_shape == (64,)


def test_too_many_components_are_named_by_their_field() -> None:
    with pytest.raises(SpecError, match="only 20 numbers") as raised:
        _ = Digits(preprocess=(PCA(components=20), PCA(components=21))).network_shape
    assert raised.value.path == "data.preprocess.1.components"


def test_digits_keep_most_of_their_variance_in_twenty_components() -> None:
    inputs = Digits().read()[0].inputs.astype(np.float32)
    kept = PCA(components=20).fit(inputs)(inputs)
    share = kept.var(0, dtype=float).sum() / inputs.reshape(len(inputs), -1).var(0, dtype=float).sum()
    assert share == pytest.approx(
        ReferencePCA(20).fit(inputs.reshape(-1, 64)).explained_variance_ratio_.sum(), abs=1e-3
    )


def test_pictures_larger_than_a_covariance_can_be_are_refused() -> None:
    assert Whiten().output_shape(MNIST().input_shape) == (1, 28, 28)
    with pytest.raises(SpecError, match="150,528 numbers"):
        Whiten().output_shape((3, 224, 224))
