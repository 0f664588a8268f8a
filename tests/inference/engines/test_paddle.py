"""Paddle Inference."""

from __future__ import annotations

import numpy as np

from ocrflow.inference.engines import paddle
from ocrflow.inference.model_dir import read_model_dir
from ocrflow.training.device import Device

CPU = Device("cpu")


def test_paddle_streams_share_nothing_that_changes(exported_model):
    first, second = paddle.load(read_model_dir(exported_model).files, CPU, 2, 2)
    rng = np.random.default_rng(2)
    inputs = [rng.random((1, 3, 48, width), np.float32) for width in (160, 200)]
    one, other = first(inputs[0]), second(inputs[1])
    assert np.array_equal(one, first(inputs[0]))
    assert np.array_equal(other, second(inputs[1]))
