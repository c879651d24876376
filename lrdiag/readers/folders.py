"""Which files of a folder are one log, and which are none, by their names alone."""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from lrdiag.readers.names import guess
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
# A run of MLflow that was taken out of its folder, told by the tags that each has.
MLFLOW_TAG = re.compile(r"(?:(?P<run>.*)/)?tags/mlflow\.[^/]+")
_MLFLOW_PART = re.compile(r"(?:(?P<run>.*?)/)?(?:metrics|params|tags)/.+")
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
# A curve that was downloaded from TensorBoard: "run-{run}-tag-{tag}", "/" written as "_".
DOWNLOAD = re.compile(
    r"(?:.*/)?run-(?P<run>.*?)"
    r"(?:(?<=[-_/])(?P<below>(?i:train|training|val|valid|validation|eval|test|dev)))?"
    r"-tag-(?P<tag>.+?)(?: ?\(\d+\))?\.(?:csv|json)"
)
HERE = "."  # the folder of all paths
_CLOCK = re.compile(r"\d{9,11}\.\d+")
_ERRORS = frozenset({"learn_error.tsv", "test_error.tsv"})
_CATBOOST = frozenset({"catboost_training.json", "time_left.tsv"})
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
    """Put the files of one folder, or of one log, as a browser sends them, into one source.

    Args:
        files: Files, those of a folder with their paths from that folder on.

    Returns:
        One source a folder, and one a log that came without, in the order of the first.
    """
    paths = [file.name.lstrip("/") for file in files]
    bare = [k for k, path in enumerate(paths) if "/" not in path]
    joint = {
        bare[i]: name
        for name, found in group([paths[k] for k in bare])
        if len({paths[bare[i]] for i in found}) == len(found) > 1  # not twice the same name
        for i in found
    }
    tops: dict[str, list[Source]] = {}
    for k, (file, path) in enumerate(zip(files, paths, strict=True)):
        top, cut, _ = path.partition("/")
        tops.setdefault(top if cut else f"/{joint.get(k, k)}", []).append(file)
    return tuple(
        found[0]
        if top[0] == "/" and len(found) == 1
        else Source(top.lstrip("/"), b"", tuple(found))
        for top, found in tops.items()
    )


def group(paths: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Put together the files that are one log.

    The event files of a folder are one run, with those of its folders called train and
    validation, and of those that hold one curve each beside them; so are the curves of a run
    that were downloaded from TensorBoard one by one. The files below a run of MLflow are one
    run, and so are those of a run that W&B resumed, and all that CatBoost writes of a
    training. Any other file is a log itself.

    Args:
        paths: Paths inside one folder, parts joined by "/".

    Returns:
        For each log its name and which paths it is, in the order of the first.
    """
    events = {PurePosixPath(path).parent for path in paths if EVENTS.search(path)}
    logs: dict[tuple[str, int], list[int]] = {}
    boosted = {path.parent for path in map(PurePosixPath, paths) if path.name in _ERRORS}
    tagged = {found["run"] for path in paths if (found := MLFLOW_TAG.fullmatch(path))}
    for k, path in enumerate(paths):
        name = _catboost(PurePosixPath(path), boosted) or _log_of(path, events)
        part = _MLFLOW_PART.fullmatch(path)
        if part and part["run"] in tagged and name == path:
            name = part["run"] or HERE
        alone = k if name == path else -1  # an archive may hold two files of one path
        logs.setdefault((name, alone), []).append(k)
    return tuple(
        (paths[found[0]] if name == HERE else name, tuple(found))
        for (name, _), found in logs.items()
    )


def _catboost(path: PurePosixPath, boosted: Collection[PurePosixPath]) -> str:
    """Return the folder of a training with CatBoost that a file belongs to, or nothing.

    Beside its tables it writes the same as JSON, as event files, and what time is left.
    """
    folder = path.parent.parent if EVENTS.search(path.name) else path.parent
    mine = path.name in _ERRORS | _CATBOOST or EVENTS.search(path.name)
    return (str(folder) if folder.name else "catboost") if mine and folder in boosted else ""


def _log_of(path: str, events: Collection[PurePosixPath]) -> str:
    """Return the name of the log that a file belongs to; its own path where it stands alone."""
    mlflow = MLFLOW.match(path)
    if mlflow:
        return mlflow["run"] or mlflow["meta"]
    wandb = WANDB.match(path)
    if wandb:
        return wandb["top"] + wandb["run"]
    download = DOWNLOAD.fullmatch(path)
    if download:
        return path[: download.end("run")]
    if not EVENTS.search(path):
        return path
    folder, _ = split_run(path)
    while folder.parent in events and _is_curve(folder):
        folder = folder.parent
    return str(folder)


def split_run(path: str) -> tuple[PurePosixPath, str]:
    """Return the folder of the run that an event file tells of, and what lies below, as "train"."""
    here = PurePosixPath(path).parent
    folder = here
    while folder.name.lower() in _TWINS:
        folder = folder.parent
    return folder, "" if folder == here else str(here.relative_to(folder))


def _is_curve(folder: PurePosixPath) -> bool:
    """Say whether PyTorch writes such a folder inside a run's: a curve, or its settings.

    ``add_scalars("Loss", {"train": ...})`` writes to Loss_train, ``add_hparams`` to the time.
    """
    return guess(folder.name).role != "ignore" or _CLOCK.fullmatch(folder.name) is not None
