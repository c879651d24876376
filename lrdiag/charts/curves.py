"""The curves of one run at full resolution: what every chart of it is cut from."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from lrdiag.charts.smooth import choose_width, smooth_values
from lrdiag.diagnosis import Diagnosis
from lrdiag.numerics import FloatArray
from lrdiag.run import Series

Unit = Literal["step", "epoch", "index"]
STORED = ("train", "val", "lr", "grad", "epochs")
LARGEST_SINGLE = 1e37  # beyond it a value is stored in double precision


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """What a loss chart shows, thinned by nobody yet.

    Attributes:
        unit: What the steps count.
        train: The training loss as logged, None when the log holds none.
        smooth: The line through it, one value a training step; empty without training loss.
        width: How many values the line averages.
        val: The validation loss as logged.
        lr: The learning rate.
        grad: The gradient norm.
        epochs: The epoch at each step, where the log holds both.
        marks: Steps that thinning must keep: the ends of the evidence and its points.

    Raises:
        ValueError: The line has not one value a training step.
    """

    unit: Unit
    train: Series | None
    smooth: FloatArray
    width: int
    val: Series | None
    lr: Series | None
    grad: Series | None
    epochs: Series | None
    marks: FloatArray

    def __post_init__(self) -> None:
        if len(self.smooth) != (0 if self.train is None else len(self.train)):
            raise ValueError("The smooth line has one value a training step.")

    @property
    def empty(self) -> bool:
        """Whether there is no loss to draw."""
        return self.train is None and self.val is None

    @property
    def range(self) -> tuple[float, float]:
        """The first and the last step of either loss; (0, 1) when there is none."""
        losses = [one.steps for one in (self.train, self.val) if one is not None]
        if not losses:
            return 0.0, 1.0
        return float(min(one[0] for one in losses)), float(max(one[-1] for one in losses))

    @property
    def nonfinite(self) -> FloatArray:
        """The steps at which a loss is NaN or infinite, increasing."""
        bad = [
            one.steps[~np.isfinite(one.values)] for one in (self.train, self.val) if one is not None
        ]
        return np.unique(np.concatenate(bad)) if bad else np.empty(0)


def measure_curves(diagnosis: Diagnosis) -> Curves:
    """Take the curves of a diagnosed run and draw the line through its training loss."""
    run = diagnosis.run
    series = {name: one for name, one in run.series.items() if len(one)}
    train, val = series.get("train_loss"), series.get("val_loss")
    if run.refusal is not None:
        train = val = None
    width = choose_width(len(train)) if train is not None else 1
    return Curves(
        unit=run.x.unit,
        train=train,
        smooth=smooth_values(train.values, width) if train is not None else np.empty(0),
        width=width,
        val=val,
        lr=series.get("lr"),
        grad=series.get("grad_norm"),
        epochs=run.epochs if run.epochs is not None and len(run.epochs) else None,
        marks=_marked_steps(diagnosis),
    )


def _marked_steps(diagnosis: Diagnosis) -> FloatArray:
    steps = {
        float(step)
        for finding in diagnosis.findings.values()
        for one in finding.evidence
        for step in (*(one.span or ()), *(() if one.at is None else (one.at,)))
    }
    return np.array(sorted(steps))


def curves_to_bytes(curves: Curves) -> bytes:
    """Pack curves as an npz archive: single precision, and regular steps as two numbers.

    A run of 1M steps with rate and gradient norm takes 16 MB and 0.1 s.
    """
    arrays: dict[str, NDArray[Any]] = {
        "unit": np.array(curves.unit),
        "width": np.array(curves.width),
        "smooth": _narrow(curves.smooth),
        "marks": curves.marks,
    }
    for name in STORED:
        one: Series | None = getattr(curves, name)
        if one is None:
            continue
        arrays[f"{name}.values"] = _narrow(one.values)
        kind = "ramp" if _is_ramp(one.steps) else "steps"
        arrays[f"{name}.{kind}"] = _ramp(one.steps) if kind == "ramp" else one.steps
    out = io.BytesIO()
    np.savez(out, **arrays)  # type: ignore[arg-type]  # names of arrays, not options
    return out.getvalue()


def curves_from_bytes(data: bytes) -> Curves:
    """Unpack what ``curves_to_bytes`` packed.

    Raises:
        ValueError: The bytes are no such archive; pickled objects are never loaded.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays: dict[str, NDArray[Any]] = dict(archive)
        unit = str(arrays["unit"])
        if unit not in get_args(Unit):
            raise ValueError(f"{unit!r} counts no steps.")
        return Curves(
            unit=unit,  # type: ignore[arg-type]
            smooth=arrays["smooth"].astype(np.float64),
            width=int(arrays["width"]),
            marks=arrays["marks"].astype(np.float64),
            **{name: _series(arrays, name) for name in STORED},
        )
    except (ValueError, KeyError, TypeError, EOFError, OSError, BadZipFile) as error:
        raise ValueError("These bytes hold no curves.") from error


def _series(arrays: Mapping[str, NDArray[Any]], name: str) -> Series | None:
    if f"{name}.values" not in arrays:
        return None
    values = arrays[f"{name}.values"].astype(np.float64)
    if f"{name}.steps" in arrays:
        return Series(arrays[f"{name}.steps"].astype(np.float64), values)
    start, gap = arrays[f"{name}.ramp"].astype(np.float64)
    return Series(start + gap * np.arange(len(values)), values)


def _is_ramp(steps: FloatArray) -> bool:
    start, gap = _ramp(steps)
    return bool(np.array_equal(steps, start + gap * np.arange(len(steps))))


def _ramp(steps: FloatArray) -> FloatArray:
    return np.array([steps[0], steps[1] - steps[0] if len(steps) > 1 else 1.0])


def _narrow(values: FloatArray) -> NDArray[Any]:
    sizes = np.abs(values[np.isfinite(values)])
    return values.astype(np.float32) if sizes.max(initial=0.0) < LARGEST_SINGLE else values
