"""Names of a network's layers: conv1, relu1, pool1, conv2, ..."""

from collections import Counter
from collections.abc import Sequence

from dlcore.layers.layer import Layer


def named(layers: Sequence[Layer]) -> list[tuple[str, Layer]]:
    """(name, layer) of each layer: its stem and its number among those of the same stem."""
    counts: Counter[str] = Counter()
    names = []
    for layer in layers:
        counts[layer.stem] += 1
        names.append((f"{layer.stem}{counts[layer.stem]}", layer))
    return names
