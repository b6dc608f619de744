"""What web servers and the ``flask`` command load."""

import os

from webapp import loading  # the first of all
from webapp.app import create_app
from webapp.settings import Settings, SettingsInvalid

try:
    settings = Settings.from_environment()
    os.environ.setdefault("DESCENT_VAR", str(settings.var))  # where dlcore looks for uploaded data sets
    app = create_app(settings)
except SettingsInvalid as problem:
    raise SystemExit(str(problem)) from None
loading.done()
