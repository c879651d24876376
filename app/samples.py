"""Three real runs to look at before one's own: their files, and the cards that the home page shows.

What a card says is diagnosed, not written down: change a rule and the cards change with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.pages import SampleCard
from app.settings import STATIC
from app.sparks import spark_of
from app.views import say_verdict
from lrdiag.diagnosis import diagnose
from lrdiag.examples import find_example, read_example
from lrdiag.readers import Source, read_runs
from lrdiag.report.json import run_to_json
from lrdiag.run import Config

WIDTH, HEIGHT = 300, 72


@dataclass(frozen=True, slots=True)
class Sample:
    """A log that ships with lrdiag.

    Attributes:
        name: Its part of the address.
        file: In static/samples.
        title: What was trained.
        config: What its owner knows beyond the log.
    """

    name: str
    file: str
    title: str
    config: Mapping[str, float | int | str] = field(default_factory=dict)


SAMPLES = (
    Sample(
        "spikes",
        "gpt-three-spikes.csv",
        "Small GPT on text, AdamW",
        {"lr": 0.003, "optimizer": "adamw", "batch_size": 16},
    ),
    Sample("not-a-number", "digits-not-a-number.csv", "Digit classifier, AdamW"),
    Sample("healthy", "gpt-warmup-cosine.csv", "The same GPT, warmup and cosine"),
)


def open_log(
    name: str, folder: Path = STATIC
) -> tuple[Source, Mapping[str, float | int | str]] | None:
    """Return a sample, or the example of the rule with that code, and what is known beyond it."""
    for sample in SAMPLES:
        if sample.name == name:
            return read_sample(sample, folder), sample.config
    example = find_example(name)
    return None if example is None else (read_example(example), example.config)


def read_sample(sample: Sample, folder: Path = STATIC) -> Source:
    """Return the sample's log as if it had been uploaded."""
    return Source(sample.file, (folder / "samples" / sample.file).read_bytes())


@cache
def sample_cards() -> tuple[SampleCard, ...]:
    """Diagnose the samples, once, and return their cards."""
    return tuple(_card(sample) for sample in SAMPLES)


def _card(sample: Sample) -> SampleCard:
    diagnosis = diagnose(read_runs(read_sample(sample))[0], Config.from_mapping(sample.config))
    entry = run_to_json(diagnosis)
    return SampleCard(
        name=sample.name,
        title=sample.title,
        spark=spark_of(diagnosis, WIDTH, HEIGHT, notes=False),
        severity=entry["verdict"]["severity"],
        words=say_verdict(entry),
        facts=", ".join(entry["facts"][:2]),
    )
