"""What the name of a column says of its meaning."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from lrdiag.readers.languages import fold, translate
from lrdiag.run import Role

Words = tuple[str, ...]


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Spellings that hold two words in one; seen in llm.c, fairseq, Kaldi, Caffe and darknet logs.
_SPELLINGS = {
    "vali": "val",  # Informer and the time-series library that grew from it
    "va": "val",
    "trl": "train loss",
    "tel": "test loss",
    "tloss": "train loss",
    "vloss": "val loss",
    "trainloss": "train loss",
    "trloss": "train loss",
    "valloss": "val loss",
    "validloss": "val loss",
    "testloss": "test loss",
    "evalloss": "eval loss",
    "devloss": "dev loss",
    "totalloss": "total loss",
    "avgloss": "avg loss",
    "gnorm": "grad norm",
    "gradnorm": "grad norm",
    "learningrate": "learning rate",
    "lrate": "lr",
    "lrs": "lr",
    "globalstep": "global step",
    "crossentropy": "cross entropy",
    "trainacc": "train acc",
    "valacc": "val acc",
    "testacc": "test acc",
    "hella": "val acc",
    "evaluating": "eval",
    "validating": "val",
    "hellaswag": "val acc",
}
TRAIN = frozenset({"train", "training", "trn", "tr", "learn", "trained"})
# From what people mean most to what they mean least by a validation set.
VAL = (
    *("val", "valid", "validation", "validate", "vld", "eval", "evaluation", "dev", "cv"),
    *("test", "testing", "tst", "te"),
)
_VAL = frozenset(VAL)

# How surely each word names the quantity that is trained on.
_LOSSES = {
    "loss": 1.0,
    "losses": 0.95,
    "cost": 0.8,
    "nll": 0.75,
    "xent": 0.75,
    "logloss": 0.75,
    "mlogloss": 0.75,
    "nloglik": 0.6,
    "deviance": 0.55,
    "objective": 0.65,
    "bce": 0.7,
    "ce": 0.7,
    "mse": 0.65,
    "rmse": 0.6,
    "mae": 0.5,
    "elbo": 0.5,
    "bpb": 0.4,
    "bpc": 0.4,
}
# Words beside "loss" that leave it the whole loss.
_PLAIN = _set(
    "total mean avg average epoch step iter iteration batch lm ce nll cross entropy xent overall "
    "final full main model value log at set sum all net global raw the on of s is and metrics "
    "metric scalar scalars trainer interval subset mb minibatch per current cur logs info "
    "rank outer inner task data words word token tokens"
)
# Words that say nothing of which loss it is.
_BESIDE = _set("loss losses total mean avg average epoch step metrics log logs scalars")
# Beside a rate they name something else of the optimizer: Lightning's lr-SGD-momentum.
_NO_RATE = _set("loss mult scale find momentum weight")
# What a scale of mixed precision is named after, and what its settings are.
_SCALED = _set("loss grad grads gradient gradients amp fp 16 scaler")
_SCALE_SETTINGS = _set("min max init initial window growth backoff factor interval tolerance norm")
# A best-so-far, a scale or a spread is no loss, whatever else the name says.
_DERIVED = _set(
    "best min max minimum lowest highest scale scaler std var variance weight coef coeff patience "
    "delta target ratio improvement lambda change diff slope threshold skipped count num n time "
    "ms sec seconds scaling ppl perplexity every interval freq weights smoothing margin type fn "
    "coefficient limit improved improve from decreased"
)
# Beside "cost" they speak of seconds: PaddlePaddle's batch_cost and reader_cost.
_COSTLY = _set("batch reader data")
# Parts of reinforcement and of adversarial learning; none is a supervised loss.
_PARTS = _set(
    "policy entropy kl actor critic reward q pg vf pi disc discriminator gen generator cycle "
    "adv adversarial fake real gan idt advantage ppo alpha temperature"
)
# What boosting libraries measure and print behind the name of the data: "valid_0's l2".
_BARE = _set("l huber fair poisson quantile mape tweedie rmsle mphe")
# What stands behind "l_" in the names that BasicSR and its many heirs give to losses.
_L_PARTS = _set("total pix pixel percep perceptual style fft freq edge ssim tv rec recon mse g")
_ACCURACY = frozenset({"acc", "accuracy", "accuracies"})
_STEPS = {
    "step": 0.95,
    "steps": 0.85,
    "iteration": 0.93,
    "iter": 0.93,
    "iters": 0.85,
    "iterations": 0.85,
    "it": 0.7,
    "itr": 0.9,
    "update": 0.85,
    "updates": 0.85,
    "up": 0.6,
    "batch": 0.6,
    "batches": 0.55,
    "s": 0.5,
}
_BESIDE_STEP = _set("global trainer current completed number num idx i")
_NO_STEP = _set(
    "per sec second seconds time ms avg total max size warmup tokens samples skipped "
    "accum decay every interval norm loss eval val valid test"
)
_EPOCHS = frozenset({"epoch", "epochs", "ep", "epoc"})
_TIMES = _set(
    "time timestamp runtime elapsed seconds wall walltime eta duration datetime date ms secs clock"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a name may mean.

    Attributes:
        role: The role it names.
        quality: How surely, from 0 to 1.
        why: A few words for the table of columns.
    """

    role: Role
    quality: float
    why: str


