"""The published formula of each optimizer in plain NumPy, one module for each kind.

``trajectory(problem, **fields)`` yields the weights, as one flat vector, after each step; ``VARIANTS`` are the fields to try.
"""
