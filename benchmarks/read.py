"""How fast each format is read, beside the usual reader, in the same run.

usage: python benchmarks/read.py [--rows 1000000] [--repeats 5] [--only csv,console]

Writes a log of the given number of rows in each format, reads it with lrdiag and with what people
read it with today, in turn, and prints the medians: megabytes, megabytes a second of both, and
their ratio; above 1, lrdiag is faster. The last column is lrdiag's peak memory, less that of a
process which has imported everything and read nothing; the bytes of the log are in it. A peer that
is not installed is said and left out.
"""

import argparse
import importlib
import io
import json
import random
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lrdiag.diagnosis import diagnose
from lrdiag.readers import Source, read_runs

Row = tuple[int, float, float]
BLOCK = 32_768  # bytes; the frame of LevelDB's log, which .wandb files are kept in


@dataclass(frozen=True, slots=True)
class Peer:
    """The usual way to read a format.

    Attributes:
        name: What it is.
        needs: The module that must be installed.
        read: Reads the file at a path.
    """

    name: str
    needs: str
    read: Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One format.

    Attributes:
        name: Short, for ``--only``.
        file: What a file of it is called.
        write: Makes such a file at a path, of as many rows.
        ours: Reads it with lrdiag.
        peers: What else reads it.
        needs: The module that is needed to write it; empty for none.
        most: Rows from which it, or a peer, takes no more.
    """

    name: str
    file: str
    write: Callable[[Path, int], object]
    ours: Callable[[Path], object]
    peers: tuple[Peer, ...]
    needs: str = ""
    most: int = 1_000_000


def make_rows(count: int) -> Iterator[Row]:
    """Yield step, loss and learning rate of a noisy fall."""
    rng = random.Random(0)
    for step in range(count):
        loss = 0.4 + 2.0 * (1.0 + step / (count / 50)) ** -0.7 + rng.gauss(0.0, 0.05)
        yield step, round(loss, 5), round(3e-3 * (1.0 - step / count), 8)


def write_csv(path: Path, count: int) -> None:
    with path.open("w") as out:
        out.write("step,train_loss,lr\n")
        out.writelines(f"{step},{loss},{lr}\n" for step, loss, lr in make_rows(count))


def write_jsonl(path: Path, count: int) -> None:
    with path.open("w") as out:
        for step, loss, lr in make_rows(count):
            out.write(json.dumps({"step": step, "train_loss": loss, "lr": lr}) + "\n")


def write_trainer_state(path: Path, count: int) -> None:
    history = [
        {"epoch": step / 1000, "learning_rate": lr, "loss": loss, "step": step}
        for step, loss, lr in make_rows(count)
    ]
    path.write_text(json.dumps({"global_step": count, "log_history": history}, indent=2))


def write_console(path: Path, count: int) -> None:
    with path.open("w") as out:
        for step, loss, lr in make_rows(count):
            clock = f"{step // 3600 % 24:02d}:{step // 60 % 60:02d}:{step % 60:02d}"
            out.write(f"2025-03-01 {clock} INFO step {step} | train_loss {loss} | lr {lr:.2e}\n")


def write_events(path: Path, count: int) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    with path.open("wb") as out:
        writer = RecordWriter(out)
        writer.write(Event(file_version="brain.Event:2").SerializeToString())
        for step, loss, lr in make_rows(count):
            for tag, value in (("train_loss", loss), ("lr", lr)):
                summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
                event = Event(wall_time=1.7e9 + step, step=step, summary=summary)
                writer.write(event.SerializeToString())


def write_wandb(path: Path, count: int) -> None:
    from wandb.proto.wandb_internal_pb2 import Record

    data = bytearray(b":W&B\xe1\xbe\x00")
    for step, loss, lr in make_rows(count):
        record = Record(num=step + 1)
        for key, value in (("_step", step), ("train_loss", loss), ("lr", lr)):
            record.history.item.add(nested_key=[key], value_json=json.dumps(value))
        append_frames(data, record.SerializeToString())
    path.write_bytes(data)


def append_frames(data: bytearray, record: bytes) -> None:
    """Append a record as LevelDB's log does: cut where a block ends, each piece with its sum."""
    rest, first = record, True
    while rest or first:
        left = BLOCK - len(data) % BLOCK
        if left < 7:
            data += bytes(left)
            continue
        piece, rest = rest[: left - 7], rest[left - 7 :]
        kind = (2 if rest else 1) if first else (3 if rest else 4)  # first, whole; middle, last
        first = False
        data += struct.pack("<IHB", zlib.crc32(bytes([kind]) + piece), len(piece), kind) + piece


def read(path: Path) -> object:
    """Read a log with lrdiag."""
    return read_runs(Source(path.name, path.read_bytes()))


def read_and_diagnose(path: Path) -> object:
    """Read and diagnose a log with lrdiag."""
    (run,) = read_runs(Source(path.name, path.read_bytes()))
    return diagnose(run)


def pandas_csv(path: Path) -> object:
    import pandas as pd

    return pd.read_csv(path)


def pandas_csv_and_roll(path: Path) -> object:
    import pandas as pd

    table = pd.read_csv(path)
    return table["train_loss"].rolling(1001, center=True, min_periods=1).mean()


def pandas_jsonl(path: Path) -> object:
    import pandas as pd

    return pd.read_json(path, lines=True)


