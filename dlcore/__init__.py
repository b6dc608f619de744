"""What trains: networks, optimizers, schedules, losses, monitors and the one training loop, on PyTorch.

Knows nothing of the web, the queue or the database. Importing ``dlcore.spec``, ``dlcore.events`` or any declared part
imports no torch; torch is imported inside ``build``.
"""
