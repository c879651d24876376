"""Draw small training problems at random and train each at every rate of a half-decade grid.

usage: python benchmarks/problems.py FOLDER [--first 0] [--count 80]

Needs torch and scikit-learn. Writes step logs and an index as ``lrsweep`` of the labelled data
has them, for ``calibrate.py --more FOLDER``: twelve families of data and nets teach a card what
those twelve look like; drawn ones what they have in common with everything else. A problem is
known by its number, which seeds all of it.
"""

import argparse
import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, isfinite
from pathlib import Path

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional

RATES = 11  # half decades
VALIDATIONS = (5, 40)  # a run; least and most
PATIENCE = 20  # losses in a row that are not numbers
LOWEST = {"sgd": -4.0, "momentum": -4.5, "nesterov": -4.5, "adagrad": -3.5, "lion": -6.0}
LOWEST_ADAPTIVE = -5.5  # decades; the grids reach about as far above the usual rate as below
CONTEXT = 6  # tokens that predict the next one
Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Inputs and targets, and what a net for them needs to know.

    Attributes:
        kind: What the data are.
        inputs: Shape (n, features), or (n, context) whole numbers of tokens.
        targets: Classes, shape (n,), or numbers, shape (n, outputs).
        outputs: Width of the last layer.
        tokens: Size of the vocabulary; 0 for inputs that are numbers.
    """

    kind: str
    inputs: Tensor
    targets: Tensor
    outputs: int
    tokens: int = 0


def _classes(kind: str, inputs: np.ndarray, targets: np.ndarray) -> Data:
    whole = torch.as_tensor(targets.astype(np.int64))
    return Data(kind, torch.as_tensor(_scaled(inputs)), whole, int(whole.max()) + 1)


def _numbers(kind: str, inputs: np.ndarray, targets: np.ndarray) -> Data:
    column = targets.reshape(len(targets), -1).astype(np.float32)
    return Data(kind, torch.as_tensor(_scaled(inputs)), torch.as_tensor(column), column.shape[1])


def _scaled(values: np.ndarray) -> np.ndarray:
    return ((values - values.mean(axis=0)) / (values.std(axis=0) + 1e-6)).astype(np.float32)


def draw_data(random: np.random.Generator) -> Data:
    """Draw one data set."""
    draws = (_made_classes, _known_classes, _made_numbers, _images_again, _tokens, _bits, _curves)
    return draws[random.choice(len(draws), p=(0.2, 0.15, 0.2, 0.1, 0.15, 0.08, 0.12))](random)


def _seed(random: np.random.Generator) -> int:
    return int(random.integers(2**31))


def _made_classes(random: np.random.Generator) -> Data:
    width = int(random.choice((8, 20, 50)))
    classes = int(random.choice((2, 3, 6, 12)))
    inputs, targets = datasets.make_classification(
        int(random.choice((150, 600, 2400))),
        width,
        n_informative=max(5, width // 2),
        n_redundant=0,
        n_classes=classes,
        n_clusters_per_class=int(random.choice((1, 2))),
        class_sep=float(random.uniform(0.6, 2.0)),
        flip_y=float(random.choice((0.0, 0.05, 0.3))),
        random_state=_seed(random),
    )
    return _classes("clusters", inputs, targets)


def _known_classes(random: np.random.Generator) -> Data:
    kind = str(random.choice(("wine", "iris", "digits", "cancer")))
    load = {
        "wine": datasets.load_wine,
        "iris": datasets.load_iris,
        "digits": datasets.load_digits,
        "cancer": datasets.load_breast_cancer,
    }[kind]
    inputs, targets = load(return_X_y=True)
    some = random.permutation(len(inputs))[: int(random.choice((120, 500, 2000)))]
    return _classes(kind, inputs[some], targets[some])


def _made_numbers(random: np.random.Generator) -> Data:
    kind = str(random.choice(("friedman", "linear", "steep", "diabetes")))
    rows, seed = int(random.choice((200, 800, 2000))), _seed(random)
    if kind == "diabetes":
        inputs, targets = datasets.load_diabetes(return_X_y=True)
    elif kind == "friedman":
        inputs, targets = datasets.make_friedman1(rows, noise=1.0, random_state=seed)
    else:
        inputs, targets = datasets.make_regression(
            rows, 30, n_informative=10, noise=10.0, effective_rank=None, random_state=seed
        )
    data = _numbers(kind, inputs, _scaled(targets))
    if kind == "steep":
        slopes = torch.logspace(0.0, -float(random.uniform(0.5, 1.5)), data.inputs.shape[1])
        return Data(kind, data.inputs * slopes, data.targets, data.outputs)
    if kind == "friedman" and random.random() < 0.5:
        return Data(kind, data.inputs, 5.0 * data.targets + 14.0, data.outputs)
    return data


def _images_again(random: np.random.Generator) -> Data:
    inputs = (datasets.load_digits().data / 16.0).astype(np.float32)
    noise = float(random.choice((0.0, 0.3))) * random.standard_normal(inputs.shape)
    blurred = torch.as_tensor((inputs + noise).astype(np.float32))
    return Data("images", blurred, torch.as_tensor(inputs), inputs.shape[1])


def _tokens(random: np.random.Generator) -> Data:
    """Draw a chain of tokens whose next one depends on the last two."""
    size, length = int(random.choice((12, 30, 60))), 6000
    sharp = float(random.uniform(1.0, 4.0))
    scores = sharp * random.standard_normal((size, size)) + random.standard_normal(size)
    second = random.permutation(size)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    ends = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    chain = [0, 1]
    for chance in random.random(length):
        row = (chain[-1] + (second[chain[-2]] if chance < 0.5 else 0)) % size
        chain.append(min(int(np.searchsorted(ends[row], random.random())), size - 1))
    windows = np.lib.stride_tricks.sliding_window_view(np.array(chain), CONTEXT + 1)
    whole = torch.as_tensor(windows.copy())
    return Data("tokens", whole[:, :-1], whole[:, -1], size, tokens=size)


def _bits(random: np.random.Generator) -> Data:
    """Draw a parity: nothing is learned for long, then all at once."""
    inputs = random.integers(0, 2, (1500, int(random.choice((6, 10))))).astype(float)
    targets = inputs[:, : int(random.choice((2, 3)))].sum(axis=1) % 2
    return _classes("parity", inputs, targets)


def _curves(random: np.random.Generator) -> Data:
    kind = str(random.choice(("moons", "rings", "wave")))
    rows, seed = int(random.choice((300, 1200))), _seed(random)
    if kind == "moons":
        return _classes(kind, *datasets.make_moons(rows, noise=0.2, random_state=seed))
    if kind == "rings":
        pair = datasets.make_circles(rows, noise=0.1, factor=0.5, random_state=seed)
        return _classes(kind, *pair)
    place = random.uniform(-1.0, 1.0, (rows, 1))
    wave = np.sin(float(random.choice((4.0, 9.0))) * place)
    return _numbers(kind, place, wave + 0.1 * random.standard_normal(place.shape))


class Tail(nn.Module):
    """Add what a block makes of its input to the input."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return x + self.block(x)


