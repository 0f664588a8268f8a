"""What the word auto means for a training's settings, on cards and on the CPU."""

from __future__ import annotations

import os

MOST_WORKERS = 4  # that "auto" starts for one training process


def on_card() -> bool:
    """Whether Paddle computes on a card in this process."""
    import paddle

    return paddle.device.get_device() != "cpu"


def worker_count(setting: int | str, on_gpu: bool, processes: int) -> int:
    """How many workers each of `processes` training processes gets; "auto": on GPU its share of the cores but one.

    On CPU "auto" is none: the network needs all cores, and a step takes fifty times as long as its pictures.
    """
    if setting != "auto":
        return int(setting)
    cores = len(os.sched_getaffinity(0))
    return min(MOST_WORKERS, max(1, cores // processes - 1)) if on_gpu else 0


def is_guided(setting: bool | str, on_gpu: bool) -> bool:
    """Whether the guiding branches are trained; "auto": on cards, as the official recipes do.

    On CPU they take up to half of a step.
    """
    return on_gpu if setting == "auto" else bool(setting)
