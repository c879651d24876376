"""Read the best rate off each sweep of one problem, and measure what that rate costs.

usage: python benchmarks/compare.py DATA

DATA holds ``lrsweep``, or is such a folder. The truth is that of ``sweep.py``: the objective of a
run is its best validation loss, which no comparison by the end of a run sees.
"""

import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from sweep import GOOD, Sample, load_sweep

from lrdiag.comparison import Sweep, compare_runs
from lrdiag.diagnosis import diagnose


def main() -> None:
    folder = Path(sys.argv[1])
    samples = load_sweep(folder / "lrsweep" if (folder / "lrsweep").exists() else folder)
    problems: dict[str, list[Sample]] = defaultdict(list)
    for one in samples:
        problems[one.problem].append(one)
    final, lowest, inside, good = [], [], [], []
    for name, runs in problems.items():
        comparison = compare_runs([diagnose(one.run) for one in runs])
        sweep = comparison.sweep
        if sweep is None:
            print(f"{name:30} no sweep: {comparison.refusal}")
            continue
        regrets = _regrets(runs)
        final.append(_look_up(regrets, sweep.best))
        lowest.append(_look_up(regrets, sweep.lowest_at or sweep.best))
        best = min(regrets, key=lambda rate: regrets[rate])
        inside.append(_holds(sweep, best))
        good += [regret <= GOOD for rate, regret in regrets.items() if _holds(sweep, rate)]
        left = len(comparison.left_out)
        print(
            f"{name:30} {sweep.best:8.2g} of {sweep.low:8.2g} to {sweep.high:8.2g}, "
            f"truth {best:8.2g}, regret {final[-1]:.3f}, left out {left}"
        )
    print(f"\n{len(final)} problems")
    print(f"within 5 % by the final level:   {_share(final)}")
    print(f"within 5 % by the lowest level:  {_share(lowest)}")
    print(f"the true best within the range:  {np.mean(inside):.2f}")
    print(f"of the rates tried in the range, within 5 %: {np.mean(good):.2f}")


def _regrets(runs: list[Sample]) -> dict[float, float]:
    return {float(one.run["lr"].values.max()): one.regret for one in runs}


def _look_up(regrets: dict[float, float], rate: float) -> float:
    return regrets[min(regrets, key=lambda one: abs(np.log(one / rate)))]


def _holds(sweep: Sweep, rate: float) -> bool:
    return bool(0.99 * sweep.low <= rate <= 1.01 * sweep.high)


def _share(regrets: list[float]) -> str:
    near = sum(one <= GOOD for one in regrets)
    return f"{near} of {len(regrets)}, the worst misses {max(regrets):.2f}"


if __name__ == "__main__":
    main()
