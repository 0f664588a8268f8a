"""The head of the detectors: differentiable binarisation (Liao et al., 2020, arXiv:1911.08947).

Names follow PaddleOCR `ppocr/modeling/heads/det_db_head.py`.
"""

from __future__ import annotations

import copy
import math

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.layers import conv_like, fold_bn

STEEPNESS = 50  # k of the step function that binarises
AUXILIARY = ("p4", "p3", "p2")  # top-down maps that have a head of their own in training: 1/16, 1/8, 1/4


class MapHead(nn.Layer):
    """N x C x H/4 x W/4 features -> N x 1 x H x W values in 0..1."""

    def __init__(self, c_in: int):
        super().__init__()
        c_mid = c_in // 4
        self.conv1 = nn.Conv2D(c_in, c_mid, 3, padding=1, bias_attr=False)
        self.conv_bn1 = _batch_norm(c_mid)
        self.conv2 = _doubling(c_mid, c_mid)
        self.conv_bn2 = _batch_norm(c_mid)
        self.conv3 = _doubling(c_mid, 1)

    def features(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        """N x C/4 x H/2 x W/2, what the last layer reads the map from."""
        x = F.relu(self.conv_bn1(self.conv1(x_NCHW)))
        return F.relu(self.conv_bn2(self.conv2(x)))

    def map_of(self, features_NCHW: paddle.Tensor) -> paddle.Tensor:
        """The map N x 1 x H x W from `features`."""
        return F.sigmoid(self.conv3(features_NCHW))

    def forward(self, x_NCHW: paddle.Tensor) -> paddle.Tensor:
        return self.map_of(self.features(x_NCHW))

    def fused(self) -> MapHead:
        """The same function in eval mode without batch normalisation."""
        head = copy.deepcopy(self)
        weight, bias = fold_bn(self.conv1.weight, paddle.zeros_like(self.conv_bn1.bias), self.conv_bn1)
        head.conv1 = conv_like(self.conv1, weight, bias)
        by_output = self.conv2.weight.transpose([1, 0, 2, 3])
        weight, bias = fold_bn(by_output, self.conv2.bias, self.conv_bn2)
        head.conv2.weight.set_value(weight.transpose([1, 0, 2, 3]))
        head.conv2.bias.set_value(bias)
        head.conv_bn1, head.conv_bn2 = nn.Identity(), nn.Identity()
        return head


def _batch_norm(channels: int) -> nn.BatchNorm2D:
    return nn.BatchNorm2D(channels, bias_attr=nn.initializer.Constant(1e-4))


def _doubling(c_in: int, c_out: int) -> nn.Conv2DTranspose:
    bound = 1.0 / math.sqrt(c_in)
    init, bias_init = nn.initializer.KaimingUniform(), nn.initializer.Uniform(-bound, bound)
    return nn.Conv2DTranspose(c_in, c_out, 2, stride=2, weight_attr=init, bias_attr=bias_init)


class DBHead(nn.Layer):
    """Features -> probability map N x 1 x H x W in eval mode, three maps N x 3 x H x W in training mode.

    The three are the probability of shrunk text (shrink map), the threshold, and the first binarised by the second.
    With `levels`, in training mode, the same three of every top-down map that has heads of its own follow: 12 channels.

    Args:
        c_in: channels C of the features.
        training_branches: with what only training mode computes; without, both modes give the shrink map alone.
        auxiliary: with heads on the top-down maps (of C channels), to guide the neck.
    """

    training_only = ("thresh", *(f"aux_{kind}_{level}" for level in AUXILIARY for kind in ("binarize", "thresh")))

    def __init__(self, c_in: int, training_branches: bool, auxiliary: bool = False):
        super().__init__()
        self.binarize = MapHead(c_in)
        self.thresh = MapHead(c_in) if training_branches else None
        self.auxiliary = AUXILIARY if auxiliary and training_branches else ()
        for level in self.auxiliary:
            self.add_sublayer(f"aux_binarize_{level}", MapHead(c_in))
            self.add_sublayer(f"aux_thresh_{level}", MapHead(c_in))

    def forward(self, x_NCHW: paddle.Tensor, levels: list[paddle.Tensor] | None = None) -> paddle.Tensor:
        shrink_N1HW = self.binarize(x_NCHW)
        if not self.training or self.thresh is None:
            return shrink_N1HW
        maps = [three_maps(shrink_N1HW, shrink_N1HW, self.thresh(x_NCHW))]
        return paddle.concat(maps + self._auxiliary_maps(levels or []), axis=1)

    def _auxiliary_maps(self, levels: list[paddle.Tensor]) -> list[paddle.Tensor]:
        maps = []
        for name in self.auxiliary if levels else ():
            place = AUXILIARY[::-1].index(name)
            level_NCHW = levels[place]
            if place:
                level_NCHW = F.interpolate(level_NCHW, scale_factor=2**place, mode="bilinear")
            shrink_N1HW = getattr(self, f"aux_binarize_{name}")(level_NCHW)
            threshold_N1HW = getattr(self, f"aux_thresh_{name}")(level_NCHW)
            maps.append(three_maps(shrink_N1HW, shrink_N1HW, threshold_N1HW))
        return maps


def three_maps(first: paddle.Tensor, shrink: paddle.Tensor, threshold: paddle.Tensor) -> paddle.Tensor:
    """`first`, the threshold, and `shrink` binarised by it: three maps N x 1 x H x W as N x 3 x H x W."""
    return paddle.concat([first, threshold, F.sigmoid(STEEPNESS * (shrink - threshold))], axis=1)
