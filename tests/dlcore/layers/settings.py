"""Every declared layer, as it comes and with settings that take its other paths."""

from contextlib import suppress
from typing import Any

from dlcore.errors import SpecError
from dlcore.layers import Layer, Shape
from dlcore.layers.inception import Inception
from dlcore.part import discover

FEW = {"filters_1x1": 3, "reduce_3x3": 2, "filters_3x3": 4, "reduce_5x5": 2, "filters_5x5": 3, "filters_pool": 2}
SETTINGS: dict[str, list[dict[str, Any]]] = {
    "average_pool": [
        {"size": 5, "stride": 3},
        {"size": 3, "stride": 2, "padding": 1, "ceil": True},
        {"size": 3, "stride": 2, "padding": 1, "ceil": True, "count_padding": False},
    ],
    "batch_norm": [{"eps": 0.1}],
    "conv": [
        {"filters": 7, "size": 5, "stride": 2, "padding": 1},
        {"filters": 4, "size": 3, "dilation": 2, "groups": 2, "bias": False},
        {"filters": 12, "size": 3, "groups": 6, "same": True},
        {"filters": 4, "size": 1, "width": 7, "same": True},
        {"filters": 4, "size": 7, "width": 1, "padding": 3},
        {"filters": 3, "size": 2, "width": 4, "same": True},
        {"filters": 3, "size": 7, "same": True, "stride": 2},
    ],
    "drop_connect": [{"units": 9, "rate": 0.2}, {"units": 9, "bias": False}],
    "dropout": [{"rate": 0.2}],
    "elu": [{"alpha": 0.5}],
    "fully_connected": [{"units": 9}, {"units": 9, "bias": False}],
    "gelu": [{"form": "tanh"}],
    "global_pool": [{"keep": "max"}],
    "highway": [{"activation": "tanh", "gate_bias": -1.0, "size": 2}],
    "inception": [
        {**FEW, "batch_norm": True, "factorised": True, "pool": "average"},
        {**FEW, "batch_norm": True, "stride": 2, "filters_1x1": 0, "filters_pool": 0},
    ],
    "leaky_relu": [{"slope": 0.2}],
    "local": [{"filters": 2, "size": 2, "stride": 2, "padding": 1, "bias": False}],
    "lrn": [{"n": 4, "alpha": 0.3, "k": 1.0, "beta": 0.5}],
    "max_pool": [
        {"size": 3, "stride": 2},
        {"size": 3, "stride": 2, "ceil": True},
        {"size": 3, "stride": 1, "padding": 1},
        {"size": 2, "stride": 3, "padding": 1, "ceil": True},
        {"size": 2, "stride": 5, "ceil": True},
    ],
    "maxout": [{"units": 5, "pieces": 4}],
    "prelu": [{"per_channel": False, "start": 0.1}],
    "residual": [
        {"filters": 6},
        {"filters": 8, "stride": 2},
        {"filters": 8, "stride": 2, "shortcut": "padding"},
        {"filters": 3, "block": "bottleneck", "stride": 2},
        {"filters": 6, "shortcut": "none"},
        {"filters": 6, "pre_activation": True},
        {"filters": 8, "pre_activation": True, "stride": 2},
        {"filters": 8, "pre_activation": True, "stride": 2, "shortcut": "none"},
        {"filters": 3, "pre_activation": True, "block": "bottleneck", "shortcut": "padding"},
    ],
    "softplus": [{"beta": 3.0}],
    "spatial_pyramid_pool": [{"levels": [3, 2], "keep": "average"}],
    "transposed_conv": [
        {"filters": 4, "size": 3, "stride": 2, "padding": 1, "output_padding": 1},
        {"filters": 4, "size": 4, "stride": 3, "padding": 2, "bias": False},
    ],
    "upsample": [{"factor": 3, "by": "bilinear"}],
}
SHAPES: tuple[Shape, ...] = ((10,), (6, 9), (6, 7, 8), (6, 5, 4, 5))
LAYERS = [
    layer.model_validate(settings)
    for layer in discover("dlcore.layers", Layer)
    for settings in [{"kind": layer.kinds()[0]}, *SETTINGS.get(layer.kinds()[0], [])]
]


def fitting(layer: Layer) -> list[Shape]:
    """Those of the shapes that a layer takes: a row, a sequence, a picture, a volume."""
    taken = []
    for shape in SHAPES:
        with suppress(SpecError):
            layer.output_shape(shape)
            taken.append(shape)
    return taken


def takes_long(layer: Layer, shape: Shape) -> bool:
    """GoogLeNet's widths on a volume; smaller modules go there."""
    return layer == Inception() and len(shape) == 4


CASES = [(layer, shape) for layer in LAYERS for shape in fitting(layer) if not takes_long(layer, shape)]


def name(case: object) -> str:
    """``conv(filters=4, size=3)`` and ``6x7x8`` for the test's id."""
    if isinstance(case, Layer):
        changed = ", ".join(f"{key}={value}" for key, value in case if value != type(case).model_fields[key].default)
        return f"{case.kind}({changed})"
    return "x".join(str(length) for length in case) if isinstance(case, tuple) else str(case)
