"""What web servers and the ``flask`` command load."""

from webapp.app import create_app

app = create_app()
