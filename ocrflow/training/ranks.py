"""The processes of one training. A rank is a process; rank 0 alone writes."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import TypeVar

import paddle
from paddle import distributed, nn

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """This process's number and how many there are. With one, nothing is sent."""

    rank: int = 0
    count: int = 1

    @classmethod
    def join(cls) -> Ranks:
        """Meet the other processes that Paddle's environment variables name (set by the launcher)."""
        with redirect_stderr(io.StringIO()):  # Paddle lists its flags there
            distributed.init_parallel_env()
        return cls(distributed.get_rank(), distributed.get_world_size())

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def parallel(self, net: nn.Layer) -> nn.Layer:
        """`net` with gradients averaged over all processes."""
        return net if self.count == 1 else paddle.DataParallel(net)

    def any(self, flag: bool) -> bool:
        """Whether the flag is set in any process."""
        return flag if self.count == 1 else max(self.gather(flag))

    def gather(self, value: T) -> list[T]:
        """The value of every process, in rank order."""
        if self.count == 1:
            return [value]
        values: list[T] = []
        distributed.all_gather_object(values, value)
        return values

    @paddle.no_grad()
    def average_statistics(self, net: nn.Layer) -> None:
        """Give every process the mean of all processes' running statistics of batch normalisation.

        Each process gathers them from its own images, and Paddle does not share them as it shares gradients. Without
        this every process would validate another model than the one that rank 0 saves.
        """
        layers = [layer for layer in net.sublayers() if hasattr(layer, "_variance")]
        if self.count == 1 or not layers:
            return
        tensors = [tensor for layer in layers for tensor in (layer._mean, layer._variance)]
        flat = paddle.concat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        parts = paddle.split(flat / self.count, [tensor.size for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.set_value(part)
