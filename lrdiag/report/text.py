"""A diagnosis for the terminal."""

from collections.abc import Sequence

from lrdiag.diagnosis import Diagnosis
from lrdiag.report import words


def print_diagnoses(diagnoses: Sequence[Diagnosis], *, columns: bool = False) -> None:
    """Print each run."""
    for one in diagnoses:
        said = words.verdict(one)
        print(one.run.name, said.headline, said.because, columns)
