"""Specs worth starting from, each to show something. One YAML file each; imports no torch."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from dlcore.spec import Spec

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Recipe:
    """name: in addresses; summary: what it shows; watch: what to look at while it trains."""

    name: str
    title: str
    summary: str
    watch: str
    spec: Spec


@lru_cache(maxsize=1)
def recipes() -> tuple[Recipe, ...]:
    """All of them, in the order of their file names."""
    return tuple(read(path) for path in sorted(FOLDER.glob("*.yaml")))


def recipe_of(name: str) -> Recipe | None:
    """The recipe of this name."""
    return next((recipe for recipe in recipes() if recipe.name == name), None)


def read(path: Path) -> Recipe:
    """A recipe's file: ``10-softmax-digits.yaml`` is named softmax-digits."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    spec = Spec.model_validate(content.pop("spec"))
    return Recipe(path.stem.split("-", 1)[1], **content, spec=spec)
