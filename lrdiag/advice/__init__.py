"""Findings and measurements to one move of the learning rate."""

from lrdiag.advice.advice import Advice, advise
from lrdiag.advice.agree import agree
from lrdiag.advice.move import Action
from lrdiag.advice.reason import PLAINLY

__all__ = ["PLAINLY", "Action", "Advice", "advise", "agree"]
