"""The worker as it is, but with a checkpoint after nearly every epoch, so that short trials have some to go on from."""

import dlcore.train
from worker.app import app

dlcore.train.CHECKPOINT_EVERY_S = 0.3
__all__ = ["app"]
