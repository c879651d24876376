"""Everything that rules and advice may look at, measured once per run and only when asked."""

from functools import cached_property

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Config, Run, SeriesName
from lrdiag.signals.accuracy import (
    AccuracyChange,
    AccuracyLevel,
    measure_change,
    measure_lead,
    measure_level,
)
from lrdiag.signals.alternation import Alternation, measure_alternation
from lrdiag.signals.curve import Curve, measure_curve
from lrdiag.signals.decay import Decay, measure_decay
from lrdiag.signals.gap import Gap, measure_gap
from lrdiag.signals.grad_course import (
    Clipping,
    GradCourse,
    measure_clipping,
    measure_grad_course,
)
from lrdiag.signals.gradient import Gradient, measure_gradient
from lrdiag.signals.loss_scale import LossScale, measure_loss_scale
from lrdiag.signals.period import Period, measure_period
from lrdiag.signals.progress import Progress, measure_progress
from lrdiag.signals.rate_rise import Jump, Warmup, measure_jumps, measure_warmup
from lrdiag.signals.record import (
    Repeat,
    Zeros,
    measure_change_correlation,
    measure_repeat,
    measure_zeros,
)
from lrdiag.signals.schedule import Schedule, lr_time, measure_schedule
from lrdiag.signals.shape import ShapeSignals, measure_shape
from lrdiag.signals.spikes import Spike, find_spikes
from lrdiag.signals.start import Start, measure_start
from lrdiag.signals.swings import Swings, measure_swings
from lrdiag.signals.validation import Validation, measure_validation

WHOLE = 0.6  # of the planned steps; the last part of a schedule no longer changes the direction


