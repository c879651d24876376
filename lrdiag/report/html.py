"""A diagnosis as HTML that needs no server, no network and no scripts."""

from lrdiag.diagnosis import Diagnosis


def diagnosis_to_page(diagnosis: Diagnosis) -> str:
    """Return a whole page."""
    raise NotImplementedError(diagnosis)


def diagnosis_to_fragment(diagnosis: Diagnosis) -> str:
    """Return what a notebook shows."""
    raise NotImplementedError(diagnosis)
