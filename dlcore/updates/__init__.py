"""Optimizers that torch does not have, or not in the form of their paper. Imports torch; the declarations in ``optim`` do not."""