# W&B counts calls of its log function, which are steps where the log holds no better count.
_WANDB_STEP = Guess("step", 0.82, "the name says W&B's step")
NOTHING = Guess("ignore", 0.0, "the name says nothing that lrdiag knows")


@lru_cache(maxsize=4096)
def words_of(name: str) -> Words:
    """Split a column name into lower-case words: "trainLoss/epoch_1" is train, loss, epoch, 1."""
    apart = translate(fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name[:200])))
    found = re.findall(r"[a-z]+|\d+", apart)
    return tuple(word for part in found for word in _SPELLINGS.get(part, part).split())


@lru_cache(maxsize=4096)
def guess(name: str) -> Guess:
    """Return what a column name means, by convention alone."""
    if name == "_step":
        return _WANDB_STEP
    words = words_of(name)
    known = frozenset(words)
    if name.strip() == "#":
        return Guess("step", 0.6, "the sign for a number")
    for judge in (_rate, _gradient, _loss_scale, _loss, _accuracy, _epoch, _step, _time):
        found = judge(words, known)
        if found is not None:
            return found
    return NOTHING


def stem_of(name: str) -> Words:
    """Return what a loss's name says beside loss and the part of the data: "val/box_loss" is box.

    A training and a validation loss with one stem are the same quantity.
    """
    return tuple(word for word in words_of(name) if word not in TRAIN | _VAL | _BESIDE)


def phase_of(words: Collection[str]) -> str:
    """Return "val", "train" or "" for the part of the data that the words speak of."""
    # "train loss on the validation set" does not occur; "val/train_loss" neither.
    if not _VAL.isdisjoint(words):
        return "val"
    return "train" if not TRAIN.isdisjoint(words) else ""


def is_pair(words: Words, first: Collection[str], second: Collection[str]) -> bool:
    """Say whether a word of the second kind follows one of the first anywhere."""
    return any(a in first and b in second for a, b in pairwise(words))


def _rate(words: Words, known: frozenset[str]) -> Guess | None:
    named = "lr" in known or is_pair(words, {"learning", "l"}, {"rate", "r"})
    if not named and words not in (("rate",), ("eta0",)):
        return None
    if known & _NO_RATE:
        return None
    less = 0.3 if {"min", "max", "base", "initial", "init", "final"} & known else 0.0
    extra = len(known - TRAIN - {"lr", "learning", "rate", "l", "r", "current", "pg", "0"})
    quality = (0.98 if named else 0.6) - less - 0.02 * min(extra, 5)
    return Guess("lr", quality, "the name says learning rate")


def _gradient(words: Words, known: frozenset[str]) -> Guess | None:
    named = bool({"grad", "grads", "gradient", "gradients"} & known) and bool(
        {"norm", "l", "norms"} & known
    )
    if not named and words not in (("norm",), ("total", "norm"), ("global", "norm")):
        return None
    extra = known - TRAIN - {"grad", "grads", "gradient", "gradients", "norm", "total", "global"}
    extra -= {"2", "0", "l", "clip", "before", "mean", "avg", "step", "epoch"}
    if {"clipped", "after", "max", "min", "std"} & known:
        extra |= {"clipped"}
    return Guess("grad_norm", 0.95 - min(0.15 * len(extra), 0.6), "the name says gradient norm")


def _loss_scale(words: Words, known: frozenset[str]) -> Guess | None:
    """Recognise what mixed precision multiplies the loss by: loss_scale, grad_scale, amp/scale."""
    scaled = is_pair(words, _SCALED, {"scale", "scaler"})
    if (not scaled and words != ("scaler",)) or known & _SCALE_SETTINGS:
        return None
    extra = known - TRAIN - _SCALED - {"scale", "scaler", "current", "value", "0", "16"}
    quality = 0.92 if not extra else 0.7 - 0.15 * min(len(extra), 3)
    return Guess("loss_scale", quality, "the name says loss scale")


