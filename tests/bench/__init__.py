"""Measurements; ``make bench`` prints them and writes docs/benchmarks.md. No test asserts a wall-clock time."""
