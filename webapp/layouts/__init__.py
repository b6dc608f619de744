"""Pinned charts and saved layouts, of each person their own. The routes are the API's: ``webapp/api/layouts.py``."""

from flask import Blueprint

blueprint = Blueprint("layouts", __name__, template_folder="templates")
