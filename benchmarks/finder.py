"""Suggested rates beside those of other finders, and what a step of each costs, in one run.

usage: python benchmarks/finder.py FOLDER [--seed 1] [--only TEXT]

FOLDER holds what ``problems.py`` wrote: drawn problems, each trained at eleven rates. The regret
of a suggestion is read off between those rates. Answers on half decades, which lrdiag gives, are
favoured by that: a rate between a good one and one that diverges is charged half. The rules of
fastai and Lightning are restated here on a sweep of a hundred steps, smoothed as each does;
torch-lr-finder is run itself where it is installed, and restated otherwise.
"""

import argparse
import copy
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from math import isfinite, log10
from pathlib import Path

import numpy as np
import torch
from problems import OPTIMIZERS, Problem, draw_problem
from sweep import GOOD, load_sweep
from torch import Tensor, nn

import lrdiag

LOW, HIGH, STEPS = 1e-7, 10.0, 100
LOST = 0.5  # regret
USUAL = {"sgd": 1e-2, "momentum": 1e-2, "nesterov": 1e-2, "adagrad": 1e-2, "lion": 1e-4}
REPEATS = 9  # of each timing; the least counts
SHORT, LONG = 100, 500  # steps of the sweeps whose difference is timed

Pair = tuple[list[float], list[float]]


