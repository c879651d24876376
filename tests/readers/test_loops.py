"""Training loops that people write by hand, and how they print."""

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs

EPOCHS = 8
TRAIN = tuple(2.3 - 0.2 * epoch for epoch in range(EPOCHS))
VAL = tuple(2.4 - 0.15 * epoch for epoch in range(EPOCHS))

# e counts from 0, n from 1, at by hundreds; a is the training loss, b the validation loss.
LOOPS = {
    "sections in a line": "Epoch {n} Train: loss {a:.4f} acc 0.51 | Val: loss {b:.4f} acc 0.5\n",
    "sections with dashes": "Epoch {n}/8\n  Train - loss: {a:.4f}, acc: 0.51\n"
    "  Val   - loss: {b:.4f}, acc: 0.50\n",
    "sections as calls": "[{n}] train(loss={a:.4f}, acc=0.51) val(loss={b:.4f}, acc=0.50)\n",
    "a dictionary of dictionaries": "epoch {n}: {{'train': {{'loss': {a:.4f}, 'acc': 0.51}}, "
    "'val': {{'loss': {b:.4f}, 'acc': 0.5}}}}\n",
    "the part in brackets": "Epoch {n}: Loss (train): {a:.4f}  Loss (val): {b:.4f}\n",
    "titles above stretches": "=== Epoch {n} ===\nTraining:\n    loss: {a:.4f}\n    accuracy: 0.5\n"
    "Validation:\n    loss: {b:.4f}\n    accuracy: 0.5\n",
    "JSON behind a logging prefix": "2024-05-03 09:12:0{e},123 - trainer - INFO - "
    '{{"epoch": {n}, "train": {{"loss": {a:.4f}}}, "valid": {{"loss": {b:.4f}}}}}\n',
    "German": "Epoche {n}: Verlust {a:.4f}, Validierungsverlust {b:.4f}, Lernrate 0.001\n",
    "French": "Époque {n} - perte (entraînement): {a:.4f} - perte (validation): {b:.4f}\n",
    "short names": ">>> epoch {n} | trn loss {a:.4f} | vld loss {b:.4f} | best 0.4 @ 3\n",
    "sentences": "INFO:root:Epoch {n} finished. Mean train loss: {a:.4f}. Mean val loss: {b:.4f}. "
    "Took 12.3 s.\n",
    "two values behind one name": "Epoch {n}: train/val loss: {a:.4f}/{b:.4f}\n",
    "two values behind two names": "Epoch {n}: Train loss / val loss = {a:.4f} / {b:.4f}\n",
    "no word for a loss": "Epoch {n}\tTraining: {a:.4f}\tValidation: {b:.4f}\n",
    "two letters a part": ">>> ep {n} tr_loss {a:.3f} te_loss {b:.3f}\n",
    "the epoch behind the name": "Avg training loss at epoch {n}: {a:.4f}\n"
    "Avg validation loss at epoch {n}: {b:.4f} (best so far: 2.1)\n",
    "Chinese": "第{n}轮 训练集损失: {a:.4f} 验证集损失: {b:.4f} 准确率: 0.51\n",
    "a loss for both parts": "EPOCH {n}:\nLOSS train {a:.4f} valid {b:.4f}\n",
    "three parts in one line": "Epoch: {n}, Steps: 350 | Train Loss: {a:.7f} Vali Loss: {b:.7f} "
    "Test Loss: 0.5\n",
    "the epoch without a blank": "Ep{n:03d} tr_loss={a:.4f} va_loss={b:.4f}\n",
    "a title below the steps of an epoch": "Epoch {n}\n-----\nloss: {a:.6f}  [    0/60000]\n"
    "Test Error: \n Accuracy: 41.2%, Avg loss: {b:.6f} \n\n",
    "indented with tabs": "Epoch {n} of 8 took 12.345s\n  training loss:\t\t{a:.6f}\n"
    "  validation loss:\t\t{b:.6f}\n  validation accuracy:\t\t51.20 %\n",
}
TRAIN_ONLY = {
    "Chinese behind English": "step {at} (1.2s/step, 40% done) train 损失={a:.4f} lr=1e-4\n",
    "the step behind the name": "Training loss (for one batch) at step {at}: {a:.4f}\n",
    "after so many steps": "Loss after {at} steps: {a:.4f}\n",
    "both parts behind the numbers": "Epoch {n}: loss={a:.4f}/{b:.4f} (train/val)\n",
    "units everywhere": "[{n:>3}/  8] loss: {a:.4f} | 12.3ms/it | 3.2GB | lr 3.0e-4\n",
    "a spread behind it": "iter={at:06d} time=12.3s tok/s=12.3k loss={a:.4f}±0.05 gnorm=1.2\n",
}


