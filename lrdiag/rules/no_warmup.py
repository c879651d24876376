"""No warmup, and the start shows it.

## What it shows
The rate is at its peak from the first step on, the optimizer is Adam or one of its kin or the
batch is large, and the loss jumps or breaks within its first steps and comes back.

## Why it matters
Adam divides by an average of the squared gradient that knows only a few steps at first, so its
first steps are its longest, where the loss is steepest. Transformers and large batches suffer
most: what the first steps break is repaired slowly or never. A run that starts well without a
warmup needs none.

## Example
    step,train_loss,lr
    0,4.61,0.003
    3,9.80,0.003
    20,7.12,0.003

## What to do
Let the rate rise from zero over 1 to 5 % of the run, up to 10 % for very large batches. If it
still jumps, divide the peak by 2 to 3.

## References
- Liu et al. (2020), On the Variance of the Adaptive Learning Rate and Beyond.
- Goyal et al. (2017), Accurate, Large Minibatch SGD: warmup for large batches.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import loss_not_finite, start_overshoot
from lrdiag.rules.epoch_periodic import follows_epochs
from lrdiag.rules.rule import Rule
from lrdiag.rules.spike_recovers import MIN_NOISES, standing_spikes
from lrdiag.rules.witness import grew
from lrdiag.rules.words import lower_rate_later, place, too_thin, unsaid
from lrdiag.signals import Signals
from lrdiag.signals.schedule import Schedule
from lrdiag.wording import say_loss, say_rate

MIN_ROWS = 50  # rows; the first steps of a shorter log are one row
ADAPTIVE = ("adam", "adamw", "rmsprop", "adagrad", "lion", "muon")
LARGE = 1024  # samples a step; from there on SGD is warmed up too
EARLY = 0.05  # of the run; what a warmup would have covered
AT_ONCE = 0.002  # of the run; a rate at its peak by then had no warmup


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a rate that begins at its peak under a start that jumps."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    if signals.config.optimizer is None and signals.config.batch_size is None:
        return unsaid("optimizer")
    schedule = signals.schedule
    if schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    if not _wants_warmup(signals) or not _at_once(signals, schedule):
        return None
    trouble = _find_trouble(signals)
    if trouble is None:
        return None
    severity, said, evidence = trouble
    first, last = signals.loss.span
    return Finding(
        severity=severity,
        confidence=0.8,
        summary=f"The rate is {say_rate(schedule.peak)} from the first step on, and {said}",
        cause="Without a warmup the first steps are the longest, where the loss is steepest.",
        evidence=(
            evidence,
            Evidence(
                "share of the run until the peak rate",
                100.0 * signals.loss.share(schedule.warmup_end),
                100.0 * AT_ONCE,
                "%",
                "lr",
                (first, first + EARLY * (last - first)),
            ),
        ),
        fixes=(
            Fix(
                "Let the rate rise from zero over 1 to 5 % of the run",
                "Short first steps meet the steepest part.",
            ),
            lower_rate_later(
                signals, 2, 3, "If the loss still jumps", "Then the peak itself is too high."
            ),
        ),
    )


def _wants_warmup(signals: Signals) -> bool:
    config = signals.config
    return config.optimizer in ADAPTIVE or (config.batch_size or 0) >= LARGE


def _at_once(signals: Signals, schedule: Schedule) -> bool:
    """Whether the rate is at its peak within the first steps."""
    first, last = signals.loss.span
    began = schedule.steps[0] - first <= AT_ONCE * (last - first)
    return bool(began and signals.loss.share(schedule.warmup_end) <= AT_ONCE)


def _find_trouble(signals: Signals) -> tuple[Severity, str, Evidence] | None:
    """Return what goes wrong in the first steps and is made good; None where nothing does."""
    if follows_epochs(signals):
        return None
    broken = loss_not_finite.check(signals)
    if isinstance(broken, Finding):
        early = len(signals.loss.lost) and signals.loss.share(signals.loss.lost[0]) <= EARLY
        said = f"the loss breaks at {place(signals, float(signals.loss.lost[0]))}"
        found = (Severity.WARNING, said, broken.evidence[0])
        return found if early and grew(broken) else None
    jumped = start_overshoot.check(signals)
    if isinstance(jumped, Finding):
        if jumped.severity is Severity.ERROR:  # what never comes back wants another rate
            return None
        said = f"the loss jumps to {say_loss(signals.start.highest)} at once"
        return jumped.severity, said, jumped.evidence[0]
    for one in standing_spikes(signals):
        if signals.loss.share(one.start) <= EARLY:
            label = f"spike of {say_loss(one.peak)} over {say_loss(one.before)}"
            span = (one.start, one.end)
            evidence = Evidence(
                label, one.noises, MIN_NOISES, "noises", "train_loss", span, one.peak_step
            )
            return Severity.WARNING, f"the loss spikes at {place(signals, one.start)}", evidence
    return None


def seen(signals: Signals) -> str:
    """Return when the rate is at its peak."""
    schedule = signals.schedule
    if schedule is None:
        return "no rate"
    if not _wants_warmup(signals):
        return "not asked for by this optimizer"
    if _at_once(signals, schedule):
        return "none, and the start is calm"
    return f"peak at {place(signals, schedule.warmup_end)}"


RULE = Rule(
    code="CFG604",
    name="no-warmup",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="warmup, or a calm start",
    seen=seen,
    symptom="spikes",
    explains=("LR103", "LR104"),
)
