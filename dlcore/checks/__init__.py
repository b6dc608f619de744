"""Checks of a network before it is trained for long. They import torch."""
