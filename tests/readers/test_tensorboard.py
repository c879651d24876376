"""TensorBoard event files: the same points as TensorBoard itself reads, whatever the file."""

import io
import random
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError, ReadError
from lrdiag.readers import Limits, Source, read_logs, read_runs
from lrdiag.readers.binary import events
from lrdiag.readers.binary.events import read_events
from lrdiag.readers.folders import group
from lrdiag.run import Axis, Run
from tests.clock import costs_less_than

SAMPLES = Path(__file__).parent / "samples"
FILES = tuple(sorted(SAMPLES.rglob("*tfevents*")))
NAME = "runs/a/events.out.tfevents.1700000000.host"

# TensorBoard's own modules warn of what they import.
quiet = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
Point = tuple[str, float, float]


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def record(message: bytes) -> bytes:
    return struct.pack("<Q", len(message)) + bytes(4) + message + bytes(4)


def event(step: int, *values: bytes, wall: float = 1.7e9) -> bytes:
    summary = b"".join(field(1, value) for value in values)
    time_ = b"\x09" + struct.pack("<d", wall)
    return record(time_ + (field(2, step) if step else b"") + field(5, summary))


def scalar(tag: str, value: float) -> bytes:
    return field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


VERSION = record(b"\x09" + bytes(8) + field(3, b"brain.Event:2"))


def log(*events: bytes) -> bytes:
    return VERSION + b"".join(events)


def falling(n: int, tag: str = "loss", first: int = 0) -> list[bytes]:
    return [event(k, scalar(tag, 3.0 - k / 50)) for k in range(first, first + n)]


def read_folder(**files: bytes) -> tuple[Run, ...]:
    """Read files that lie in one folder; "__" in a name is "/"."""
    parts = (Source(name.replace("__", "/"), data) for name, data in files.items())
    return read_logs([Source("dropped", b"", tuple(parts))]).runs


def mine(data: bytes) -> list[Point]:
    points, _ = read_events(data, Limits())
    return [
        (points.tags[tag], step, value)
        for tag, step, value in zip(points.tag, points.step, points.value, strict=True)
    ]