class Recurrent(nn.Module):
    """Read the tokens one by one and keep the last state."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.cell = nn.GRU(width, width, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return self.cell(x)[0][:, -1]


class Attention(nn.Module):
    """One layer of a transformer over the tokens; keep the last place."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.places = nn.Parameter(0.02 * torch.randn(CONTEXT, width))
        self.layer = nn.TransformerEncoderLayer(
            width, 2, 2 * width, 0.0, functional.gelu, batch_first=True, norm_first=True
        )

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return self.layer(x + self.places)[:, -1]


def draw_net(random: np.random.Generator, data: Data) -> nn.Module:
    """Draw a net for the data; its weights come from the seed of torch."""
    width = int(random.choice((16, 32, 64)))
    layers: list[nn.Module] = []
    size = data.inputs.shape[1]
    if data.tokens:
        reader = str(random.choice(("joined", "recurrent", "attention")))
        layers.append(nn.Embedding(data.tokens, width))
        if reader == "joined":
            layers.append(nn.Flatten())
        else:
            layers.append(Recurrent(width) if reader == "recurrent" else Attention(width))
        size = CONTEXT * width if reader == "joined" else width
    deep = int(random.choice((0, 1, 2, 3, 6), p=(0.1, 0.25, 0.35, 0.2, 0.1)))
    norm = str(random.choice(("none", "batch", "layer"), p=(0.65, 0.15, 0.2)))
    drop = float(random.choice((0.0, 0.2), p=(0.8, 0.2)))
    bends = (nn.ReLU, nn.Tanh, nn.GELU, nn.SiLU)
    bend = bends[random.choice(4, p=(0.45, 0.2, 0.2, 0.15))]
    tails = deep > 2 and random.random() < 0.5
    for depth in range(deep):
        block: list[nn.Module] = [nn.Linear(size, width)]
        if norm != "none":
            block.append(nn.BatchNorm1d(width) if norm == "batch" else nn.LayerNorm(width))
        block += [bend(), nn.Dropout(drop)]
        whole = nn.Sequential(*block)
        layers.append(Tail(whole) if tails and depth > 0 else whole)
        size = width
    layers.append(nn.Linear(size, data.outputs))
    return nn.Sequential(*layers)