def json_by_line(path: Path) -> object:
    with path.open() as lines:
        return [json.loads(line) for line in lines]


def json_document(path: Path) -> object:
    return json.loads(path.read_bytes())["log_history"]


def search_lines(path: Path) -> object:
    wanted = re.compile(r"step (\d+) .*train_loss ([-+.\deE]+) .*lr ([-+.\deE]+)")
    with path.open() as lines:
        found = (wanted.search(line) for line in lines)
        return [tuple(map(float, one.groups())) for one in found if one]


def event_accumulator(path: Path) -> object:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(path), size_guidance={"scalars": 0})
    events.Reload()
    return {tag: events.Scalars(tag) for tag in events.Tags()["scalars"]}


def tbparse(path: Path) -> object:
    from tbparse import SummaryReader

    return SummaryReader(str(path)).scalars


def wandb_records(path: Path) -> object:
    """Parse each record with W&B's own messages, as its own reader of these files did."""
    from wandb.proto.wandb_internal_pb2 import Record

    found, whole = [], bytearray()
    stream = io.BytesIO(path.read_bytes())
    stream.seek(7)
    while True:
        if (left := BLOCK - stream.tell() % BLOCK) < 7:
            stream.seek(left, io.SEEK_CUR)
        if len(head := stream.read(7)) < 7:
            return found
        check, size, kind = struct.unpack("<IHB", head)
        piece = stream.read(size)
        if zlib.crc32(bytes([kind]) + piece) != check:
            raise ValueError("The check sum does not fit.")
        whole += piece
        if kind in (1, 4):
            record = Record.FromString(bytes(whole))
            whole.clear()
            items = record.history.item
            found.append({item.nested_key[0]: json.loads(item.value_json) for item in items})


PANDAS = Peer("pandas.read_csv", "pandas", pandas_csv)
ROLL = Peer("pandas.read_csv + rolling mean", "pandas", pandas_csv_and_roll)
JSONL = (
    Peer("pandas.read_json", "pandas", pandas_jsonl),
    Peer("json.loads a line", "json", json_by_line),
)
EVENTS = (
    Peer("EventAccumulator", "tensorboard", event_accumulator),
    Peer("tbparse", "tbparse", tbparse),
)
WANDB = Peer("wandb's own messages", "wandb", wandb_records)
EVENT_FILE = "events.out.tfevents.1740787200.host"

CASES = (
    Case("csv", "log.csv", write_csv, read, (PANDAS,)),
    Case("csv+diagnosis", "log.csv", write_csv, read_and_diagnose, (ROLL,)),
    Case("jsonl", "log.jsonl", write_jsonl, read, JSONL),
    Case(
        "trainer_state",
        "trainer_state.json",
        write_trainer_state,
        read,
        (Peer("json.loads", "json", json_document),),
        most=300_000,
    ),
    Case("console", "train.log", write_console, read, (Peer("re.search", "re", search_lines),)),
    Case("events", EVENT_FILE, write_events, read, EVENTS, needs="tensorboard", most=100_000),
    Case("wandb", "run-ab12cd34.wandb", write_wandb, read, (WANDB,), needs="wandb", most=100_000),
)


def is_installed(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def timed(work: Callable[[Path], object], path: Path) -> float:
    """Return the seconds that reading a file takes."""
    start = time.perf_counter()
    work(path)
    return time.perf_counter() - start


def resident_peak() -> float:
    """Return the largest resident memory of this process so far, in megabytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def print_peak(case: Case, path: Path) -> None:
    """Print by how many megabytes reading a file lifts the peak of this process."""
    import pandas as pd  # so that its import does not count

    pd.read_csv(io.StringIO("step,loss\n1,2.5\n"))
    before = resident_peak()
    case.ours(path)
    print(resident_peak() - before)


def measure(case: Case, path: Path, repeats: int) -> None:
    """Print one line for each peer of a case."""
    peers = [peer for peer in case.peers if is_installed(peer.needs)]
    for peer in case.peers:
        if peer not in peers:
            print(f"{case.name:14} {peer.name} is not installed")
    ours: list[float] = []
    theirs: dict[str, list[float]] = {peer.name: [] for peer in peers}
    for _ in range(repeats):
        ours.append(timed(case.ours, path))
        for peer in peers:
            theirs[peer.name].append(timed(peer.read, path))
    command = [sys.executable, __file__, "--peak", case.name, str(path)]
    peak = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    size, mine = path.stat().st_size / 1e6, statistics.median(ours)
    for name, seconds in theirs.items():
        other = statistics.median(seconds)
        print(
            f"{case.name:14} {size:7.1f} {size / mine:9.1f} {size / other:9.1f} "
            f"{other / mine:6.2f} {peak:8.0f}  {name}",
            flush=True,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--peak", nargs=2, metavar=("CASE", "PATH"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        print_peak(next(case for case in CASES if case.name == args.peak[0]), Path(args.peak[1]))
        return
    only = set(filter(None, args.only.split(",")))
    print("format              MB ours MB/s peer MB/s  ratio  peak MB  peer")
    for case in CASES:
        if only and case.name not in only:
            continue
        if case.needs and not is_installed(case.needs):
            print(f"{case.name:14} {case.needs} is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / case.file
            case.write(path, min(args.rows, case.most))
            measure(case, path, args.repeats)


if __name__ == "__main__":
    main()
