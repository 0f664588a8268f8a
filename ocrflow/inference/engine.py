"""Running the network of an exported model on one of several engines, on all cores.

On a CPU several inputs run at one time, each on a core of its own: small networks lose most of a second core when it
works on the same input. A run that is alone gets all cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Protocol, TypeVar

import numpy as np

from ocrflow.errors import OutsideError, UsageError
from ocrflow.inference.engines import onnxruntime, openvino, paddle
from ocrflow.inference.onnx_file import ONNX
from ocrflow.training.device import Device, parse_device

MOST_STREAMS = 8  # inputs that run at one time; each needs memory of its own
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")
Network = Callable[[np.ndarray], np.ndarray]  # N x C x H x W float32 to the network's only output


class HasFiles(Protocol):
    """What is known of an exported model."""

    @property
    def files(self) -> tuple[Path, Path, Path]:
        """Graph, parameters and settings."""
        ...


class Load(Protocol):
    """What the module of an engine has."""

    def __call__(self, files: tuple[Path, Path, Path], place: Device, threads: int, streams: int) -> list[Network]:
        """`streams` networks that may run at one time and share the weights; `threads` are those of all together.

        Raises:
            UsageError: the engine cannot run this folder's model here.
            OutsideError: it cannot load the model, or the device is not there.
        """
        ...


_LOAD: dict[str, Load] = {"paddle": paddle.load, "onnxruntime": onnxruntime.load, "openvino": openvino.load}
ENGINES = ("auto", *_LOAD)


def open_runner(info: HasFiles, engine: str = "auto", device: str = "auto", threads: int | None = None) -> Runner:
    """Load an exported model's network.

    Args:
        info: what `read_model_dir` or `read_detector_dir` gives.
        engine: paddle, onnxruntime or openvino; auto: on a CPU onnxruntime where it is installed and the folder has an
            inference.onnx, else paddle.
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.

    Raises:
        UsageError: no such engine or device, or the folder lacks what the engine needs.
        OutsideError: the engine is not installed, cannot load the model, or the device is not there.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r}: expected {', '.join(ENGINES)}", fix="-o Predict.engine=auto")
    place = parse_device(device)
    if device == "auto" and engine == "openvino":
        place = Device("cpu")
    name = _fastest(info.files[0].parent, place) if engine == "auto" else engine
    if not find_spec(name):
        raise OutsideError(f"engine {name}: the package {name} is not installed", fix=f"uv pip install {name}")
    return Runner(name, info.files, _LOAD[name], place, threads or len(os.sched_getaffinity(0)))


def _fastest(model_dir: Path, place: Device) -> str:
    """ONNX Runtime takes two thirds of the processor time of OpenVINO, and 0.4 of Paddle's (benchmarks/predict.py)."""
    has_onnx = (model_dir / ONNX).is_file() and find_spec("onnxruntime")
    return "onnxruntime" if has_onnx and place.kind == "cpu" else "paddle"


class Runner:
    """A loaded network and the threads that feed it; may be used by several threads at one time.

    Attributes:
        name: of the engine.
        streams: inputs that run at one time.
    """

    def __init__(self, name: str, files: tuple[Path, Path, Path], load: Load, place: Device, threads: int):
        self.name = name
        self.on_card = place.kind != "cpu"
        self.streams = 1 if self.on_card else min(threads, MOST_STREAMS)
        self._load = lambda streams: _queue(load(files, place, threads, streams))
        self._free: SimpleQueue[Network] = self._load(self.streams)
        self._whole: SimpleQueue[Network] | None = self._free if self.streams == 1 else None
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(min(threads, MOST_STREAMS), thread_name_prefix="infer")

    def run(self, input_NCHW: np.ndarray, alone: bool = True) -> np.ndarray:
        """The network's output for one batch; waits while `streams` others run.

        Args:
            alone: nothing else runs meanwhile, so this run may have all cores.
        """
        free = self._on_all_cores() if alone else self._free
        network = free.get()
        try:
            return network(input_NCHW)
        finally:
            free.put(network)

    def _on_all_cores(self) -> SimpleQueue[Network]:
        with self._lock:
            if self._whole is None:
                self._whole = self._load(1)
            return self._whole

    def each(self, function: Callable[[ItemT], ResultT], items: Iterable[ItemT]) -> list[ResultT]:
        """`function` of every item, in order, on as many threads as there are cores; not to be called in `function`."""
        waiting = list(items)
        return [function(item) for item in waiting] if len(waiting) < 2 else list(self._pool.map(function, waiting))


def _queue(networks: Iterable[Network]) -> SimpleQueue[Network]:
    queue: SimpleQueue[Network] = SimpleQueue()
    for network in networks:
        queue.put(network)
    return queue