def draw_loss(random: np.random.Generator, data: Data) -> Loss:
    """Draw a loss that suits the targets."""
    if not data.targets.is_floating_point():
        smooth = float(random.choice((0.0, 0.1), p=(0.8, 0.2)))
        return lambda out, wanted: functional.cross_entropy(out, wanted, label_smoothing=smooth)
    if data.kind == "images":
        losses: tuple[Loss, ...] = (
            functional.mse_loss,
            functional.binary_cross_entropy_with_logits,
        )
        return losses[int(random.integers(2))]
    others: tuple[Loss, ...] = (functional.mse_loss, functional.huber_loss, functional.l1_loss)
    return others[random.choice(3, p=(0.6, 0.25, 0.15))]


class Lion(torch.optim.Optimizer):
    """The sign of a mixed average (Chen et al. 2023, arXiv:2302.06675)."""

    def __init__(self, parameters: Iterator[nn.Parameter], lr: float) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # noqa: D102
        for group in self.param_groups:
            for one in group["params"]:
                if one.grad is None:
                    continue
                mean = self.state[one].setdefault("mean", torch.zeros_like(one))
                one.sub_(torch.sign(0.9 * mean + 0.1 * one.grad), alpha=group["lr"])
                mean.mul_(0.99).add_(one.grad, alpha=0.01)


OPTIMIZERS: dict[str, Callable[[Iterator[nn.Parameter], float], torch.optim.Optimizer]] = {
    "sgd": lambda p, lr: torch.optim.SGD(p, lr=lr),
    "momentum": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
    "nesterov": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.95, nesterov=True),
    "adam": lambda p, lr: torch.optim.Adam(p, lr=lr),
    "adamw": lambda p, lr: torch.optim.AdamW(p, lr=lr, weight_decay=0.05),
    "radam": lambda p, lr: torch.optim.RAdam(p, lr=lr),
    "adamax": lambda p, lr: torch.optim.Adamax(p, lr=lr),
    "rmsprop": lambda p, lr: torch.optim.RMSprop(p, lr=lr),
    "adagrad": lambda p, lr: torch.optim.Adagrad(p, lr=lr),
    "lion": Lion,
}
SHARES = (0.17, 0.2, 0.05, 0.2, 0.13, 0.03, 0.04, 0.07, 0.05, 0.06)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """One drawn problem; ``name`` is its number, data and optimizer.

    ``net`` makes its net anew; from other weights where a seed is given.
    """

    name: str
    number: int
    optimizer: str
    batch: int
    steps: int
    validations: int
    clip: float
    data: Data
    loss: Loss
    net: Callable[..., nn.Module]

    def rates(self) -> list[float]:
        """Return the rates of the grid, lowest first."""
        lowest = LOWEST.get(self.optimizer, LOWEST_ADAPTIVE)
        return [float(10.0 ** (lowest + 0.5 * place)) for place in range(RATES)]


