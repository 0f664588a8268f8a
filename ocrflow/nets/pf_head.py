"""The head of the server detectors: differentiable binarisation with a second, locally refined map.

Names follow PaddleOCR `ppocr/modeling/heads/det_db_head.py`.
"""

from __future__ import annotations

import paddle
from paddle import nn
from paddle.nn import functional as F

from ocrflow.nets.db_head import DBHead, three_maps
from ocrflow.nets.fpn import upsample_nearest
from ocrflow.nets.layers import ConvBN


class LocalRefinement(nn.Layer):
    """Logits of a finer map (N x 1 x H x W) from features at that size and a first map."""

    def __init__(self, channels: int):
        super().__init__()
        self.last_3 = ConvBN(channels + 1, channels, 3)
        self.last_1 = nn.Conv2D(channels, 1, 1)

    def forward(self, features_NCHW: paddle.Tensor, first_N1HW: paddle.Tensor) -> paddle.Tensor:
        return self.last_1(F.relu(self.last_3(paddle.concat([first_N1HW, features_NCHW], axis=1))))


class PFHeadLocal(DBHead):
    """DBHead with a second, locally refined shrink map (server detectors).

    Eval mode gives the mean of both; training mode gives the refined one, the threshold, and the first binarised.
    """

    def __init__(self, c_in: int, training_branches: bool):
        super().__init__(c_in, training_branches)
        self.cbn_layer = LocalRefinement(c_in // 4)

    def forward(self, x_NCHW: paddle.Tensor, levels: list[paddle.Tensor] | None = None) -> paddle.Tensor:
        features_NCHW = self.binarize.features(x_NCHW)
        first_N1HW = self.binarize.map_of(features_NCHW)
        refined_N1HW = F.sigmoid(self.cbn_layer(upsample_nearest(features_NCHW, 2), first_N1HW))
        if not self.training or self.thresh is None:
            return 0.5 * (first_N1HW + refined_N1HW)
        return three_maps(refined_N1HW, first_N1HW, self.thresh(x_NCHW))
