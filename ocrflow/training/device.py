"""`Global.device`: what it says and what the machine has."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec

from ocrflow.errors import OutsideError, UsageError

CUSTOM = ("npu", "mlu", "gcu", "iluvatar_gpu", "metax_gpu")  # through Paddle's plug-ins
CARDS = ("gpu", "dcu", "xpu", *CUSTOM)
KINDS = ("cpu", *CARDS)
MAX_CPU_PROCESSES = 4


@dataclass(frozen=True)
class Device:
    """A kind of device and the cards to use; `cpu` has none."""

    kind: str
    ids: tuple[int, ...] = ()

    @property
    def is_plugged(self) -> bool:
        """Whether Paddle knows such cards from a plug-in."""
        return self.kind in CUSTOM

    def paddle_name(self, card: int) -> str:
        """What `paddle.set_device` calls this card. Paddle's build for DCU calls them gpu."""
        kind = "gpu" if self.kind == "dcu" else self.kind
        return kind if kind == "cpu" else f"{kind}:{card}"


def parse_device(text: str) -> Device:
    """`auto`, `cpu`, a kind of card (its card 0), or with card numbers as PaddleX writes it: `gpu:0,1`.

    `auto` is card 0 of the first kind that this machine has, else the CPU.

    Raises:
        UsageError: another kind, or card numbers that are not different numbers.
    """
    if text == "auto" and _is_plain_cpu_build():
        return Device("cpu")
    if text == "auto":
        return next((Device(kind, (0,)) for kind, count in cards_there().items() if count), Device("cpu"))
    kind, colon, numbers = text.partition(":")
    ids = tuple(int(number) for number in numbers.split(",")) if re.fullmatch(r"\d+(,\d+)*", numbers, re.ASCII) else ()
    is_known = kind in CARDS if colon else kind in KINDS
    if not is_known or bool(colon) != bool(ids) or len(set(ids)) < len(ids):
        message = f"Global.device={text!r}: expected auto, cpu, or {'/'.join(CARDS)}, with card numbers as in gpu:0,1"
        raise UsageError(message, fix="-o Global.device=cpu")
    return Device(kind, ids or (() if kind == "cpu" else (0,)))


def cards_there() -> dict[str, int]:
    """How many cards of each kind this machine and this build of Paddle have."""
    import paddle

    counts = dict.fromkeys(CARDS, 0)
    if paddle.is_compiled_with_cuda():  # also true of the build for DCU
        counts["dcu" if paddle.is_compiled_with_rocm() else "gpu"] = int(paddle.device.cuda.device_count())
    if paddle.is_compiled_with_xpu():
        counts["xpu"] = int(paddle.device.xpu.device_count())
    plugged = [name.partition(":")[0] for name in paddle.device.get_available_custom_device() or []]
    return counts | {kind: plugged.count(kind) for kind in CUSTOM}


def require(device: Device) -> None:
    """Fail if a card that was asked for is not there.

    Raises:
        OutsideError: names the cards that are there.
    """
    if device.kind == "cpu":
        return
    there = cards_there()
    missing = [card for card in device.ids if card >= there[device.kind]]
    if not missing:
        return
    has = [f"{kind}:{','.join(map(str, range(count)))}" for kind, count in there.items() if count]
    fix = "-o Global.device=cpu"
    if device.kind == "gpu" and not there["gpu"]:
        fix = f"make setup GPU=1 where there is a card; or {fix}"
    message = f"Global.device asks for {device.kind}:{missing[0]}; Paddle finds here: {' and '.join(['cpu', *has])}"
    raise OutsideError(f"{message}{_why(device.kind)}", fix=fix)


def _why(kind: str) -> str:
    """What keeps this build of Paddle from seeing such a card, or an empty string."""
    import paddle

    if kind in CUSTOM:
        known = paddle.device.is_compiled_with_custom_device(kind)
        return "" if known else f" (Paddle's plug-in for {kind} is not installed)"
    compiled = {"gpu": "is_compiled_with_cuda", "dcu": "is_compiled_with_rocm", "xpu": "is_compiled_with_xpu"}
    return "" if getattr(paddle, compiled[kind])() else f" (this paddlepaddle is built without {kind})"


def _is_plain_cpu_build() -> bool:
    """Whether the installed packages tell that Paddle has no cards, which saves the seconds of importing it."""
    names = ("paddlepaddle", "paddlepaddle-gpu", "paddlepaddle-xpu", "paddlepaddle-dcu")
    installed = [name for name in names if any(metadata.distributions(name=name))]
    plugged = find_spec("paddle_custom_device") or os.environ.get("CUSTOM_DEVICE_ROOT")
    return installed == ["paddlepaddle"] and not plugged


def require_precision(level: str, kind: str) -> None:
    """Raise UsageError for mixed precision on a CPU: Paddle leaves it out there without an error."""
    if level != "OFF" and kind == "cpu":
        message = f"Train.amp={level}: Paddle has mixed precision on cards only; on the CPU it would change nothing"
        raise UsageError(message, fix="-o Train.amp=OFF")


def process_count(device: Device, asked: int | str) -> int:
    """How many training processes to start here: one a card; on CPU `asked`, or one a core up to a limit."""
    if device.kind != "cpu":
        return len(device.ids)
    return min(len(os.sched_getaffinity(0)), MAX_CPU_PROCESSES) if asked == "auto" else int(asked)
