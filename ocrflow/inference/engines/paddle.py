"""Paddle Inference, with the settings that PaddleX uses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrflow.errors import OutsideError
from ocrflow.inference.model_dir import EXPORT
from ocrflow.training.device import Device, require

if TYPE_CHECKING:
    from ocrflow.inference.engine import Network

MKLDNN_CACHE = 10  # input shapes oneDNN keeps its kernels for; PaddleX's value
GPU_MEMORY_MB = 100  # first allocation on the card, which grows; PaddleX's value


def load(files: tuple[Path, Path, Path], place: Device, threads: int, streams: int) -> list[Network]:
    """See `ocrflow.inference.engine.Load`."""
    require(place)
    predictor = _predictor(files[0], files[1], place, max(1, threads // streams))
    return [_Predictor(predictor), *(_Predictor(predictor.clone()) for _ in range(streams - 1))]


class _Predictor:
    def __init__(self, predictor: Any):
        self._predictor = predictor
        self._input = predictor.get_input_handle(predictor.get_input_names()[0])
        self._output = predictor.get_output_handle(predictor.get_output_names()[0])

    def __call__(self, input_NCHW: np.ndarray) -> np.ndarray:
        self._input.reshape(input_NCHW.shape)
        self._input.copy_from_cpu(input_NCHW)
        self._predictor.run()
        return self._output.copy_to_cpu()


def _predictor(graph: Path, parameters: Path, place: Device, threads: int) -> Any:
    os.environ.setdefault("GLOG_minloglevel", "2")
    from paddle import inference

    config = inference.Config(str(graph), str(parameters))
    if place.kind == "cpu":
        config.disable_gpu()
        config.enable_mkldnn()
        config.set_mkldnn_cache_capacity(MKLDNN_CACHE)
        config.set_cpu_math_library_num_threads(threads)
    else:
        config.exp_disable_mixed_precision_ops({"feed", "fetch"})
        config.disable_mkldnn()
        config.enable_use_gpu(GPU_MEMORY_MB, place.ids[0], inference.PrecisionType.Float32)
    config.enable_new_ir(True)
    config.enable_new_executor()
    config.set_optimization_level(3)
    config.enable_memory_optim()
    config.disable_glog_info()
    try:
        return inference.create_predictor(config)
    except (RuntimeError, ValueError, OSError) as error:
        reason = str(error).strip().splitlines()[-1:] or [""]
        raise OutsideError(f"{graph.parent}: Paddle cannot load the model: {reason[0]}", fix=EXPORT) from error
