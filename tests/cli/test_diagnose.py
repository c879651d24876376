"""lrdiag diagnose: exit status, streams, and what each option changes."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import diagnose_json, healthy_log, lrdiag, nan_log


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    path = tmp_path / "healthy.csv"
    path.write_bytes(healthy_log())
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.csv"
    path.write_bytes(nan_log())
    return path


def test_a_healthy_run_exits_with_0(healthy: Path) -> None:
    status, made = diagnose_json(healthy)
    assert made["runs"][0]["status"] == "healthy"
    assert status == 0


def test_a_finding_exits_with_1(broken: Path) -> None:
    status, made = diagnose_json(broken)
    assert made["runs"][0]["findings"][0]["code"] == "LR101"
    assert status == 1


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--fail-on", "never"], 0),
        (["--fail-on", "error"], 1),
        (["--fail-on", "warning"], 1),
        (["--exit-zero"], 0),
    ],
)
def test_the_exit_status_follows_the_options(broken: Path, options: list[str], status: int) -> None:
    assert diagnose_json(broken, *options)[0] == status


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    lines = healthy_log().decode().splitlines()
    step, _, lr = lines[200].split(",")
    lines[200] = f"{step},nan,{lr}"
    log = tmp_path / "one_nan.csv"
    log.write_text("\n".join(lines))
    status, made = diagnose_json(log, "--fail-on", "error")
    assert {one["severity"] for one in made["runs"][0]["findings"]} <= {"warning", "note"}
    assert status == 0
    assert diagnose_json(log)[0] == 1


def test_the_name_in_the_json_is_the_one_that_was_typed(healthy: Path) -> None:
    run = diagnose_json(healthy)[1]["runs"][0]
    assert run["source"] == str(healthy)
    assert run["name"] == "healthy"


def test_standard_input() -> None:
    status, made = diagnose_json("-", stdin=healthy_log())
    assert status == 0
    assert made["runs"][0]["source"] == "stdin"
    assert made["runs"][0]["series"]["train_loss"]["n"] == 400


def test_a_bad_log_beside_a_good_one(tmp_path: Path, healthy: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    missing = tmp_path / "missing.csv"
    done = lrdiag("diagnose", "--format", "json", picture, healthy, missing)
    made = json.loads(done.stdout)
    assert done.returncode == 2
    assert [run["name"] for run in made["runs"]] == ["healthy"]
    assert [one["source"] for one in made["errors"]] == [str(picture), str(missing)]
    assert all(one["error"] and one["hint"] for one in made["errors"])
    said = done.stderr.decode()
    assert f"error: {missing}: There is no such file." in said
    assert "hint: " in said
    assert diagnose_json(picture, healthy, "--exit-zero")[0] == 0


def test_a_file_that_is_no_loss_log_exits_with_2(tmp_path: Path) -> None:
    log = tmp_path / "people.csv"
    log.write_text("age,height\n" + "".join(f"{20 + k},{150 + k % 7}\n" for k in range(40)))
    status, made = diagnose_json(log)
    assert made["runs"][0]["status"] == "not-a-loss-log"
    assert made["runs"][0]["refusal"]["reason"]
    assert status == 2
    assert diagnose_json(log, "--exit-zero")[0] == 0


def test_one_file_named_twice_is_one_run(healthy: Path) -> None:
    assert len(diagnose_json(healthy, healthy)[1]["runs"]) == 1


def test_a_folder_is_its_logs_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(healthy_log())
    (tmp_path / "a.csv").write_bytes(nan_log())
    (tmp_path / "weights.bin").write_bytes(os.urandom(5000))
    (tmp_path / ".hidden.csv").write_bytes(healthy_log())
    (tmp_path / "people.csv").write_text(
        "age,height\n" + "".join(f"{20 + k},{150 + k % 7}\n" for k in range(40))
    )
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "metrics.csv").write_bytes(healthy_log())
    done = lrdiag("diagnose", "--format", "json", tmp_path)
    made = json.loads(done.stdout)
    assert [run["name"] for run in made["runs"]] == ["a", "b"]
    assert done.returncode == 1
    assert "left out of" in done.stderr.decode()


def test_a_folder_without_logs(tmp_path: Path) -> None:
    done = lrdiag("diagnose", tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "holds no file" in done.stderr.decode()


def test_a_compressed_log(tmp_path: Path) -> None:
    path = tmp_path / "run.csv.gz"
    path.write_bytes(gzip.compress(healthy_log()))
    status, made = diagnose_json(path)
    assert (status, made["runs"][0]["name"]) == (0, "run")


def test_settings_from_a_file_and_from_words(tmp_path: Path, healthy: Path) -> None:
    for name, text in (
        ("c.json", '{"lr": 0.5, "optimizer": "adamw"}'),
        ("c.toml", 'lr = 0.5\noptimizer = "adamw"\n'),
    ):
        (tmp_path / name).write_text(text)
        made = diagnose_json(healthy, "--config", tmp_path / name, "--set", "lr=0.25")[1]
        assert made["runs"][0]["config"] == {"lr": 0.25, "optimizer": "adamw"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "lr"], "is no KEY=VALUE"),
        (["--set", "speed=3"], "no setting that lrdiag knows"),
        (["--set", "lr=-1"], "no training run has"),
        (["--config", "nowhere.json"], "cannot be read"),
        (["--role", "loss"], "is no COLUMN=ROLE"),
        (["--role", "loss=speed"], "is no COLUMN=ROLE"),
        (["--select", "LR999"], "No rule is called"),
        (["--ignore", "spike-recover"], "No rule is called"),
    ],
)
def test_a_wrong_call_says_what_and_how(healthy: Path, words: list[str], said: str) -> None:
    for zero in ([], ["--exit-zero"]):
        done = lrdiag("diagnose", healthy, *words, *zero)
        assert (done.returncode, done.stdout) == (2, b"")
        error, hint = done.stderr.decode().strip().split("\n")
        assert error.startswith("error: ")
        assert said in error
        assert hint.startswith("hint: ")


def test_a_near_miss_of_a_rule_names_the_rule(healthy: Path) -> None:
    done = lrdiag("diagnose", healthy, "--ignore", "spike-recover")
    assert "LR104 spike-recovers" in done.stderr.decode()


def test_a_config_that_is_no_config(tmp_path: Path, healthy: Path) -> None:
    for name, text, said in (
        ("a.json", "{", "is not JSON"),
        ("a.toml", "[", "is not TOML"),
        ("b.json", "[1]", "holds no names and values"),
    ):
        (tmp_path / name).write_text(text)
        done = lrdiag("diagnose", healthy, "--config", tmp_path / name)
        assert done.returncode == 2
        assert said in done.stderr.decode()


def test_unknown_options_and_no_log_at_all_are_wrong_calls(healthy: Path) -> None:
    assert lrdiag("diagnose").returncode == 2
    assert lrdiag("diagnose", healthy, "--wrong").returncode == 2
    assert lrdiag("diagnose", healthy, "--format", "yaml").returncode == 2


def test_a_role_is_taken_as_said(tmp_path: Path) -> None:
    log = tmp_path / "odd.csv"
    log.write_bytes(healthy_log().replace(b"train_loss", b"a=b"))
    status, made = diagnose_json(log, "--role", "a=b=train_loss")
    assert status == 0
    assert made["runs"][0]["series"]["train_loss"]["column"] == "a=b"


def test_select_and_ignore(broken: Path) -> None:
    asked = diagnose_json(broken, "--select", "LR101,LR104")[1]["runs"][0]
    said = {one["code"] for one in asked["findings"]} | {*asked["cleared"], *asked["skipped"]}
    assert said == {"LR101", "LR104"}
    status, made = diagnose_json(broken, "--select", "LR101", "--ignore", "loss-not-finite")
    assert (status, made["runs"][0]["findings"]) == (0, [])
    family = diagnose_json(broken, "--select", "fit")[1]["runs"][0]
    asked_codes = {*family["cleared"], *family["skipped"]}
    assert asked_codes
    assert all(code.startswith("FIT") for code in asked_codes)


def test_text_in_a_pipe_is_plain_and_80_across(healthy: Path, broken: Path) -> None:
    for logs in ([healthy], [broken], [healthy, broken]):
        done = lrdiag("diagnose", *logs, "--columns")
        text = done.stdout.decode()
        assert "\x1b" not in text
        assert max(len(line) for line in text.splitlines()) <= 80
        assert "How the columns were read" in text
        assert done.stderr == b""


def test_a_reader_that_leaves_early_is_no_trouble(tmp_path: Path) -> None:
    for k in range(20):
        (tmp_path / f"{k}.csv").write_bytes(healthy_log())
    command = [sys.executable, "-m", "lrdiag", "diagnose", "--format", "json", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_limit_is_raised_or_lowered_on_request(healthy: Path) -> None:
    status, made = diagnose_json(healthy, "--limit", "max_rows=100")
    assert status == 2
    assert "reads up to 100" in made["errors"][0]["error"]
    assert diagnose_json(healthy, "--limit", "max_rows=1e6", "--limit", "max_ratio=9.5")[0] == 0
    for wrong in ("rows=3", "max_rows=many", "max_rows=-1", "max_rows"):
        done = lrdiag("diagnose", healthy, "--limit", wrong)
        assert done.returncode == 2
        assert "Limits: max_bytes," in done.stderr.decode()
