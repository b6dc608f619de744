"""Every declared initialiser: mean, variance and limits of what it draws, as far as the number of draws allows."""

import math

import pytest
import torch
from torch import nn

from dlcore.init import Initialiser
from dlcore.init.he_normal import HeNormal
from dlcore.init.inv_sqrt import InvSqrt
from dlcore.init.orthogonal import Orthogonal
from dlcore.init.sparse import Sparse
from dlcore.init.xavier_normal import XavierNormal
from dlcore.init.zeros import Zeros
from dlcore.initialise import initialise
from dlcore.part import discover
from tests.dlcore.init.references import IN, OUT, REFERENCES, Promise

SIGMAS = 5  # one run in a million is further off by chance; the seed is fixed
each_initialiser = pytest.mark.parametrize(
    ("part", "promise"), REFERENCES, ids=[repr(initialiser) for initialiser, _ in REFERENCES]
)


def filled(part: Initialiser, units: int = OUT, inputs: int = IN, seed: int = 0) -> torch.Tensor:
    weight = torch.empty(units, inputs, dtype=torch.float64)
    part.fill(weight, inputs, units, torch.Generator().manual_seed(seed))
    return weight


def test_every_initialiser_has_a_reference_here() -> None:
    assert {part.kind for part, _ in REFERENCES} == {part.kinds()[0] for part in discover("dlcore.init", Initialiser)}


@each_initialiser
def test_the_mean_is_zero(part: Initialiser, promise: Promise) -> None:
    assert abs(filled(part).mean().item()) <= SIGMAS * math.sqrt(promise.variance / (IN * OUT))


@each_initialiser
def test_the_variance_is_the_formulas(part: Initialiser, promise: Promise) -> None:
    tolerance = SIGMAS * math.sqrt((promise.kurtosis - 1) / (IN * OUT))
    assert filled(part).square().mean().item() == pytest.approx(promise.variance, rel=tolerance)


@each_initialiser
def test_no_weight_exceeds_the_limit_and_some_come_near(part: Initialiser, promise: Promise) -> None:
    largest = filled(part).abs().max().item()
    assert largest <= promise.limit
    if math.isfinite(promise.limit):
        assert largest >= 0.999 * promise.limit


@each_initialiser
def test_the_seed_alone_decides_the_weights(part: Initialiser, promise: Promise) -> None:
    assert torch.equal(filled(part, seed=1), filled(part, seed=1))
    if promise.variance:
        assert not torch.equal(filled(part, seed=1), filled(part, seed=2))


def test_he_counts_inputs_and_xavier_counts_both_sides() -> None:
    wide, narrow = (filled(HeNormal(), units=units).std().item() for units in (1000, 100))
    assert wide == pytest.approx(narrow, rel=0.02)
    assert filled(XavierNormal(), 1000).std().item() < 0.7 * filled(XavierNormal(), 100).std().item()


@pytest.mark.erratum(7, 8)
def test_the_deviation_falls_with_the_root_of_the_number_of_inputs() -> None:
    """Not √n, which grows with it, and not 0.01/√n, which mixes two rules."""
    assert filled(InvSqrt(), 300, 400).std().item() == pytest.approx(0.05, rel=0.02)
    assert filled(XavierNormal(), 400, 400).std().item() == pytest.approx(0.05, rel=0.02)
    assert filled(InvSqrt(), 300, 1600).std().item() == pytest.approx(0.025, rel=0.02)


def test_the_second_name_of_the_rule_of_the_root_is_lecuns() -> None:
    assert InvSqrt.model_validate({"kind": "lecun_normal"}) == InvSqrt()
    assert InvSqrt().kind == "inv_sqrt"


@pytest.mark.erratum(44)
def test_each_unit_has_ten_incoming_links_and_other_ones() -> None:
    """Incoming, not outgoing: an input may have any number of links."""
    linked = filled(Sparse()) != 0
    assert linked.sum(dim=1).unique().tolist() == [10]
    assert len(linked.sum(dim=0).unique()) > 5
    assert not torch.equal(linked[0], linked[1])


def test_a_unit_with_fewer_inputs_than_links_is_linked_to_all() -> None:
    assert (filled(Sparse(), inputs=4) != 0).all()


@pytest.mark.parametrize(("units", "inputs"), [(30, 30), (20, 50), (50, 20)])
def test_orthogonal_weights_are_orthonormal_on_their_shorter_side(units: int, inputs: int) -> None:
    weight = filled(Orthogonal(), units, inputs)
    product = weight @ weight.T if units <= inputs else weight.T @ weight
    torch.testing.assert_close(product, torch.eye(min(units, inputs), dtype=torch.float64), rtol=0, atol=1e-12)
    doubled = filled(Orthogonal(gain=2.0), units, inputs)
    torch.testing.assert_close(doubled, 2 * weight)


def test_every_rotation_is_as_likely() -> None:
    """Without turning Q by the signs of R's diagonal, the first corner would always have one sign."""
    corners = [filled(Orthogonal(), 3, 3, seed)[0, 0].item() for seed in range(200)]
    assert 70 < sum(corner > 0 for corner in corners) < 130
    assert sum(corner**2 for corner in corners) / 200 == pytest.approx(1 / 3, abs=0.08)


def trained_three_steps(part: Initialiser) -> nn.Sequential:
    model = nn.Sequential(nn.Linear(4, 5), nn.Sigmoid(), nn.Linear(5, 3)).double()
    initialise(model, part, seed=0)
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(30, 4, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 3, (30,), generator=generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
    return model


def test_units_that_start_at_zero_stay_alike() -> None:
    alike, different = (trained_three_steps(part)[0].weight for part in (Zeros(), HeNormal()))
    assert alike.abs().sum() > 0
    assert (alike - alike[0]).abs().max() < 1e-12
    assert (different - different[0]).abs().max() > 0.1
