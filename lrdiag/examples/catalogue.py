"""Which run shows which rule: one record each, in the order of the codes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """A real run that shows a rule.

    Attributes:
        code: The rule; the log is the file of that name beside this module.
        title: What was trained, and what is special about it.
        config: What its owner knows beyond the log.
    """

    code: str
    title: str
    config: Mapping[str, float | int | str] = field(default_factory=dict)


EXAMPLES: tuple[Example, ...] = (
    Example("LR101", "A small CNN on MNIST, Adam at 0.003; from step 351 on a label is NaN"),
    Example("LR102", "A small CNN on MNIST, Adam, whose rate grows from step 300 on"),
    Example("LR103", "A character RNN, RMSprop at 0.3, a hundred times its best rate"),
    Example("LR104", "A small CNN on MNIST, Adam; now and then one step at a far higher rate"),
    Example("LR105", "A character RNN, RMSprop; three times one step at a far higher rate"),
    Example("LR106", "A network of eight tanh layers on scikit-learn's digits, Adam at 0.02"),
    Example("LR107", "A deep tanh network on three spirals, Adam at 1"),
    Example(
        "LR108",
        "Two tanh layers on scikit-learn's digits, a momentum of 0.995, all data at every step",
    ),
    Example("LR109", "A small GPT on text, AdamW at 1e-5, a thousandth of its best rate"),
    Example(
        "LR110", "A network with batch norm on MNIST, AdamW at a ten-thousandth of its best rate"
    ),
    Example("LR111", "A small CNN on MNIST, Adam, its labels shuffled"),
    Example("LR112", "An autoencoder of scikit-learn's digits, Adam at 0.3"),
    Example("LR113", "A network of four tanh layers on scikit-learn's digits, Adam at 0.05"),
    Example("LR114", "A network on scikit-learn's diabetes data, Adam at 1e-5"),
    Example("LR115", "A small GPT on text, AdamW, one cycle of the rate"),
    Example("LR116", "A small CNN on MNIST, Adam, warmup and cosine"),
    Example("FIT201", "A network on scikit-learn's diabetes data, Adam at 0.003"),
    Example("FIT202", "A linear classifier on scikit-learn's cancer data, Adam at 0.003"),
    Example("FIT203", "A linear classifier on scikit-learn's cancer data, Adam at 0.1"),
    Example(
        "FIT204",
        "Two layers on scikit-learn's digits; six tenths of their units are dropped in training",
    ),
    Example("FIT205", "Two layers on scikit-learn's digits, Adam at 0.03"),
    Example("FIT206", "A CNN on 300 digits of MNIST, Adam at 0.003"),
    Example("SCH401", "A small CNN on MNIST, Adam, whose rate is gone after 30 of 500 steps"),
    Example("SCH402", "Four tanh units on scikit-learn's digits, Adam at 0.03 to the end"),
    Example(
        "SCH403",
        "Two layers on scikit-learn's digits, SGD, warmed up over 25 of 600 steps to a rate of 1",
    ),
    Example("SCH404", "Two layers on scikit-learn's digits, Adam, a cosine that begins anew twice"),
    Example(
        "SCH405",
        "Two layers on scikit-learn's digits, Adam, a scheduler that advances twice a step",
    ),
    Example(
        "GRD501", "A network with batch norm on MNIST, AdamW, whose rate grows late in the run"
    ),
    Example(
        "GRD502",
        "Two layers on scikit-learn's digits, SGD, clipped far below the usual gradient norm",
        {"optimizer": "sgd", "clip_norm": 0.05},
    ),
    Example(
        "GRD503",
        "Two layers on scikit-learn's digits in half precision; from step 200 on a gradient is NaN",
    ),
    Example("GRD504", "Eight sigmoid layers on scikit-learn's digits, SGD at 0.3"),
    Example("CFG601", "Two layers on scikit-learn's digits, Adam at 1e-6", {"optimizer": "adam"}),
    Example(
        "CFG602",
        "Two layers on scikit-learn's digits, weights and gradients in float16",
        {"optimizer": "momentum", "precision": "float16", "loss_scaling": "none"},
    ),
    Example(
        "CFG603",
        "Two layers on scikit-learn's digits, SGD, the rate of batches of 64 with batches of 512",
        {"optimizer": "sgd", "batch_size": 512, "base_batch_size": 64, "base_lr": 0.01},
    ),
    Example(
        "CFG604",
        "Two layers on scikit-learn's digits, Adam at its peak rate from the first step",
        {"optimizer": "adam"},
    ),
    Example("LOG901", "The first five steps of a small GPT on text"),
    Example(
        "LOG902",
        "Two layers on scikit-learn's digits, resumed from a checkpoint without Adam's state",
    ),
    Example(
        "LOG903", "Two layers on scikit-learn's digits; a batch of padding alone is logged as zero"
    ),
    Example(
        "LOG904", "Two layers on scikit-learn's digits; the progress bar's running mean is logged"
    ),
    Example(
        "LOG905",
        "Two layers on scikit-learn's digits, momentum, the data in the order of the classes",
    ),
    Example(
        "LOG906",
        "Two layers on scikit-learn's digits; the optimizer holds the weights of another copy",
    ),
    Example("LOG907", "A small GPT on text, one row an epoch"),
)
UNSHOWN: Mapping[str, str] = {}  # by the code of a rule that has none, the reason
