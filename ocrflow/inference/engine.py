"""Paddle Inference for exported models, with the engine settings that PaddleX uses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ocrflow.errors import OutsideError
from ocrflow.inference.model_dir import EXPORT
from ocrflow.training.device import parse_device, require

MKLDNN_CACHE = 10  # input shapes oneDNN keeps its kernels for; PaddleX's value
GPU_MEMORY_MB = 100  # first allocation on the card, which grows; PaddleX's value


def load_predictor(graph: Path, parameters: Path, device: str, threads: int | None) -> Any:
    """Paddle's predictor for one exported graph.

    Args:
        device: auto, cpu, gpu or gpu:N; of a list (gpu:0,1) the first card.
        threads: CPU threads; None: one a core this process may use.

    Raises:
        UsageError: the device has no meaning.
        OutsideError: Paddle has no CUDA or there is no such card, or it cannot load the model's files.
    """
    os.environ.setdefault("GLOG_minloglevel", "2")
    from paddle import inference

    place = parse_device(device)
    require(place)
    config = inference.Config(str(graph), str(parameters))
    if place.kind == "cpu":
        config.disable_gpu()
        config.enable_mkldnn()
        config.set_mkldnn_cache_capacity(MKLDNN_CACHE)
        config.set_cpu_math_library_num_threads(threads or len(os.sched_getaffinity(0)))
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
