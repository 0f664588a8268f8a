"""Where the processes of a training wait for one another and exchange small things, however long one of them takes.

Paddle's communication on the CPU (gloo) gives up when a process comes 30 seconds later than another, and that time
cannot be set: a slow disk or an uneven evaluation would end the training. So the processes meet here first; what Paddle
then sends finds all of them ready. Rank 0 listens, the others connect, and a key that only they have opens the door.
"""

from __future__ import annotations

import os
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

KEY = "OCRFLOW_MEETING_KEY"
_ADDRESS = "ocrflow/meeting"


class PeerGone(Exception):
    """Another process has ended. It has said why itself, or was killed."""

    exit_code = 3


class Meeting:
    """Connections of rank 0 to all others.

    Args:
        others: of rank 0, in rank order; of another process, that to rank 0.
    """

    def __init__(self, rank: int, others: list[Connection]):
        self.rank, self.others = rank, others

    @classmethod
    def join(cls, rank: int, count: int) -> Meeting:
        """Connect the processes, which Paddle's store lets find one another."""
        from paddle.base import core

        store = core.create_or_get_global_tcp_store()
        if rank:
            host, port, key = store.get(_ADDRESS).decode().split()
            door = Client((host, int(port)), authkey=_key(key))
            door.send(rank)
            return cls(rank, [door])
        host = os.environ["PADDLE_CURRENT_ENDPOINT"].rpartition(":")[0]
        key = "-" if KEY in os.environ else os.urandom(32).hex()
        with Listener((host, 0), backlog=count, authkey=_key(key)) as listener:
            store.set(_ADDRESS, f"{host} {listener.address[1]} {key}")
            doors = [listener.accept() for _ in range(count - 1)]
        found = {door.recv(): door for door in doors}
        return cls(rank, [found[other] for other in range(1, count)])

    def exchange(self, value: Any) -> list[Any]:
        """The value of every process, in rank order.

        Raises:
            PeerGone: a process has ended.
        """
        try:
            if self.rank:
                self.others[0].send(value)
                return self.others[0].recv()
            values = [value, *(other.recv() for other in self.others)]
            for other in self.others:
                other.send(values)
            return values
        except (EOFError, OSError) as error:
            raise PeerGone("another process of the training has ended") from error


def _key(from_store: str) -> bytes:
    """The key that the command gave to all its processes; on several hosts the one that rank 0 has made."""
    return bytes.fromhex(os.environ.get(KEY) or from_store)
