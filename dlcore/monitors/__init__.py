"""What is measured while training, at the spec's cadence; nothing is done on the steps between."""