def theirs(path: Path) -> list[Point]:
    """Return what TensorBoard reads, tag by tag."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    sizes = {"scalars": 0, "tensors": 0}
    events = EventAccumulator(str(path), size_guidance=sizes, purge_orphaned_data=False)
    events.Reload()
    found = [
        (tag, float(one.step), float(one.value))
        for tag in events.Tags()["scalars"]
        for one in events.Scalars(tag)
    ]
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            found += [
                (tag, float(one.step), float(tensor_util.make_ndarray(one.tensor_proto).item()))
                for one in events.Tensors(tag)
            ]
    return found


def check_same(data: bytes, path: Path) -> int:
    got, want = mine(data), theirs(path)
    for tag in {one[0] for one in (*got, *want)}:
        a = np.array([one[1:] for one in got if one[0] == tag])
        b = np.array([one[1:] for one in want if one[0] == tag])
        np.testing.assert_array_equal(a, b, err_msg=tag)
    return len(got)


@quiet
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_points_of_samples_are_those_of_tensorboard(path: Path) -> None:
    assert check_same(path.read_bytes(), path) > 0


def random_value(
    summary: Any,  # noqa: ANN401  a message without types
    rng: random.Random,
    first: set[str],
) -> None:
    from tensorboard.util import tensor_util

    tag = rng.choice(["loss", "val/loss", "lr", "a/b/c", "größe", "x" * 90])
    kind = rng.choice(["simple", "tensor", "text", "histogram", "image"])
    number = rng.choice([rng.gauss(0, 5), 0.0, float("nan"), float("inf"), -1e-30])
    value = summary.value.add(tag=f"{kind}/{tag}")
    if kind == "simple":
        value.simple_value = number
    elif kind == "tensor":
        dtype = rng.choice([np.float32, np.float64, np.float16])
        value.tag += np.dtype(dtype).name
        array = np.array(number, dtype=dtype)
        value.tensor.CopyFrom(tensor_util.make_tensor_proto(array))
        if rng.random() < 0.5:
            for listed in ("float_val", "double_val", "half_val"):
                value.tensor.ClearField(listed)
            value.tensor.tensor_content = array.tobytes()
        if value.tag not in first:  # only the first event of a tag says whose it is
            value.metadata.plugin_data.plugin_name = "scalars"
            first.add(value.tag)
    elif kind == "text":
        value.metadata.plugin_data.plugin_name = "text"
        value.tensor.CopyFrom(tensor_util.make_tensor_proto(["a note"]))
    elif kind == "histogram":
        value.histo.bucket.extend([rng.random() for _ in range(30)])
    else:
        value.image.encoded_image_string = rng.randbytes(rng.randrange(300))


@quiet
@pytest.mark.parametrize("seed", range(12))
def test_the_points_of_any_file_are_those_of_tensorboard(seed: int, tmp_path: Path) -> None:
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.summary.writer.record_writer import RecordWriter

    rng = random.Random(seed)
    path = tmp_path / "events.out.tfevents.1700000000.host"
    first: set[str] = set()
    with path.open("wb") as stream:
        writer = RecordWriter(stream)
        writer.write(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString())
        step = 0
        for _ in range(rng.choice([3, 40, 400])):
            step = rng.choice([step, step + 1, step + rng.randrange(10_000), rng.randrange(2**40)])
            one = Event(wall_time=1.7e9 + rng.random(), step=step)
            if rng.random() < 0.03:
                one.session_log.status = SessionLog.START
            elif rng.random() < 0.03:
                one.graph_def = rng.randbytes(200)
            else:
                for _ in range(rng.choice([1, 1, 1, 2, 5])):
                    random_value(one.summary, rng, first)
            writer.write(one.SerializeToString())
    check_same(path.read_bytes(), path)


@quiet
@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
)
def test_a_tensor_of_any_type_is_a_number(dtype: str) -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.util import tensor_util

    for number in (0.0, 1.0, -3.0) if not dtype.startswith(("u", "b")) else (0.0, 1.0):
        array = np.array(number, dtype=dtype)
        listed = Summary.Value(tag="t", tensor=tensor_util.make_tensor_proto(array))
        packed = Summary.Value(tag="t", tensor=tensor_util.make_tensor_proto(array))
        for one in ("float_val", "double_val", "half_val", "int_val", "int64_val", "bool_val"):
            packed.tensor.ClearField(one)
        packed.tensor.tensor_content = array.tobytes()
        for value in (listed, packed):
            values = value.SerializeToString()
            assert mine(log(*[event(k, values) for k in (0, 1, 2, 3, 4, 5)])) == [
                ("t", float(k), number) for k in range(6)
            ]


def test_half_precision_of_the_other_kind() -> None:
    bits = np.array([1.5], dtype=np.float32).view(np.uint32)[0] >> 16
    tensor = field(1, 14) + field(2, b"") + field(13, varint(int(bits)))
    content = field(1, 14) + field(2, b"") + field(4, struct.pack("<H", int(bits)))
    data = log(
        event(1, field(1, b"a") + field(8, tensor)), event(2, field(1, b"a") + field(8, content))
    )
    assert mine(data) == [("a", 1.0, 1.5), ("a", 2.0, 1.5)]


def test_tensors_that_are_no_scalars_are_left_out() -> None:
    pair = field(1, 1) + field(2, field(2, field(1, 2))) + field(5, struct.pack("<ff", 1, 2))
    one = field(1, 1) + field(2, b"") + field(5, struct.pack("<f", 1))
    other = field(9, field(1, field(1, b"pr_curves")))
    data = log(
        event(1, field(1, b"pair") + field(8, pair)),
        event(1, field(1, b"curve") + field(8, one) + other),
        event(2, field(1, b"curve") + field(8, one)),
        event(2, field(1, b"scalar") + field(8, one)),
    )
    assert mine(data) == [("scalar", 2.0, 1.0)]


def test_a_file_that_is_still_written_is_read_up_to_its_last_whole_record() -> None:
    data = log(*falling(30))
    whole = len(mine(data))
    sizes = set()
    for cut in range(len(VERSION) + 1, len(data)):
        points, notes = read_events(data[:cut], Limits())
        ends_in_record = (cut - len(VERSION) - len(event(0, scalar("loss", 0)))) % len(
            event(1, scalar("loss", 0))
        )
        assert bool(notes) == bool(ends_in_record)
        sizes.add(len(points))
    assert sizes == set(range(whole))
    (run,) = read_runs(Source(NAME, data[:-3]))
    assert any("breaks off" in note for note in run.notes)
    assert len(run["train_loss"]) == 29


@pytest.mark.parametrize("length", [2**64 - 1, 2**63, 2**40, 10**9])
def test_a_length_beyond_the_file_takes_no_room(length: int) -> None:
    data = log(*falling(5)) + struct.pack("<Q", length) + bytes(40)
    tracemalloc.start()
    try:
        points, notes = read_events(data, Limits())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(points) == 5
    assert notes
    assert peak < 1_000_000


def test_a_damaged_record_is_left_out_and_the_next_is_read() -> None:
    broken = record(b"\x2a\x7f\x0a\x02ab")
    (run,) = read_runs(Source(NAME, log(*falling(10), broken, *falling(10, first=10))))
    assert len(run["train_loss"]) == 20
    assert "1 record is damaged and left out." in run.notes


def test_a_run_that_went_on_from_a_checkpoint_shows_where() -> None:
    start = record(field(2, 40) + field(7, field(1, 1)))
    later = [event(k, scalar("loss", 3.0 - k / 50), wall=1.8e9) for k in range(40, 90)]
    (run,) = read_folder(
        run__events_out_tfevents_1800000000_host=log(start, *later),
        run__events_out_tfevents_1700000000_host=log(*falling(60)),
    )
    assert run.restarts == (40.0,)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(90.0))
    assert run.name == "run"


def test_folders_for_training_and_validation_are_one_run() -> None:
    runs = read_folder(
        **{
            "a__train__events.out.tfevents.1.h": log(*falling(20, "epoch_loss")),
            "a__validation__events.out.tfevents.2.h": log(*falling(20, "epoch_loss")),
            "b__events.out.tfevents.3.h": log(*falling(10)),
        }
    )
    assert [run.name for run in runs] == ["a", "b"]
    assert set(runs[0]) == {"train_loss", "val_loss"}
    assert runs[0].x == Axis("epoch", "epoch")


def test_a_lone_folder_called_test_says_nothing_of_tags_that_say_it_themselves() -> None:
    events = [
        event(k, scalar("loss/train", 3 - k / 50), scalar("loss/val", 3 - k / 60))
        for k in range(20)
    ]
    (run,) = read_runs(Source("test/events.out.tfevents.1.h", log(*events)))
    assert run["train_loss"].values[-1] == pytest.approx(3 - 19 / 50)
    (run,) = read_runs(Source("logs/validation/events.out.tfevents.1.h", log(*falling(20))))
    assert set(run) == {"val_loss"}


@pytest.mark.parametrize(
    ("paths", "logs"),
    [
        (["r/events.out.tfevents.1", "r/events.out.tfevents.2"], ["r"]),
        (["events.out.tfevents.1", "events.out.tfevents.2"], ["events.out.tfevents.1"]),
        (["train/events.out.tfevents.1", "validation/events.out.tfevents.2"], None),
        (["r/events.out.tfevents.1", "r/eval/events.out.tfevents.2"], ["r"]),
        (["r/events.out.tfevents.1", "r/Loss_train/events.out.tfevents.2"], ["r"]),
        (["r/events.out.tfevents.1", "r/1795487247.5979805/events.out.tfevents.2"], ["r"]),
        (["r/events.out.tfevents.1", "r/baseline/events.out.tfevents.2"], ["r", "r/baseline"]),
        (["r/Loss_a/events.out.tfevents.1", "r/Loss_b/events.out.tfevents.2"], 2),
        (["d/run-A-tag-loss_train.csv", "d/run-A-tag-loss_val (1).csv"], ["d/run-A"]),
        (["run-A_train-tag-epoch_loss.csv", "run-A_validation-tag-epoch_loss.json"], ["run-A_"]),
        (["run-train-tag-epoch_loss.csv", "run-validation-tag-epoch_loss.csv"], ["run-"]),
        (["run-A-tag-loss.csv", "run-B-tag-loss.csv"], ["run-A", "run-B"]),
    ],
)
def test_which_files_are_one_run(paths: list[str], logs: list[str] | int | None) -> None:
    names = [name for name, _ in group(paths)]
    if isinstance(logs, list):
        assert names == logs
    else:
        assert len(names) == (logs or 1)


def test_an_archive_of_a_run_folder() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted((SAMPLES / "pytorch-add-scalars").rglob("*tfevents*")):
            archive.write(path, str(path.relative_to(SAMPLES / "pytorch-add-scalars")))
        archive.writestr("baseline/model.pt", b"x")
    (run,) = read_logs([Source("logs.zip", stream.getvalue())]).runs
    assert run.name == "baseline"
    assert {"train_loss", "val_loss", "lr"} == set(run)


def test_files_at_the_top_of_an_archive() -> None:
    stream = io.BytesIO()
    root = SAMPLES / "pytorch-add-scalars" / "baseline"
    with zipfile.ZipFile(stream, "w") as archive:
        for path in sorted(root.rglob("*tfevents*")):
            archive.write(path, str(path.relative_to(root)))
    (run,) = read_logs([Source("logs.zip", stream.getvalue())]).runs
    assert {"train_loss", "val_loss", "lr"} == set(run)
    assert len(run["train_loss"]) == 30


def test_tags_of_many_files_are_counted_together() -> None:
    parts = tuple(
        Source(f"r/f{k}/x/events.out.tfevents.{k}.h", log(event(1, scalar(f"t{k}", 1.0))))
        for k in range(12)
    )
    with pytest.raises(LimitError, match="tags"):
        read_runs(Source("r", b"", parts), limits=Limits(max_columns=10))


def test_losses_that_count_epochs_stand_beside_those_that_count_updates() -> None:
    events = []
    for epoch in range(12):
        events += [
            event(k, scalar("Loss/train", 3.0 - k / 600))
            for k in range(100 * epoch, 100 * epoch + 100)
        ]
        events.append(event(epoch, scalar("Loss/val", 3.0 - epoch / 6)))
    (run,) = read_runs(Source(NAME, log(*events)))
    assert run.restarts == ()
    np.testing.assert_array_equal(run["val_loss"].steps, 100.0 * np.arange(12) + 99.0)
    assert any("Loss/val" in note for note in run.notes)


def test_curves_written_one_after_the_other_keep_their_steps() -> None:
    events = [*falling(100, "Loss/train"), *falling(15, "Loss/val")]
    (run,) = read_runs(Source(NAME, log(*events)))
    np.testing.assert_array_equal(run["val_loss"].steps, np.arange(15.0))


def test_a_value_logged_twice_at_a_step_is_two_points() -> None:
    data = log(event(1, scalar("a", 1)), event(1, scalar("b", 2)), event(1, scalar("a", 3)))
    assert mine(data) == [("a", 1.0, 1.0), ("b", 1.0, 2.0), ("a", 1.0, 3.0)]


def test_not_a_number_is_kept_and_a_negative_step_too() -> None:
    data = log(event(-1, scalar("a", float("nan"))), event(2**40, scalar("a", float("inf"))))
    (one, two) = mine(data)
    assert one[:2] == ("a", -1.0)
    assert np.isnan(one[2])
    assert two == ("a", float(2**40), float("inf"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        VERSION,
        log(event(0, field(1, b"text") + field(8, field(1, 7) + field(8, b"words")))),
    ],
)
def test_a_file_without_a_scalar_says_so(data: bytes) -> None:
    with pytest.raises(EmptyLogError, match="no scalar") as caught:
        read_runs(Source(NAME, data))
    assert caught.value.hint


def test_a_file_that_breaks_off_before_its_first_scalar_says_so() -> None:
    with pytest.raises(MalformedLogError, match="breaks off"):
        read_runs(Source(NAME, log(*falling(1))[:-1]))


def test_what_is_only_called_so_is_told_from_an_event_file() -> None:
    (run,) = read_runs(Source("tfevents.csv", b"step,loss\n0,2.5\n1,2.0\n2,1.5\n"))
    assert run.format == "csv"


def test_tags_beyond_the_limit_are_left_out_and_points_beyond_it_refused() -> None:
    data = log(*(event(k, scalar(f"tag{k:03d}", k)) for k in range(40)), *falling(20))
    (run,) = read_runs(Source(NAME, data), limits=Limits(max_columns=10))
    assert len(run.columns) == 11
    assert any("more than 10 tags" in note for note in run.notes)
    with pytest.raises(LimitError):
        read_runs(Source(NAME, data), limits=Limits(max_rows=30))
    both = log(*(event(k, scalar("loss", k), scalar("lr", k)) for k in range(20)))
    with pytest.raises(LimitError):
        read_runs(Source(NAME, both), limits=Limits(max_rows=30))


HOSTILE = {
    "histograms of one length": event(9, field(1, b"h") + field(5, bytes(700))) * 9_000,
    "no two messages alike": b"".join(
        event(k, scalar(f"{k * 7919 % 99_991:05d}{k}", 1.0)) for k in range(40_000)
    ),
    "empty messages": record(b"") * 300_000,
    "many values a message": event(1, *[scalar("a", 1.0)] * 300_000),
    "fields of one byte": record(b"\x0a\x00" * 2_000_000),
    "tags without end": b"".join(event(1, scalar("x" * k, 1.0)) for k in range(1_200)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_little(data: bytes) -> None:
    with costs_less_than(4.0), suppress(ReadError):
        assert read_runs(Source(NAME, VERSION + data))


@pytest.mark.parametrize("seed", range(8))
def test_damage_of_any_kind_gives_runs_or_an_error(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        data = bytearray(rng.choice(FILES).read_bytes())
        for _ in range(rng.choice([1, 3, 20])):
            at = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[at] ^= 1 << rng.randrange(8)
                case 1:
                    del data[at : at + rng.randrange(60)]
                case 2:
                    data[at:at] = rng.randbytes(rng.randrange(20))
                case _:
                    data[at:at] = data[at : at + rng.randrange(200)]
        with suppress(ReadError):
            assert read_runs(Source(NAME, bytes(data)))


def messages(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        found.append(data[at + 12 : at + 12 + length])
        at += length + 16
    return found


@pytest.mark.parametrize("seed", range(6))
def test_records_read_together_give_what_each_gives_alone(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of records with any bit turned, those that are alike still hold their own numbers."""
    rng = random.Random(seed)
    pool = messages(rng.choice(FILES).read_bytes())
    turned = []
    for message in rng.choices(pool, k=60):
        for _ in range(12):
            bits = bytearray(message)
            for _ in range(rng.choice([0, 0, 1, 2])):
                at = rng.choice([rng.randrange(len(bits)), rng.randrange(min(14, len(bits)))])
                bits[at] ^= 1 << rng.randrange(8)
            turned.append(record(bytes(bits)))
    rng.shuffle(turned)
    data = log(*turned)
    together, notes = read_events(data, Limits())
    monkeypatch.setattr(events, "FEW", len(turned) + 2)
    alone, notes_alone = read_events(data, Limits())
    assert notes == notes_alone
    assert len(together) == len(alone)
    names = [np.array(one.tags)[one.tag] for one in (together, alone)]
    np.testing.assert_array_equal(names[0], names[1])
    for column in ("step", "wall", "value"):
        np.testing.assert_array_equal(getattr(together, column), getattr(alone, column))


