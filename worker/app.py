"""The Celery application. Its parent process imports what training needs before it forks, so that children start warm."""

import ctypes
import faulthandler
import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init, worker_shutting_down

from webapp import loading, logs
from webapp.queue import broker_url, transport_options
from webapp.settings import Settings, SettingsInvalid
from worker import broker, control  # noqa: F401 - broker: for the connections of this application
from worker.inheritance import let_go_of_connections
from worker.keeper import Keeper
from worker.presence import Presence
from worker.reporting import Reporter
from worker.watch import Watch

PR_SET_PDEATHSIG = 1
NICENESS = 5  # the web answers in milliseconds while workers train on the same machine
MOST_CHILD_KIB = 6 * 1024 * 1024

parent = os.getpid()  # of the process that imports this and forks; 1 in a container
settings = Settings.from_environment()
os.environ.setdefault("DESCENT_VAR", str(settings.var))
app = Celery("descent", broker=broker_url(settings.redis_url or "redis://127.0.0.1:6379/0"), include=["worker.tasks"])
app.conf.update(
    broker_transport_options=transport_options(),
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    task_acks_late=True,
    task_default_queue="cpu",
    worker_prefetch_multiplier=1,
    worker_proc_alive_timeout=60.0,  # a child warms up before it says that it is there, and the machine may be busy
    worker_concurrency=settings.worker_processes,
    worker_max_memory_per_child=MOST_CHILD_KIB,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
)
app.steps["worker"].add(Keeper)
app.steps["worker"].add(Presence)
app.steps["worker"].add(Watch)
app.steps["worker"].add(Reporter)


@setup_logging.connect
def log_as_we_do(**_: Any) -> None:
    """Celery leaves logging alone once somebody listens here; its own lines say little below a warning."""
    logs.configure(settings)


@worker_init.connect
def prepare_parent(**_: Any) -> None:
    """The data folder, where a host has none yet; and what training needs is imported once, for all children."""
    try:
        settings.make_folder()
    except SettingsInvalid as error:
        sys.exit(str(error))
    import_torch()


def import_torch() -> None:
    """Import torch, and make one throw-away optimizer: that imports the other half of torch. No arithmetic, so no threads."""
    loading.begin()
    import torch
    import torch._dynamo

    import dlcore.train  # noqa: F401 - warm for the children
    import worker.runner  # noqa: F401

    torch.optim.SGD([torch.nn.Parameter(torch.empty(1))], lr=0.1)
    loading.done()


@worker_process_init.connect
def prepare_child(**_: Any) -> None:
    """One thread for each trial (trials run side by side), behind the web, within its memory, and never without the parent."""
    import torch

    from worker.limits import limit_memory

    let_go_of_connections()
    torch.set_num_threads(1)
    os.nice(NICENESS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before it was asked to take us along
            os._exit(1)
    faulthandler.enable(2)  # of a crash below Python the log shows at least where it was
    limit_memory(settings)
    warm_up()


def warm_up() -> None:
    """Train a few steps of nothing, so that the first trial does not pay for what torch prepares on first use."""
    from dlcore.spec import Spec
    from dlcore.train import train

    spec = {"data": {"kind": "digits", "train_size": 128}, "network": {"kind": "mlp"}, "device": "cpu", "epochs": 1}
    for _ in train(Spec.model_validate(spec)):
        pass


@worker_shutting_down.connect
def hand_back(**_: Any) -> None:
    """The worker ends: running trials are checkpointed and go back to the queue."""
    control.ask_to_hand_back()


loading.done()
