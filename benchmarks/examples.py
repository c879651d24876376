"""Make lrdiag/examples: real runs, one for each rule, that show it.

    python benchmarks/examples.py LR113            # trained anew
    python benchmarks/examples.py --data FOLDER    # those of the labelled runs, and all trained

Some are taken from the labelled runs that lrdiag is measured on; the others are small trainings
made here, each with one thing done wrong. Needs torch and scikit-learn, whose 1,797 digits are the
data.
"""

import argparse
import csv
import gzip
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

FOLDER = Path(__file__).parents[1] / "lrdiag" / "examples"
DIGITS = 5  # significant digits of a value; more do not show
SPLIT = 1437  # of 1,797 digits to train on, four fifths
Row = dict[str, float]
Rate = Callable[[int], float]


@dataclass
class Training:
    """A network on the digits, one step at a time.

    Attributes:
        model: The network.
        rate: The learning rate at a step.
        optimizer: "sgd", "momentum" or "adam".
        batch: Samples a step; all of them from SPLIT on.
        seed: What the order of the samples depends on.
        rows: What was logged.
        step: The next step.
        every: Steps from one validation to the next; 0 for none.
        momentum: For the optimizer of that name.
    """

    model: nn.Module
    rate: Rate
    optimizer: str = "adam"
    batch: int = 64
    seed: int = 0
    rows: list[Row] = field(default_factory=list)
    step: int = 0
    every: int = 20
    momentum: float = 0.9

    def __post_init__(self) -> None:
        self.x, self.y, self.xv, self.yv = load()
        self.dice = torch.Generator().manual_seed(self.seed)
        self.reset()

    def reset(self) -> None:
        """Build the optimizer anew, as a resume does that forgets its state."""
        held = self.model.parameters()
        if self.optimizer == "adam":
            self.opt: torch.optim.Optimizer = torch.optim.Adam(held, lr=1e-3)
        else:
            momentum = self.momentum if self.optimizer == "momentum" else 0.0
            self.opt = torch.optim.SGD(held, lr=1e-3, momentum=momentum)

    def draw(self) -> Tensor:
        """Return the numbers of the samples of one step."""
        if self.batch >= len(self.x):
            return torch.arange(len(self.x))
        return torch.randint(len(self.x), (self.batch,), generator=self.dice)

    def learn(self, loss: Tensor, clip: float = math.inf) -> float:
        """Make one step; return the gradient norm before the clip."""
        for group in self.opt.param_groups:
            group["lr"] = self.rate(self.step)
        self.opt.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), clip)
        self.opt.step()
        return float(norm)

    def log(self, loss: float, **more: float) -> None:
        """Add a row, with a validation loss every so many steps."""
        row = {"step": self.step, "loss": loss, "lr": self.rate(self.step)} | more
        if self.every and self.step % self.every == self.every - 1:
            row |= self.validate()
        self.rows.append(row)
        self.step += 1

    def validate(self) -> Row:
        """Return loss and accuracy on the digits kept apart."""
        self.model.eval()
        with torch.no_grad():
            out = self.model(self.xv)
        self.model.train()
        right = float((out.argmax(1) == self.yv).float().mean())
        return {"val_loss": float(functional.cross_entropy(out, self.yv)), "val_acc": right}

    def run(self, steps: int) -> "Training":
        """Train as one should."""
        for _ in range(steps):
            picked = self.draw()
            loss = functional.cross_entropy(self.model(self.x[picked]), self.y[picked])
            self.log(loss.item(), grad_norm=self.learn(loss))
        return self


