"""PPHGNet small and its blocks."""

from __future__ import annotations

import numpy as np
import paddle
from paddle import nn

from ocrflow.nets.hgnet import ConvBNReLU, HGBlock, PPHGNetSmall


def test_recognition_gives_time_steps():
    net = PPHGNetSmall(det=False)
    net.eval()
    assert net(paddle.zeros([1, 3, 48, 100])).shape == [1, net.out_channels, 1, 12]


def test_detection_gives_four_maps():
    net = PPHGNetSmall(det=True)
    net.eval()
    maps = net(paddle.zeros([1, 3, 32, 64]))
    assert [x.shape[1:] for x in maps] == [[256, 8, 16], [512, 4, 8], [768, 2, 4], [1024, 1, 2]]
    assert net.out_channels == [256, 512, 768, 1024]


def test_residual_block_adds_its_input():
    block = HGBlock(8, 4, 8, identity=True)
    block.eval()
    x = paddle.randn([1, 8, 6, 6])
    with_input = block(x)
    block.identity = False
    assert np.allclose(with_input.numpy(), (block(x) + x).numpy(), atol=1e-6)


def test_fused_convolution_keeps_its_relu():
    layer = ConvBNReLU(4, 6, 3, stride=2)
    layer.bn._mean.set_value(paddle.randn([6]))
    layer.eval()
    x, fused = paddle.randn([2, 4, 9, 9]), layer.fused()
    assert abs((fused(x) - layer(x)).numpy()).max() < 1e-5
    assert fused(x).numpy().min() == 0 < fused(x).numpy().max()
    assert not [sub for sub in fused.sublayers() if isinstance(sub, nn.BatchNorm2D)]
