"""What web servers and the ``flask`` command load."""

from webapp.app import create_app
from webapp.settings import SettingsInvalid

try:
    app = create_app()
except SettingsInvalid as problem:
    raise SystemExit(str(problem)) from None
