"""The code of the contributors' guide, as the guide prints it."""

import re
import tomllib
from pathlib import Path

from tests.conftest import ROOT

GUIDE = (ROOT / "CONTRIBUTING.md").read_text()


def examples() -> dict[Path, str]:
    """The files that the guide shows: where each belongs, and its text."""
    found = re.findall(r"^`([\w/]+\.py)`:\n\n```python\n(.*?)^```", GUIDE, re.S | re.M)
    return {Path(path): code for path, code in found}


def entry_points() -> dict[str, str]:
    """What the guide's package says of its parts: name -> module."""
    (block,) = re.findall(r"```toml\n(.*?)```", GUIDE, re.S)
    named: dict[str, str] = tomllib.loads(block)["project"]["entry-points"]["descent.parts"]
    return named