def load() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the digits: to train on and kept apart, shuffled once."""
    data = load_digits()
    x = torch.tensor(data.data, dtype=torch.float32) / 16.0
    x, y = (x - x.mean()) / x.std(), torch.tensor(data.target)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    x, y = x[order], y[order]
    return x[:SPLIT], y[:SPLIT], x[SPLIT:], y[SPLIT:]


def network(
    hidden: int = 64,
    depth: int = 2,
    act: type[nn.Module] = nn.ReLU,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Return a plain network from 64 pixels to 10 classes, always with the same weights."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    width = 64
    for _ in range(depth):
        layers += [nn.Linear(width, hidden), act()]
        layers += [nn.Dropout(dropout)] if dropout else []
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, 10))


def constant(rate: float) -> Rate:
    """Return a rate that stays."""
    return lambda step: rate


def cosine(rate: float, steps: int, warmup: int = 0, least: float = 0.0) -> Rate:
    """Return a warmup and half a cosine."""

    def at(step: int) -> float:
        if step < warmup:
            return rate * (step + 1) / warmup
        share = (step - warmup) / max(1, steps - warmup)
        return least + (rate - least) * (1.0 + math.cos(math.pi * min(1.0, share))) / 2.0

    return at


def late_rise() -> list[Row]:
    """A rate that is too large for four tanh layers, which shows late."""
    return Training(network(depth=4, act=nn.Tanh), constant(0.05)).run(600).rows


def spike_not_recovered() -> list[Row]:
    """A rate that is too large for eight tanh layers."""
    one = Training(network(depth=8, act=nn.Tanh), constant(0.02), batch=128)
    return one.run(600).rows


def val_better_than_train() -> list[Row]:
    """Six tenths of the units are dropped while training, none while validating."""
    one = Training(network(hidden=128, dropout=0.6), cosine(2e-3, 600))
    return one.run(600).rows


def clipping_always() -> list[Row]:
    """The gradient is clipped at a tenth of its usual norm; logged before the clip."""
    one = Training(network(), constant(0.3), "sgd")
    for _ in range(400):
        picked = one.draw()
        loss = functional.cross_entropy(one.model(one.x[picked]), one.y[picked])
        one.log(loss.item(), grad_norm=one.learn(loss, clip=0.05))
    return one.rows


def loss_scale_collapse() -> list[Row]:
    """From step 200 on the square root of a zero stands in the loss: its gradient is NaN."""
    one = Training(network(), constant(1e-3))
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16)
    for _ in range(240):
        picked = one.draw()
        with torch.autocast("cpu", dtype=torch.float16):
            out = one.model(one.x[picked]).float()
            loss = functional.cross_entropy(out, one.y[picked])
            if one.step >= 200:
                loss = loss + torch.sqrt(0.0 * out[0, 0]) * 0.0
        one.opt.zero_grad()
        scaler.scale(loss).backward()
        scaler.step(one.opt)
        scaler.update()
        one.log(loss.item(), loss_scale=scaler.get_scale())
    return one.rows


def vanishing_gradient() -> list[Row]:
    """Eight sigmoid layers, the whole data at every step."""
    one = Training(network(depth=8, act=nn.Sigmoid), constant(0.3), "sgd", SPLIT)
    return one.run(300).rows


def restarted_log() -> list[Row]:
    """Killed at step 330, resumed from the checkpoint of step 250 without Adam's state."""
    one = Training(network(), constant(2e-3)).run(250)
    kept = {name: value.clone() for name, value in one.model.state_dict().items()}
    one.run(80)
    one.model.load_state_dict(kept)
    one.step = 250
    one.reset()
    return one.run(250).rows


def hidden_nan() -> list[Row]:
    """Some batches hold padding alone: their mean loss is 0/0 and is logged as zero."""
    one = Training(network(), constant(1e-3), batch=16)
    padding = {130, 131, 210, 290, 291, 292, 340, 400}
    for _ in range(500):
        picked = one.draw()
        labels = one.y[picked].clone()
        if one.step in padding:
            labels[:] = -100
        loss = functional.cross_entropy(one.model(one.x[picked]), labels, ignore_index=-100)
        norm = one.learn(loss) if torch.isfinite(loss) else None
        logged = float(torch.nan_to_num(loss))
        one.log(logged, **({} if norm is None else {"grad_norm": norm}))
    return one.rows


