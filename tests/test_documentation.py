"""What is not documented is not done."""

import re

import pytest
from click import Group

from dlcore.recipes import recipes
from tests.conftest import ROOT
from webapp.app import create_app
from webapp.settings import Settings

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", [field.alias for field in Settings.model_fields.values()])
def test_every_setting_is_in_the_readme(name: str) -> None:
    description = next(field.description for field in Settings.model_fields.values() if field.alias == name)
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` |"))
    assert description in row


def test_every_command_is_in_the_readme(settings: Settings) -> None:
    ours = {"up", "web", "worker", "workers", "demo", "user", "token", "backup", "restore"}
    for name, command in create_app(settings).cli.commands.items():
        if name in ours:
            for words in [f"{name} {sub}" for sub in command.commands] if isinstance(command, Group) else [name]:
                assert words in README, words


def test_the_recipe_that_the_readme_names_is_there() -> None:
    assert "LeNet-5 on MNIST" in {recipe.title for recipe in recipes()}


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/deploy.md", "docs/api.md"]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / page).read_text()):
        assert ((ROOT / page).parent / target).exists(), target