def make_batches(problem: Problem, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Go through the three quarters that ``problems.py`` trains on, in an order of its own."""
    data, first = problem.data, torch.Generator().manual_seed(problem.number)
    order = torch.randperm(len(data.inputs), generator=first)
    rest = order[len(order) // 4 :]
    generator = torch.Generator().manual_seed(10_000 * seed + problem.number)
    while True:
        for part in torch.randperm(len(rest), generator=generator).split(problem.batch):
            if len(part) > 1:
                yield data.inputs[rest[part]], data.targets[rest[part]]


def sweep_once(problem: Problem, net: nn.Module, seed: int) -> Pair:
    """Train once through rising rates, as all classical finders do."""
    optimizer = OPTIMIZERS[problem.optimizer](net.parameters(), LOW)
    rates, losses = np.geomspace(LOW, HIGH, STEPS).tolist(), []
    for rate, (inputs, targets) in zip(rates, make_batches(problem, seed), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = problem.loss(net(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        if problem.clip:
            nn.utils.clip_grad_norm_(net.parameters(), problem.clip)
        optimizer.step()
        losses.append(loss.item())
        if not isfinite(losses[-1]):
            break
    return rates[: len(losses)], losses


def smooth(losses: list[float], beta: float, *, corrected: bool) -> np.ndarray:
    mean, out = (0.0 if corrected else losses[0]), []
    for k, loss in enumerate(losses, 1):
        mean = beta * mean + (1.0 - beta) * loss
        out.append(mean / (1.0 - beta**k) if corrected else mean)
    return np.array(out)


def cut(curve: np.ndarray, times: float) -> np.ndarray:
    """End a curve where it passes so many times its best, or is not finite."""
    best = np.fmin.accumulate(curve)
    bad = np.flatnonzero(~np.isfinite(curve) | (curve > times * best))
    return curve[: bad[0]] if len(bad) else curve


def fastai_valley(pair: Pair) -> float | None:
    rates, curve = fastai_part(pair)
    if len(curve) < 3:
        return None
    length, previous = np.ones(len(curve), dtype=int), np.full(len(curve), -1)
    for k in range(1, len(curve)):
        for j in range(k):
            if curve[k] < curve[j] and length[k] < length[j] + 1:
                length[k], previous[k] = length[j] + 1, j
    last = int(np.argmax(length))
    path = [last]
    while previous[path[-1]] >= 0:
        path.append(int(previous[path[-1]]))
    path.reverse()
    third = len(path) / 3.0
    return rates[path[int(third) + int(third / 2.0)]]


def fastai_minimum(pair: Pair) -> float | None:
    rates, curve = fastai_part(pair)
    return rates[int(np.argmin(curve))] / 10.0 if len(curve) else None


def fastai_part(pair: Pair) -> tuple[list[float], np.ndarray]:
    rates, losses = pair
    curve = cut(smooth(losses, 0.98, corrected=True), 4.0)
    first = STEPS // 10
    return rates[first : len(curve) - 5], curve[first : len(curve) - 5]


def lightning(pair: Pair) -> float | None:
    """Its steepest point against the rate itself, with its average, which is one step ahead."""
    rates, losses = pair
    beta, mean, curve = 0.98, 0.0, []
    for k, loss in enumerate(losses, 1):
        mean = beta * mean + (1.0 - beta) * loss
        curve.append(mean / (1.0 - beta ** (k + 1)))
    kept = cut(np.array(curve), 4.0)[10:-1]
    places = rates[10 : 10 + len(kept)]
    return places[int(np.gradient(kept, places).argmin())] if len(kept) > 1 else None


def torch_lr_finder(pair: Pair) -> float | None:
    rates, losses = pair
    kept = cut(smooth(losses, 0.95, corrected=False), 5.0)[10:-5]
    return rates[10 + int(np.gradient(kept).argmin())] if len(kept) > 1 else None


def usual(problem: Problem) -> float:
    return USUAL.get(problem.optimizer, 1e-3)


RULES: dict[str, Callable[[Pair], float | None]] = {
    "fastai valley": fastai_valley,
    "fastai minimum": fastai_minimum,
    "Lightning": lightning,
    "torch-lr-finder": torch_lr_finder,
}


def suggest_all(problem: Problem, seed: int) -> dict[str, float | None]:
    """Return what each finder suggests, from the same weights."""
    net = problem.net(1000 * seed + problem.number)
    found: dict[str, float | None] = {"usual rate, no test": usual(problem)}
    pair = sweep_once(problem, copy.deepcopy(net), seed)
    found |= {name: rule(pair) for name, rule in RULES.items()}
    for name, find in (("range_test", lrdiag.range_test), ("find_lr", lrdiag.find_lr)):
        optimizer = OPTIMIZERS[problem.optimizer](net.parameters(), 1e-3)
        batches, clip = make_batches(problem, seed), problem.clip or None
        result = find(net, optimizer, batches, loss=problem.loss, clip_norm=clip)
        found[f"lrdiag.{name}"] = result.suggestion.lr if result.suggestion else None
    return found


def compare(folder: Path, seed: int, only: str) -> None:
    truth: dict[str, dict[float, float]] = defaultdict(dict)
    for sample in load_sweep(folder):
        truth[sample.problem][float(sample.run["lr"].values.max())] = sample.regret
    regrets: dict[str, list[float]] = defaultdict(list)
    for name, rates in sorted(truth.items()):
        if only in name:
            problem = draw_problem(int(name.removeprefix("drawn").split("_")[0]))
            for finder, rate in suggest_all(problem, seed).items():
                regrets[finder].append(regret_at(rates, rate))
    print(f"{'':22} within 5 %   within 10 %   lost   mean regret   of {len(truth)} problems")
    for finder, values in regrets.items():
        one = np.array(values)
        print(
            f"{finder:22} {np.mean(one <= GOOD):10.2f}   {np.mean(one <= 0.1):11.2f}   "
            f"{np.mean(one > LOST):4.2f}   {one.mean():11.3f}"
        )


def regret_at(rates: dict[float, float], rate: float | None) -> float:
    if rate is None or not rate > 0.0:
        return 1.0
    known = sorted(rates)
    return float(np.interp(log10(rate), np.log10(known), [rates[one] for one in known]))


def time_steps() -> None:
    """Time a step of each finder by a bare one: what sweeps of two lengths differ by."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU())
    net.append(nn.Linear(256, 10))
    batches = [(torch.randn(64, 64), torch.randint(0, 10, (64,))) for _ in range(64)]
    loss = nn.CrossEntropyLoss()

    def bare(steps: int) -> None:
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-7, momentum=0.9)
        for k in range(steps):
            inputs, targets = batches[k % len(batches)]
            optimizer.zero_grad()
            loss(net(inputs), targets).backward()
            optimizer.step()

    def ours(steps: int) -> None:
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-7, momentum=0.9)
        lrdiag.range_test(net, optimizer, batches, loss=loss, steps=steps, lr_max=1e-4)

    def theirs(steps: int) -> None:
        from torch_lr_finder import LRFinder

        optimizer = torch.optim.SGD(net.parameters(), lr=1e-7, momentum=0.9)
        finder = LRFinder(net, optimizer, loss)
        loader = torch.utils.data.DataLoader(batches, batch_size=None)
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):  # it shows its progress
            finder.range_test(loader, end_lr=1e-4, num_iter=steps)
            finder.reset()

    ways: dict[str, Callable[[int], None]] = {"bare loop": bare, "lrdiag.range_test": ours}
    try:
        import torch_lr_finder  # noqa: F401

        ways["torch-lr-finder"] = theirs
    except ModuleNotFoundError:
        print("torch-lr-finder is not installed, and so not timed")
    least: dict[tuple[str, int], float] = defaultdict(lambda: float("inf"))
    for _ in range(REPEATS):
        for name, way in ways.items():
            for steps in (SHORT, LONG):
                began = time.process_time()
                way(steps)
                took = time.process_time() - began
                least[name, steps] = min(least[name, steps], took)
    cost = {name: (least[name, LONG] - least[name, SHORT]) / (LONG - SHORT) for name in ways}
    for name, seconds in cost.items():
        print(f"{name:22} {1e3 * seconds:.2f} ms a step, {seconds / cost['bare loop']:.2f} × bare")


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare finders of the learning rate.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    time_steps()
    compare(arguments.folder, arguments.seed, arguments.only)


if __name__ == "__main__":
    main()
