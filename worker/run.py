"""``python -m worker.run TRIAL``: run one trial in the foreground, without a broker."""

import signal
import sys

import redis
import torch

from webapp import logs
from webapp.settings import Settings
from webapp.store.database import open_sessions
from worker import control
from worker.runner import run_trial


def main(trial_id: int) -> None:
    """Train, until it ends or Ctrl-C hands it back."""
    settings = Settings.from_environment()
    logs.configure(settings)
    torch.set_num_threads(1)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: control.ask_to_hand_back())
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=5) if settings.redis_url else None
    run_trial(trial_id, open_sessions(settings.database), client, settings, control.must_hand_back)


if __name__ == "__main__":
    main(int(sys.argv[1]))
