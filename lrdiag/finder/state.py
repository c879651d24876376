"""All that a training step may change, kept in memory and put back bit for bit."""

import random
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lrdiag.finder.tree import Restore, freeze_attributes


class RandomState:
    """The generators of Python, NumPy and torch, and those that batches are drawn with."""

    def __init__(self, own: Iterable[torch.Generator] = ()) -> None:
        self._python = random.getstate()
        numpy = sys.modules.get("numpy")
        self._numpy = numpy.random.get_state() if numpy else None
        self._cpu = torch.get_rng_state()
        self._cuda = _cuda_states()
        self._own = [(one, one.get_state()) for one in own]

    def restore(self) -> None:
        """Put every generator back."""
        random.setstate(self._python)
        if self._numpy is not None:
            sys.modules["numpy"].random.set_state(self._numpy)
        torch.set_rng_state(self._cpu)
        if self._cuda is not None:
            torch.cuda.set_rng_state_all(self._cuda)
        for one, state in self._own:
            one.set_state(state)


def _cuda_states() -> list[Tensor] | None:
    begun = torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    return torch.cuda.get_rng_state_all() if begun else None


class State:
    """Everything as it was before the test.

    Args:
        modules: The model, and whatever else holds parameters or buffers that a step changes.
        optimizers: All that step.
        scaler: The gradient scaler, if any.
        generators: Generators that batches are drawn with, besides the global ones.
    """

    def __init__(
        self,
        modules: Sequence[nn.Module],
        optimizers: Sequence[torch.optim.Optimizer],
        scaler: object | None = None,
        generators: Iterable[torch.Generator] = (),
    ) -> None:
        self._tensors = [(one, one.detach().clone()) for one in _tensors(modules, optimizers)]
        leaves = [one for one, _ in self._tensors if one.is_leaf and one.requires_grad]
        self._grads = [(one, one.grad, _copy(one.grad)) for one in leaves]
        self._places = [_places(module) for root in modules for module in root.modules()]
        self._modes = [(one, one.training) for root in modules for one in root.modules()]
        owners = [*optimizers, *([] if scaler is None else [scaler])]
        self._owners: list[Restore] = [freeze_attributes(one) for one in owners]
        self._random = RandomState(generators)

    @property
    def random(self) -> RandomState:
        """The generators as they were."""
        return self._random

    def rewind(self) -> None:
        """Put weights, buffers, optimizers and generators back, for another training from here."""
        for parameters, buffers in self._places:
            for where, held in (parameters, buffers):
                where.clear()
                where.update(held)
        with torch.no_grad():
            for tensor, kept in self._tensors:
                tensor.copy_(kept)
        for tensor, _, _ in self._grads:
            tensor.grad = None
        for restore in self._owners:
            restore()
        self._random.restore()

    def put_back(self) -> None:
        """Put everything back, gradients and train or eval flags too: the test never was."""
        self.rewind()
        for tensor, grad, kept in self._grads:
            if grad is not None and kept is not None:
                grad.copy_(kept)
            tensor.grad = grad
        for module, mode in self._modes:
            module.training = mode


def _tensors(
    modules: Sequence[nn.Module], optimizers: Sequence[torch.optim.Optimizer]
) -> list[Tensor]:
    """Return every parameter and buffer once, tied ones included."""
    found: dict[int, Tensor] = {}
    for module in modules:
        for tensor in (*module.parameters(), *module.buffers()):
            found.setdefault(id(tensor), tensor)
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            for tensor in group["params"]:
                found.setdefault(id(tensor), tensor)
    return list(found.values())


Place = tuple[dict[str, Any], dict[str, Any]]


def _places(module: nn.Module) -> tuple[Place, Place]:
    """Return the module's own tables of parameters and buffers, and what stands in them.

    A module may put a new tensor where a buffer stood instead of writing into it.
    """
    parameters, buffers = module._parameters, module._buffers
    return (parameters, dict(parameters)), (buffers, dict(buffers))


def _copy(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.detach().clone()
