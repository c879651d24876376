"""Archives: what is in them, and what an archive may not do."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from importlib import import_module

import pytest
import zstandard

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError, UnknownFormatError
from lrdiag.readers import Limits, Source, unpack

LOG = b"step,loss\n0,2.5\n1,2.0\n"


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_plain_file_gives_itself() -> None:
    source = Source("a.csv", LOG)
    assert unpack(source) == (source,)


def test_gzip_is_known_by_its_bytes() -> None:
    packed = gzip.compress(LOG)
    assert unpack(Source("a.csv.gz", packed)) == (Source("a.csv", LOG),)
    assert unpack(Source("a.csv", packed)) == (Source("a.csv", LOG),)


def test_a_zip_gives_its_files_by_paths_that_stay_inside() -> None:
    packed = zipped(("runs/one.csv", LOG), ("../../etc/two.csv", LOG), ("c:\\x\\three.csv", LOG))
    names = [source.name for source in unpack(Source("logs.zip", packed))]
    assert names == ["logs.zip/runs/one.csv", "logs.zip/etc/two.csv", "logs.zip/c:/x/three.csv"]


def test_folders_links_hidden_files_and_archives_are_left_out() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("runs/", b"")
        archive.writestr("__MACOSX/._a.csv", b"x")
        archive.writestr("inner.zip", zipped(("a.csv", LOG)))
        archive.writestr("inner.gz", gzip.compress(LOG))
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.csv", LOG)
    assert unpack(Source("logs.zip", stream.getvalue())) == (Source("logs.zip/a.csv", LOG),)


def test_control_characters_leave_a_name() -> None:
    (source,) = unpack(Source("x.zip", zipped(("a\x1b[31m\n.csv", LOG))))
    assert source.name == "x.zip/a[31m.csv"


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(("a.csv", data))])
def test_a_bomb_is_refused_before_it_is_unpacked(pack: object) -> None:
    assert callable(pack)
    bomb = pack(b"0,2.5\n" * 5_000_000)  # 30 MB in about 30 kB
    with pytest.raises(LimitError, match="200 times"):
        unpack(Source("bomb", bomb))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(("a.csv", data))])
def test_the_budget_holds_after_decompression(pack: object) -> None:
    assert callable(pack)
    data = bytes(range(256)) * 40
    with pytest.raises(LimitError, match="MB"):
        unpack(Source("x", pack(data)), limits=Limits(max_bytes=10_000, max_ratio=1e9))


def test_the_budget_is_of_all_members_together() -> None:
    packed = zipped(*((f"{k}.csv", bytes(6_000)) for k in range(3)), how=zipfile.ZIP_STORED)
    limits = Limits(max_bytes=18_600)
    with pytest.raises(LimitError):
        unpack(Source("x.zip", packed), limits=Limits(max_bytes=17_000))
    assert len(unpack(Source("x.zip", packed), limits=limits)) == 3


def test_a_plain_file_beyond_the_budget() -> None:
    with pytest.raises(LimitError) as caught:
        unpack(Source("a.csv", bytes(11)), limits=Limits(max_bytes=10))
    assert caught.value.hint


def test_too_many_members() -> None:
    packed = zipped(*((f"{k}.csv", LOG) for k in range(51)))
    with pytest.raises(LimitError, match="51 logs"):
        unpack(Source("x.zip", packed))


def test_an_archive_of_very_many_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("lrdiag.readers.unpack"), "MOST_FILES", 3)
    names = [f"{k}.png" for k in range(4)]
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name))
    for packed in (zipped(*((name, b"") for name in names)), stream.getvalue()):
        with pytest.raises(LimitError, match="more than 3 files"):
            unpack(Source("x", packed))


def test_a_tar_whose_header_has_a_header_of_a_megabyte() -> None:
    head, log = tarfile.TarInfo("head"), tarfile.TarInfo("a.csv")
    head.type, head.size, log.size = tarfile.XHDTYPE, 2**20, len(LOG)
    packed = head.tobuf(tarfile.USTAR_FORMAT) + b"1" * head.size
    packed += log.tobuf(tarfile.USTAR_FORMAT) + LOG + bytes(2_000)
    with pytest.raises(MalformedLogError):  # took a quarter of an hour
        unpack(Source("x.tar", packed))


def test_a_zip_without_a_file() -> None:
    with pytest.raises(EmptyLogError):
        unpack(Source("x.zip", zipped()))


def encrypted() -> bytes:
    data = bytearray(zipped(("a.csv", LOG)))
    at = data.index(b"PK\x01\x02") + 8  # flags in the central directory
    struct.pack_into("<H", data, at, struct.unpack_from("<H", data, at)[0] | 1)
    return bytes(data)


def corrupt_zip() -> bytes:
    data = bytearray(zipped(("a.csv", LOG * 100)))
    data[45] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        encrypted(),
        corrupt_zip(),
        zipped(("a.csv", LOG))[:-10],
        gzip.compress(LOG)[:-6],
        gzip.compress(LOG)[:12] + b"\xff" * 20,
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00" + zlib.compress(LOG),
    ],
)
def test_damaged_or_encrypted_archives_say_so(data: bytes) -> None:
    with pytest.raises(MalformedLogError) as caught:
        unpack(Source("x", data))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("members", "said"),
    [(("net/data.pkl", "net/version"), "PyTorch checkpoint"), (("loss.npy",), "NumPy")],
)
def test_archives_that_hold_no_logs_are_named(members: tuple[str, ...], said: str) -> None:
    with pytest.raises(UnknownFormatError, match=said):
        unpack(Source("model.pt", zipped(*((member, b"x") for member in members))))


def test_a_run_folder_with_weights_and_pictures_gives_its_logs() -> None:
    junk = ("run/data.pkl", "run/loss.npy", "run/last.ckpt", "run/loss.png", "run/.git/log.txt")
    packed = zipped(*((member, b"x") for member in junk), ("run/metrics.csv", LOG))
    assert unpack(Source("run.zip", packed)) == (Source("run.zip/run/metrics.csv", LOG),)


def tarred(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in members:
            head = tarfile.TarInfo(name)
            head.size = len(data)
            archive.addfile(head, io.BytesIO(data))
        link = tarfile.TarInfo("run/link.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


def packed_in_two(pack: Callable[[bytes], bytes]) -> bytes:
    """Pack a log as two streams, one behind the other, as parallel packers do."""
    return pack(LOG[:9]) + pack(LOG[9:])


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


@pytest.mark.parametrize("ending", PACKERS)
def test_a_compressed_log_of_one_or_more_streams(ending: str) -> None:
    pack = PACKERS[ending]
    for data in (pack(LOG), packed_in_two(pack)):
        assert unpack(Source(f"a.csv{ending}", data)) == (Source("a.csv", LOG),)
        assert unpack(Source("a", data)) == (Source("a", LOG),)


@pytest.mark.parametrize("ending", PACKERS)
def test_a_tar_packed_in_any_way(ending: str) -> None:
    made = tarred(("./run/metrics.csv", LOG), ("run/model.pt", b"x"), ("../../b.csv", LOG))
    wanted = (Source("run.tar/run/metrics.csv", LOG), Source("run.tar/b.csv", LOG))
    assert unpack(Source("run.tar", made)) == wanted
    assert unpack(Source(f"run.tar{ending}", PACKERS[ending](made))) == wanted


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz"])
def test_what_is_cut_off_is_damaged(ending: str) -> None:
    with pytest.raises(MalformedLogError, match="damaged"):
        unpack(Source("a", PACKERS[ending](LOG * 99)[:-9]))


@pytest.mark.parametrize("ending", PACKERS)
def test_any_packer_may_make_a_bomb(ending: str) -> None:
    with pytest.raises(LimitError, match="unpacks to more than 200 times"):
        unpack(Source("a", PACKERS[ending](b"0" * 30_000_000)))


def test_an_xz_window_beyond_the_limit_is_not_allotted() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    with pytest.raises(MalformedLogError):
        unpack(Source("a.xz", lzma.compress(LOG, filters=filters)))


def test_the_event_files_of_a_folder_are_one_log() -> None:
    names = [
        "runs/a/events.out.tfevents.1.host.7.0",
        "runs/a/events.out.tfevents.2.host.7.0",
        "runs/a/validation/events.out.tfevents.3.host.7.1",
        "runs/b/events.out.tfevents.4.host.7.0",
        "runs/b/metrics.csv",
    ]
    sources = unpack(Source("runs.zip", zipped(*((name, LOG) for name in names))))
    assert [(one.name, [part.name for part in one.parts]) for one in sources] == [
        ("runs.zip/runs/a", [f"runs.zip/{name}" for name in names[:3]]),
        (f"runs.zip/{names[3]}", []),
        (f"runs.zip/{names[4]}", []),
    ]


def test_the_metrics_of_an_mlflow_run_are_one_log() -> None:
    run = "mlruns/0/" + "ab" * 16
    files = (f"{run}/metrics/loss", f"{run}/metrics/eval/loss", f"{run}/meta.yaml")
    (one,) = unpack(Source("mlruns.zip", zipped(*((name, LOG) for name in files))))
    assert one.name == f"mlruns.zip/{run}"
    assert [part.name for part in one.parts] == [f"mlruns.zip/{name}" for name in files]
