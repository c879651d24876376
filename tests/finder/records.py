"""A whole result, for whoever needs one without training."""

import math

from lrdiag.finder import (
    Band,
    Ceiling,
    Health,
    Picks,
    RangeTestResult,
    RangeTestSpec,
    Regions,
    Rung,
    Stop,
    Suggestion,
)


def example_result() -> RangeTestResult:
    """Return a result with every part: a sweep that diverges, four rungs, two seeds."""
    rates = tuple(10.0 ** (-7 + 8 * k / 99) for k in range(90))
    losses = tuple(2.3 - 2.0 / (1.0 + (0.05 / rate) ** 2) for rate in rates[:-1])
    curve = (*losses, math.nan)
    rungs = tuple(
        Rung(
            lr=lr,
            steps=30,
            loss=math.nan if bad == 1.0 else 2.3 - 2.0 * (1.0 - bad),
            start=2.3,
            badness=bad,
            diverged=bad == 1.0,
            losses=(2.3, 1.1, 0.6),
        )
        for lr, bad in ((0.01, 0.4), (0.0316, 0.1), (0.1, 0.0), (0.316, 1.0))
    )
    return RangeTestResult(
        spec=RangeTestSpec(task="digits-cnn", values={"batch_size": 32, "optimizer": "sgd"}),
        lr=rates,
        loss=curve,
        smooth=curve,
        stop=Stop.NOT_FINITE,
        regions=Regions(flat=(1e-7, 1e-3), descent=(1e-3, 0.2), explosion=(0.8, 1.0)),
        suggestion=Suggestion(0.1, 0.03, 0.3, "30 steps at 0.1 lower the loss most."),
        picks=Picks(steepest=0.05, valley=0.02, minimum_tenth=0.03, steepest_tenth=0.005),
        ceiling=Ceiling(lr=0.7, sharpness=5.43, preconditioned=False),
        rungs=rungs,
        band=Band(seeds=2, low=curve, high=curve, together=True),
        health=Health(dead_relus=0.02, update_ratio=1e-3, grad_norm=1.2),
        optimizer="SGD",
        ratios=(1.0,),
        steps_planned=280,
        steps_taken=210,
        seconds=1.5,
        device="cpu",
        torch="2.13.0",
        warnings=("The batches ran out after 64 and were gone through again.",),
    )
