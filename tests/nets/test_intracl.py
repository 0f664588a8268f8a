"""IntraCL and its re-parameterisation."""

from __future__ import annotations

import numpy as np
import paddle
from paddle import nn

from ocrflow.nets.intracl import KERNELS, IntraCL


def test_one_convolution_a_round_gives_the_same():
    rng = np.random.default_rng(1)
    block = IntraCL(8)
    for tensor in block.state_dict().values():
        if tensor.ndim == 1:
            tensor.set_value((0.5 + rng.random(tensor.shape)).astype(np.float32))
    block.eval()
    x = paddle.to_tensor(rng.standard_normal((2, 8, 11, 14)).astype(np.float32))
    expected, fused = block(x).numpy(), block.fused()
    assert abs(expected - x.numpy()).max() > 0.1
    assert abs(fused(x).numpy() - expected).max() < 1e-5 * abs(expected).max()
    convolutions = [layer for layer in fused.sublayers() if isinstance(layer, nn.Conv2D)]
    assert len(convolutions) == len(KERNELS) + 2
    assert not [layer for layer in fused.sublayers() if isinstance(layer, nn.BatchNorm2D)]