def draw_problem(number: int) -> Problem:
    """Draw the problem of that number."""
    random = np.random.default_rng(number)
    data = draw_data(random)
    optimizer = str(random.choice(tuple(OPTIMIZERS), p=SHARES))
    batch = int(random.choice((4, 8, 16, 32, 64, 128), p=(0.05, 0.15, 0.2, 0.3, 0.2, 0.1)))
    steps = int(10.0 ** random.uniform(2.4, 3.1))
    validations = int(random.integers(*VALIDATIONS))
    clip = float(random.choice((0.0, 1.0), p=(0.75, 0.25)))
    loss = draw_loss(random, data)
    net_seed = _seed(random)

    def net(seed: int = number) -> nn.Module:
        torch.manual_seed(seed)
        return draw_net(np.random.default_rng(net_seed), data)

    name = f"drawn{number:03}_{data.kind}-{optimizer}"
    return Problem(name, number, optimizer, batch, steps, validations, clip, data, loss, net)


def _batches(problem: Problem, rows: int) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(problem.number)
    while True:
        order = torch.randperm(rows, generator=generator)
        for part in order.split(problem.batch):
            if len(part) > 1:
                yield part


def train(problem: Problem, rate: float, path: Path) -> None:
    """Train at one rate and log every step."""
    data, net = problem.data, problem.net()
    order = torch.randperm(
        len(data.inputs), generator=torch.Generator().manual_seed(problem.number)
    )
    held = len(order) // 4
    test, rest = order[:held], order[held:]
    optimizer = OPTIMIZERS[problem.optimizer](net.parameters(), rate)
    every = max(1, ceil(problem.steps / problem.validations))
    lost = 0
    with path.open("w", newline="") as file:
        log = csv.writer(file)
        log.writerow(("step", "loss", "lr", "grad_norm", "val_loss"))
        for step, part in zip(range(problem.steps), _batches(problem, len(rest)), strict=False):
            rows = rest[part]
            loss = problem.loss(net(data.inputs[rows]), data.targets[rows])
            optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(net.parameters(), problem.clip or float("inf"))
            optimizer.step()
            told = f"{_validate(problem, net, test):.6g}" if (step + 1) % every == 0 else ""
            cells = (f"{loss.item():.6g}", f"{rate:.6g}", f"{norm.item():.6g}", told)
            log.writerow((step, *cells))
            lost = 0 if isfinite(loss.item()) else lost + 1
            if lost == PATIENCE:
                return


@torch.no_grad()
def _validate(problem: Problem, net: nn.Module, test: Tensor) -> float:
    net.eval()
    loss = problem.loss(net(problem.data.inputs[test]), problem.data.targets[test])
    net.train()
    return loss.item()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train drawn problems at every rate.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=80)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for number in range(arguments.first, arguments.first + arguments.count):
        problem = draw_problem(number)
        entries = []
        for rate in problem.rates():
            name = f"{problem.name}__lr{rate:.3e}__constant.csv"
            train(problem, rate, arguments.folder / name)
            entries.append({"file": name, "task": problem.name, "lr": rate})
        index = arguments.folder / f"runs-{number:03}.jsonl"
        index.write_text("".join(f"{json.dumps(entry)}\n" for entry in entries))
        print(problem.name, problem.steps, problem.batch, flush=True)


if __name__ == "__main__":
    main()