def printed(line: str) -> Source:
    rows = (
        line.format(e=e, n=e + 1, at=100 * (e + 1), a=TRAIN[e], b=VAL[e]) for e in range(EPOCHS)
    )
    return Source("train.log", "".join(rows).encode())


@pytest.mark.parametrize("line", [*LOOPS.values(), *TRAIN_ONLY.values()], ids=[*LOOPS, *TRAIN_ONLY])
def test_each_loss_is_found_in_its_own_part(line: str) -> None:
    (run,) = read_runs(printed(line))
    assert run.refusal is None
    np.testing.assert_allclose(run["train_loss"].values, TRAIN)
    if line in TRAIN_ONLY.values():
        assert "val_loss" not in run
    else:
        np.testing.assert_allclose(run["val_loss"].values, VAL)


@pytest.mark.parametrize("line", [*LOOPS.values(), *TRAIN_ONLY.values()], ids=[*LOOPS, *TRAIN_ONLY])
def test_the_steps_are_the_loops_own(line: str) -> None:
    (run,) = read_runs(printed(line))
    steps = run["train_loss"].steps
    assert run.x.column is not None
    np.testing.assert_allclose(np.diff(steps), steps[1] - steps[0])


def test_decimal_commas_are_no_thousands() -> None:
    lines = [
        f"10:00:0{e},123 Epoche {e + 1}/8: Verlust {a:.3f}, Validierungsverlust {b:.3f}, "
        "Lernrate 0.001, Speicher 12.5 GB".replace(".", ",")
        for e, (a, b) in enumerate(zip(TRAIN, VAL, strict=True))
    ]
    (run,) = read_runs(Source("train.log", "\n".join(["torch 2.1, CUDA 12.1", *lines]).encode()))
    np.testing.assert_allclose(run["train_loss"].values, TRAIN)
    np.testing.assert_allclose(run["val_loss"].values, VAL)
    np.testing.assert_allclose(run["lr"].values, [0.001] * EPOCHS)


def test_thousands_and_lists_keep_their_commas() -> None:
    lines = [f"step {1000 * (e + 1):,} loss {a:.3f} shape (3,22)" for e, a in enumerate(TRAIN)]
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    assert run["train_loss"].steps[-1] == 8000.0
    np.testing.assert_allclose(run["train_loss"].values, TRAIN)


def test_a_header_of_two_lines_as_matlab_prints() -> None:
    lines = [
        "|=======================================================|",
        "|  Epoch  |  Time Elapsed  |  Mini-batch  |  Validation  |",
        "|         |   (hh:mm:ss)   |     Loss     |     Loss     |",
        "|=======================================================|",
    ]
    for e, (a, b) in enumerate(zip(TRAIN, VAL, strict=True)):
        shown = f"{b:.4f}" if e % 2 else ""
        lines.append(f"|  {e + 1:>5}  |       00:00:1{e} |  {a:>10.4f}  |  {shown:>10}  |")
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    np.testing.assert_allclose(run["train_loss"].values, TRAIN)
    np.testing.assert_allclose(run["val_loss"].values, VAL[1::2])


