"""Measurements of a run: every one once, and only when asked."""

from lrdiag.signals.signals import Signals

__all__ = ["Signals"]
