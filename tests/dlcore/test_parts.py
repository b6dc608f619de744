"""What every declared part must be: a new one is tested by existing."""

import inspect
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from dlcore.augment import Augmentation
from dlcore.data import Dataset
from dlcore.init import Initialiser
from dlcore.layers import Layer
from dlcore.losses import Loss
from dlcore.networks import Network
from dlcore.optim import Optimizer
from dlcore.part import Part, discover
from dlcore.preprocess import Preprocessing
from dlcore.regularize import Regulariser
from dlcore.schedules import Schedule

FAMILIES: dict[str, type[Part]] = {
    "augment": Augmentation,
    "data": Dataset,
    "init": Initialiser,
    "layers": Layer,
    "losses": Loss,
    "networks": Network,
    "optim": Optimizer,
    "preprocess": Preprocessing,
    "regularize": Regulariser,
    "schedules": Schedule,
}
PARTS = [part for package, base in FAMILIES.items() for part in discover(f"dlcore.{package}", base)]
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.family}-{part.kinds()[0]}")


@every_part
def test_its_defaults_are_a_part(part: type[Part]) -> None:
    assert part().kind == part.kinds()[0]


@every_part
def test_it_says_what_it_is(part: type[Part]) -> None:
    assert len(inspect.getdoc(part) or "") > 20
    assert part.summary()
    assert part.name()


@every_part
def test_every_field_has_a_line_of_help(part: type[Part]) -> None:
    from pydantic import BaseModel

    nested = {"split", "preprocess", "augment", "kind"}
    silent = [name for name, info in part.model_fields.items() if not info.description and name not in nested]
    assert not silent
    assert issubclass(part, BaseModel)


@every_part
def test_it_survives_being_written_and_read(part: type[Part]) -> None:
    assert part.model_validate_json(part().model_dump_json()) == part()


@every_part
def test_an_unknown_field_is_an_error(part: type[Part]) -> None:
    with pytest.raises(ValidationError, match="extra"):
        part.model_validate({"kind": part.kinds()[0], "no_such_field": 1})


def limits() -> list[Any]:
    """(part, field, a value beyond its limit) for every limit that is declared."""
    cases = []
    for part in PARTS:
        for name, info in part.model_fields.items():
            for limit in info.metadata:
                for attribute, beyond in (("ge", -1), ("gt", 0), ("le", 1), ("lt", 0)):
                    if hasattr(limit, attribute):
                        value = getattr(limit, attribute) + beyond
                        cases.append(pytest.param(part, name, value, id=f"{part.kinds()[0]}-{name}-{attribute}"))
    return cases


@pytest.mark.parametrize(("part", "field", "value"), limits())
def test_a_value_beyond_its_limit_is_refused(part: type[Part], field: str, value: float) -> None:
    with pytest.raises(ValidationError):
        part.model_validate({"kind": part.kinds()[0], field: value})


def test_kinds_are_unique_within_a_family() -> None:
    for package, base in FAMILIES.items():
        kinds = [kind for part in discover(f"dlcore.{package}", base) for kind in part.kinds()]
        assert len(kinds) == len(set(kinds)), package


def test_a_kind_may_have_a_second_name() -> None:
    from dlcore.spec import Spec

    spec = Spec.model_validate({"data": {"kind": "digits"}, "network": {"kind": "layers", "layers": []}})
    assert spec.network.kind == "convnet"
    assert get_args(type(spec.network).model_fields["kind"].annotation) == ("convnet", "layers")
