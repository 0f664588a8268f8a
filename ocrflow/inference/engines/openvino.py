"""OpenVINO on CPU: one compiled model of free sizes, one infer request a stream, float32 throughout."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrflow.errors import OutsideError, UsageError
from ocrflow.inference.onnx_file import REWRITE, onnx_of
from ocrflow.training.device import Device

if TYPE_CHECKING:
    from ocrflow.inference.engine import Network


def load(files: tuple[Path, Path, Path], place: Device, threads: int, streams: int) -> list[Network]:
    """See `ocrflow.inference.engine.Load`."""
    import openvino

    if place.kind != "cpu":
        raise UsageError(f"engine openvino runs on cpu, not on {place.kind}", fix="-o Global.device=cpu")
    file = onnx_of(files[0].parent, "openvino")
    settings = {
        "PERFORMANCE_HINT": "THROUGHPUT" if streams > 1 else "LATENCY",
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "f32",  # its own choice is bfloat16 where the processor has it
    }
    try:
        # In a thread: OpenVINO gives the one that loads its CPU plugin a signal stack of 11 KB, on which Python's own
        # handler overflows, so that Ctrl-C or SIGTERM would end the process with a segmentation fault.
        with ThreadPoolExecutor(1) as pool:
            compiled = pool.submit(lambda: openvino.Core().compile_model(str(file), "CPU", settings)).result()
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1:] or [""]
        raise OutsideError(f"{file}: OpenVINO cannot load the model: {reason[0]}", fix=REWRITE) from error
    return [_Request(compiled.create_infer_request()) for _ in range(streams)]


class _Request:
    """The first run of the process is alone: two at one time can wait for ever for Python's lock and for each other."""

    _first = Lock()
    _has_run = False

    def __init__(self, request: Any):
        self._request = request

    def __call__(self, input_NCHW: np.ndarray) -> np.ndarray:
        if _Request._has_run:
            return self._infer(input_NCHW)
        with _Request._first:
            output = self._infer(input_NCHW)
            _Request._has_run = True
            return output

    def _infer(self, input_NCHW: np.ndarray) -> np.ndarray:
        self._request.infer([input_NCHW], share_inputs=True)
        return self._request.get_output_tensor(0).data.copy()  # the tensor is overwritten by the next run