def test_of_several_ranks_the_one_that_tells_most_is_read() -> None:
    lines = ["[rank2]: ready"]
    for e, a in enumerate(TRAIN):
        lines += [f"[rank0]: step {e} waits", f"[rank1]: step {e} loss {a + 1:.2f}"]
        lines += [f"[rank3]: step {e} loss {a:.2f}"] if e else []
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    np.testing.assert_allclose(run["train_loss"].values, np.array(TRAIN) + 1.0)
    assert "2 ranks wrote this log; the lines of rank1 are read." in run.notes


def test_a_title_of_words_alone_begins_a_validation_that_the_next_epoch_ends() -> None:
    lines = []
    for e, (a, b) in enumerate(zip(TRAIN, VAL, strict=True)):
        lines += [f"Epoch {e + 1}/8"]
        means = {k: a + (100 - k) / 1000 for k in (20, 40, 60, 80, 100)}
        lines += [f"step  {k}/100 - loss: {x:.4f} - acc: 0.5 - 9ms/step" for k, x in means.items()]
        lines += ["Eval begin...", f"step 20/20 - loss: {b:.4f} - acc: 0.50 - 5ms/step"]
        lines += ["Eval samples: 1000"]
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    assert len(run["train_loss"]) == 5 * EPOCHS
    np.testing.assert_allclose(run["train_loss"].values[4::5], TRAIN)
    np.testing.assert_allclose(run["val_loss"].values, VAL)


def test_a_lone_title_heads_the_whole_log() -> None:
    lines = "".join(f"Validation\nstep {k}: loss {3 - k / 10:.2f}\n" for k in range(10))
    (run,) = read_runs(Source("train.log", f"Training\n{lines}".encode()))
    assert len(run["train_loss"]) == 10
    assert "val_loss" not in run


def test_source_code_above_a_log_is_passed_over() -> None:
    code = (
        "def train(step, loss=0.5):\n"
        "    val_loss = 3.28  # step 100 reached it\n"
        "    print(f'step:{step}/100 val_loss:{loss:.4f} took {1000 * 0.5:.0f}ms')\n"
        "# a loss of 9.9 at step 0 is ln(20000)\n"
    )
    log = "".join(f"step:{k}/100 val_loss:{4 - k / 100:.4f} took 10ms\n" for k in range(0, 101, 10))
    (run,) = read_runs(Source("train.log", (code + log).encode()))
    assert len(run["val_loss"]) == 11
    assert "train_loss" not in run
    assert run["val_loss"].values.max() == 4.0


def test_titles_in_source_code_tell_nothing() -> None:
    code = "# TRAINING\nx = 1\n# VALIDATION\ny = 2\nVALIDATION\n" * 3
    log = "".join(f"step {k} loss: {3 - k / 10:.2f}\n" for k in range(10))
    (run,) = read_runs(Source("train.log", (code + log).encode()))
    assert len(run["train_loss"]) == 10
    assert "val_loss" not in run


def test_a_bar_goes_on_showing_the_mean_of_the_last_epoch() -> None:
    lines = []
    noise = np.random.default_rng(0).normal(0.0, 0.05, (6, 12))
    for epoch in range(6):
        for batch in range(1, 13):
            old = f", val_loss={3.1 - epoch:.3f}, train_loss_epoch={3.0 - epoch / 3:.3f}"
            lines.append(
                f"\rEpoch {epoch}: {8 * batch}%|{'█' * (batch // 2)}| {batch}/12 [00:01<00:01, "
                f"9.9it/s, v_num=3, train_loss_step={2.5 - epoch / 3 + noise[epoch, batch - 1]:.3f}"
                f"{old if epoch else ''}]"
            )
        lines.append(
            f"{lines[-1].partition(', val_loss')[0].rstrip(']')}, val_loss={2.1 - epoch:.3f}"
            f", train_loss_epoch={2.667 - epoch / 3:.3f}]\n"
        )
    (run,) = read_runs(Source("train.log", "".join(lines).encode()))
    counts = {column.name: column.n for column in run.columns}
    assert counts["train_loss_step"] >= 72
    assert counts["train_loss_epoch"] == 6
    np.testing.assert_allclose(run["val_loss"].values, [2.1, 1.1, 0.1, -0.9, -1.9, -2.9])
