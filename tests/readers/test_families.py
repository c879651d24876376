"""Logs of adversaries and of reinforcement learning: what is judged, and what is refused."""

from collections.abc import Sequence

import pytest

from lrdiag.errors import UnknownFormatError
from lrdiag.readers import Source, read_runs
from lrdiag.run import Run

STEPS = 30
FALLING = [round(2.0 / (1 + k / 5), 4) for k in range(STEPS)]


def table(names: str) -> bytes:
    """Return a CSV of steps and falling values of every name."""
    rows = (f"{k}" + f",{FALLING[k]}" * len(names.split()) for k in range(STEPS))
    return "\n".join([",".join(["step", *names.split()]), *rows]).encode()


def lines(form: str) -> bytes:
    """Return lines of one form, in which k counts and x falls."""
    return "".join(form.format(k=k, x=FALLING[k]) + "\n" for k in range(STEPS)).encode()


def read(data: bytes) -> Run:
    (run,) = read_runs(Source("x.log", data))
    return run


ADVERSARIES = {
    "pix2pix": (
        lines(
            "(epoch: 1, iters: {k}00, time: 0.3, data: 0.2) G_GAN: 1.2 G_L1: {x} D_real: 0.5 "
            "D_fake: 0.6 "
        ),
        ["G_L1"],
    ),
    "HiFi-GAN": (
        lines("Steps : {k}, Gen Loss Total : 9.5, Mel-Spec. Error : {x}, s/b : 0.5"),
        ["Mel-Spec"],
    ),
    "ESRGAN": (
        lines(
            "INFO: [epoch:  0, iter: {k:>6}, lr:(1.000e-04,)] l_g_pix: {x:.4e} l_g_percep: 1.2e+00 "
            "l_g_gan: 2.3e-01 l_d_real: 4.0e-01 out_d_real: 1.1e+00 l_d_fake: 3.0e-01"
        ),
        ["l_g_pix"],
    ),
    "PyTorch-GAN": (
        lines(
            "[Epoch 0/200] [Batch {k}/300] [D loss: 0.25] [G loss: {x}, adv: 0.4, pixel: {x}, "
            "cycle: {x}]"
        ),
        ["cycle"],
    ),
    "VQGAN": (
        table(
            "train/aeloss train/total_loss train/nll_loss train/rec_loss train/g_loss "
            "train/disc_loss train/d_weight val/rec_loss val/total_loss"
        ),
        ["train/rec_loss", "val/rec_loss"],
    ),
    "a vocoder": (
        table("generator_loss discriminator_loss mel_loss mel_loss_weight adv_mel_loss"),
        ["mel_loss"],
    ),
}


@pytest.mark.parametrize(("data", "judged"), ADVERSARIES.values(), ids=ADVERSARIES)
def test_the_error_of_a_generator_is_judged_alone(data: bytes, judged: Sequence[str]) -> None:
    run = read(data)
    assert run.refusal is None
    took = {column.role: column.name for column in run.columns if column.role.endswith("_loss")}
    assert list(took.values()) == judged
    assert run["train_loss"].values[-1] == pytest.approx(FALLING[-1], rel=1e-3)
    assert f"judges {judged[0]} alone" in run.notes[0]


REFUSED = {
    "StyleGAN": (table("Loss/G/loss Loss/D/loss Loss/scores/real Progress/kimg"), "adversarial"),
    "fastai": (table("train_loss valid_loss gen_loss crit_loss"), "adversarial"),
    "Stable-Baselines3": (
        table("rollout/ep_rew_mean time/fps train/loss train/value_loss"),
        "reinforcement",
    ),
    "CleanRL": (table("charts/episodic_return losses/td_loss losses/q_values"), "reinforcement"),
    "RLlib": (table("env_runners/episode_return_mean learner/total_loss"), "reinforcement"),
    "PPO of a language model": (
        table("objective/kl policy/approxkl_avg loss/policy_avg loss/value_avg episode"),
        "reinforcement",
    ),
    "GRPO": (table("loss reward reward_std kl completions/mean_length"), "reinforcement"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_losses_that_need_not_fall_are_refused(data: bytes, reason: str) -> None:
    run = read(data)
    assert run.refusal is not None
    assert reason in run.refusal.reason


SUPERVISED = {
    "DPO": "loss rewards/chosen rewards/rejected rewards/accuracies rewards/margins",
    "a reward model": "loss min_reward mean_reward max_reward accuracy margin",
    "an imitation that is tested": "train_loss val_loss test/sim_max_reward_1000 test/mean_score",
    "a decision transformer": "training/train_loss evaluation/target_3600_return_mean",
    "a generator of text": "loss gen_loss mse",
    "cross entropy of two networks": "loss mse_d mse_q",
}


@pytest.mark.parametrize("names", SUPERVISED.values(), ids=SUPERVISED)
def test_a_supervised_loss_beside_rewards_is_read(names: str) -> None:
    run = read(table(names))
    assert run.refusal is None
    assert "train_loss" in run
    assert not any("against each other" in note for note in run.notes)


def test_the_user_may_set_the_error_aside() -> None:
    data = ADVERSARIES["pix2pix"][0]
    (run,) = read_runs(Source("x.log", data), roles={"G_L1": "ignore"})
    assert run.refusal is not None
    (run,) = read_runs(Source("x.log", data), roles={"G_GAN": "train_loss"})
    assert {column.name for column in run.columns if column.role == "train_loss"} == {"G_GAN"}


def test_lines_of_adversaries_without_a_counter_are_told() -> None:
    data = lines("{k} [D loss: 0.5, acc.: 50.00%] [G loss: {x}]")
    with pytest.raises(UnknownFormatError, match="adversarial"):
        read(data)
