"""The range test: a sweep for the picture, rungs for the number, all put back afterwards."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite, log10, sqrt

import torch
from torch import Tensor

from lrdiag.finder.band import make_band
from lrdiag.finder.batches import Batches, count_examples, generators_of
from lrdiag.finder.climb import FLAT, LONG, USUAL_WEIGHT, Ask, Climb, Climber
from lrdiag.finder.course import PROBES
from lrdiag.finder.health import Notes, ReluWatch, look_at_gradients, tell_health
from lrdiag.finder.memory import explained
from lrdiag.finder.monitor import Monitor
from lrdiag.finder.progress import Watch
from lrdiag.finder.regions import find_picks, find_regions, smooth_losses
from lrdiag.finder.result import Band, Ceiling, RangeTestResult
from lrdiag.finder.sharpness import measure_ceiling
from lrdiag.finder.spec import (
    RUNG_STEPS,
    RangeTestSpec,
    check_range,
    check_steps,
    check_threshold,
    plan_steps,
)
from lrdiag.finder.state import State
from lrdiag.finder.stepper import Stepper
from lrdiag.finder.subject import Subject
from lrdiag.finder.suggestion import refusal, suggest
from lrdiag.finder.sweep import Sweep, run_sweep, sweep_rates
from lrdiag.finder.together import Together
from lrdiag.finder.usual import UNKNOWN, usual_decades
from lrdiag.numerics import FloatArray

ENOUGH_EXAMPLES = 32  # a batch; fewer are noisier and take longer rungs
PLATEAU = 0.05  # share of the start: a loss that fell by less is still on its first plateau
SLOW = 0.15  # likewise, for find_lr
PATIENT_STEPS = 600  # of a rung there
PLATEAU_WEIGHT = 5.0 * USUAL_WEIGHT  # where little fell, the usual rate counts for more
BELOW_BLOWUP = 0.5  # decades: the search starts no higher than this below the sweep's end


@dataclass(frozen=True, slots=True)
class Options:
    """How to test; as in ``RangeTestSpec``, which explains them."""

    lr_min: float = 1e-7
    lr_max: float = 10.0
    steps: int = 100
    confirm: bool = False
    diverge_threshold: float = 4.0

    def __post_init__(self) -> None:
        check_range(self.lr_min, self.lr_max)
        check_steps(self.steps)
        check_threshold(self.diverge_threshold)


def find_rate(
    subject: Subject,
    options: Options,
    *,
    watch: Watch | None = None,
    spec: RangeTestSpec | None = None,
) -> RangeTestResult:
    """Test the rates of a model and leave it as it was.

    Args:
        subject: What to train.
        options: How.
        watch: Is told the progress; an exception that it raises ends the test.
        spec: What was asked, for the result.

    Raises:
        OutOfMemoryError: A step does not fit the device.
        UntestableError: The model, the data or the optimizer cannot be trained.
    """
    began = time.perf_counter()
    batches = Batches(subject.batches)
    generators = generators_of(subject.batches)
    state = State(subject.all_modules, subject.optimizers, subject.scaler, generators)
    with torch.enable_grad(), explained(subject, batches):
        try:
            if not subject.model.training:  # within a training, frozen parts stay as they are
                subject.model.train()
            result = _Test(subject, options, state, batches, watch).run()
        finally:
            state.put_back()
    return replace(result, spec=spec, seconds=round(time.perf_counter() - began, 3))


class _Test:
    """One test, step by step."""

    def __init__(
        self,
        subject: Subject,
        options: Options,
        state: State,
        batches: Batches,
        watch: Watch | None,
    ) -> None:
        self._subject, self._options = subject, options
        self._state, self._batches = state, batches
        self._stepper = Stepper(
            subject.loss_of,
            subject.optimizers,
            batches,
            parameters=subject.parameters,
            scaler=subject.scaler,
            autocast=subject.autocast,
            accumulate=subject.accumulate,
            clip_norm=subject.clip_norm,
        )
        self._rung_steps = _rung_steps(subject.examples or count_examples(batches[0]))
        seeds = 1 + len(subject.starts)
        self._planned = plan_steps(
            options.steps * seeds, confirm=options.confirm, rung_steps=self._rung_steps
        )
        self._monitor = Monitor(watch, self._planned, together=subject.distributed)
        self._notes = Notes()
        self._usual = usual_decades(subject.optimizers)
        self._trainer = Together(subject, self._stepper, batches, state, self._monitor, self._notes)
        self._climber = Climber(self._trainer, self._usual, _bounds(options), self._monitor)

    def run(self) -> RangeTestResult:
        """Train, and say what came of it."""
        self._stepper.draw(max(self._options.steps, self._rung_steps, PROBES))
        ceiling = self._check_up()
        sweep = self._sweep()
        band = self._sweep_seeds(sweep)
        self._monitor.phase = "rungs"
        climb = self._search(sweep)
        self._monitor.phase = "done"
        self._monitor.total = self._monitor.done
        self._monitor.tell(always=True)
        return self._result(sweep, band, climb, ceiling)

    def _check_up(self) -> Ceiling | None:
        """Look at the model before any step."""
        self._state.rewind()
        with ReluWatch(self._subject.model) as watch:
            self._stepper.gradients(0, scaled=False)
        self._notes.dead = watch.dead
        look_at_gradients(self._subject.parameters, self._notes)
        if self._subject.distributed:  # products with the Hessian pass its hooks by
            return None
        self._state.rewind()
        with suppress(RuntimeError):  # some layers have no second derivative
            return measure_ceiling(
                self._stepper.loss(self._batches[0]),
                self._subject.parameters,
                self._subject.optimizers[0],
            )
        return None

    def _sweep(self) -> Sweep:
        options = self._options
        rates = sweep_rates(options.lr_min, options.lr_max, options.steps)
        self._state.rewind()
        return run_sweep(self._stepper, rates, options.diverge_threshold, self._monitor)

    def _sweep_seeds(self, sweep: Sweep) -> Band | None:
        """Sweep from the weights of other seeds, at once or one after another."""
        options, starts = self._options, self._subject.starts
        if not starts or not sweep.lr:
            return None
        rates = sweep_rates(options.lr_min, options.lr_max, options.steps)
        others = self._trainer.sweep(rates.tolist(), starts, options.diverge_threshold)
        why = "" if others is not None else self._trainer.why
        if others is None:
            others = [self._sweep_from(one, rates) for one in starts]
        return make_band(sweep, others, why=why)

    def _sweep_from(self, start: Mapping[str, Tensor], rates: FloatArray) -> Sweep:
        self._state.rewind()
        self._subject.model.load_state_dict(start)
        threshold = self._options.diverge_threshold
        return run_sweep(self._stepper, rates, threshold, self._monitor, shown=False)

    def _search(self, sweep: Sweep) -> Climb:
        """Climb from the usual rate, and on with longer rungs where the curve asks for them."""
        climb = self._climb(self._start(sweep), Ask(self._rung_steps))
        if self._options.confirm:
            return self._confirm(climb)
        hardly = climb.alive and climb.drop < PLATEAU
        if hardly and self._rung_steps < LONG:
            self._monitor.phase = "longer"
            climb = self._climb(climb.place, Ask(LONG, weight=PLATEAU_WEIGHT))
        return climb

    def _confirm(self, climb: Climb) -> Climb:
        """Train longer around the answer, then on fresh batches; much longer on a plateau."""
        self._monitor.phase = "longer"
        if not (climb.alive and FLAT <= climb.drop < PLATEAU):
            climb = self._climb(climb.place, Ask(LONG))
        if climb.alive and FLAT <= climb.drop < SLOW:
            return self._climb(climb.place, Ask(PATIENT_STEPS))
        if not climb.alive:
            return climb
        return self._climb(climb.place, Ask(LONG, batches=1, known=climb.badness))

    def _climb(self, place: int, ask: Ask) -> Climb:
        self._stepper.draw((ask.batches + 1) * ask.steps)
        return self._climber.climb(place, ask)

    def _start(self, sweep: Sweep) -> int:
        decades = self._usual
        if decades is None:
            known = [
                (loss, lr) for lr, loss in zip(sweep.lr, sweep.loss, strict=True) if isfinite(loss)
            ]
            decades = log10(min(known)[1]) - BELOW_BLOWUP if known else UNKNOWN
        if sweep.blew_up is not None:
            decades = min(decades, log10(sweep.blew_up) - BELOW_BLOWUP)
        return round(2.0 * decades)

    def _result(
        self, sweep: Sweep, band: Band | None, climb: Climb, ceiling: Ceiling | None
    ) -> RangeTestResult:
        suggestion = suggest(climb, self._usual, confirmed=self._options.confirm)
        lr = None if suggestion is None else suggestion.lr
        return RangeTestResult(
            spec=None,
            lr=sweep.lr,
            loss=_brief(sweep.loss),
            smooth=_brief(smooth_losses(sweep.loss)),
            stop=sweep.stop,
            regions=find_regions(sweep.lr, sweep.loss, self._options.lr_max),
            suggestion=suggestion,
            picks=find_picks(sweep.lr, sweep.loss),
            ceiling=ceiling,
            rungs=tuple(self._monitor.rungs),
            band=band,
            health=tell_health(self._notes, lr),
            optimizer=self._subject.optimizer_names,
            ratios=self._stepper.ratios,
            steps_planned=self._planned,
            steps_taken=self._monitor.done,
            seconds=0.0,
            device=_device_name(self._subject.device),
            torch=torch.__version__,
            warnings=(*self._warnings(), *(() if suggestion else (refusal(climb),))),
        )

    def _warnings(self) -> list[str]:
        told = [*self._subject.notes]
        if self._batches.consumed:
            told.append(
                f"The test took {self._batches.consumed:,} batches from an iterator that cannot "
                "be rewound: give the loader itself to keep them."
            )
        if self._batches.repeats:
            told.append("There were fewer batches than steps: some were gone through again.")
        return told


def _rung_steps(examples: int) -> int:
    """Return the steps of a first rung: small batches are noisier and take more."""
    return int(min(RUNG_STEPS * max(1.0, sqrt(ENOUGH_EXAMPLES / examples)), LONG))


def _bounds(options: Options) -> tuple[int, int]:
    low = ceil(2.0 * log10(options.lr_min) - 1e-9)
    return low, floor(2.0 * log10(options.lr_max) + 1e-9)


def _brief(values: Iterable[float]) -> tuple[float, ...]:
    """Keep the digits of a float32."""
    return tuple(float(f"{one:.7g}") for one in values)


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)
