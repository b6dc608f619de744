"""TensorBoard's protobuf messages, which tensorboardX brings along.

``import tensorboardX`` imports torch as well, which the web process never does. So its modules of messages, which need
nothing of it, are loaded with an empty package in its place; whoever imports tensorboardX afterwards gets the whole one.
"""

import importlib
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def load(*names: str) -> list[Any]:
    """Modules of tensorboardX, without the package's own imports."""
    loaded_before = sys.modules.get("tensorboardX")
    if loaded_before is None:
        spec = find_spec("tensorboardX")
        if spec is None:
            raise ModuleNotFoundError("tensorboardX is not installed; it is in requirements.txt.")
        package = ModuleType("tensorboardX")
        package.__path__ = list(spec.submodule_search_locations or [])
        sys.modules["tensorboardX"] = package
    try:
        return [importlib.import_module(f"tensorboardX.{name}") for name in names]
    finally:
        if loaded_before is None:
            del sys.modules["tensorboardX"]


events, summaries, tensors, hyperparameters, checksum = load(
    "proto.event_pb2", "proto.summary_pb2", "proto.tensor_pb2", "proto.plugin_hparams_pb2", "crc32c"
)
Event = events.Event
Summary = summaries.Summary
HParams = hyperparameters.HParamsPluginData
DT_FLOAT, DT_DOUBLE, DT_STRING, DT_HALF, DT_BFLOAT16 = 1, 2, 7, 19, 14  # types.proto
