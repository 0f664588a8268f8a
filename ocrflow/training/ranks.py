"""The processes of one training. A rank is a process; rank 0 alone writes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import TypeVar

import paddle
from paddle import distributed, nn

from ocrflow.training.meeting import Meeting

T = TypeVar("T")


@dataclass(frozen=True)
class Ranks:
    """This process's number and how many there are. With one, nothing is sent."""

    rank: int = 0
    count: int = 1
    meeting: Meeting | None = None

    @classmethod
    def join(cls) -> Ranks:
        """Meet the other processes that Paddle's environment variables name (set by the launcher)."""
        with redirect_stderr(io.StringIO()):  # Paddle lists its flags there
            distributed.init_parallel_env()
        rank, count = distributed.get_rank(), distributed.get_world_size()
        return cls(rank, count, Meeting.join(rank, count) if count > 1 else None)

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.rank == 0

    def parallel(self, net: nn.Layer) -> nn.Layer:
        """`net` with gradients averaged over all processes; it begins with the tensors of the first."""
        if self.count == 1:
            return net
        self.meet()
        return paddle.DataParallel(net)

    def gather(self, value: T) -> list[T]:
        """The value of every process, in rank order, however late one comes."""
        return self.meeting.exchange(value) if self.meeting else [value]

    def meet(self) -> None:
        """Wait, however long, until every process has come here."""
        self.gather(None)

    @paddle.no_grad()
    def average(self, tensors: Sequence[paddle.Tensor]) -> None:
        """Give every process the mean of all processes' values.

        Each process gathers the running statistics of batch normalisation from its own images, and Paddle does not
        share them as it shares gradients. Without this every process would validate another model than the one that
        rank 0 saves.
        """
        if self.count == 1 or not tensors:
            return
        self.meet()
        flat = paddle.concat([tensor.flatten() for tensor in tensors])
        distributed.all_reduce(flat)
        parts = paddle.split(flat / self.count, [tensor.size for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.set_value(part.reshape(tensor.shape))