def _loss(words: Words, known: frozenset[str]) -> Guess | None:
    kinds = [_LOSSES[word] for word in words if word in _LOSSES]
    if is_pair(words, {"cross"}, {"entropy"}):
        kinds.append(0.75)
    if not kinds:
        return _short_loss(words)
    if known & _DERIVED or ("cost" in known and known & _COSTLY and len(kinds) == 1):
        return None
    parts = known & _PARTS
    if is_pair(words, {"cross"}, {"entropy"}):
        parts -= {"entropy"}
    single = is_pair(words, {"d", "g", "v", "value"}, {"loss"})
    if parts or single or is_pair(words, {"loss"}, {"d", "g"}):
        return Guess("ignore", 0.0, "part of a reinforcement or adversarial objective")
    phase = phase_of(words)
    extra = {word for word in known - TRAIN - _VAL - _PLAIN if word not in _LOSSES}
    numbers = {word for word in extra if word.isdigit() or len(word) == 1}
    unknown = len(extra) - len(numbers)
    quality = max(kinds) - 0.12 * min(len(numbers), 2) - (0.25 + 0.05 * unknown) * (unknown > 0)
    if phase == "val":
        quality -= 0.01 * next((k for k, word in enumerate(VAL) if word in known), 0)
    elif phase == "":
        quality -= 0.02
    if {"total", "overall", "all"} & known:
        quality += 0.04
    if phase == "val" and {"mean", "avg", "average"} & known:
        quality += 0.06  # a training loss is a mean; Marian's cross-entropy is a sum
    role: Role = "val_loss" if phase == "val" else "train_loss"
    said = {"val": "validation loss", "train": "training loss", "": "loss"}[phase]
    return Guess(role, min(max(quality, 0.0), 1.0), f"the name says {said}")


def _short_loss(words: Words) -> Guess | None:
    """Take a name without the word for a loss for one where a tool is known to name it so."""
    if words[:1] == ("l",) and len(words) > 1 and _L_PARTS.issuperset(words[1:]):
        quality = 0.9 if words[1:] == ("total",) else 0.6
        return Guess("train_loss", quality, "the name says loss")
    phase = phase_of(words)
    rest = [word for word in words if word not in TRAIN | _VAL and word != "s"]
    named = [word for word in rest if not word.isdigit()]
    if not phase or len(named) != 1 or named[0] not in _BARE:
        return None
    if named == ["l"] and rest[-2:] not in (["l", "1"], ["l", "2"]):
        return None
    role: Role = "val_loss" if phase == "val" else "train_loss"
    return Guess(role, 0.45, "the name says an error that is trained on")


def _accuracy(words: Words, known: frozenset[str]) -> Guess | None:
    named = bool(_ACCURACY & known) or is_pair(words, {"top", "prec"}, {"1"})
    if not named or known & {"best", "max", "fg", "negative", "positive", "reward", "rewards"}:
        return None
    role: Role = "val_accuracy" if phase_of(words) == "val" else "train_accuracy"
    extra = known - TRAIN - _VAL - _ACCURACY - _PLAIN - {"1", "top", "class", "categorical"}
    extra -= {"sparse", "binary"}
    quality = 0.9 - 0.12 * min(len(extra), 4)
    return Guess(role, quality, "the name says accuracy")


def _epoch(words: Words, known: frozenset[str]) -> Guess | None:
    if not _EPOCHS & known or known & {"per", "total", "max", "num", "best", "time", "sec", "size"}:
        return None
    extra = known - _EPOCHS - TRAIN - {"current", "global", "trainer", "index", "id"}
    if len(extra) > 1:
        return None
    return Guess("epoch", 0.95 - 0.2 * len(extra), "the name says epoch")


def _step(words: Words, known: frozenset[str]) -> Guess | None:
    kinds = [_STEPS[word] for word in words if word in _STEPS]
    if not kinds or known & _NO_STEP:
        return None
    extra = known - TRAIN - set(_STEPS) - _BESIDE_STEP
    if len(extra) > 1 or (max(kinds) < 0.8 and extra):
        return None
    quality = max(kinds) + (0.04 if {"global", "num"} & known else 0.0) - 0.25 * len(extra)
    return Guess("step", quality, "the name says step")


def _time(words: Words, known: frozenset[str]) -> Guess | None:
    if not _TIMES & known:
        return None
    return Guess("time", 0.8 if len(words) <= 3 else 0.6, "the name says time")
