"""How sharply the loss bends, and the rate that plain theory allows there.

A step of gradient descent lowers a quadratic only below 2 / sharpness, with momentum below
2 (1 + momentum) / sharpness; the sharpness is the largest eigenvalue of the Hessian, which power
iteration finds from products of the Hessian with a vector. For Adam and its kin the Hessian is
taken in the scale of the preconditioner, where Cohen et al. (2022, arXiv:2207.14484) place the
ceiling at 38 / sharpness for beta1 = 0.9, which is 2 (1 + beta1) / (1 - beta1).
"""

from collections.abc import Sequence
from math import isfinite

import torch
from torch import Tensor, nn

from lrdiag.finder.result import Ceiling

ROUNDS = 12  # of power iteration; within some per cent where the largest eigenvalue stands alone
ENOUGH = 0.02  # relative change at which it ends sooner
MOST_WEIGHTS = 30_000_000  # above, the two graphs of a product may not fit beside the training

ADAMS = ("Adam", "AdamW", "NAdam", "RAdam", "RMSprop", "Adamax")


def measure_ceiling(
    loss: Tensor, parameters: Sequence[nn.Parameter], optimizer: torch.optim.Optimizer
) -> Ceiling | None:
    """Return the ceiling of the rate at the weights of a loss.

    Args:
        loss: Of one batch, a scalar with its graph.
        parameters: What the optimizer steps.
        optimizer: Whose momentum and preconditioner count.

    Returns:
        None where the loss has no second derivative, bends nowhere upwards, or the optimizer
        has no known ceiling.
    """
    kind = type(optimizer).__name__
    if kind not in (*ADAMS, "SGD") or sum(one.numel() for one in parameters) > MOST_WEIGHTS:
        return None
    grads = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    pairs = [(g, p) for g, p in zip(grads, parameters, strict=True) if g is not None]
    used = [(g, p) for g, p in pairs if g.requires_grad]
    if not used:
        return None
    scales = _preconditioners(used, optimizer) if kind in ADAMS else None
    sharpness = _largest([g for g, _ in used], [p for _, p in used], scales)
    if not isfinite(sharpness) or sharpness <= 0.0:
        return None
    momentum = _momentum(optimizer)
    reach = 2.0 * (1.0 + momentum)
    if scales is not None:
        reach /= 1.0 - momentum
    return Ceiling(reach / sharpness, sharpness, preconditioned=scales is not None)


def _momentum(optimizer: torch.optim.Optimizer) -> float:
    group = optimizer.param_groups[0]
    if "betas" in group:
        return float(group["betas"][0])
    return float(group.get("momentum") or 0.0)


def _preconditioners(
    used: Sequence[tuple[Tensor, nn.Parameter]], optimizer: torch.optim.Optimizer
) -> list[Tensor]:
    """Return the inverse root of the optimizer's divisor for each weight.

    A cold optimizer divides its first step by the size of the gradient itself.
    """
    eps = float(optimizer.param_groups[0].get("eps", 1e-8))
    scales = []
    for grad, parameter in used:
        state = optimizer.state.get(parameter, {})
        square = state.get("exp_avg_sq", state.get("square_avg"))
        if square is None or not bool(square.any()):
            divisor = grad.detach().abs()
        else:
            step = float(state.get("step", 0))
            beta = float(optimizer.param_groups[0].get("betas", (0.0, 0.0))[1])
            divisor = (square / (1.0 - beta**step) if 0.0 < beta < 1.0 and step else square).sqrt()
        # Weights without a gradient, such as those of a dead unit, would count without limit.
        floor = divisor.mean().clamp_min(eps) * 1e-2
        scales.append(torch.maximum(divisor, floor).rsqrt())
    return scales


def _largest(
    grads: Sequence[Tensor], parameters: Sequence[nn.Parameter], scales: Sequence[Tensor] | None
) -> float:
    """Return the eigenvalue of the largest size; negative where that one is."""
    generator = torch.Generator().manual_seed(0)
    vector = [torch.randn(p.shape, generator=generator).to(p) for p in parameters]
    value = 0.0
    for _ in range(ROUNDS):
        vector = _normal(vector)
        inner = vector if scales is None else _times(vector, scales)
        product = torch.autograd.grad(
            grads, parameters, grad_outputs=inner, retain_graph=True, allow_unused=True
        )
        image = [
            torch.zeros_like(p) if one is None else one.detach()
            for one, p in zip(product, parameters, strict=True)
        ]
        image = image if scales is None else _times(image, scales)
        dots = [(a * b).sum().double() for a, b in zip(vector, image, strict=True)]
        before, value = value, float(torch.stack(dots).sum())
        vector = image
        if not isfinite(value) or abs(value - before) <= ENOUGH * abs(value):
            break
    return value


def _normal(vector: Sequence[Tensor]) -> list[Tensor]:
    size = torch.stack([one.double().square().sum() for one in vector]).sum().sqrt()
    return [one / size.clamp_min(1e-30).to(one) for one in vector]


def _times(vector: Sequence[Tensor], scales: Sequence[Tensor]) -> list[Tensor]:
    return [a * b for a, b in zip(vector, scales, strict=True)]
