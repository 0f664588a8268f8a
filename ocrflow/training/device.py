"""`Global.device`: what it says and what the machine has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ocrflow.errors import OutsideError, UsageError

KINDS = ("cpu", "gpu")
MAX_CPU_PROCESSES = 4


@dataclass(frozen=True)
class Device:
    """A kind of device and the cards to use; `cpu` has none."""

    kind: str
    ids: tuple[int, ...] = ()


def parse_device(text: str) -> Device:
    """`auto`, `cpu`, `gpu` (card 0) or `gpu:0,1` as PaddleX writes it.

    Raises:
        UsageError: another kind, or card numbers that are not different numbers.
    """
    if text == "auto":
        return Device("gpu", (0,)) if Path("/dev/nvidia0").exists() and _compiled_with_cuda() else Device("cpu")
    if text in KINDS:
        return Device(text, (0,) if text == "gpu" else ())
    kind, _, numbers = text.partition(":")
    cards = numbers.split(",")
    if kind != "gpu" or not all(card.isdecimal() for card in cards) or len(set(map(int, cards))) < len(cards):
        raise UsageError(f"Global.device={text!r}: expected auto, cpu, gpu or gpu:0,1", fix="-o Global.device=cpu")
    return Device(kind, tuple(int(card) for card in cards))


def require(device: Device) -> None:
    """Fail if a card that was asked for is not there.

    Raises:
        OutsideError: names the cards that are there.
    """
    if device.kind == "cpu":
        return
    if not _compiled_with_cuda():
        fix = "make setup GPU=1, or -o Global.device=cpu"
        raise OutsideError("a GPU was asked for, but this paddlepaddle is built for the CPU only", fix=fix)
    import paddle

    there = paddle.device.cuda.device_count()
    missing = [card for card in device.ids if card >= there]
    if missing:
        has = f"cards 0..{there - 1}" if there else "no GPU"
        message = f"Global.device asks for gpu:{missing[0]}; this machine has {has}"
        raise OutsideError(message, fix="-o Global.device=cpu")


def process_count(device: Device, asked: int | str) -> int:
    """How many training processes to start: one a card; on CPU `asked`, or one a core up to `MAX_CPU_PROCESSES`."""
    if device.kind == "gpu":
        return len(device.ids)
    return min(len(os.sched_getaffinity(0)), MAX_CPU_PROCESSES) if asked == "auto" else int(asked)


def _compiled_with_cuda() -> bool:
    import paddle

    return bool(paddle.is_compiled_with_cuda())
