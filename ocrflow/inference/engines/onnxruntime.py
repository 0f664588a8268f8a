"""ONNX Runtime. One session serves all streams: its runs may go on at one time, each on a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrflow.errors import OutsideError
from ocrflow.inference.onnx_file import REWRITE, onnx_of
from ocrflow.training.device import Device

if TYPE_CHECKING:
    from ocrflow.inference.engine import Network

_ERRORS_ONLY = 3


def load(files: tuple[Path, Path, Path], place: Device, threads: int, streams: int) -> list[Network]:
    """See `ocrflow.inference.engine.Load`."""
    import onnxruntime

    file = onnx_of(files[0].parent, "onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, threads // streams)
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    options.enable_mem_pattern = False  # a plan for each shape, and there are hundreds
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads leave the core
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=_providers(place, onnxruntime))
    except Exception as error:  # its classes have no common base of their own
        reason = str(error).strip().splitlines()[:1] or [""]
        raise OutsideError(f"{file}: ONNX Runtime cannot load the model: {reason[0]}", fix=REWRITE) from error
    name = session.get_inputs()[0].name
    return [lambda input_NCHW: _run(session, name, input_NCHW)] * streams


def _run(session: Any, name: str, input_NCHW: np.ndarray) -> np.ndarray:
    return session.run(None, {name: input_NCHW})[0]


def _providers(place: Device, onnxruntime: Any) -> list[Any]:
    if place.kind == "cpu":
        return ["CPUExecutionProvider"]
    there = onnxruntime.get_available_providers()
    if place.kind != "gpu" or "CUDAExecutionProvider" not in there:
        raise OutsideError(
            f"engine onnxruntime cannot use {place.kind}; this build of it has {', '.join(there)}",
            fix="use the engine paddle or the device cpu, or install onnxruntime-gpu",
        )
    return [("CUDAExecutionProvider", {"device_id": place.ids[0]}), "CPUExecutionProvider"]
