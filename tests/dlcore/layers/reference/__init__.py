"""Each layer once more, in plain NumPy: ``forward(layer, x, weights)`` of ``<kind>.py`` is evaluation in float64."""
