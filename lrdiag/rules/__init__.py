"""The catalogue: every symptom that lrdiag can recognise, in the order of the codes."""

from lrdiag.errors import UnknownNameError
from lrdiag.rules import (
    batch_scaled_without_rate,
    clipping_always,
    constant_gap,
    constant_or_zero,
    converged,
    decay_applied_twice,
    decayed_too_early,
    diverged,
    edge_of_stability,
    epoch_periodic,
    flat_loss,
    gradient_growth,
    half_precision_without_scaling,
    hard_batches,
    hidden_nan,
    late_rise,
    loss_not_finite,
    loss_scale_collapse,
    loss_up_accuracy_flat,
    no_schedule,
    no_warmup,
    noisy_validation,
    overfitting,
    plateau_after_fast_start,
    rate_jump_spike,
    rate_outside_range,
    repeated_spikes,
    restarted_log,
    slow_descent,
    smoothed_log,
    sparse_log,
    spike_not_recovered,
    spike_recovers,
    start_overshoot,
    still_improving,
    stuck_at_chance,
    too_short,
    val_better_than_train,
    val_never_learns,
    vanishing_gradient,
    warmup_too_short,
    wild_oscillation,
)
from lrdiag.rules.rule import Check, Rule
from lrdiag.rules.symptom import SYMPTOMS, Symptom

__all__ = ["RULES", "SYMPTOMS", "Check", "Rule", "Symptom", "find_rule"]

RULES: tuple[Rule, ...] = (
    loss_not_finite.RULE,
    diverged.RULE,
    start_overshoot.RULE,
    spike_recovers.RULE,
    repeated_spikes.RULE,
    spike_not_recovered.RULE,
    wild_oscillation.RULE,
    edge_of_stability.RULE,
    slow_descent.RULE,
    flat_loss.RULE,
    stuck_at_chance.RULE,
    plateau_after_fast_start.RULE,
    late_rise.RULE,
    hard_batches.RULE,
    still_improving.RULE,
    converged.RULE,
    overfitting.RULE,
    constant_gap.RULE,
    val_never_learns.RULE,
    val_better_than_train.RULE,
    noisy_validation.RULE,
    loss_up_accuracy_flat.RULE,
    decayed_too_early.RULE,
    no_schedule.RULE,
    warmup_too_short.RULE,
    rate_jump_spike.RULE,
    decay_applied_twice.RULE,
    gradient_growth.RULE,
    clipping_always.RULE,
    loss_scale_collapse.RULE,
    vanishing_gradient.RULE,
    rate_outside_range.RULE,
    half_precision_without_scaling.RULE,
    batch_scaled_without_rate.RULE,
    no_warmup.RULE,
    too_short.RULE,
    restarted_log.RULE,
    hidden_nan.RULE,
    smoothed_log.RULE,
    epoch_periodic.RULE,
    constant_or_zero.RULE,
    sparse_log.RULE,
)


def find_rule(code_or_name: str) -> Rule:
    """Return the rule of that code (LR104) or name (spike-recovers), in any case.

    Raises:
        UnknownNameError: No rule bears it.
    """
    wanted = code_or_name.strip().lower()
    for rule in RULES:
        if wanted in (rule.code.lower(), rule.name):
            return rule
    raise UnknownNameError(
        f"No rule is called {code_or_name!r}.",
        hint=f"The catalogue runs from {RULES[0].code} to {RULES[-1].code}: lrdiag rule --list",
    )