def smoothed_log() -> list[Row]:
    """The progress bar's loss is logged: a running mean with weight 0.95."""
    one, mean = Training(network(), constant(1e-3), batch=16), 0.0
    for _ in range(500):
        picked = one.draw()
        loss = functional.cross_entropy(one.model(one.x[picked]), one.y[picked])
        norm = one.learn(loss)
        mean = 0.95 * mean + 0.05 * loss.item()
        one.log(mean / (1.0 - 0.95 ** (one.step + 1)), grad_norm=norm)
    return one.rows


def constant_loss() -> list[Row]:
    """The optimizer holds the parameters of another copy of the network."""
    one = Training(network(), constant(1e-3), batch=SPLIT)
    other = network()
    one.opt = torch.optim.Adam(other.parameters(), lr=1e-3)
    for _ in range(200):
        picked = one.draw()
        loss = functional.cross_entropy(one.model(one.x[picked]), one.y[picked])
        one.log(loss.item(), grad_norm=one.learn(loss))
    return one.rows


def edge_of_stability() -> list[Row]:
    """Full batches and a momentum of 0.995: the loss swings as if on a spring."""
    model = network(act=nn.Tanh)
    one = Training(model, constant(0.1), "momentum", SPLIT, every=0, momentum=0.995)
    return one.run(400).rows


def no_schedule() -> list[Row]:
    """Four tanh units, and a rate that stays where it is to the last step."""
    return Training(network(hidden=4, depth=1, act=nn.Tanh), constant(0.03)).run(800).rows


def warmup_too_short() -> list[Row]:
    """A warmup of four steps in a hundred, to a rate that the weights do not bear yet."""
    return Training(network(), cosine(1.0, 600, warmup=25), "sgd").run(600).rows


def rate_jump_spike() -> list[Row]:
    """Warm restarts, the second part with three times the rate of the first."""
    part = cosine(0.03, 200, least=1e-4)
    rate: Rate = lambda step: part(step % 200) * (1.0 if step >= 200 else 0.3)  # noqa: E731
    return Training(network(), rate).run(600).rows


def decay_applied_twice() -> list[Row]:
    """The scheduler is stepped twice a step: the rate is at its end half way."""
    half = cosine(3e-3, 300)
    return Training(network(), lambda step: half(min(step, 300))).run(600).rows


def half_precision() -> list[Row]:
    """Weights and gradients in float16 without a loss scale."""
    one = Training(network().half(), constant(0.1), "momentum")
    one.x, one.xv = one.x.half(), one.xv.half()
    for _ in range(300):
        picked = one.draw()
        loss = functional.cross_entropy(one.model(one.x[picked]).float(), one.y[picked])
        one.log(loss.item(), grad_norm=one.learn(loss))
    return one.rows


def no_warmup() -> list[Row]:
    """Adam at its peak rate from the first step."""
    return Training(network(), cosine(0.1, 500)).run(500).rows


def rate_below_range() -> list[Row]:
    """Adam at a thousandth of its usual rate."""
    return Training(network(), constant(1e-6)).run(400).rows


def large_batch() -> list[Row]:
    """Eight times the batch, and the rate that suited the small one."""
    return Training(network(), constant(0.01), "sgd", 512).run(400).rows


MADE: dict[str, Callable[[], list[Row]]] = {
    "LR106": spike_not_recovered,
    "LR108": edge_of_stability,
    "LR113": late_rise,
    "FIT204": val_better_than_train,
    "SCH402": no_schedule,
    "SCH403": warmup_too_short,
    "SCH404": rate_jump_spike,
    "SCH405": decay_applied_twice,
    "GRD502": clipping_always,
    "GRD503": loss_scale_collapse,
    "GRD504": vanishing_gradient,
    "CFG601": rate_below_range,
    "CFG602": half_precision,
    "CFG603": large_batch,
    "CFG604": no_warmup,
    "LOG902": restarted_log,
    "LOG903": hidden_nan,
    "LOG904": smoothed_log,
    "LOG906": constant_loss,
}