class Signals:
    """The measurements of one run.

    Asking for a signal whose series the run did not log raises MissingSeriesError; a rule
    says in ``needs`` what it asks for, so that diagnose never lets this happen.
    """

    def __init__(self, run: Run, config: Config | None = None) -> None:
        self.run = run
        self.config = config or Config()

    @cached_property
    def loss_name(self) -> SeriesName | None:
        """The loss that speaks for the run: the training loss, else the validation loss."""
        for name in ("train_loss", "val_loss"):
            if name in self.run and len(self.run[name]):
                return name
        return None

    @cached_property
    def rows(self) -> int:
        """How many finite values that loss has."""
        if self.loss_name is None:
            return 0
        return int(np.count_nonzero(np.isfinite(self.run[self.loss_name].values)))

    @cached_property
    def loss(self) -> Curve:
        """The loss that speaks for the run; ask ``rows`` first.

        Raises:
            ValueError: It has no finite value.
        """
        name = self.loss_name
        if name is None:
            raise ValueError("The run holds no loss.")
        return measure_curve(self.run[name])

    @cached_property
    def spikes(self) -> tuple[Spike, ...]:
        """Every jump of the loss out of its noise, hard batches among them."""
        return find_spikes(self.loss)

    @cached_property
    def start(self) -> Start:
        """The first steps of the loss."""
        return measure_start(self.loss)

    @cached_property
    def repeat(self) -> Repeat | None:
        """The longest stretch of one value of the loss; None without a finite value."""
        return None if self.loss_name is None else measure_repeat(self.run[self.loss_name])

    @cached_property
    def zeros(self) -> Zeros | None:
        """The rows where the loss is zero all of a sudden; None if there are none."""
        return None if self.loss_name is None else measure_zeros(self.run[self.loss_name])

    @cached_property
    def change_correlation(self) -> float | None:
        """How a change of the loss goes with the one before it, -0.5 for independent noise."""
        return measure_change_correlation(self.loss.raw)

    @cached_property
    def swings(self) -> Swings:
        """The swings of the loss after its start."""
        return measure_swings(self.loss)

    @cached_property
    def progress(self) -> Progress:
        """When the loss fell, and whether it still falls; needs four finite values."""
        return measure_progress(self.loss, self.time)

    @cached_property
    def period(self) -> Period | None:
        """The pattern of an epoch, logged or seen; None where epochs are few or sparse."""
        by_epoch = self.run.epochs is None and self.run.x.unit == "epoch"
        if self.rows == 0 or by_epoch:  # a cycle of several epochs is no order of the batches
            return None
        return measure_period(self.loss, self.run.epochs)

    @cached_property
    def validation(self) -> Validation | None:
        """The validation loss; None if it was not logged or is never finite."""
        if "val_loss" not in self.run:
            return None
        trained = "train_loss" in self.run and self.loss_name == "train_loss" and self.rows
        return measure_validation(self.run["val_loss"], self.loss if trained else None)

    @cached_property
    def gap(self) -> Gap | None:
        """Validation less training, late in the run; None without enough of either."""
        val = self.validation
        trained = self.loss_name == "train_loss" and self.rows
        return measure_gap(val, self.loss) if val is not None and trained else None

    @cached_property
    def accuracy_lead(self) -> float | None:
        """Points by which validation is more accurate than training; None without both."""
        run = self.run
        if "val_accuracy" not in run or "train_accuracy" not in run:
            return None
        return measure_lead(run["val_accuracy"], run["train_accuracy"])

    @cached_property
    def accuracy_since_best(self) -> AccuracyChange | None:
        """The validation accuracy at the lowest validation loss and now; None without both."""
        val = self.validation
        if val is None or "val_accuracy" not in self.run:
            return None
        return measure_change(self.run["val_accuracy"], val.best_step)

    @cached_property
    def schedule(self) -> Schedule | None:
        """The learning rate; None if it was not logged."""
        return measure_schedule(self.run["lr"]) if "lr" in self.run else None

    @cached_property
    def decay(self) -> Decay | None:
        """A decay that looks applied twice; None for every other schedule."""
        return None if self.schedule is None else measure_decay(self.schedule)

    @cached_property
    def warmup(self) -> Warmup | None:
        """The warmup and what the loss does at its end; None without one."""
        return None if self.schedule is None else measure_warmup(self.schedule, self.loss)

    @cached_property
    def jumps(self) -> tuple[Jump, ...]:
        """Where the rate jumps up after the warmup, and what the loss does there."""
        return () if self.schedule is None else measure_jumps(self.schedule, self.loss)

    @cached_property
    def alternation(self) -> Alternation | None:
        """How the loss goes from row to row; None with too few rows."""
        return measure_alternation(self.loss)

    @cached_property
    def gradient(self) -> Gradient | None:
        """The gradient norm; None if it was not logged."""
        return measure_gradient(self.run["grad_norm"]) if "grad_norm" in self.run else None

    @cached_property
    def grad_course(self) -> GradCourse | None:
        """How the gradient norm goes on; None if too few norms were logged at a full rate."""
        gradient = self.gradient
        return None if gradient is None else measure_grad_course(gradient, self.schedule)

    @cached_property
    def clipping(self) -> Clipping | None:
        """How the gradient norm lies to its clip; None without a norm or a clip to be seen."""
        gradient, told = self.gradient, self.config.clip_norm
        return None if gradient is None else measure_clipping(gradient, self.schedule, told)

    @cached_property
    def loss_scale(self) -> LossScale | None:
        """The loss scale of mixed precision; None if it was not logged."""
        return measure_loss_scale(self.run["loss_scale"]) if "loss_scale" in self.run else None

    @cached_property
    def accuracy_level(self) -> AccuracyLevel | None:
        """Where the logged accuracy stood, that of validation first; None without one."""
        for name in ("val_accuracy", "train_accuracy"):
            if name in self.run:
                return measure_level(self.run[name])
        return None

    @cached_property
    def accuracy_gain(self) -> float | None:
        """How far the logged accuracy rose, by the medians of its fifths; None without one."""
        for name in ("val_accuracy", "train_accuracy"):
            if name in self.run:
                values = self.run[name].finite().values
                part = max(1, len(values) // 5)
                if len(values) >= 3:
                    return float(np.median(values[-part:]) - np.median(values[:part]))
        return None

    @cached_property
    def unfinished(self) -> bool:
        """Whether the user plans, or the schedule shows, a run longer than the log."""
        planned, name = self.config.planned_steps, self.loss_name
        if planned and name and self.run.x.unit == "step":
            return float(self.run[name].steps[-1]) < WHOLE * planned
        return self.schedule is not None and self.schedule.unfinished

    @cached_property
    def rate(self) -> float | None:
        """Today's peak learning rate, as the user says or else as the log does."""
        if self.config.lr is not None:
            return self.config.lr
        return None if self.schedule is None else self.schedule.peak

    @cached_property
    def time(self) -> FloatArray:
        """Share of the learning-rate time that has passed at each bin of the loss; (b,)."""
        return lr_time(self.loss.bins.steps, self.schedule)

    @cached_property
    def shape(self) -> ShapeSignals:
        """Overshoot, pace and unfinished fall, for the advice."""
        return measure_shape(self.run)