CURVE = b"Wall time,Step,Value\n" + b"".join(b"%d,%d,%.3f\n" % (k, k, 3 - k / 9) for k in range(20))
POINTS = b'[[1.5, 0, 2.5], [2.5, 1, "NaN"], [3.5, 2, 2.25], [4.5, 3, 2.0]]'


def test_downloaded_curves_of_one_run_are_one_log() -> None:
    (run,) = read_folder(
        **{
            "d__run-A-tag-Loss_train.csv": CURVE,
            "d__run-A-tag-Loss_val (1).json": POINTS,
        }
    )
    assert run.name == "A"
    assert run.x == Axis("step", "step")
    assert len(run["train_loss"]) == 20
    np.testing.assert_array_equal(run["val_loss"].values, [2.5, np.nan, 2.25, 2.0])


def test_a_downloaded_curve_alone_bears_its_tag() -> None:
    (run,) = read_runs(Source("run-exp_validation-tag-epoch_loss.csv", CURVE))
    assert run.format == "tensorboard-curves"
    assert set(run) == {"val_loss"}
    (run,) = read_runs(Source("curve.json", POINTS), roles={"Value": "train_loss"})
    assert len(run["train_loss"]) == 4
    with pytest.raises(MalformedLogError):
        read_runs(Source("run-A-tag-b.json", b"[[1.5, 2], [3]"))
