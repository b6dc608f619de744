"""The layer table of a network before anything runs: shapes, parameters, multiply-adds, memory. Imports no torch."""

from dataclasses import dataclass

from dlcore.errors import SpecError
from dlcore.layers.branches import through
from dlcore.layers.fitting import flat_size
from dlcore.layers.layer import Layer, Shape
from dlcore.networks.network import Network
from dlcore.regularize.early_stopping import EarlyStopping
from dlcore.scores import METRICS
from dlcore.spec import Spec

FLOAT_BYTES = 4
MOST_PARAMETERS = 200_000_000
MOST_ACTIVATIONS = 500_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One layer. activation_bytes: of what it puts out for one example in float32; a block's inner layers count as well."""

    name: str
    label: str
    output_shape: Shape
    parameters: int
    multiply_adds: int
    activation_bytes: int


@dataclass(frozen=True, slots=True)
class Description:
    """A network's layers, and what training it takes.

    training_bytes: weights, gradients, optimizer state, and a batch's activations forward and backward.
    """

    rows: tuple[Row, ...]
    parameters: int
    multiply_adds: int
    activation_bytes: int
    training_bytes: int


def describe(spec: Spec) -> Description:
    """The table of a spec's network on its data. Raises SpecError, which names the field."""
    check_fit(spec)
    shape = spec.data.network_shape
    rows = describe_network(spec.network, shape, spec.data.outputs)
    parameters = sum(row.parameters for row in rows)
    activations = sum(row.activation_bytes for row in rows) + FLOAT_BYTES * flat_size(shape)
    if parameters > MOST_PARAMETERS:
        raise SpecError(
            "network", f"The network has {parameters:,} parameters; at most {MOST_PARAMETERS:,} are trained here."
        )
    if activations // FLOAT_BYTES > MOST_ACTIVATIONS:
        raise SpecError(
            "network",
            f"One example's activations are {activations // FLOAT_BYTES:,} numbers; at most {MOST_ACTIVATIONS:,}.",
        )
    if spec.processes > 1:
        check_processes(spec)
    copies = 2 + spec.optimizer.state_copies
    training = copies * FLOAT_BYTES * parameters + 2 * min(spec.batch_size, spec.data.size) * activations
    return Description(rows, parameters, sum(row.multiply_adds for row in rows), activations, training)


def check_fit(spec: Spec) -> None:
    """Parts that exclude each other. Raises SpecError, which names the field."""
    task = spec.data.task
    if task not in spec.loss.tasks:
        raise SpecError("loss.kind", f"{spec.loss.name()} is for {' or '.join(spec.loss.tasks)}, but this is {task}.")
    watching = [("schedule", spec.schedule), *((f"regularisation.{i}", r) for i, r in enumerate(spec.regularisation))]
    for path, part in watching:
        metric = getattr(part, "metric", None)
        if metric is None:
            continue
        if metric not in METRICS[task]:
            raise SpecError(
                f"{path}.metric", f"Metric must be one of {', '.join(METRICS[task])} for {task}; you entered {metric}."
            )
        if not spec.data.split.validation and spec.data.split.folds is None:
            raise SpecError(path, f"{part.name()} watches the validation part, but there is none.")
    if sum(isinstance(regulariser, EarlyStopping) for regulariser in spec.regularisation) > 1:
        raise SpecError("regularisation", "Only one early stopping can be given.")


def check_processes(spec: Spec) -> None:
    """Whether a batch can be shared out. Raises SpecError."""
    examples = min(spec.batch_size, spec.data.size)
    if spec.processes > examples:
        raise SpecError(
            "processes", f"A batch of {examples:,} examples cannot be shared out to {spec.processes} processes."
        )
    layers = [layer for _, layer in spec.network.named_layers(spec.data.network_shape, spec.data.outputs)]
    if through(layers, spec.data.network_shape).whole_batch:
        raise SpecError(
            "processes",
            "Batch normalisation needs the whole batch, and each process sees a share of it alone. "
            "Train in one process, or without batch normalisation.",
        )


def describe_network(network: Network, shape: Shape, classes: int) -> tuple[Row, ...]:
    """A row for each layer. Raises SpecError, which names the layer where a list of layers was given."""
    rows = []
    for position, (name, layer) in enumerate(network.named_layers(shape, classes)):
        row, shape = describe_layer(name, layer, shape, place(network, position))
        rows.append(row)
    return tuple(rows)


def describe_layer(name: str, layer: Layer, shape: Shape, path: str) -> tuple[Row, Shape]:
    """A layer's row and the shape that it hands on."""
    try:
        out, parameters, multiply_adds, numbers, _ = through([layer], shape)
    except SpecError as error:
        raise SpecError(path, f"{name}: {error}") from error
    return Row(name, layer.name(), out, parameters, multiply_adds, FLOAT_BYTES * numbers), out


def place(network: Network, position: int) -> str:
    """The path of the field that a layer comes from."""
    given = getattr(network, "layers", ())
    return f"network.layers.{position}" if position < len(given) else "network"
