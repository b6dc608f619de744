"""What runs here."""

import platform
import tomllib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from webapp.settings import ROOT

SHOWN = ("Flask", "SQLAlchemy", "celery", "redis", "torch")


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Names and versions, of ours and of what it stands on; nothing is imported for it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = {"Descent": project["version"], "Python": platform.python_version()}
    for name in SHOWN:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a web host needs no torch
            continue
    return found
