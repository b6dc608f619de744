"""A trial to export, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.webapp.exports.full_trial import make_full_trial


@pytest.fixture
def trial_id(sessions: sessionmaker[Session], tmp_path: Path) -> int:
    """A trial with all that can be exported."""
    return make_full_trial(sessions, tmp_path)
