"""A linter for training curves: what is wrong, why, and the next learning rate to try."""

__version__ = "0.1.0"
