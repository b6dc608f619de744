"""Torch modules that torch itself lacks. They import torch, so only ``build`` methods import them."""
