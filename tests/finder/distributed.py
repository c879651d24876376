"""One of the processes of a distributed range test: python -m tests.finder.distributed."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel

import lrdiag
from lrdiag.errors import LrdiagError
from lrdiag.finder import Progress
from tests.finder.small import classes, cross_entropy, photograph, plain_net


def main(meeting: Path, rank: int, size: int, *, cancel: bool) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo",
        init_method=meeting.as_uri(),
        rank=rank,
        world_size=size,
        timeout=timedelta(seconds=60),
    )
    model = DistributedDataParallel(plain_net())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    before = photograph(model, optimizer)
    batches = classes(240, 8)[rank::size]  # each process sees its own half

    def watch(progress: Progress) -> None:
        if cancel and rank == 0 and progress.done > 0:
            raise KeyboardInterrupt

    told: dict[str, object] = {}
    try:
        found = lrdiag.range_test(
            model, optimizer, batches, loss=cross_entropy, steps=40, watch=watch
        )
        assert found.suggestion is not None
        told |= {"lr": found.suggestion.lr, "loss": found.loss}
        told |= {"rungs": [(one.lr, one.loss, one.diverged) for one in found.rungs]}
    except (KeyboardInterrupt, LrdiagError) as error:
        told["ended"] = type(error).__name__
    told["restored"] = photograph(model, optimizer) == before
    print(json.dumps(told))
    distributed.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), cancel=sys.argv[4] == "cancel")