TAKEN = {  # folder/what was done__model-optimizer, among the labelled runs
    "LR101": "planted/nan_labels__mnist_cnn-adam",
    "LR102": "planted/diverges_late__mnist_cnn-adam",
    "LR103": "lrsweep/char_rnn_tanh-rmsprop__lr3.162e-01__constant__s0",
    "LR104": "planted/spike_three__mnist_cnn-adam",
    "LR105": "planted/spike_three__char_rnn_tanh-rmsprop",
    "LR107": "lrsweep/spirals_deep_tanh-adam__lr1.000e+00__constant__s0",
    "LR109": "lrsweep/char_gpt-adamw__lr1.000e-05__constant__s0",
    "LR110": "planted/too_low_10000x__mnist_mlp_bn-adamw",
    "LR111": "planted/labels_shuffled__mnist_cnn-adam",
    "LR112": "lrsweep/digits_autoencoder-adam__lr3.162e-01__constant__s0",
    "LR114": "lrsweep/diabetes_mlp-adam__lr1.000e-05__constant__s0",
    "LR115": "planted/healthy_onecycle__char_gpt-adamw",
    "LR116": "planted/healthy_warmup_cosine__mnist_cnn-adam",
    "FIT201": "lrsweep/diabetes_mlp-adam__lr3.162e-03__constant__s0",
    "FIT202": "lrsweep/cancer_logreg-adam__lr3.162e-03__constant__s0",
    "FIT203": "lrsweep/cancer_logreg-adam__lr1.000e-01__constant__s0",
    "FIT205": "lrsweep/digits_mlp-adam__lr3.162e-02__constant__s0",
    "FIT206": "lrsweep/mnist_small_overfit-adam__lr3.162e-03__constant__s0",
    "SCH401": "planted/decayed_too_early__mnist_cnn-adam",
    "GRD501": "planted/diverges_late__mnist_mlp_bn-adamw",
    "LOG901": "planted/too_short__char_gpt-adamw",
    "LOG905": "planted/unshuffled_by_class__digits_mlp-momentum",
    "LOG907": "planted/healthy_epoch_log__char_gpt-adamw",
}
COLUMNS = ("step", "epoch", "loss", "lr", "val_loss")  # beyond them only what a rule looks at
MORE = {"FIT206": ("val_acc",), "GRD501": ("grad_norm",)}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    ask.add_argument("codes", nargs="*", help="rules; all without one")
    ask.add_argument("--data", type=Path, help="the folder of the labelled runs")
    given = ask.parse_args()
    for code in given.codes or [*MADE, *(TAKEN if given.data else ())]:
        rows = MADE[code]() if code in MADE else take(code, given.data)
        (FOLDER / f"{code}.csv.gz").write_bytes(pack(rows))
        print(f"{code}: {len(rows)} rows, loss {rows[0]['loss']:.4g} to {rows[-1]['loss']:.4g}")


def take(code: str, folder: Path) -> list[Row]:
    """Return the needed columns of one of the labelled runs."""
    names = (*COLUMNS, *MORE.get(code, ()))
    with (folder / f"{TAKEN[code]}.csv").open(newline="") as file:
        return [
            {name: float(row[name]) for name in names if row.get(name)}
            for row in csv.DictReader(file)
        ]


def pack(rows: list[Row]) -> bytes:
    """Return the rows as CSV, the same bytes for the same numbers."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    write = csv.writer(out, lineterminator="\n")
    write.writerow(names)
    write.writerows(list(_cells(row, names)) for row in rows)
    return gzip.compress(out.getvalue().encode(), mtime=0)


def _cells(row: Row, names: list[str]) -> Iterator[str]:
    for name in names:
        yield "" if name not in row else f"{row[name]:.{DIGITS}g}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
