"""Which files of a folder are one log, and which are none, by their names alone."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from lrdiag.readers.reader import Source

# Endings of what lies beside logs: weights, pictures, code, settings. A log may bear any other.
JUNK = frozenset(
    """
    .pt .pth .ckpt .safetensors .bin .h5 .keras .onnx .npy .npz .pkl .pickle .joblib .gguf .msgpack
    .png .jpg .jpeg .gif .svg .webp .bmp .pdf .mp4 .wav .ico .py .pyc .ipynb .sh .c .cc .cpp .cu .h
    .js .css .html .yaml .yml .toml .ini .cfg .lock .patch .diff .model .vocab .so .o .ttf .woff2
    .synced
    """.split()  # noqa: SIM905
)
EVENTS = re.compile(r"(?:^|/)[^/]*tfevents[^/]*$")
MLFLOW = re.compile(
    r"(?P<run>(?:^|.*/)[0-9a-f]{32})/(?:metrics|params|tags)/.+$|"
    r"(?P<meta>(?:^|.*/)[0-9a-f]{32})/meta\.yaml$"
)
# The history of a run of W&B, which has a folder for each time it was resumed.
WANDB = re.compile(
    r"(?P<top>(?:^|.*/))(?:(?:offline-)?run-\d{8}_\d{6}-[^/]+|latest-run)/(?P<run>run-[^/]+\.wandb)$"
)
# What lies beside runs. MLflow: the last metrics of each model, and calls of models. W&B: the
# last values, the machine, the packages, pictures, its own logs.
_BESIDE = re.compile(
    r"(?:^|/)(?:(?:models/m|traces/tr)-[0-9a-f]{32}/|"
    r"wandb-(?:summary|metadata)\.json$|wandb-events\.jsonl$|requirements\.txt$|files/media/|"
    r"debug-(?:internal|core|cli)[^/]*\.log$|"
    r"(?:logs|wandb|(?:offline-)?run-\d{8}_\d{6}-[^/]+)/debug\.log$)"
)
# Folders of a run that TensorBoard shows as curves of one chart.
_TWINS = frozenset({"train", "training", "val", "valid", "validation", "eval", "test", "dev"})


def may_be_log(path: str) -> bool:
    """Say whether a file of an archive or a folder is worth reading, by its path."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith((".", "__MACOSX", "__pycache__")) for part in parts)
    if hidden or not parts or _BESIDE.search(path):
        return False
    ending = PurePosixPath(path).suffix.lower()
    return ending not in JUNK or bool(EVENTS.search(path) or MLFLOW.match(path))


def bundle(files: Sequence[Source]) -> tuple[Source, ...]:
    """Put the files of one folder, as a browser sends a dropped one, into one source.

    Args:
        files: Files, those of a folder with their paths from that folder on.

    Returns:
        One source a folder and one a file without, in the order of the first.
    """
    tops: dict[str, list[Source]] = {}
    for k, file in enumerate(files):
        top, cut, _ = file.name.lstrip("/").partition("/")
        tops.setdefault(top if cut else f"/{k}", []).append(file)
    return tuple(
        found[0] if top[0] == "/" else Source(top, b"", tuple(found)) for top, found in tops.items()
    )


def group(paths: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Put together the files that are one log.

    The event files of a folder are one run, with those of its folders called train and
    validation; the files below a run of MLflow are one run, and so are those of a run that W&B
    resumed. Any other file is a log itself.

    Args:
        paths: Paths inside one folder, parts joined by "/".

    Returns:
        For each log its name and which paths it is, in the order of the first.
    """
    logs: dict[str, list[int]] = {}
    for k, path in enumerate(paths):
        logs.setdefault(_log_of(path), []).append(k)
    return tuple((name, tuple(found)) for name, found in logs.items())


def _log_of(path: str) -> str:
    """Return the name of the log that a file belongs to; its own path where it stands alone."""
    mlflow = MLFLOW.match(path)
    if mlflow:
        return mlflow["run"] or mlflow["meta"]
    wandb = WANDB.match(path)
    if wandb:
        return wandb["top"] + wandb["run"]
    folder = PurePosixPath(path).parent
    if not EVENTS.search(path) or not folder.name:
        return path
    while folder.name.lower() in _TWINS and folder.parent.name:
        folder = folder.parent
    return str(folder)
