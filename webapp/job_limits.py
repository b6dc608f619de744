"""What one job may take of an instance, as far as its spec tells: checked when it is submitted, and again by the worker."""

from math import prod

from dlcore.describe import FLOAT_BYTES, describe
from dlcore.errors import SpecError
from dlcore.spec import Spec
from webapp.formatting import size
from webapp.settings import Settings

MIB = 1024 * 1024
CHECKPOINTS_KEPT = 3  # the last two and the best


def check_job(spec: Spec, settings: Settings) -> None:
    """Raises SpecError, which names the field and the limit."""
    if spec.processes > settings.most_processes:
        raise SpecError(
            "processes",
            f"The trial asks for {spec.processes} processes; at most {settings.most_processes} train together here.",
        )
    parameters = describe(spec).parameters
    check_parameters(parameters, settings)
    examples = FLOAT_BYTES * spec.data.size * prod(spec.data.network_shape)
    if examples > settings.data_mib * MIB:
        raise SpecError(
            "data",
            f"The examples of this data set take {size(examples)} of memory as they are trained on; a trial may take "
            f"{size(settings.data_mib * MIB)} for them here. Choose smaller pictures, or another data set.",
        )
    kept = CHECKPOINTS_KEPT * FLOAT_BYTES * (1 + spec.optimizer.state_copies) * parameters
    if kept > settings.artifacts_mib * MIB:
        raise SpecError(
            "network",
            f"The checkpoints of this network with {spec.optimizer.name()} take {size(kept)} of disk; a trial may keep "
            f"{size(settings.artifacts_mib * MIB)} here. Choose a smaller network.",
        )


def check_parameters(count: int, settings: Settings) -> None:
    """Raises SpecError when a network is larger than one may be here."""
    if count > settings.most_parameters:
        raise SpecError(
            "network",
            f"The network has {count:,} parameters; at most {settings.most_parameters:,} are trained here.",
        )
